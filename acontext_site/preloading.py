"""A page's stylesheet is named in the headers of the page: a browser asks for it before it has read a line of HTML."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from acontext_site.bundles import STYLE

# The page itself links it within its first lines; the admin, and a part that htmx fetches, do not.
HEAD = 4_096


def preload_styles(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware of the pages: send `Link: <...>; rel=preload` with each page that links the stylesheet."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            address = static(STYLE)
            if address.encode() in response.content[:HEAD]:
                response["Link"] = f"<{address}>; rel=preload; as=style"
        return response

    return middleware
