"""What a person does to tasks: marks many, and takes back what was done."""

import uuid

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from sessions import cursors
from sessions.errors import BadRequest, NotFound
from sessions.http import PageRequest, following, project_to_change, see_other
from sessions.models import Project
from sessions.toasts import say
from tasks.corrections import MARKED_AT_ONCE, Author, mark_tasks
from tasks.models import Task
from tasks.task_filter import TaskFilter
from tasks.undoing import undo

# What a list on the page listens for, to be drawn anew where it stands (templates/tasks/list.html).
CHANGED = "tasks-changed"


@require_POST
def mark(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the chosen tasks a status: those named `task`, or with `all` the first that fit the filters of `asked`."""
    project = project_to_change(request, pk)
    act = uuid.uuid4()
    tasks = _chosen(project, request.POST)
    status = request.POST.get("status", "")
    try:
        count = mark_tasks(
            tasks, status=status, reason=request.POST.get("reason", "").strip(), person=request.user, act=act
        )
    except BadRequest as error:
        say(request, _("Nothing is marked: %(why)s") % {"why": error}, level="error")
        return _answer(request, has_changed=False)
    if not count:
        say(request, _("Nothing is marked: choose tasks first."), level="warning")
    else:
        told = ngettext("%(n)d task is marked as %(status)s.", "%(n)d tasks are marked as %(status)s.", count)
        undo_address = reverse("tasks:undo", args=[project.pk, act])
        say(request, told % {"n": count, "status": Task.Status(status).label}, undo=undo_address)
        if count == MARKED_AT_ONCE and tasks[count : count + 1]:
            say(request, _("More tasks match than can be marked at once; the first are."), level="warning")
    return _answer(request)


@require_safe
def matching(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Say how many tasks `all` chooses. Asked for when it is ticked: no list waits for a count that few want."""
    project = project_to_change(request, pk)
    if not request.htmx:
        return redirect("tasks:tasks")
    if not request.GET.get("all"):
        return HttpResponse()
    count = _chosen(project, request.GET).order_by()[: MARKED_AT_ONCE + 1].count()
    context = {"count": min(count, MARKED_AT_ONCE), "is_first": count > MARKED_AT_ONCE}
    return render(request, "tasks/matching.html", context)


def _answer(request: PageRequest, *, has_changed: bool = True) -> HttpResponse:
    if request.htmx:
        answer = HttpResponse(status=204)
        return trigger_client_event(answer, CHANGED) if has_changed else answer
    return see_other(following(request, otherwise=reverse("tasks:tasks")))


def _chosen(project: Project, posted: QueryDict) -> QuerySet[Task]:
    tasks = Task.objects.filter(project=project)
    if posted.get("all"):
        asked = TaskFilter.asked_for(QueryDict(posted.get("asked", "")))
        order = asked.order
        return asked.of(tasks, project).order_by(*cursors.sorting(order.fields, descending=order.descending))
    return tasks.filter(pk__in=_ids(posted.getlist("task"))).order_by("pk")


def _ids(texts: list[str]) -> list[uuid.UUID]:
    ids = []
    for text in texts[:MARKED_AT_ONCE]:
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    return ids


@require_POST
def undo_act(request: PageRequest, pk: uuid.UUID, act: uuid.UUID) -> HttpResponse:
    """Take back what was done in one go."""
    project = project_to_change(request, pk)
    try:
        undone = undo(project, act, author=Author(request.user))
    except NotFound:
        say(request, _("There is nothing to take back: the tasks are gone."), level="warning")
        return _answer(request)
    if undone.tasks:
        told = ngettext("%(n)d task is as it was before.", "%(n)d tasks are as they were before.", undone.tasks)
        say(request, told % {"n": undone.tasks})
    if undone.left:
        told = ngettext(
            "%(n)d task changed since and stays as it is.",
            "%(n)d tasks changed since and stay as they are.",
            undone.left,
        )
        say(request, told % {"n": undone.left}, level="warning")
    if not undone.tasks and not undone.left:
        say(request, _("That is taken back already."), level="info")
    return _answer(request)
