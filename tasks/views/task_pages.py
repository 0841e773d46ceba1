"""One task as a page or inside a dialog."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from sessions.http import PageRequest, Place
from tasks.models import Task, TaskChange, TaskMessage

LINKS_SHOWN = 200


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
