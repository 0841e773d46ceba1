"""The Celery app. A unit of its work is a *job* here (`jobs.py`); a *task* is always a user's request."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acontext_site.settings")

from django.conf import settings

app = Celery("acontext_site")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    # The database is the truth: a job that could not be announced is found by the next sweep.
    task_publish_retry=False,
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2}
    if settings.CELERY_BROKER_URL.startswith("redis")
    else {"confirm_publish": True},
    broker_connection_timeout=2,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_concurrency=settings.CELERY_WORKER_CONCURRENCY,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    task_default_queue="acontext",
    # In memory: the sweep has no state worth a schedule file.
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={
        "sweep": {
            "task": "tasks.jobs.sweep",
            "schedule": settings.EXTRACTION_SWEEP_SECONDS,
            "options": {"expires": 5 * settings.EXTRACTION_SWEEP_SECONDS},
        },
        "clean_assets": {
            "task": "sessions.jobs.clean_assets",
            "schedule": crontab(hour="*/6", minute="17"),
            "options": {"expires": 3600},
        },
        "forget_exchanges": {
            "task": "tasks.jobs.forget_exchanges",
            "schedule": crontab(minute="41"),
            "options": {"expires": 3600},
        },
        "index_for_search": {
            "task": "tasks.jobs.index_for_search",
            "schedule": 2.0,
            "options": {"expires": 10.0},
        },
        "forget_empty_blocks": {
            "task": "tasks.jobs.forget_empty_blocks",
            "schedule": crontab(minute="23"),
            "options": {"expires": 3600},
        },
        "delete_old_sessions": {
            "task": "sessions.jobs.delete_old_sessions",
            "schedule": crontab(minute="41"),
            "options": {"expires": 3600},
        },
    },
)
app.autodiscover_tasks(["sessions", "tasks"], related_name="jobs")
