"""Who changes tasks locks their sessions first, as a run does: a session's counts of tasks follow in its own row.

Otherwise a person who holds a task and a run that holds its session would wait for each other (ADR 0008).
"""

from django.db.models import QuerySet

from sessions.models import Session
from tasks.models import Task


def lock_sessions_of(tasks: QuerySet[Task]) -> None:
    """Lock the sessions of these tasks, in the order of their ids, until the transaction ends."""
    held = Session.objects.filter(pk__in=tasks.values("session"))
    list(held.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
