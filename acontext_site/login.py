"""Where someone goes who is not logged in, or no longer is, and where they are led back to."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


class LoginRequired(LoginRequiredMiddleware):
    """Django's own would have htmx draw the login into a part of the page, and lead back to what only takes a POST."""

    def handle_no_permission(  # type: ignore[override]  # a redirect to htmx is not one to a browser
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseRedirectBase:
        """Send whoever asks to the login, and from there back to a page that they can look at."""
        login, name = resolve_url(self.get_login_url(view_func)), self.get_redirect_field_name(view_func)
        answer = redirect_to_login(_page_shown(request), login, name)
        return HttpResponseClientRedirect(answer.url) if request.headers.get("HX-Request") else answer


def _page_shown(request: HttpRequest) -> str:
    """Return the page that stood in the browser when it asked: the address itself only where that is the page."""
    if request.headers.get("HX-Request"):
        return _own_path(request, request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return _own_path(request, request.headers.get("Referer", ""))


def _own_path(request: HttpRequest, address: str) -> str:
    """Return path and query of an address of this host; the first page instead of another's."""
    if not address or not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
