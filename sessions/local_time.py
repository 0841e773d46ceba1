"""The time zone of the person who looks: pages write moments, and read dates, in it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

# Set by site.js: the browser's own time zone.
ZONE_COOKIE = "tz"
LONGEST_NAME = 64


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone by the name that a browser gives it; UTC for anything else."""
    if not 0 < len(name) <= LONGEST_NAME or not name.isascii():
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def zone_of(request: HttpRequest) -> ZoneInfo:
    """Return the time zone of the browser that asks; UTC while it has not said it."""
    return zone_named(request.COOKIES.get(ZONE_COOKIE, ""))


def in_local_time[R: HttpResponseBase](get_response: Callable[[HttpRequest], R]) -> Callable[[HttpRequest], R]:
    """Middleware of the pages: make the person's time zone the current one."""

    def middleware(request: HttpRequest) -> R:
        with timezone.override(zone_of(request)):
            return get_response(request)

    return middleware
