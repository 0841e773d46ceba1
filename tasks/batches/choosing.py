"""Which sessions somebody chose in the list: those with a mark, or all that the list's address asks for."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _

from sessions.errors import BadRequest
from sessions.models import Project, Session
from sessions.saved_views import query_of
from tasks.models import Batch
from tasks.session_filter import SessionFilter

MOST = 10_000


@dataclass(frozen=True)
class Choice:
    """Sessions of a project, those active last first. `is_cut` says that more were asked for than are taken at once."""

    project: Project
    ids: list[uuid.UUID]
    query: str
    is_cut: bool = False


def chosen(project: Project, form: QueryDict) -> Choice:
    """Read a choice: `session` several times, or `all` with the `query` of the list.

    Raises BadRequest when there is nothing to choose, or when a filter was not understood: it would choose too much.
    """
    asked = QueryDict(form.get("query", ""))
    if form.get("all"):
        wanted = SessionFilter.asked_for(asked)
        if not wanted.is_clear:
            raise BadRequest(_("A filter was not understood, so nothing was done."))
        found = wanted.of(project)
    else:
        found = Session.objects.filter(project=project, pk__in=_ids(form.getlist("session")))
    ids = list(found.order_by("-active_at", "-id").values_list("pk", flat=True)[: MOST + 1])
    if not ids:
        raise BadRequest(_("No session was chosen."))
    return Choice(project, ids[:MOST], query_of(asked), is_cut=len(ids) > MOST)


def _ids(texts: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in texts]
    except ValueError:
        raise BadRequest(_("No session was chosen.")) from None


@transaction.atomic
def plan(choice: Choice, kind: str, person: User) -> Batch:
    """Write down what somebody is about to do, for them to look at first. What they only thought of before is gone.

    Raises BadRequest when none of the sessions can be extracted again.
    """
    ids = choice.ids
    if kind == Batch.Kind.AGAIN:
        readable = Session.objects.filter(pk__in=ids, head_seq__gt=0, disable_task_tracking=False)
        keep = set(readable.values_list("pk", flat=True))
        ids = [pk for pk in ids if pk in keep]
        if not ids:
            raise BadRequest(_("None of these sessions can be read again: they are empty, or not tracked."))
    Batch.objects.filter(project=choice.project, person=person, started_at=None).delete()
    return Batch.objects.create(
        project=choice.project, kind=kind, left=ids, total=len(ids), query=choice.query, person=person
    )


def sizes_of(batch: Batch) -> dict[str, Any]:
    """Count what belongs to the sessions that are left: `sessions`, `messages`, `tasks`. One query."""
    tasks = F("success_tasks") + F("running_tasks") + F("pending_tasks") + F("failed_tasks")
    there = Session.objects.filter(project=batch.project_id, pk__in=batch.left)
    sums = there.aggregate(messages=Coalesce(Sum("head_seq"), 0), tasks=Coalesce(Sum(tasks), 0))
    return {"sessions": len(batch.left), **sums}
