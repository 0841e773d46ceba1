"""How extraction of a session stands, in one word, and whether a page should keep asking."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from sessions.prepared import rows

if TYPE_CHECKING:
    from sessions.models import Session

RECENT = timedelta(minutes=2)


def is_recent(session: "Session") -> bool:
    """Whether a message came in just now."""
    return session.last_message_at is not None and timezone.now() - session.last_message_at < RECENT


def is_live(session: "Session") -> bool:
    """Whether a page of this session should look again: something comes in, waits, or is being extracted."""
    is_waiting = session.waiting_messages > 0 and not session.project.pause_reason
    return session.is_leased or is_waiting or is_recent(session)


def state_of(session: "Session") -> str:
    """Return failing, extracting, paused, waiting, live, untracked or nothing, the most pressing first."""
    is_waiting = session.waiting_messages > 0
    states = {
        "failing": bool(session.extraction_error),
        "extracting": session.is_leased,
        "paused": is_waiting and bool(session.project.pause_reason),
        "waiting": is_waiting,
        "live": is_recent(session),
        "untracked": session.disable_task_tracking,
    }
    return next((state for state, holds in states.items() if holds), "")


# What beside the session itself changes its page. One statement, for an open page asks every other second.
NEWEST = """
SELECT (SELECT count(*) FROM tasks_task WHERE session_id = %(session)s AND merged_into_id IS NULL),
       (SELECT max(updated_at) FROM tasks_task WHERE session_id = %(session)s AND merged_into_id IS NULL),
       (SELECT id FROM tasks_extractionrun WHERE session_id = %(session)s ORDER BY started_at DESC LIMIT 1),
       (SELECT id FROM agent_sessions_sessionevent WHERE session_id = %(session)s
         ORDER BY created_at DESC, id DESC LIMIT 1),
       (SELECT id FROM tasks_reextraction WHERE session_id = %(session)s AND status IN ('working', 'ready') LIMIT 1),
       (SELECT count(*) FROM agent_sessions_message WHERE session_id = %(session)s AND extraction = 'failed')
"""


class Newest(NamedTuple):
    """What stands beside a session: how many tasks and when one changed, the newest run, event and proposal, and how
    many messages were set aside because no answer could be had for them.
    """

    tasks: int
    changed_at: datetime | None
    run: uuid.UUID | None
    event: uuid.UUID | None
    proposal: uuid.UUID | None
    set_aside: int


def newest_of(session: "Session") -> Newest:
    """Look at what stands beside a session. One query."""
    return Newest(*rows(NEWEST, {"session": session.pk})[0])


def version_of(session: "Session", newest: Newest) -> str:
    """Return a short text that changes whenever the session's page would look different."""
    return digest_of(*facts_of(session), session.flush_seq, session.lease_to_seq, *newest)


def facts_of(session: "Session") -> tuple[object, ...]:
    """What of the session itself a page shows, apart from its tasks."""
    return (
        session.title,
        session.head_seq,
        session.cursor_seq,
        state_of(session),
        is_live(session),
        session.extraction_error,
        session.project.pause_reason,
    )


def digest_of(*facts: object) -> str:
    """Return a short digest of facts, for a page to name what it has seen."""
    return hashlib.blake2b(repr(facts).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()
