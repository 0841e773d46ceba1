"""Flush: work until everything stored so far is extracted, or say why not in time."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Greatest
from django.utils import timezone

from sessions.models import Session
from tasks.extraction.budget import stop_when_used_up
from tasks.extraction.extractors import llm_is_configured
from tasks.extraction.queue import claim
from tasks.jobs import ring
from tasks.waiting import looks, place_to_wait


@dataclass(frozen=True)
class Flushed:
    """`status` 200 when all is extracted, else 500 with the reason, as the SDKs expect it (contract.md §8.4)."""

    status: int
    errmsg: str = ""


def ask_for_extraction(session: Session) -> str:
    """Ask for the extraction of all that is stored now and do not wait; return why it cannot begin, or nothing.

    A session that rests after a failure, or whose project is paused, is tried at once; only a used-up budget holds.
    """
    row = Session.objects.filter(pk=session.pk)
    row.update(flush_seq=Greatest("flush_seq", "head_seq"), retry_at=None)
    state = row.select_related("project").get()
    if not state.waiting_messages or state.is_leased:
        return ""
    if spent := _spent(state):
        return spent
    if lease := claim(session.pk, despite_pause=True):
        # Without a broker the sweep sees to it.
        ring(lease)
    return ""


def flush(session: Session, *, timeout: float | None = None) -> Flushed:
    """Ask for the extraction of all that is stored now and wait for it, `FLUSH_TIMEOUT_SECONDS` at most.

    A session that rests after a failure, or whose project is paused, is tried at once; only a used-up budget holds.
    What is not done in time stays asked for, and the sweep sees to it.
    """
    row = Session.objects.filter(pk=session.pk)
    row.update(flush_seq=Greatest("flush_seq", "head_seq"), retry_at=None)
    target = row.values_list("flush_seq", flat=True).first() or 0
    can_ring = True
    with place_to_wait() as may_wait:
        seconds = settings.FLUSH_TIMEOUT_SECONDS if timeout is None else timeout
        deadline = timezone.now() + timedelta(seconds=seconds)
        reason = ""
        for _ in looks(seconds if may_wait else 0):
            state = row.select_related("project").first()
            if state is None or state.cursor_seq >= target or state.disable_task_tracking:
                return Flushed(200)
            if not state.is_leased and (spent := _spent(state)):
                return Flushed(500, spent)
            reason = state.extraction_error or f"{target - state.cursor_seq} messages still wait; extraction goes on"
            if state.retry_at and state.retry_at > deadline:
                break
            if can_ring and not state.is_leased and (lease := claim(session.pk, despite_pause=True)):
                can_ring = ring(lease)
    if not may_wait:
        return Flushed(500, "too many calls wait already; extraction goes on")
    return Flushed(500, reason)


def _spent(session: Session) -> str:
    """Say that the project's budget is used up, if that is what keeps the session waiting."""
    return stop_when_used_up(session.project, timezone.now()) if llm_is_configured() else ""


def wait_until_extracted(session: Session, seconds: float) -> None:
    """Return once nothing of the session waits for extraction, or after `seconds`; ask for nothing."""
    with place_to_wait() as may_wait:
        for _ in looks(seconds if may_wait else 0):
            state = Session.objects.filter(pk=session.pk).first()
            if state is None or state.waiting_messages == 0:
                return
