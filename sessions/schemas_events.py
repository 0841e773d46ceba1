"""What the endpoints of events take and give."""

import uuid
from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import BaseModel, Field

from sessions.queries import Count, Flag


class EventIn(BaseModel):
    """Something that happened beside the messages."""

    type: str = Field(min_length=1, description="Any name", examples=["text_event"])
    data: dict[str, Any] = Field(
        description="Anything; given back as it is", examples=[{"text": "Deployed to staging"}]
    )


class EventOut(Schema):
    id: uuid.UUID
    session_id: uuid.UUID
    project_id: uuid.UUID
    type: str
    data: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class EventPage(Schema):
    items: list[EventOut]
    next_cursor: str | None = None
    has_more: bool


class EventListQuery(Schema):
    limit: Count = Field(50, ge=1, le=200)
    cursor: str | None = None
    time_desc: Flag = Field(False, description="Newest first")
