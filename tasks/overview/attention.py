"""What a person should look at now: sessions whose extraction waits or fails, and the filters that show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from sessions.models import Message, Project, Session

FAILING, WAITING, SET_ASIDE = "failing", "waiting", "aside"


def waits_long(now: datetime) -> Q:
    """Sessions with messages that should have been read long ago: twice the longest wait has passed."""
    return Q(pending_since__lt=now - timedelta(seconds=2 * settings.EXTRACTION_MAX_WAIT_SECONDS))


def is_failing() -> Q:
    """Sessions whose last run failed; they still wait, so the index of waiting sessions finds them."""
    return Q(pending_since__isnull=False) & ~Q(extraction_error="")


def has_set_aside() -> Q:
    """Sessions with messages that no answer could be had for. They are few, and an index has them alone."""
    return Q(pk__in=Message.objects.filter(extraction=Message.Extraction.FAILED).values("session"))


def in_trouble(sessions: QuerySet[Session], state: str) -> QuerySet[Session]:
    """Keep the sessions of `?state=failing`, `?state=waiting` or `?state=aside`; any other state keeps all."""
    wanted = {FAILING: is_failing(), WAITING: waits_long(timezone.now()), SET_ASIDE: has_set_aside()}
    return sessions.filter(wanted[state]) if state in wanted else sessions


@dataclass(frozen=True)
class Waiting:
    """How many sessions wait for extraction now, how many too long or in vain, and since when the first does."""

    sessions: int
    long: int
    failing: int
    since: datetime | None


def waiting(project: Project, now: datetime) -> Waiting:
    """Look at the sessions that wait now. One query."""
    pending = Session.objects.filter(project=project, pending_since__isnull=False)
    found = pending.aggregate(
        sessions=Count("pk"),
        long=Count("pk", filter=waits_long(now)),
        failing=Count("pk", filter=is_failing()),
        since=Min("pending_since"),
    )
    return Waiting(**found)


def with_set_aside(project: Project) -> int:
    """Count the sessions that have messages which no answer could be had for. One query."""
    return Session.objects.filter(has_set_aside(), project=project).count()
