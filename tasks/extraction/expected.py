"""When a session that waits will be read, as far as can be told now, and what it waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sessions.models import Session
from tasks.extraction.due import Trigger, reason_of
from tasks.extraction.limits import Limits


@dataclass(frozen=True)
class Expected:
    """At the latest at `at`, for the reason `why`; a turn that ends is read sooner."""

    at: datetime
    why: Trigger
    turn_end_seconds: float
    buffer_messages: int


def expected(session: Session, limits: Limits, now: datetime) -> Expected | None:
    """Return when the session is read if nothing else comes in; None when nothing waits."""
    if session.pending_since is None or session.disable_task_tracking:
        return None
    at, why = _soonest(session, limits, now)
    if session.retry_at is not None and session.retry_at > at:
        at = session.retry_at
    return Expected(at, why, limits.turn_end_seconds, limits.buffer_messages)


def _soonest(session: Session, limits: Limits, now: datetime) -> tuple[datetime, Trigger]:
    due = reason_of(session, limits, now)
    if due is not None or session.pending_since is None or session.last_message_at is None:
        return now, Trigger(due or Trigger.OLD)
    patience = max(limits.silence_seconds, min(2 * session.step_seconds, limits.max_wait_seconds))
    ends = [
        (session.last_message_at + timedelta(seconds=patience), Trigger.SILENCE),
        (session.pending_since + timedelta(seconds=limits.max_wait_seconds), Trigger.OLD),
    ]
    if session.turn_ended:
        ends.append((session.last_message_at + timedelta(seconds=limits.turn_end_seconds), Trigger.TURN_END))
    return min(ends)
