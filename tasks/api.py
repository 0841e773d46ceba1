"""The endpoints of what is extracted."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from sessions import cursors
from sessions.api import find_session
from sessions.envelope import reply, reply_page
from sessions.schemas import Envelope
from tasks.flush import flush, wait_until_extracted
from tasks.models import Task
from tasks.schemas import FlushOut, TaskListQuery, TaskPage

router = Router(tags=["tasks"])


@router.get("/{session_id}/task", response=Envelope[TaskPage], operation_id="get_tasks", summary="Tasks of a session")
def get_tasks(request: HttpRequest, session_id: str, query: Query[TaskListQuery]) -> HttpResponse:
    """List the user's requests in order, each with status, progresses and preferences.

    With `wait`, the answer comes when nothing is pending any more, or after that many seconds.
    """
    session = find_session(request, session_id)
    if query.wait:
        wait_until_extracted(session, query.wait)
    found, next_cursor = cursors.page(
        Task.objects.filter(session=session).with_claims(),
        ["order"],
        [int],
        limit=query.limit,
        cursor=query.cursor,
        descending=query.time_desc,
    )
    return reply_page([task.as_wire() for task in found], next_cursor)


@router.post("/{session_id}/flush", response=Envelope[FlushOut], operation_id="flush", summary="Extract now")
def flush_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """Return once everything stored before the call is extracted, or after 25 seconds with the reason why not."""
    return reply(asdict(flush(find_session(request, session_id))))
