"""Waiting in a web thread for what a worker does: bounded in time and in number."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.2
# Each wait holds a thread of the web server; stores must always find one free.
_places = threading.BoundedSemaphore(settings.FLUSH_MAX_WAITERS)


@contextmanager
def place_to_wait() -> Iterator[bool]:
    """Take one of the few places to wait in this process; yields whether there was one."""
    taken = _places.acquire(blocking=False)
    try:
        yield taken
    finally:
        if taken:
            _places.release()


def looks(seconds: float) -> Iterator[None]:
    """Yield at once and then after growing pauses, until the time is over; the last time just then."""
    until, pause = time.monotonic() + seconds, FIRST_PAUSE_SECONDS
    while True:
        yield
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
