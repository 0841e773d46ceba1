"""What a page tells a person after they did something: a toast, with a way back where there is one.

A view calls `say` and answers as it would anyway:

- with a redirect or a whole page: the next page that is rendered shows the toast;
- with a fragment for htmx: the toast travels at the fragment's end and is added to the page, whatever the target is;
- with 204 for htmx: the answer becomes a 200 that swaps nothing but the toast.

Nothing else is needed; `toasts_beside_fragments` is the middleware that sees to it. What has an undo, or went wrong,
stays until it is dismissed; the rest goes after a while (static/js/toasts.js). Without JavaScript the toasts stand on
top of the page.
"""

from collections.abc import Callable
from typing import Literal

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

Level = Literal["success", "info", "warning", "error"]
LEVELS: dict[Level, int] = {
    "success": messages.SUCCESS,
    "info": messages.INFO,
    "warning": messages.WARNING,
    "error": messages.ERROR,
}
OK, NO_CONTENT = 200, 204


def say(request: HttpRequest, text: str, *, undo: str | None = None, level: Level = "success") -> None:
    """Tell a person something, once. `undo` is the path of ours that takes it back when it is posted to.

    The undo is posted with the token and with `next`, the page to return to (see `sessions.http.following`). What is
    said to htmx is undone by htmx: that undo answers 204 with an event which the page renews itself for.
    Raises ValueError for an address that is not of this site.
    """
    if undo and not (undo.startswith("/") and url_has_allowed_host_and_scheme(undo, allowed_hosts=None)):
        raise ValueError(f"an undo is a path of this site: {undo}")
    # A message carries one free text of ours: its tags, which nothing else here uses.
    messages.add_message(request, LEVELS[level], text, extra_tags=undo or "")


def toasts_beside_fragments[R: HttpResponseBase](get_response: Callable[[HttpRequest], R]) -> Callable[..., R]:
    """Middleware, inside of those of messages and htmx: let what was said in this very request go with its fragment.

    What an earlier request said waits for the page that it redirects to; a fragment that polls must not take it away.
    """

    def middleware(request: HttpRequest) -> R:
        response = get_response(request)
        if getattr(request, "htmx", False) and getattr(messages.get_messages(request), "added_new", False):
            _add_to(response, request)
        return response

    return middleware


def _add_to(response: HttpResponseBase, request: HttpRequest) -> None:
    if response.status_code == NO_CONTENT:
        response.status_code = OK
        response["HX-Reswap"] = "none"
        response["Content-Type"] = "text/html; charset=utf-8"
    takes_all = any(name in response for name in ("HX-Redirect", "HX-Refresh", "HX-Location"))
    is_html = response.get("Content-Type", "").startswith("text/html")
    if response.status_code == OK and is_html and not takes_all and not response.streaming:
        response.write(render_to_string("components/toasts.html#more", {}, request))
