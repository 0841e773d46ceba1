"""What the endpoints take and give, for validation and for the OpenAPI document."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import BaseModel, Field, Strict

from sessions.queries import Count, Flag
from sessions.schemas_events import EventOut


class Envelope[T](Schema):
    """Every answer. `code` is 0 on success, else the HTTP status; `msg` carries the reason of an error."""

    code: int = 0
    data: T
    msg: str = ""


class Refusal(Schema):
    """An error: `code` is the HTTP status, `msg` says what is wrong and where."""

    code: int = Field(examples=[404])
    msg: str = Field(examples=["session not found"])


class Done(Schema):
    """Success with nothing to tell."""

    code: int = 0
    msg: str = ""


class SessionIn(BaseModel):
    """A new session. Every field may be left out. Not ninja's Schema, which would read a list as an object."""

    user: str | None = Field(None, description="Your own identifier of the person the agent acts for")
    disable_task_tracking: Annotated[bool, Strict()] | None = Field(None, description="Store only, extract nothing")
    configs: dict[str, Any] | None = Field(None, description="Anything you want to find the session by")
    use_uuid: str | None = Field(None, description="Create with this id, or return the session that has it")


class SessionOut(Schema):
    id: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID | None
    disable_task_tracking: bool
    configs: dict[str, Any] | None
    space_id: None = None
    created_at: datetime
    updated_at: datetime


class SessionPage(Schema):
    items: list[SessionOut]
    next_cursor: str | None = None
    has_more: bool


class MessageIn(BaseModel):
    """A message in a provider's format."""

    format: str | None = Field("openai", description="acontext or openai")
    blob: dict[str, Any] = Field(examples=[{"role": "user", "content": "Book a table for two"}])
    meta: dict[str, Any] | None = Field(None, description="Your own notes on the message, at most 64 KiB")


class PartOut(Schema):
    type: str
    text: str | None = None
    asset: dict[str, Any] | None = None
    filename: str | None = None
    meta: dict[str, Any] | None = None


class MessageOut(Schema):
    id: uuid.UUID
    session_id: uuid.UUID
    parent_id: uuid.UUID | None
    role: str
    meta: dict[str, Any]
    parts: list[PartOut]
    task_id: uuid.UUID | None
    session_task_process_status: str
    created_at: datetime
    updated_at: datetime


class PublicUrlOut(Schema):
    """A link to a file that needs no key."""

    url: str
    expire_at: datetime


class TranscriptOut(Schema):
    """Oldest first. `items`, `ids` and `metas` have the same length."""

    items: list[Any]
    ids: list[str]
    metas: list[dict[str, Any]]
    has_more: bool
    next_cursor: str | None = None
    this_time_tokens: int
    public_urls: dict[str, PublicUrlOut] | None = Field(None, description="By SHA-256; only with format=acontext")
    edit_at_message_id: str | None = Field(None, description="Pass it back as the pin to keep the prefix as it is")
    events: list[EventOut] | None = Field(None, description="Only when asked for and when there are any")


class ObservingOut(Schema):
    """How many messages are in which state."""

    observed: int = Field(description="Read by extraction")
    in_process: int
    pending: int
    failed: int = Field(description="Could not be read; the reason is with the message")
    disabled: int = Field(description="Stored with tracking switched off")
    error: str | None = Field(None, description="Why extraction waits or stands still")
    updated_at: datetime


class SessionListQuery(Schema):
    user: str | None = None
    limit: Count = Field(20, ge=1, le=200)
    cursor: str | None = None
    time_desc: Flag = False
    filter_by_configs: str | None = Field(None, description="JSON object; sessions whose configs contain it")


class MessageListQuery(Schema):
    limit: Count = Field(0, ge=0, le=200, description="0: all")
    cursor: str | None = None
    time_desc: Flag = Field(False, description="Page from the newest end; a page is always oldest first")
    format: str = "openai"
    with_asset_public_url: Flag = True
    with_events: Flag = Field(False, description="Also what happened beside the messages of the page")
    edit_strategies: str | None = Field(
        None,
        description="JSON array of `{type, params}`; a type is remove_tool_result, remove_tool_call_params, middle_out "
        "or token_limit",
        examples=['[{"type": "token_limit", "params": {"limit_tokens": 20000}}]'],
    )
    pin_editing_strategies_at_message: str | None = Field(
        None, description="Edit only up to this message, so that the prefix stays the same from call to call"
    )
