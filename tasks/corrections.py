"""What a person, or an agent over the API, says of a task or a preference. It wins over extraction, then and later."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.errors import BadRequest, Conflict, NotFound
from sessions.models import ApiKey
from tasks.extraction.validate import DESCRIPTION_LENGTH
from tasks.locking import lock_sessions_of
from tasks.models import Preference, Task, TaskChange

REASON_LENGTH = 1_000
MARKED_AT_ONCE = 1_000
# What a status stands on: a person's word takes all of it away, and an undo puts it back.
STANDING = ("status", "basis", "reason", "evidence", "situation", "risk", "risk_evidence")
Kind = TaskChange.Kind


@dataclass(frozen=True)
class Author:
    """Who says something: a person in the pages, or an agent by its key."""

    person: User | None = None
    api_key: ApiKey | None = None


@transaction.atomic
def correct_task(
    task: Task,
    *,
    status: str | None = None,
    description: str | None = None,
    reason: str = "",
    person: User | None = None,
    api_key: ApiKey | None = None,
    was: Mapping[str, str] | None = None,
    act: uuid.UUID | None = None,
) -> Task:
    """Set status and description as told, with one line of history for each; raises BadRequest for a bad value.

    Raises NotFound when the task is gone: its session may have been extracted again meanwhile. Raises Conflict when it
    is not as it `was` any more, by the names of the two fields, so that nobody overwrites what they have not seen.

    Said again what holds already is a correction too: extraction will not change it any more.
    """
    status, description, reason = checked(status=status, description=description, reason=reason)
    lock_sessions_of(Task.objects.filter(pk=task.pk))
    locked = Task.objects.select_for_update().filter(pk=task.pk).first()
    if locked is None:
        raise NotFound(_("task not found"))
    task = locked
    if any(getattr(task, name) != value for name, value in (was or {}).items()):
        raise Conflict(_("the task changed meanwhile"))
    said = _Saying(Author(person, api_key), reason, act or uuid.uuid4())
    changes = []
    if status is not None:
        changes.append(said.status(task, status))
    if description is not None:
        changes.append(said.description(task, description))
    task.save()
    TaskChange.objects.bulk_create(changes)
    return task


@transaction.atomic
def mark_tasks(tasks: QuerySet[Task], *, status: str, reason: str, person: User, act: uuid.UUID) -> int:
    """Give many tasks a status in one go, at most `MARKED_AT_ONCE` of them in their order; return how many.

    Raises BadRequest for a bad value.
    """
    checked(status=status, reason=reason)
    chosen = list(tasks.values_list("pk", flat=True)[:MARKED_AT_ONCE])
    lock_sessions_of(Task.objects.filter(pk__in=chosen))
    # In the order of their keys, as whoever else locks several does.
    locked = list(Task.objects.select_for_update().filter(pk__in=chosen).order_by("pk"))
    said = _Saying(Author(person), reason, act)
    changes = [said.status(task, status) for task in locked]
    Task.objects.bulk_update(locked, [*STANDING, "updated_at"], batch_size=200)
    TaskChange.objects.bulk_create(changes, batch_size=500)
    return len(locked)


@dataclass
class _Saying:
    """One thing said of one task or of many. Each method changes a task in memory and returns its line of history."""

    author: Author
    reason: str
    act: uuid.UUID

    def status(self, task: Task, status: str) -> TaskChange:
        replaced = standing_of(task)
        change = self._line(task, Kind.STATUS, task.status, status, replaced)
        set_standing(task, {"status": status, "reason": self.reason})
        return change

    def description(self, task: Task, description: str) -> TaskChange:
        change = self._line(task, Kind.DESCRIPTION, task.description, description, {})
        task.description, task.updated_at = description, timezone.now()
        return change

    def _line(self, task: Task, kind: str, before: str, after: str, replaced: dict[str, Any]) -> TaskChange:
        return TaskChange(
            task=task,
            kind=kind,
            before=before,
            after=after,
            reason=self.reason,
            is_correction=True,
            person=self.author.person,
            api_key=self.author.api_key,
            act=self.act,
            replaced=replaced,
        )


def standing_of(task: Task) -> dict[str, Any]:
    """Return a task's status and all that it stands on."""
    return {name: getattr(task, name) for name in STANDING}


def set_standing(task: Task, standing: Mapping[str, Any], now: datetime | None = None) -> None:
    """Give a task, in memory, a status and what it stands on; what is not named is nothing."""
    for name in STANDING:
        nothing: Any = [] if name.endswith("evidence") else ""
        setattr(task, name, standing.get(name, nothing))
    task.updated_at = now or timezone.now()


def checked(
    *, status: str | None = None, description: str | None = None, reason: str = ""
) -> tuple[str | None, str | None, str]:
    """Return what is to be said, stripped; raises BadRequest for what a task cannot be."""
    description = None if description is None else description.strip()
    if status is not None and status not in Task.Status.values:
        raise BadRequest(_("status: must be one of %(values)s") % {"values": ", ".join(Task.Status.values)})
    if description is not None and not 1 <= len(description) <= DESCRIPTION_LENGTH:
        raise BadRequest(_("description: must have 1 to %(most)d characters") % {"most": DESCRIPTION_LENGTH})
    if len(reason) > REASON_LENGTH:
        raise BadRequest(_("reason: must have at most %(most)d characters") % {"most": REASON_LENGTH})
    if "\0" in reason + (description or ""):
        raise BadRequest(_("description, reason: must not contain NUL"))
    return status, description, reason


@transaction.atomic
def remove_preference(preference: Preference, *, person: User) -> Preference:
    """Mark a preference as removed by a person; one that does not hold any more stays as it is."""
    preference = Preference.objects.select_for_update().get(pk=preference.pk)
    if preference.status == Preference.Status.ACTIVE:
        preference.status = Preference.Status.WITHDRAWN
        preference.removed_by, preference.removed_at = person, timezone.now()
        preference.save(update_fields=["status", "removed_by", "removed_at"])
    return preference


@transaction.atomic
def put_back_preference(preference: Preference) -> Preference:
    """Undo a removal; a preference that the user withdrew, or that another replaced, stays as it is."""
    preference = Preference.objects.select_for_update().get(pk=preference.pk)
    if preference.removed_at is not None:
        preference.status = Preference.Status.ACTIVE
        preference.removed_by, preference.removed_at = None, None
        preference.save(update_fields=["status", "removed_by", "removed_at"])
    return preference
