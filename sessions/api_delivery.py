"""What became of each message; ours, beyond the contract."""

import uuid
from datetime import datetime
from typing import Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from sessions import cursors
from sessions.api import find_session
from sessions.envelope import reply_page
from sessions.models import Session
from sessions.observing import running_to
from sessions.schemas import Envelope

router = Router(tags=["messages"])

Status = Literal["pending", "running", "success", "failed", "disable_tracking"]


class DeliveryOut(Schema):
    """One message's way through extraction. `reason` says why it failed."""

    id: uuid.UUID
    seq: int
    role: str
    status: Status
    reason: str | None
    created_at: datetime


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    next_cursor: str | None = None
    has_more: bool


class DeliveryQuery(Schema):
    status: Status | None = None
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = None
    time_desc: bool = False


@router.get(
    "/{session_id}/messages/status",
    response=Envelope[DeliveryPage],
    operation_id="message_status",
    summary="What became of each message",
)
def message_status(request: HttpRequest, session_id: str, query: Query[DeliveryQuery]) -> HttpResponse:
    """List the session's messages with their state, the failed ones with the reason. `seq` is the order of storing."""
    session = find_session(request, session_id)
    rows = session.messages.defer("parts", "blob", "facts", "meta")
    if query.status:
        rows = rows.filter(in_state(query.status, session))
    found, next_cursor = cursors.page(
        rows, ["seq"], [int], limit=query.limit, cursor=query.cursor, descending=query.time_desc
    )
    items = [
        {
            "id": message.id,
            "seq": message.seq,
            "role": message.role,
            "status": message.tracking_status(session),
            "reason": message.extraction_error or None,
            "created_at": message.created_at,
        }
        for message in found
    ]
    return reply_page(items, next_cursor)


def in_state(status: Status, session: Session) -> Q:
    """Messages in a state, in terms of the session's cursor and lease; agrees with `Message.tracking_status`."""
    if status in ("failed", "disable_tracking"):
        return Q(extraction=status)
    running = running_to(session)
    ranges = {
        "success": Q(seq__lte=session.cursor_seq),
        "running": Q(seq__gt=session.cursor_seq, seq__lte=running),
        "pending": Q(seq__gt=running),
    }
    return Q(extraction="") & ranges[status]
