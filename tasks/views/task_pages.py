"""One task, as a page or inside a dialog, and the messages that a claim rests on."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from sessions.http import PageRequest, Place, may_change
from tasks.conversation.asked import number
from tasks.excerpts import excerpts_of
from tasks.models import Task
from tasks.task_page import TaskPage

EVIDENCE = 20


def find_task(request: PageRequest, pk: uuid.UUID) -> Task:
    """Return a task that this person may see, with all that is said of it; 404 for any other."""
    tasks = Task.objects.visible_to(request.user).with_claims().select_related("session__end_user", "project")
    return get_object_or_404(tasks, pk=pk)


@vary_on_headers("HX-Request")
@require_safe
def task_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one task with the evidence of all that is said of it; `?in=` is the query of the list it was opened from.

    A task that was merged, or whose split was taken back, leads to the one that it is part of.
    """
    try:
        task = find_task(request, pk)
    except Http404:
        # Looked for behind the miss: few tasks are part of another.
        into = get_object_or_404(Task.objects.visible_to(request.user), merged=pk)
        return redirect(f"{into.get_absolute_url()}?{query}" if (query := request.GET.urlencode()) else into)
    return show_task(request, TaskPage(task, request.GET.get("in")))


def show_task(request: PageRequest, page: TaskPage, *, status: int = 200) -> HttpResponse:
    """Answer with the page of a task, or with what of it goes into the dialog."""
    context = {"page": page, "task": page.task, "statuses": Task.Status}
    if request.htmx and not request.htmx.history_restore_request:
        here = request.htmx.current_url_abs_path or page.task.get_absolute_url()
        context |= {"may_change": may_change(request, page.task.project_id), "here": here, "in_dialog": True}
        return render(request, "tasks/task.html#detail", context, status=status)
    place = Place(request, page.task.project)
    context |= {"place": place, "may_change": place.may_change, "here": page.address}
    return render(request, "tasks/task.html", context, status=status)


@require_safe
def task_evidence(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show the first words of some messages of the task's session, for the claim that rests on them."""
    task = get_object_or_404(Task.objects.visible_to(request.user).select_related("session"), pk=pk)
    seqs = {number(text) for text in request.GET.getlist("seq")[:EVIDENCE]} - {0}
    return render(request, "tasks/excerpts.html", {"task": task, "excerpts": excerpts_of(task.session, seqs)})
