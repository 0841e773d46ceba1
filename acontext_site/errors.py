"""From an exception, or a bare status, to the envelope. Every error of the API passes here."""

from http import HTTPStatus

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from sessions.envelope import refuse
from sessions.errors import Problem

log = structlog.get_logger(__name__)


def answer_problem(exception: Exception) -> HttpResponse | None:
    """Return the answer to an exception that means something to a client, or None for a fault of ours."""
    match exception:
        case Problem():
            return refuse(exception.status, str(exception))
        case ValidationError():
            return refuse(400, "parameter error: " + "; ".join(_said(error) for error in exception.errors[:5]))
        case HttpError():
            return refuse(400 if exception.status_code == 422 else exception.status_code, str(exception))
        case RequestDataTooBig():
            return refuse(413, "request body is too large")
        case DataError():
            # The database met a value that it has no place for, and all values are the client's.
            return refuse(400, f"a value cannot be used: {str(exception).splitlines()[0]}")
    return None


def _said(error: dict[str, object]) -> str:
    where = [str(step) for step in error.get("loc", ())]  # type: ignore[attr-defined]
    return f"{'.'.join(where[1:] if len(where) > 1 else where)}: {error.get('msg')}"


def answer_status(status: int, path: str) -> HttpResponse:
    """Return the envelope for an answer that Django made by itself: unknown route, wrong method, a fault of ours."""
    said = HTTPStatus(status).phrase.lower()
    return refuse(status, f"{said}: {path[:200]}" if status in (404, 405) else said)


def add_handlers(api: NinjaAPI) -> None:
    """Let the API's exceptions be answered here; what is not a client's fault goes on to Django and is a 500."""

    def handle(request: HttpRequest, exception: Exception | type[Exception]) -> HttpResponse:
        answer = answer_problem(exception) if isinstance(exception, Exception) else None
        if answer is None:
            raise exception
        return answer

    for kind in (Problem, ValidationError, HttpError, RequestDataTooBig, Exception):
        api.add_exception_handler(kind, handle)
