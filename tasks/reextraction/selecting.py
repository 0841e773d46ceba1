"""Which sessions are to be extracted again, by what they hold and who read them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from sessions.errors import NotFound
from sessions.models import Project, Session
from sessions.prepared import first
from tasks.models import ExtractionRun, Reextraction, Task

RUN_FIELDS = ("status", "extractor", "model", "finished_at", "accepted")
# Stands for the session in a statement that is put together for any.
SOME_ID = uuid.UUID(int=1)


@dataclass(frozen=True)
class Selection:
    """Filters of sessions; all that are given must hold. Times are those of a session's first message or creation."""

    project: str = ""
    sessions: Sequence[uuid.UUID] = ()
    user: str = ""
    status: str = ""
    since: datetime | None = None
    until: datetime | None = None
    extracted_by: str = ""


def sessions_of(selection: Selection) -> QuerySet[Session]:
    """Return the sessions that fit, oldest first; those without any message never do. Raises NotFound for a project."""
    wanted = Q(head_seq__gt=0, disable_task_tracking=False)
    if selection.project:
        wanted &= Q(project=find_project(selection.project))
    if selection.sessions:
        wanted &= Q(pk__in=selection.sessions)
    if selection.user:
        wanted &= Q(end_user__identifier=selection.user)
    if selection.since:
        wanted &= Q(created_at__gte=selection.since)
    if selection.until:
        wanted &= Q(created_at__lt=selection.until)
    if selection.status:
        wanted &= Q(Exists(Task.objects.filter(session=OuterRef("pk"), status=selection.status)))
    if selection.extracted_by:
        wanted &= Q(Exists(runs_that_count().filter(session=OuterRef("pk"), extractor=selection.extracted_by)))
    return Session.objects.filter(wanted).select_related("project", "end_user").order_by("created_at", "pk")


def find_project(name_or_id: str) -> Project:
    """Return the project of this id, or the only one of this name; raises NotFound."""
    try:
        found = Project.objects.filter(pk=uuid.UUID(name_or_id))
    except ValueError:
        found = Project.objects.filter(name=name_or_id)
    projects = list(found[:2])
    if len(projects) != 1:
        how_many = "several projects are" if projects else "no project is"
        raise NotFound(f"{how_many} called {name_or_id!r}")
    return projects[0]


def runs_that_count() -> QuerySet[ExtractionRun]:
    """Return the runs whose word stands: of each session's present generation, a proposal's once it is applied."""
    return _runs_that_count().all()


@cache
def _runs_that_count() -> QuerySet[ExtractionRun]:
    """Put the question together once: each page of a session asks it. Nobody iterates this one."""
    counts = Q(reextraction=None) | Q(reextraction__status=Reextraction.Status.APPLIED)
    return ExtractionRun.objects.filter(counts, generation=F("session__generation")).exclude(
        status=ExtractionRun.Status.FAILED
    )


def newest_run_that_counts(session: Session) -> ExtractionRun | None:
    """Return what a page says of the newest run whose word stands. One query, put together once."""
    statement, values = _newest_run_that_counts()
    return first(ExtractionRun, statement, [session.pk if value == SOME_ID else value for value in values])


@cache
def _newest_run_that_counts() -> tuple[str, Sequence[Any]]:
    newest = runs_that_count().filter(session=SOME_ID).only(*RUN_FIELDS).order_by("-started_at")
    return newest[:1].query.sql_with_params()


def is_up_to_date(session: Session, extractor: str, model: str) -> bool:
    """Whether the session was extracted again in just this way, and neither it nor its project has changed since."""
    newest = Reextraction.objects.filter(session=session, status=Reextraction.Status.APPLIED).order_by("-created_at")
    last = newest.defer("steps").first()
    return (
        last is not None
        and (last.extractor, last.model) == (extractor, model)
        and last.generation + 1 == session.generation
        and last.to_seq == session.head_seq
        and last.created_at > session.project.updated_at
    )
