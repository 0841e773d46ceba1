"""What the task endpoints take and give."""

import uuid
from datetime import datetime

from ninja import Schema
from pydantic import Field

from sessions.queries import Count, Flag


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
    extractor: str | None = Field(None, examples=["llm"], description="Who read it last: offline or llm")
    is_planning: bool = False
    space_digested: bool = False
    created_at: datetime
    updated_at: datetime


class TaskPage(Schema):
    items: list[TaskOut]
    next_cursor: str | None = None
    has_more: bool


class EvidenceOut(Schema):
    """A message that a claim rests on; `seq` is its number in the session."""

    message_id: uuid.UUID
    seq: int


class LinkedMessageOut(EvidenceOut):
    role: str = Field(description="request, work or feedback")


class ProgressOut(Schema):
    text: str
    evidence: list[EvidenceOut]


class TaskPreferenceOut(Schema):
    statement: str
    evidence: list[EvidenceOut]


class ChangeOut(Schema):
    """One line of a task's history."""

    kind: str = Field(description="created, status or description")
    before: str
    after: str
    reason: str
    basis: str | None
    by: str = Field(examples=["extraction"])
    run_id: uuid.UUID | None
    created_at: datetime
    evidence: list[EvidenceOut]


class TaskDetailsOut(TaskOut):
    """A task with the messages that each claim rests on, and its history, oldest first."""

    evidence: list[EvidenceOut]
    messages: list[LinkedMessageOut]
    progresses: list[ProgressOut]
    preferences: list[TaskPreferenceOut]
    history: list[ChangeOut]


class PreferenceOut(Schema):
    id: int
    statement: str
    status: str = Field(description="active, replaced or withdrawn")
    user: str | None
    session_id: uuid.UUID
    task_id: uuid.UUID | None
    evidence: list[int] = Field(description="Numbers of messages in the session")
    replaced_by: int | None
    created_at: datetime


class PreferencePage(Schema):
    items: list[PreferenceOut]
    next_cursor: str | None = None
    has_more: bool


class TaskListQuery(Schema):
    limit: Count = Field(20, ge=1, le=200)
    cursor: str | None = None
    time_desc: Flag = False
    wait: float = Field(0, ge=0, le=25, description="Seconds to wait until nothing is pending")


class FlushOut(Schema):
    """`status` is 200 when everything stored before the call is extracted; else 500, and `errmsg` says why."""

    status: int = Field(examples=[200])
    errmsg: str = Field(examples=[""])
