"""Celery's units of work about what is stored. Each may run twice or late without harm."""

import uuid
from datetime import datetime

from celery import shared_task

from sessions.assets.cleaning import clean_up
from sessions.deleting import delete_sessions
from sessions.models import Session
from sessions.retention import projects_that_delete, retention_of, sessions_past


@shared_task(name="sessions.jobs.clean_assets")
def clean_assets() -> None:
    """Remove files that no message holds, and what crashes left."""
    clean_up()


@shared_task(name="sessions.jobs.delete_old_sessions")
def delete_old_sessions() -> None:
    """Delete the sessions that are older than their project keeps them."""
    for project in projects_that_delete():
        if days := retention_of(project):
            delete_sessions(sessions_past(project, days))


@shared_task(name="sessions.jobs.delete_sessions_until")
def delete_sessions_until(project_id: str, moment: str) -> None:
    """Delete a project's sessions that were there at a moment."""
    until = datetime.fromisoformat(moment)
    delete_sessions(Session.objects.filter(project=uuid.UUID(project_id), created_at__lte=until))
