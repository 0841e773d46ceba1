"""Sessions that are older than a project keeps them. Off unless the project's configs say otherwise."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from sessions.models import Project, Session
from sessions.project_settings import Setting

RETENTION = Setting("retention_days", 1, 36_500, "Sessions are deleted so many days after their last message")


def retention_of(project: Project) -> int | None:
    """Return after how many days the project's sessions are deleted; None when they are kept."""
    days = project.configs.get(RETENTION.name)
    return days if RETENTION.allows(days) else None


def sessions_past(project: Project, days: int, *, now: datetime | None = None) -> "QuerySet[Session]":
    """Select the sessions whose last message (or beginning, without one) is at least so many days old."""
    until = (now or timezone.now()) - timedelta(days=days)
    last = Coalesce("last_message_at", "created_at")
    # The first condition is implied by the second, and has an index.
    return Session.objects.filter(project=project, created_at__lte=until).alias(last=last).filter(last__lte=until)


def projects_that_delete() -> "QuerySet[Project]":
    """Select the projects that do not keep their sessions for ever."""
    return Project.objects.filter(configs__has_key=RETENTION.name)
