"""The only middleware of the API: refuses large bodies early and keeps every answer in the envelope."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from acontext_site.errors import answer_problem, answer_status
from sessions.envelope import JSON, refuse

log = structlog.get_logger(__name__)
DOCS_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"


class ApiMiddleware:
    """Wraps the views under `/api/`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The thread may have drawn a page in another language before; agents are answered in one.
        translation.activate(settings.LANGUAGE_CODE)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.API_MAX_BODY_BYTES:
            response = refuse(413, f"request body is too large: at most {settings.API_MAX_BODY_BYTES} bytes")
        else:
            response = self.get_response(request)
        kind = response.headers["Content-Type"]
        if response.status_code >= 400 and kind != JSON:
            response = answer_status(response.status_code, request.path)
        elif kind.startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", DOCS_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """Answer what a view raised; what is no client's doing is a fault of ours, logged and answered as a 500."""
        answer = answer_problem(exception)
        if answer is None:
            log.error("api.failed", path=request.path, exc_info=exception)
            answer = answer_status(500, request.path)
        return answer
