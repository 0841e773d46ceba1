"""A person says which messages make up a task: merges two, splits one, moves messages. Extraction leaves it so."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.errors import BadRequest, Conflict, NotFound
from sessions.models import Session
from tasks.corrections import Author, checked
from tasks.merging import merge_into
from tasks.models import Preference, Progress, Task, TaskChange, TaskMessage

Kind, Role = TaskChange.Kind, TaskMessage.Role


@transaction.atomic
def merge_tasks(task: Task, into: Task, *, author: Author, act: uuid.UUID, reason: str = "") -> Task:
    """Make one task part of another of its session, which is returned.

    Raises BadRequest when they are the same or of two sessions, NotFound when one of them is gone.
    """
    _, _, reason = checked(reason=reason)
    task, into = _both(task, into)
    replaced = {
        "into": str(into.pk),
        "links": _links_of(task.links.all()),
        "shared": _ids(into.links.filter(message__in=task.links.values("message")), "message_id"),
        "progresses": _ids(task.progresses.all()),
        "preferences": _ids(task.preferences.all()),
        "merged": _ids(Task.all_objects.filter(merged_into=task)),
    }
    said = _Saying(author, reason, act)
    said.line(task, Kind.MERGED, task.description, f"into T{into.order}", replaced=replaced)
    said.line(into, Kind.MERGED, into.description, f"with T{task.order} {task.description}")
    merge_into(task, into)
    _touch(task, into)
    said.write()
    return into


@transaction.atomic
def split_task(
    task: Task, *, seqs: Collection[int], description: str, author: Author, act: uuid.UUID, reason: str = ""
) -> Task:
    """Make a task of its own of some of a task's messages, and return it. It begins with the status of the other.

    Raises BadRequest for a bad description, or when the messages are not the task's, or are all of it.
    """
    _, description_, reason = checked(description=description, reason=reason)
    assert description_
    (task,) = _locked(task.session_id, task)
    moved = _movable(task, seqs)
    last = Task.all_objects.filter(session=task.session_id).aggregate(last=Max("order"))["last"] or 0
    new = Task.objects.create(
        project_id=task.project_id,
        session_id=task.session_id,
        order=last + 1,
        description=description_,
        status=task.status,
        evidence=[moved[0].message.seq],
        extractor=task.extractor,
        # Lists by time tell when something was asked for.
        created_at=moved[0].message.created_at,
    )
    numbers = [link.message.seq for link in moved]
    said = _Saying(author, reason, act)
    replaced = _carry(task, new, moved) | {"is_split": True}
    said.line(task, Kind.SPLIT, task.description, f"into T{new.order} {description_}", numbers, replaced)
    said.line(new, Kind.SPLIT, "", f"from T{task.order} {task.description}", numbers)
    said.line(new, Kind.DESCRIPTION, "", description_)
    _touch(task)
    said.write()
    return new


@transaction.atomic
def move_messages(
    task: Task, into: Task, *, seqs: Collection[int], author: Author, act: uuid.UUID, reason: str = ""
) -> Task:
    """Give some of a task's messages to another task of the session, which is returned.

    Raises BadRequest when the messages are not the task's or are all of it, or the other is of another session.
    """
    _, _, reason = checked(reason=reason)
    task, into = _both(task, into)
    moved = _movable(task, seqs)
    numbers = [link.message.seq for link in moved]
    said = _Saying(author, reason, act)
    said.line(task, Kind.MESSAGES, "", f"to T{into.order} {into.description}", numbers, _carry(task, into, moved))
    said.line(into, Kind.MESSAGES, "", f"from T{task.order} {task.description}", numbers)
    _touch(task, into)
    said.write()
    return into


def put_back(line: TaskChange) -> bool:
    """Undo the change whose first line this is; tell whether that was still possible. The session must be locked.

    A merged task takes back what it brought. Moved messages go back as long as they are where they were moved to.
    """
    replaced = line.replaced
    other = Task.objects.filter(pk=replaced["into"]).first()
    task = Task.all_objects.get(pk=line.task_id)
    if other is None:
        return False
    if line.kind == Kind.MERGED:
        if task.merged_into_id != other.pk:
            return False
        task.merged_into = None
        task.save(update_fields=["merged_into"])
        Task.all_objects.filter(pk__in=replaced["merged"], merged_into=other).update(merged_into=task)
        _return(replaced, task, other)
    else:
        messages = [message for message, _role in replaced["links"]]
        if task.merged_into_id or other.links.filter(message__in=messages).count() < len(messages):
            return False
        _return(replaced, task, other)
        if replaced.get("is_split"):
            # What has come to it since goes along.
            merge_into(other, task)
    _touch(task, other)
    return True


@dataclass
class _Saying:
    """The lines of history of one act."""

    author: Author
    reason: str
    act: uuid.UUID

    def __post_init__(self) -> None:
        self.lines: list[TaskChange] = []

    def line(
        self,
        task: Task,
        kind: str,
        before: str,
        after: str,
        evidence: list[int] | None = None,
        replaced: dict[str, Any] | None = None,
    ) -> None:
        self.lines.append(
            TaskChange(
                task=task,
                kind=kind,
                before=before,
                after=after,
                reason=self.reason,
                evidence=evidence or [],
                is_correction=True,
                person=self.author.person,
                api_key=self.author.api_key,
                act=self.act,
                replaced=replaced or {},
            )
        )

    def write(self) -> None:
        TaskChange.objects.bulk_create(self.lines)


def lock_session(session_id: uuid.UUID) -> None:
    """Let no run commit meanwhile: it would number or link tasks that it has read before."""
    Session.objects.select_for_update(of=["self"], no_key=True).filter(pk=session_id).first()


def _locked(session_id: uuid.UUID, *tasks: Task) -> list[Task]:
    """Return these tasks as they are now, held; raises NotFound when one is gone or is part of another."""
    lock_session(session_id)
    rows = Task.objects.select_for_update().filter(pk__in=[task.pk for task in tasks]).order_by("pk")
    found = {task.pk: task for task in rows}
    if len(found) < len(tasks):
        raise NotFound(_("task not found"))
    return [found[task.pk] for task in tasks]


def _both(task: Task, into: Task) -> list[Task]:
    if task.pk == into.pk:
        raise BadRequest(_("into: must be another task"))
    if task.session_id != into.session_id:
        raise BadRequest(_("into: must be a task of the same session"))
    return _locked(task.session_id, task, into)


def _movable(task: Task, seqs: Collection[int]) -> list[TaskMessage]:
    """Return the links to these messages, in order; raises BadRequest or Conflict when they cannot leave the task."""
    links = list(task.links.select_related("message").defer("message__parts", "message__blob").order_by("message__seq"))
    chosen = [link for link in links if link.message.seq in set(seqs)]
    if not seqs:
        raise BadRequest(_("messages: choose at least one"))
    if len(chosen) < len(set(seqs)):
        raise Conflict(_("messages: not all of them are this task's any more"))
    if len(chosen) == len(links):
        raise BadRequest(_("messages: these are all that the task has; merge it instead"))
    return chosen


def _carry(task: Task, into: Task, moved: list[TaskMessage]) -> dict[str, Any]:
    """Move links, and what rests on those messages alone; return what it takes to put it all back."""
    messages = [link.message_id for link in moved]
    numbers = {link.message.seq for link in moved}
    shared = set(into.links.filter(message__in=messages).values_list("message_id", flat=True))
    replaced: dict[str, Any] = {
        "into": str(into.pk),
        "links": [[str(link.message_id), link.role] for link in moved],
        "shared": [str(pk) for pk in shared],
        "progresses": _resting_on(task.progresses.all(), numbers),
        "preferences": _resting_on(task.preferences.all(), numbers),
    }
    task.links.filter(message__in=shared).delete()
    task.links.filter(message__in=messages).update(task=into)
    Progress.objects.filter(pk__in=replaced["progresses"]).update(task=into)
    Preference.objects.filter(pk__in=replaced["preferences"]).update(task=into)
    replaced["roles"] = [*_give_request(task), *_give_request(into)]
    return replaced


def _return(replaced: dict[str, Any], task: Task, other: Task) -> None:
    """Give a task its links, progresses and preferences back from another."""
    links = [TaskMessage(task=task, message_id=uuid.UUID(pk), role=role) for pk, role in replaced["links"]]
    messages = [link.message_id for link in links]
    other.links.filter(message__in=messages).exclude(message__in=replaced["shared"]).delete()
    for task_id, message_id, role in replaced.get("roles", ()):
        TaskMessage.objects.filter(task=task_id, message=message_id).update(role=role)
    TaskMessage.objects.bulk_create(links, ignore_conflicts=True)
    Progress.objects.filter(pk__in=replaced["progresses"], task=other).update(task=task)
    Preference.objects.filter(pk__in=replaced["preferences"], task=other).update(task=task)


def _resting_on(claims: "QuerySet[Progress] | QuerySet[Preference]", numbers: set[int]) -> list[int]:
    return [pk for pk, seqs in claims.values_list("pk", "evidence") if seqs and numbers.issuperset(seqs)]


def _give_request(task: Task) -> list[list[str]]:
    """See that a task's first message is its request when no other is; return what role it had."""
    links = task.links.order_by("message__seq")
    first = links.first()
    if first is None or links.filter(role=Role.REQUEST).exists():
        return []
    before = first.role
    TaskMessage.objects.filter(pk=first.pk).update(role=Role.REQUEST)
    return [[str(task.pk), str(first.message_id), before]]


def _links_of(links: QuerySet[TaskMessage]) -> list[list[str]]:
    return [[str(pk), role] for pk, role in links.values_list("message_id", "role")]


def _ids(rows: "QuerySet[Any]", name: str = "pk") -> list[Any]:
    return [pk if isinstance(pk, int) else str(pk) for pk in rows.values_list(name, flat=True)]


def _touch(*tasks: Task) -> None:
    Task.all_objects.filter(pk__in=[task.pk for task in tasks]).update(updated_at=timezone.now())
