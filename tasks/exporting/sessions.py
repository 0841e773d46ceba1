"""Sessions as lines of JSON, one a session: who, when, its messages in a provider's format, and its tasks."""

import uuid
from collections.abc import Iterator, Sequence
from itertools import batched

import msgspec

from sessions.models import Session
from sessions.transcript import read_transcript
from tasks.models import Task

# A whole export is never in memory: so many sessions' tasks are, and so many messages.
SESSIONS_AT_ONCE = 50
MESSAGES_AT_ONCE = 500


def session_lines(ids: Sequence[uuid.UUID], *, format: str) -> Iterator[bytes]:
    """Yield the sessions with these ids, in this order, in pieces; one that is gone meanwhile is left out.

    Raises UnknownFormat at the first piece.
    """
    for few in batched(ids, SESSIONS_AT_ONCE, strict=False):
        sessions = Session.objects.select_related("end_user").in_bulk(few)
        tasks: dict[uuid.UUID, list[Task]] = {}
        for task in Task.objects.filter(session__in=few).with_claims().order_by("session", "order"):
            tasks.setdefault(task.session_id, []).append(task)
        for pk in few:
            if pk in sessions:
                yield from _line(sessions[pk], tasks.get(pk, []), format)


def _line(session: Session, tasks: list[Task], format: str) -> Iterator[bytes]:
    head = {
        **session.as_wire(),
        "user": session.end_user.identifier if session.end_user else None,
        "title": session.title,
        "last_message_at": session.last_message_at,
        "tasks": [task.as_wire() for task in tasks],
        "format": format,
    }
    # The messages come last, page by page, inside the same line.
    yield msgspec.json.encode(head)[:-1] + b',"messages":['
    cursor, before = None, b""
    while True:
        page = read_transcript(session, format=format, limit=MESSAGES_AT_ONCE, cursor=cursor)
        for item in page.items:
            yield before + msgspec.json.encode(item)
            before = b","
        cursor = page.next_cursor
        if cursor is None:
            break
    yield b"]}\n"
