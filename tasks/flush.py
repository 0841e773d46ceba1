"""Flush: work until everything stored so far is extracted, or say why not in time."""

import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Greatest

from sessions.models import Session
from tasks.extraction.queue import claim
from tasks.jobs import ring

FIRST_LOOK_SECONDS = 0.01
WAITERS = threading.BoundedSemaphore(settings.FLUSH_MAX_WAITERS)
LONGEST_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Flushed:
    """`status` 200 when all is extracted, else 500 with the reason, as the SDKs expect it (contract.md §8.4)."""

    status: int
    errmsg: str = ""


def flush(session: Session, *, timeout: float | None = None) -> Flushed:
    """Ask for the extraction of all that is stored now and wait for it, `FLUSH_TIMEOUT_SECONDS` at most."""
    sessions = Session.objects.filter(pk=session.pk)
    sessions.update(flush_seq=Greatest("flush_seq", "head_seq"), retry_at=None)
    # Each wait holds a thread of the web server; stores must always find one free.
    if not WAITERS.acquire(blocking=False):
        return Flushed(500, "too many flushes wait already; extraction goes on")
    try:
        return _wait(session, sessions, timeout)
    finally:
        WAITERS.release()


def _wait(session: Session, sessions: QuerySet[Session], timeout: float | None) -> Flushed:
    until = time.monotonic() + (settings.FLUSH_TIMEOUT_SECONDS if timeout is None else timeout)
    pause = FIRST_LOOK_SECONDS
    rung = False
    target = sessions.values_list("flush_seq", flat=True).first()
    while target is not None:
        state = sessions.select_related("project").first()
        if state is None or state.cursor_seq >= target:
            return Flushed(200)
        if not rung and (lease := claim(session.pk)):
            rung = ring(lease)
        if state.retry_at:
            return Flushed(500, state.extraction_error)
        if time.monotonic() >= until:
            waiting = target - state.cursor_seq
            return Flushed(500, state.extraction_error or f"{waiting} messages still wait; extraction goes on")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_LOOK_SECONDS)
    return Flushed(200)
