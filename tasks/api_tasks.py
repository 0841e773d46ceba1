"""Tasks and preferences across sessions; ours, beyond the contract."""

import uuid
from datetime import UTC, datetime
from typing import Literal, cast

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from sessions import cursors
from sessions.api import ApiRequest
from sessions.envelope import parse_uuid, reply, reply_page
from sessions.errors import BadRequest, NotFound
from sessions.models import ApiKey
from sessions.schemas import Envelope
from tasks.corrections import correct_task
from tasks.details import task_details
from tasks.models import Preference, Task
from tasks.schemas import PreferencePage, TaskDetailsOut, TaskPage
from tasks.task_filter import TaskFilter

router = Router(tags=["tasks across sessions"])


class TaskSearch(Schema):
    """Every filter may be left out. They are those of the tasks' page."""

    status: list[Literal["pending", "running", "success", "failed"]] = Field([], description="One, or several")
    basis: Literal["confirmed", "shown", "claimed", "none"] | None = Field(
        None, description="What the status rests on; none: it was not said"
    )
    risk: Literal["any", "tool_failed", "not_run", "not_done", "asked_again"] | None = Field(
        None, description="Successes that something speaks against"
    )
    situation: Literal["waiting", "abandoned"] | None = None
    corrected: bool = Field(False, description="Only what a person, or an agent over the API, has corrected")
    user: str | None = Field(None, description="Your identifier of the person the agent acted for")
    session_id: uuid.UUID | None = None
    since: datetime | None = Field(None, description="Created at this time or later")
    until: datetime | None = Field(None, description="Created before this time")
    q: str | None = Field(None, description="Text in the description", max_length=200)
    limit: int = Field(20, ge=1, le=200)
    cursor: str | None = None
    time_desc: bool = Field(True, description="Newest first")


@router.get("/task", response=Envelope[TaskPage], operation_id="search_tasks", summary="Find tasks across sessions")
def search_tasks(request: ApiRequest, query: Query[TaskSearch]) -> HttpResponse:
    """List the project's tasks that fit all filters, newest first."""
    asked = TaskFilter(
        status=tuple(dict.fromkeys(query.status)),
        basis=query.basis or "",
        risk=query.risk or "",
        situation=query.situation or "",
        corrected="1" if query.corrected else "",
        user=_text(query.user or "", "user"),
        session=query.session_id,
        since=moment_of(query.since, "since") if query.since else None,
        until=moment_of(query.until, "until") if query.until else None,
    )
    # A page looks through the newest for words; an agent that asks for all gets all.
    words = Q(description__icontains=_text(query.q, "q")) if query.q else Q()
    found, next_cursor = cursors.page(
        asked.of(Task.objects.filter(words, project=request.auth), request.auth).with_claims(),
        ["created_at", "id"],
        cursors.BY_TIME,
        limit=query.limit,
        cursor=query.cursor,
        descending=query.time_desc,
    )
    return reply_page([task.as_wire() for task in found], next_cursor)


def _text(value: str, name: str) -> str:
    if "\0" in value:
        raise BadRequest(f"{name}: must not contain NUL")
    return value


def moment_of(value: datetime, name: str) -> datetime:
    """Read a time as PostgreSQL takes it; raises BadRequest for one without a time zone."""
    if value.tzinfo is None:
        raise BadRequest(f"{name}: must say its time zone, as in 2026-01-31T12:00:00Z")
    try:
        # PostgreSQL knows fewer time zones than Python does.
        return value.astimezone(UTC)
    except OverflowError:
        raise BadRequest(f"{name}: out of range") from None


def find_task(request: HttpRequest, task_id: str) -> Task:
    """Return a task of the caller's project; raises BadRequest for a bad id and NotFound for any other."""
    project = cast(ApiRequest, request).auth
    task = Task.objects.filter(project=project, pk=parse_uuid(task_id, "task_id")).first()
    if task is None:
        raise NotFound("task not found")
    return task


@router.get(
    "/task/{task_id}", response=Envelope[TaskDetailsOut], operation_id="get_task", summary="One task with evidence"
)
def get_task(request: ApiRequest, task_id: str) -> HttpResponse:
    """Return a task with the messages that each claim rests on, and with its history."""
    return reply(task_details(find_task(request, task_id)))


class TaskPatch(BaseModel):
    """What to set; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["pending", "running", "success", "failed"] | None = None
    description: str | None = None
    reason: str = ""


@router.patch(
    "/task/{task_id}", response=Envelope[TaskDetailsOut], operation_id="correct_task", summary="Correct a task"
)
def patch_task(request: ApiRequest, task_id: str, body: TaskPatch) -> HttpResponse:
    """Set a task's status or description. It is recorded as yours, and extraction does not change it again."""
    if body.status is None and body.description is None:
        raise BadRequest("body: status or description must be given")
    key: ApiKey = request.api_key
    task = correct_task(
        find_task(request, task_id), status=body.status, description=body.description, reason=body.reason, api_key=key
    )
    return reply(task_details(task))


class PreferenceSearch(Schema):
    user: str | None = Field(None, description="Your identifier of the person")
    status: Literal["active", "replaced", "withdrawn"] = "active"
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = None
    time_desc: bool = False


@router.get(
    "/preference",
    response=Envelope[PreferencePage],
    operation_id="list_preferences",
    summary="What users prefer, across sessions",
)
def list_preferences(request: ApiRequest, query: Query[PreferenceSearch]) -> HttpResponse:
    """List preferences with where each comes from; of one user, or of all."""
    rows = Preference.objects.filter(project=request.auth, status=query.status).select_related("end_user")
    if query.user:
        rows = rows.filter(end_user__identifier=_text(query.user, "user"))
    found, next_cursor = cursors.page(
        rows, ["id"], [int], limit=query.limit, cursor=query.cursor, descending=query.time_desc
    )
    return reply_page([row.as_wire() for row in found], next_cursor)
