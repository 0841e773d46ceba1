"""What a person, or an agent over the API, says of a task or a preference. It wins over extraction, then and later."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from sessions.errors import BadRequest, NotFound
from sessions.models import ApiKey
from tasks.extraction.validate import DESCRIPTION_LENGTH
from tasks.models import Preference, Task, TaskChange

REASON_LENGTH = 1_000


@transaction.atomic
def correct_task(
    task: Task,
    *,
    status: str | None = None,
    description: str | None = None,
    reason: str = "",
    person: User | None = None,
    api_key: ApiKey | None = None,
) -> Task:
    """Set status and description as told, with one line of history for each; raises BadRequest for a bad value.

    Raises NotFound when the task is gone: its session may have been extracted again meanwhile.

    Said again what holds already is a correction too: extraction will not change it any more.
    """
    if status is not None and status not in Task.Status.values:
        raise BadRequest(f"status: must be one of {', '.join(Task.Status.values)}")
    if description is not None and not 1 <= len(description.strip()) <= DESCRIPTION_LENGTH:
        raise BadRequest(f"description: must have 1 to {DESCRIPTION_LENGTH} characters")
    if len(reason) > REASON_LENGTH:
        raise BadRequest(f"reason: must have at most {REASON_LENGTH} characters")
    if "\0" in reason + (description or ""):
        raise BadRequest("description, reason: must not contain NUL")
    locked = Task.objects.select_for_update().filter(pk=task.pk).first()
    if locked is None:
        raise NotFound("task not found")
    task = locked
    wanted = {TaskChange.Kind.STATUS: status, TaskChange.Kind.DESCRIPTION: description and description.strip()}
    for kind, value in wanted.items():
        if value is not None:
            TaskChange.objects.create(
                task=task,
                kind=kind,
                before=getattr(task, kind.value),
                after=value,
                reason=reason,
                is_correction=True,
                person=person,
                api_key=api_key,
            )
            setattr(task, kind.value, value)
    if status is not None:
        task.reason, task.basis, task.evidence = reason, "", []
        task.situation, task.risk, task.risk_evidence = "", "", []
    task.updated_at = timezone.now()
    task.save()
    return task


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
