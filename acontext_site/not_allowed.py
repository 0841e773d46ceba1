"""A page for whoever opens an address that only takes what a form sends; Django answers with nothing at all."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render


def draw_not_allowed(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Middleware: draw the 405 that a person would look at."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_looked_at = request.method == "GET" and not request.headers.get("HX-Request")
        return _drawn(request, response) if isinstance(response, HttpResponseNotAllowed) and is_looked_at else response

    return middleware


def _drawn(request: HttpRequest, refusal: HttpResponseNotAllowed) -> HttpResponse:
    page = render(request, "405.html", status=refusal.status_code)
    page["Allow"] = refusal["Allow"]
    return page
