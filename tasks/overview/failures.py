"""The tasks that failed lately, each with why: the first thing that someone asks of a bad figure."""

from django.db.models import QuerySet

from sessions.models import Project
from tasks.models import Task
from tasks.overview.spans import Span

SHOWN = 5


def failed_lately(project: Project, span: Span) -> QuerySet[Task]:
    """Return the newest failed tasks of a range with their sessions and users. One query, served by an index."""
    failed = Task.objects.filter(project=project, status=Task.Status.FAILED)
    failed = failed.filter(created_at__gte=span.start, created_at__lt=span.stop)
    return failed.select_related("session__end_user").order_by("-created_at", "-id")[:SHOWN]
