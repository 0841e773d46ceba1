"""What a person does to one task: corrects it, merges it, splits it, moves its messages. All of it can be undone."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions.errors import BadRequest, Conflict, NotFound
from sessions.http import PageRequest, following, project_to_change, see_other
from sessions.toasts import say
from tasks.conversation.asked import number
from tasks.corrections import Author, correct_task
from tasks.models import Task
from tasks.regrouping import merge_tasks, move_messages, split_task
from tasks.task_page import TaskPage
from tasks.views.task_pages import find_task, show_task

CONFLICT, UNPROCESSABLE = 409, 422


@require_POST
def correct(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Set what the form changes of description and status; told when another changed it meanwhile."""
    task = _task_to_change(request, pk)
    posted = {name: request.POST.get(name, "").strip() for name in ("description", "status", "reason")}
    # A browser sends line ends of its own.
    posted["description"] = posted["description"].replace("\r\n", "\n")
    was = {name: request.POST.get(f"was_{name}", "").replace("\r\n", "\n") for name in ("description", "status")}
    said = {name: posted[name] for name, before in was.items() if posted[name] != before}
    if not said and not posted["reason"]:
        say(request, _("Nothing was changed."), level="info")
        return see_other(following(request, otherwise=task.get_absolute_url()))
    act = uuid.uuid4()
    try:
        correct_task(
            task,
            # A reason alone is said of the status: it stands as the person says.
            status=said.get("status", None if said else posted["status"]),
            description=said.get("description"),
            reason=posted["reason"],
            person=request.user,
            was={name: was[name] for name in said},
            act=act,
        )
    except NotFound:
        return _gone(request)
    except Conflict:
        why = _("The task was changed meanwhile. Yours is still in the form; what stands now is above it.")
        page = TaskPage(find_task(request, pk), request.POST.get("in"), edit=posted, problem=why)
        return show_task(request, page, status=CONFLICT)
    except BadRequest as error:
        page = TaskPage(task, request.POST.get("in"), edit=posted, problem=str(error))
        return show_task(request, page, status=UNPROCESSABLE)
    return _done(request, task, act, _("The task is corrected."), following(request, otherwise=task.get_absolute_url()))


@require_POST
def merge(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Make the task part of the one named `into`."""

    def change(task: Task, into: Task | None, act: uuid.UUID) -> tuple[Task, str]:
        merged = merge_tasks(task, _named(into), author=Author(request.user), act=act)
        return merged, _("T%(task)d is part of T%(into)d now.") % {"task": task.order, "into": merged.order}

    return _regroup(request, pk, change)


@require_POST
def split(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a task of its own of the messages named `seq`."""

    def change(task: Task, into: Task | None, act: uuid.UUID) -> tuple[Task, str]:
        words = request.POST.get("description", "")
        new = split_task(task, seqs=_seqs(request), description=words, author=Author(request.user), act=act)
        return new, _("T%(new)d is split off T%(task)d.") % {"new": new.order, "task": task.order}

    return _regroup(request, pk, change)


@require_POST
def move(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the messages named `seq` to the task named `into`."""

    def change(task: Task, into: Task | None, act: uuid.UUID) -> tuple[Task, str]:
        other = move_messages(task, _named(into), seqs=_seqs(request), author=Author(request.user), act=act)
        return task, _("The messages belong to T%(into)d now.") % {"into": other.order}

    return _regroup(request, pk, change)


def _regroup(
    request: PageRequest, pk: uuid.UUID, change: Callable[[Task, Task | None, uuid.UUID], tuple[Task, str]]
) -> HttpResponse:
    task, act = _task_to_change(request, pk), uuid.uuid4()
    others = Task.objects.filter(session=task.session_id)
    try:
        into = others.filter(pk=uuid.UUID(request.POST.get("into", ""))).first()
    except ValueError:
        into = None
    try:
        shown, told = change(task, into, act)
    except NotFound:
        return _gone(request)
    except (BadRequest, Conflict) as error:
        say(request, _("Nothing was changed: %(why)s") % {"why": error}, level="error")
        return see_other(following(request, otherwise=task.get_absolute_url()))
    return _done(request, task, act, told, TaskPage(shown, request.POST.get("in")).address)


def _task_to_change(request: PageRequest, pk: uuid.UUID) -> Task:
    task = find_task(request, pk)
    project_to_change(request, task.project_id)
    return task


def _named(into: Task | None) -> Task:
    if into is None:
        raise BadRequest(_("choose another task of the session"))
    return into


def _seqs(request: PageRequest) -> set[int]:
    return {number(text) for text in request.POST.getlist("seq")} - {0}


def _done(request: PageRequest, task: Task, act: uuid.UUID, told: str, address: str) -> HttpResponse:
    say(request, told, undo=reverse("tasks:undo", args=[task.project_id, act]))
    return see_other(address)


def _gone(request: PageRequest) -> HttpResponse:
    say(request, _("The task is gone: it was merged, or its session was extracted again."), level="warning")
    return see_other(reverse("tasks:tasks"))
