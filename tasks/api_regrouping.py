"""Which messages make up a task, as an agent corrects it over the API; ours, beyond the contract."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from sessions.api import ApiRequest
from sessions.envelope import reply
from sessions.schemas import Envelope
from tasks.api_tasks import find_task
from tasks.corrections import Author
from tasks.details import task_details
from tasks.models import Task
from tasks.regrouping import merge_tasks, move_messages, split_task
from tasks.schemas import TaskDetailsOut

router = Router(tags=["tasks across sessions"])


class MergeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    into: uuid.UUID = Field(description="The task of the same session that it becomes part of")
    reason: str = ""


class SplitIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    messages: list[int] = Field(description="Numbers of the task's messages in the session", max_length=1_000)
    description: str
    reason: str = ""


class MoveIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    messages: list[int] = Field(description="Numbers of the task's messages in the session", max_length=1_000)
    into: uuid.UUID = Field(description="The task of the same session that they go to")
    reason: str = ""


@router.post(
    "/task/{task_id}/merge", response=Envelope[TaskDetailsOut], operation_id="merge_task", summary="Merge into another"
)
def merge(request: ApiRequest, task_id: str, body: MergeIn) -> HttpResponse:
    """Make a task part of another one, which is returned. Extraction does not part them again."""
    into = find_task(request, str(body.into))
    return _answer(
        request, task_id, lambda task, by, act: merge_tasks(task, into, author=by, act=act, reason=body.reason)
    )


@router.post(
    "/task/{task_id}/split", response=Envelope[TaskDetailsOut], operation_id="split_task", summary="Split in two"
)
def split(request: ApiRequest, task_id: str, body: SplitIn) -> HttpResponse:
    """Make a task of its own of some of a task's messages; the new one is returned."""

    def change(task: Task, author: Author, act: uuid.UUID) -> Task:
        return split_task(
            task, seqs=body.messages, description=body.description, author=author, act=act, reason=body.reason
        )

    return _answer(request, task_id, change)


@router.post(
    "/task/{task_id}/move", response=Envelope[TaskDetailsOut], operation_id="move_messages", summary="Move messages"
)
def move(request: ApiRequest, task_id: str, body: MoveIn) -> HttpResponse:
    """Give some of a task's messages to another task of the session, which is returned."""
    into = find_task(request, str(body.into))

    def change(task: Task, author: Author, act: uuid.UUID) -> Task:
        return move_messages(task, into, seqs=body.messages, author=author, act=act, reason=body.reason)

    return _answer(request, task_id, change)


def _answer(request: ApiRequest, task_id: str, change: Callable[[Task, Author, uuid.UUID], Task]) -> HttpResponse:
    changed = change(find_task(request, task_id), Author(api_key=request.api_key), uuid.uuid4())
    return reply(task_details(changed))
