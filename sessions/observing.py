"""How far extraction is with a session, read off its cursor and lease: no message row holds a state of its own."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from sessions.models import Message, Session


def running_to(session: Session) -> int:
    """Return the number of the last message that a run is at work on; the cursor when none is."""
    return max(session.lease_to_seq, session.cursor_seq) if session.is_leased else session.cursor_seq


def observing_status(session: Session, *, now: datetime | None = None) -> dict[str, Any]:
    """Count the session's messages by state. The first three and `updated_at` are the contract's, the rest is ours."""
    failed = session.messages.filter(extraction=Message.Extraction.FAILED).count()
    disabled = session.messages.filter(extraction=Message.Extraction.DISABLED).count()
    running = running_to(session) - session.cursor_seq
    return {
        "observed": session.cursor_seq - failed - disabled,
        "in_process": running,
        "pending": session.head_seq - session.cursor_seq - running,
        "failed": failed,
        "disabled": disabled,
        "error": session.extraction_error or session.project.pause_reason or None,
        "updated_at": now or timezone.now(),
    }
