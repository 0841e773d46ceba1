"""Lists of tasks, and one task as a page or inside a dialog."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from sessions.http import PageRequest, Place
from sessions.models import Session
from sessions.paging import Order, list_page
from tasks.models import Task, TaskChange, TaskMessage
from tasks.task_filter import TaskFilter

LINKS_SHOWN = 200
BY_ORDER = Order(("order",), (int,), descending=False)


@require_safe
def task_list(request: PageRequest) -> HttpResponse:
    """List the tasks of all sessions of a project, newest first."""
    place = Place(request)
    asked = TaskFilter.asked_for(request.GET)
    tasks = Task.objects.filter(project=place.project).select_related("session__end_user")
    page = list_page(asked.of(tasks), request.GET)
    context = {"place": place, "page": page, "asked": asked, "status": asked.status, "statuses": Task.Status}
    return render(request, "tasks/list.html", context)


@require_safe
def session_tasks(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """List the tasks of one session in their order."""
    session = get_object_or_404(Session.objects.visible_to(request.user).select_related("project"), pk=pk)
    asked = TaskFilter.asked_for(request.GET)
    page = list_page(asked.of(session.tasks.all()), request.GET, BY_ORDER)
    context = {
        "place": Place(request, session.project),
        "session": session,
        "page": page,
        "asked": asked,
        "status": asked.status,
        "statuses": Task.Status,
    }
    return render(request, "tasks/list.html", context)


@vary_on_headers("HX-Request")
@require_safe
def task_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one task with the evidence of all that is said of it."""
    tasks = Task.objects.visible_to(request.user).with_claims().select_related("session__end_user", "project")
    task = get_object_or_404(tasks, pk=pk)
    links = TaskMessage.objects.filter(task=task).order_by("message__seq")
    context = {
        "task": task,
        "changes": TaskChange.objects.filter(task=task).select_related("person", "run"),
        "links": links.values_list("message__seq", "role")[:LINKS_SHOWN],
    }
    if request.htmx:
        return render(request, "tasks/task.html#detail", context)
    return render(request, "tasks/task.html", {**context, "place": Place(request, task.project)})
