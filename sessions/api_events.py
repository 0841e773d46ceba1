"""The endpoints of events."""

from django.http import HttpResponse
from ninja import Query, Router

from sessions import cursors
from sessions.api import ApiRequest, find_session
from sessions.envelope import reply, reply_page
from sessions.events import add_event
from sessions.schemas import Envelope
from sessions.schemas_events import EventIn, EventListQuery, EventOut, EventPage

router = Router(tags=["events"])


@router.post("/{session_id}/events", response=Envelope[EventOut], operation_id="add_event", summary="Add an event")
def add(request: ApiRequest, session_id: str, body: EventIn) -> HttpResponse:
    """Note that something happened now. It is read with the messages when they are asked for `with_events`."""
    event = add_event(find_session(request, session_id), body.type, body.data)
    return reply(event.as_wire(request.auth.pk))


@router.get("/{session_id}/events", response=Envelope[EventPage], operation_id="list_events", summary="List events")
def list_events(request: ApiRequest, session_id: str, query: Query[EventListQuery]) -> HttpResponse:
    """List the session's events, oldest first unless `time_desc`."""
    found, next_cursor = cursors.page(
        find_session(request, session_id).events.all(),
        ["created_at", "id"],
        cursors.BY_TIME,
        limit=query.limit,
        cursor=query.cursor,
        descending=query.time_desc,
    )
    return reply_page([event.as_wire(request.auth.pk) for event in found], next_cursor)
