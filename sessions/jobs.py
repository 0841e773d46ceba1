"""Celery's units of work about what is stored. Each may run twice or late without harm."""

from celery import shared_task

from sessions.assets.cleaning import clean_up


@shared_task(name="sessions.jobs.clean_assets")
def clean_assets() -> None:
    """Remove files that no message holds, and what crashes left."""
    clean_up()
