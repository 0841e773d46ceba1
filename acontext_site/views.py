"""Health, the icon, and the paths whose requests to store go past the API layer."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from acontext_site.api import api
from sessions.envelope import refuse, reply
from sessions.errors import NotFound
from sessions.store_api import store, store_bulk

# The view that django-ninja made for this path; it serves reading.
ninja_messages: Callable[..., HttpResponseBase] = next(
    pattern.callback for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name == "messages"
)


def messages(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Send storing past the API layer, which would cost as much as the storing itself (speed.md §2)."""
    if request.method == "POST":
        return store(request, session_id)
    return ninja_messages(request, session_id=session_id)


def bulk(request: HttpRequest, session_id: str) -> HttpResponseBase:
    """Send bulk storing past the API layer too; it is the same kind of path."""
    if request.method == "POST":
        return store_bulk(request, session_id)
    return HttpResponseNotAllowed(["POST"])


def unknown(request: HttpRequest, anything: str) -> HttpResponse:
    """Answer for every other path under /api/."""
    raise NotFound(f"not found: {request.path[:200]}")


def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, 503 when it does not. Needs no key."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:
        connection.close()
        return refuse(503, f"the database does not answer: {str(error).splitlines()[0]}")
    return reply(msg="ok")


@login_not_required
@require_safe
@cache_control(max_age=24 * 60 * 60, public=True)
def icon(request: HttpRequest) -> HttpResponse:
    """Send on to the icon. Browsers look for it here where no page can name it: beside plain text and JSON."""
    return HttpResponseRedirect(static("favicon.svg"))
