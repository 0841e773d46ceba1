"""What the task endpoints take and give."""

import uuid
from datetime import datetime

from ninja import Schema
from pydantic import Field


class TaskData(Schema):
    task_description: str
    progresses: list[str]
    user_preferences: list[str]


class TaskOut(Schema):
    id: uuid.UUID
    session_id: uuid.UUID
    project_id: uuid.UUID
    order: int
    data: TaskData
    status: str = Field(examples=["success"], description="pending, running, success or failed")
    status_basis: str | None = Field(None, description="What the status rests on: confirmed, shown or claimed")
    status_reason: str | None = None
    is_planning: bool = False
    space_digested: bool = False
    created_at: datetime
    updated_at: datetime


class TaskPage(Schema):
    items: list[TaskOut]
    next_cursor: str | None = None
    has_more: bool


class TaskListQuery(Schema):
    limit: int = Field(20, ge=1, le=200)
    cursor: str | None = None
    time_desc: bool = False


class FlushOut(Schema):
    """`status` is 200 when everything stored before the call is extracted; else 500, and `errmsg` says why."""

    status: int = Field(examples=[200])
    errmsg: str = Field(examples=[""])
