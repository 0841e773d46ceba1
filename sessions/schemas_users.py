"""What the endpoints of users take and give."""

import uuid
from datetime import datetime

from ninja import Schema
from pydantic import Field

from sessions.queries import Count, Flag


class UserOut(Schema):
    id: uuid.UUID
    project_id: uuid.UUID
    identifier: str = Field(examples=["anna@example.com"])
    created_at: datetime
    updated_at: datetime


class UserPage(Schema):
    items: list[UserOut]
    next_cursor: str | None = None
    has_more: bool


class UserListQuery(Schema):
    limit: Count = Field(0, ge=0, le=200, description="0: all, and the cursor is ignored")
    cursor: str | None = None
    time_desc: Flag = Field(False, description="Newest first")


class ResourceCounts(Schema):
    sessions_count: int
    disks_count: int = Field(0, description="This server has no disks")
    skills_count: int = Field(0, description="This server has no skills")


class ResourcesOut(Schema):
    counts: ResourceCounts
