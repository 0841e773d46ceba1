"""Write a run's operations: tasks, links, history, run and cursor in one transaction, or nothing."""

from django.db import transaction

from sessions.models import Session
from tasks.extraction.errors import LeaseLost
from tasks.extraction.operations import Operations
from tasks.extraction.queue import Lease
from tasks.extraction.reading import size_of
from tasks.extraction.window import Window
from tasks.extraction.writer import Writer
from tasks.models import ExtractionRun


@transaction.atomic
def commit(lease: Lease, window: Window, operations: Operations, run: ExtractionRun) -> None:
    """Apply a run if the lease is still ours and the cursor has not moved; raises LeaseLost otherwise.

    Together with the row lock this makes a run happen once, whatever is delivered twice or wakes up late.
    """
    session = lock_for_commit(lease, window.first_seq)
    run.save(force_insert=True)
    Writer(session, run).write(operations)
    move_cursor(session, window)


def lock_for_commit(lease: Lease, from_seq: int) -> Session:
    """Return the session, locked, if it is still this run's; raises LeaseLost."""
    session = Session.objects.select_for_update(of=["self"]).filter(pk=lease.session_id).first()
    if session is None or session.lease_token != lease.token or not _begins_at(session, from_seq):
        raise LeaseLost(lease.session_id)
    return session


def _begins_at(session: Session, from_seq: int) -> bool:
    """Whether a window from this message on is the next one: nothing that is read in its turn comes before it.

    Messages that were set aside, or stored while tracking was off, may stand between; no window has them.
    """
    if session.cursor_seq == from_seq - 1:
        return True
    between = session.messages.filter(seq__gt=session.cursor_seq, seq__lt=from_seq)
    return session.cursor_seq < from_seq and not between.filter(extraction="").exists()


def move_cursor(session: Session, window: Window) -> None:
    """Mark the window as read, and what follows it as waiting since it came."""
    session.cursor_seq = window.last_seq
    session.attempts, session.retry_at, session.extraction_error, session.window_limit = 0, None, "", None
    following = session.messages.filter(seq=window.last_seq + 1).values_list("created_at", flat=True).first()
    session.pending_since = following
    read = sum(size_of(message) for message in window.messages)
    session.pending_tokens = max(session.pending_tokens - read, 0) if following else 0
    session.save(
        update_fields=[
            "cursor_seq",
            "attempts",
            "retry_at",
            "extraction_error",
            "window_limit",
            "pending_since",
            "pending_tokens",
        ]
    )
