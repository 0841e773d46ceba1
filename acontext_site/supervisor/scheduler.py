"""
The scheduler inside the worker, as a thread: included by the supervisor's worker in place of Celery's `--beat`.

`--beat` forks a process, which costs as much memory as the worker and outlives it when it is killed.
"""

import threading
import time
from typing import Any

import structlog
from celery import Celery
from celery.beat import Service
from celery.signals import worker_ready

from acontext_site.embedded.deathsig import die_with_parent

# How often the thread looks whether a job is due, at most; also what a failure waits.
LONGEST_SLEEP = 1
log = structlog.get_logger(__name__)


@worker_ready.connect(weak=False)
def start(sender: Any, **_: Any) -> None:
    die_with_parent()
    threading.Thread(target=ring, args=(sender.app,), name="scheduler", daemon=True).start()


def ring(app: Celery) -> None:
    """Announce jobs when they are due, for as long as the process lives."""
    app.set_current()
    while True:
        try:
            Service(app, max_interval=LONGEST_SLEEP, scheduler_cls=app.conf.beat_scheduler).start()
        except Exception as error:  # whatever it is, a worker without a scheduler would look well and do nothing
            log.warning("scheduler.failed", error=repr(error))
        time.sleep(LONGEST_SLEEP)
