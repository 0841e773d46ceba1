"""The endpoints of sessions and messages."""

import json
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from sessions import cursors, multipart
from sessions.creating import create_session
from sessions.edits import BadStrategy, Strategy, read_strategies
from sessions.envelope import parse_uuid, reply, reply_page
from sessions.errors import BadRequest, NotFound
from sessions.formats import UnknownFormat
from sessions.material import Links
from sessions.models import ApiKey, Project, Session
from sessions.observing import observing_status
from sessions.schemas import (
    Done,
    Envelope,
    MessageIn,
    MessageListQuery,
    MessageOut,
    ObservingOut,
    SessionIn,
    SessionListQuery,
    SessionOut,
    SessionPage,
    TranscriptOut,
)
from sessions.store_api import store
from sessions.transcript import read_transcript
from sessions.users import users_named

router = Router(tags=["sessions"])


class ApiRequest(HttpRequest):
    """A request whose key was accepted: `auth` is its project."""

    auth: Project
    api_key: ApiKey


def find_session(request: HttpRequest, session_id: str) -> Session:
    """Return a session of the caller's project; raises BadRequest for a bad id and NotFound for any other."""
    project = cast(ApiRequest, request).auth
    session = project.sessions.filter(pk=parse_uuid(session_id, "session_id")).first()
    if session is None:
        raise NotFound("session not found")
    session.project = project
    return session


@router.post("", response={201: Envelope[SessionOut]}, operation_id="create_session", summary="Create a session")
def create(request: ApiRequest, body: SessionIn | None = None) -> HttpResponse:
    """Create a session, or return the one of this project that has `use_uuid` already (200)."""
    wanted = body or SessionIn.model_construct()
    use_uuid = parse_uuid(wanted.use_uuid, "UUID format for use_uuid") if wanted.use_uuid else None
    session, is_new = create_session(
        request.auth,
        user=wanted.user or "",
        disable_task_tracking=bool(wanted.disable_task_tracking),
        configs=wanted.configs,
        use_uuid=use_uuid,
    )
    return reply(session.as_wire(), status=201 if is_new else 200)


@router.get("", response=Envelope[SessionPage], operation_id="list_sessions", summary="List sessions")
def list_sessions(request: ApiRequest, query: Query[SessionListQuery]) -> HttpResponse:
    """List the project's sessions, oldest first unless `time_desc`."""
    sessions = request.auth.sessions.all()
    if query.user:
        sessions = sessions.filter(end_user__in=users_named(request.auth, query.user))
    if wanted := _configs_filter(query.filter_by_configs):
        sessions = sessions.filter(configs__contains=wanted)
    found, next_cursor = cursors.page(
        sessions,
        ["created_at", "id"],
        cursors.BY_TIME,
        limit=query.limit,
        cursor=query.cursor,
        descending=query.time_desc,
    )
    return reply_page([session.as_wire() for session in found], next_cursor)


def _configs_filter(text: str | None) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        wanted = json.loads(text)
    except (ValueError, RecursionError):
        wanted = text
    if (wanted is not None and not isinstance(wanted, dict)) or "\\u0000" in text:
        raise BadRequest("invalid filter_by_configs JSON: must be an object")
    return wanted


@router.delete("/{session_id}", response=Done, operation_id="delete_session", summary="Delete a session")
def delete(request: ApiRequest, session_id: str) -> HttpResponse:
    """Delete a session with its messages and tasks, in one transaction."""
    find_session(request, session_id).delete()
    return reply()


@router.post(
    "/{session_id}/messages",
    response={201: Envelope[MessageOut]},
    operation_id="store_message",
    summary="Store a message",
    tags=["messages"],
    url_name="messages",
    openapi_extra=multipart.BODY,
)
def store_message(request: ApiRequest, session_id: str, body: MessageIn) -> HttpResponse:
    """Store a message at the end of the session. 201 means stored; extraction follows.

    `acontext_site.urls` sends these requests to `store` directly, past this layer; it stands here for the document.
    """
    return store(request, session_id)


@router.get(
    "/{session_id}/messages",
    response=Envelope[TranscriptOut],
    operation_id="get_messages",
    summary="Read messages",
    tags=["messages"],
    url_name="messages",
)
def get_messages(request: ApiRequest, session_id: str, query: Query[MessageListQuery]) -> HttpResponse:
    """Read messages in any format; in the one they came in, unchanged."""
    strategies = _strategies(query.edit_strategies)
    session = find_session(request, session_id)
    try:
        transcript = read_transcript(
            session,
            format=query.format or "openai",
            limit=query.limit,
            cursor=query.cursor,
            newest_first=query.time_desc,
            with_events=query.with_events,
            strategies=strategies,
            pin=query.pin_editing_strategies_at_message or "",
            links=Links(request) if query.with_asset_public_url else None,
        )
    except UnknownFormat as error:
        raise BadRequest(f"format: {error}") from None
    return reply(transcript.as_wire())


def _strategies(text: str | None) -> list[Strategy]:
    try:
        wanted = json.loads(text or "null")
        if wanted is not None and not (isinstance(wanted, list) and all(isinstance(item, dict) for item in wanted)):
            raise ValueError("must be an array of objects")
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"invalid edit_strategies JSON: {error}") from None
    try:
        return read_strategies(wanted or [])
    except BadStrategy as error:
        raise BadRequest(str(error)) from None


@router.get(
    "/{session_id}/observing_status",
    response=Envelope[ObservingOut],
    operation_id="observing_status",
    summary="How far extraction is",
)
def get_observing_status(request: ApiRequest, session_id: str) -> HttpResponse:
    """Count the session's messages by state; done when `pending` and `in_process` are 0."""
    return reply(observing_status(find_session(request, session_id)))
