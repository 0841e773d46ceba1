"""
A worker that no longer hears the broker ends itself, and the supervisor starts another.

A job whose acknowledgement fails keeps its place among those that a worker may have in hand. When the broker restarts
while all places are taken, none is ever free again: the process lives, its scheduler rings, and it fetches nothing.
"""

import os
import threading
import time
from typing import Any

import structlog
from celery import Celery
from celery.signals import task_received, worker_ready
from celery.worker import state

LOOK_SECONDS = 5.0
# So many looks in a row must find jobs that wait and nothing in hand: a process that was asleep catches up in less.
DEAF_AFTER_LOOKS = 3
log = structlog.get_logger(__name__)


class Ear:
    """Whether this worker has heard of a job since the last look."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.heard = False
        self.silent_looks = 0

    def hear(self, **_: Any) -> None:
        self.heard = True

    def is_deaf(self) -> bool:
        """Look once; return whether jobs have waited for a while that this idle worker does not fetch."""
        idle = not self.heard and not state.reserved_requests
        self.heard = False
        self.silent_looks = self.silent_looks + 1 if idle and self._jobs_wait() else 0
        return self.silent_looks >= DEAF_AFTER_LOOKS

    def _jobs_wait(self) -> bool:
        try:
            with self.app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=round(LOOK_SECONDS))
                channel: Any = connection.default_channel
                queue = channel.queue_declare(self.app.conf.task_default_queue, passive=True)
                return bool(queue.message_count)
        except Exception:  # each transport has errors of its own; without a broker nobody hears anything
            return False


@worker_ready.connect(weak=False)
def start(sender: Any, **_: Any) -> None:
    ear = Ear(sender.app)
    task_received.connect(ear.hear, weak=False)
    threading.Thread(target=watch, args=(ear,), name="deafness", daemon=True).start()


def watch(ear: Ear) -> None:
    """Look every few seconds, and end the process when it is deaf. Nothing is in hand then that could be lost."""
    while not ear.is_deaf():
        time.sleep(LOOK_SECONDS)
    log.error("worker.deaf", waiting_for=LOOK_SECONDS * DEAF_AFTER_LOOKS)
    os._exit(1)
