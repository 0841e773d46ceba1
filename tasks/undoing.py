"""Take back what a person did in one go. History only grows: a line that takes another back stands behind it."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.errors import NotFound
from sessions.models import Project
from tasks.corrections import STANDING, Author, set_standing
from tasks.locking import lock_sessions_of
from tasks.models import Task, TaskChange
from tasks.regrouping import lock_session, put_back

Kind = TaskChange.Kind
TAKEN_BACK = "taken back"


@dataclass(frozen=True)
class Undone:
    """How many tasks are as they were, and how many are not because they changed since."""

    tasks: int
    left: int


@transaction.atomic
def undo(project: Project, act: uuid.UUID, *, author: Author) -> Undone:
    """Take back what was done in one go, as far as nothing was said over it since; raises NotFound for no such act.

    What is taken back is no correction any more: extraction may change the task again.
    """
    lines = TaskChange.objects.filter(act=act, task__project=project, is_correction=True)
    if not lines.exists():
        raise NotFound(_("there is nothing like this to take back"))
    regrouped = lines.filter(replaced__has_key="into").select_related("task").first()
    if regrouped:
        return _regroup_back(regrouped, author)
    said = Task.all_objects.filter(pk__in=lines.values("task"))
    lock_sessions_of(said)
    locked = said.select_for_update().order_by("pk")
    tasks = {task.pk: task for task in locked}
    # Read behind the lock: of two who take it back at once, one comes too late.
    standing = list(TaskChange.objects.standing().filter(act=act, task__in=tasks).order_by("-pk"))
    over = _said_over(standing)
    taken, left = [], set()
    for line in standing:
        task = tasks[line.task_id]
        if line.pk in over or task.merged_into_id:
            left.add(task.pk)
            continue
        if line.kind == Kind.STATUS:
            set_standing(task, line.replaced)
        else:
            task.description, task.updated_at = line.before, timezone.now()
        taken.append(_line_back(line, task, author))
    Task.all_objects.bulk_update(tasks.values(), [*STANDING, "description", "updated_at"], batch_size=200)
    TaskChange.objects.bulk_create(taken, batch_size=500)
    return Undone(len({line.task_id for line in taken} - left), len(left))


def _regroup_back(first: TaskChange, author: Author) -> Undone:
    lock_session(first.task.session_id)
    tasks = TaskChange.objects.filter(act=first.act).values("task")
    count = tasks.distinct().count()
    list(Task.all_objects.select_for_update().filter(pk__in=tasks).order_by("pk"))
    standing = list(TaskChange.objects.standing().filter(act=first.act).select_related("task").order_by("-pk"))
    if not standing or not put_back(first):
        return Undone(0, count)
    TaskChange.objects.bulk_create(_line_back(line, line.task, author) for line in standing)
    return Undone(count, 0)


def _said_over(lines: list[TaskChange]) -> set[int]:
    """Return those lines behind which the same thing was said of the same task again."""
    newest: dict[tuple[object, str], int] = {}
    of_tasks = TaskChange.objects.filter(task__in={line.task_id for line in lines}, undoes=None, undone_by=None)
    for pk, task_id, kind in of_tasks.order_by("pk").values_list("pk", "task_id", "kind"):
        newest[task_id, kind] = pk
    return {line.pk for line in lines if newest.get((line.task_id, line.kind), line.pk) > line.pk}


def _line_back(line: TaskChange, task: Task, author: Author) -> TaskChange:
    is_status = line.kind == Kind.STATUS
    return TaskChange(
        task=task,
        kind=line.kind,
        before=line.after,
        after=line.before,
        reason=TAKEN_BACK,
        basis=task.basis if is_status else "",
        evidence=task.evidence if is_status else [],
        person=author.person,
        api_key=author.api_key,
        undoes=line,
    )
