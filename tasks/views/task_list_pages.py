"""Lists of tasks, of all sessions of a project and of one, and the same as a file."""

import uuid
from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from sessions.http import PageRequest, Place, at_address
from sessions.models import SavedView
from sessions.saved_views import ViewsRow
from tasks.corrections import MARKED_AT_ONCE
from tasks.exporting.tasks import csv_lines, json_lines, pieces_of
from tasks.models import Task
from tasks.task_filter import LOOKED_THROUGH
from tasks.task_list import TaskList
from tasks.views.news import answer_news


@vary_on_headers("HX-Request")
@require_safe
def task_list(request: PageRequest) -> HttpResponse:
    """List the tasks of all sessions of a project that the address asks for."""
    place = Place(request)
    return _answer(request, place, TaskList(place.project, request.GET))


@vary_on_headers("HX-Request")
@require_safe
def session_tasks(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """List those of one session, in their order."""
    place = Place(request)
    session = place.go_to_session(pk)
    return _answer(request, place, TaskList(session.project, request.GET, session))


def _answer(request: PageRequest, place: Place, found: TaskList) -> HttpResponse:
    views = None if found.session else ViewsRow(place, SavedView.Page.TASKS, found.own_query)
    here = found.address(request.path)
    context = {
        "place": place,
        "list": found,
        # Looked up here: an error inside of {% if %} would count as "no".
        "is_empty": found.is_empty,
        "views": views,
        "statuses": Task.Status,
        "here": here,
        "most": MARKED_AT_ONCE,
        "looked_through": LOOKED_THROUGH,
    }
    if found.more and request.htmx:
        return render(request, "tasks/board.html#cards", {**context, "column": found.more})
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "tasks/list.html", context)
    return at_address(here, request, render(request, "tasks/list.html#results", context))


@require_safe
def task_news(request: PageRequest) -> HttpResponse:
    """Answer how many tasks came to the head of a list."""
    if not request.htmx:
        return redirect("tasks:tasks")
    return answer_news(request, TaskList(Place(request).project, request.GET))


@require_safe
def export_tasks(request: PageRequest) -> HttpResponseBase:
    """Give exactly what the list of this address has, all pages of it, as `?format=csv` or `jsonl`."""
    place = Place(request)
    found = TaskList(place.project, request.GET)
    pieces = pieces_of(found.tasks, found.asked.order)
    name = f"tasks-{timezone.localdate().isoformat()}"
    if request.GET.get("format") == "csv":
        return _as_file(csv_lines(pieces), f"{name}.csv", "text/csv; charset=utf-8")
    return _as_file(json_lines(pieces), f"{name}.jsonl", "application/x-ndjson")


def _as_file(lines: Iterator[str] | Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(lines, content_type=kind, headers=headers)
