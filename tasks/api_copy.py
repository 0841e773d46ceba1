"""The endpoint that copies a session."""

import uuid

from django.http import HttpResponse
from ninja import Router, Schema

from sessions.api import ApiRequest
from sessions.envelope import parse_uuid, reply
from sessions.errors import BadRequest
from sessions.schemas import Envelope
from tasks.copying import copy_session

router = Router(tags=["sessions"])


class CopyOut(Schema):
    old_session_id: uuid.UUID
    new_session_id: uuid.UUID


@router.post("/{session_id}/copy", response=Envelope[CopyOut], operation_id="copy_session", summary="Copy a session")
def copy(request: ApiRequest, session_id: str) -> HttpResponse:
    """Copy the session with messages, events, tasks and preferences, in their order and with their times.

    The reason of a refusal is a word: `INVALID_SESSION_ID`, `SESSION_NOT_FOUND`, or `SESSION_TOO_LARGE` above 5000
    messages (413).
    """
    try:
        wanted = parse_uuid(session_id, "session_id")
    except BadRequest:
        raise BadRequest("INVALID_SESSION_ID") from None
    copied = copy_session(request.auth, wanted)
    return reply({"old_session_id": wanted, "new_session_id": copied.pk})
