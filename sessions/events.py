"""Add events to a session, and find those that belong beside a page of messages."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError

from sessions.errors import BadRequest, NotFound
from sessions.json_objects import check_json_object
from sessions.models import Message, Session, SessionEvent


def add_event(session: Session, kind: str, data: dict[str, Any]) -> SessionEvent:
    """Store an event. Raises BadRequest for what cannot be stored, NotFound when the session was deleted meanwhile."""
    if "\0" in kind:
        raise BadRequest("type: must not contain NUL")
    check_json_object(data, "data", limit=None, nul_allowed=True)
    try:
        return SessionEvent.objects.create(session=session, type=kind, data=data)
    except IntegrityError:
        raise NotFound("session not found") from None


def events_beside(session: Session, messages: Sequence[Message], *, is_newest_page: bool) -> list[SessionEvent]:
    """Return the events from after the message before this page up to the page's last message, oldest first.

    The first page begins with the session, and the newest is open at its end: all pages together show each event once.
    """
    events = session.events.order_by("created_at", "id")
    if messages and messages[0].seq > 1:
        before = session.messages.filter(seq=messages[0].seq - 1).values("created_at")
        events = events.filter(created_at__gt=before)
    if messages and not is_newest_page:
        events = events.filter(created_at__lte=messages[-1].created_at)
    return list(events)
