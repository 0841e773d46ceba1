"""The processes of the product, each with how it is started, ended, and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time

from django.conf import settings

from acontext_site.embedded import deathsig
from acontext_site.supervisor.address import Address
from acontext_site.supervisor.errors import StartError

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
LONG_LIFE = 60.0


class Child:
    """One process with a group of its own: the terminal's Ctrl-C does not reach it, and none of the group survives."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.started = self.next_start = 0.0

    def start(self) -> None:
        """Start it. To be called in the main thread, whose end the kernel takes for the parent's."""
        self.process = subprocess.Popen(  # noqa: S603 our own command line
            self.command,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=deathsig.before_exec(signal.SIGKILL),
            env=os.environ
            | {deathsig.SUPERVISOR_VARIABLE: str(os.getpid()), "DJANGO_SETTINGS_MODULE": "acontext_site.settings"},
        )
        self.started = time.monotonic()

    def restart_if_due(self) -> bool:
        """Start it again once its pause is over; return whether that happened."""
        if self.process is not None or time.monotonic() < self.next_start:
            return False
        self.start()
        return True

    def has_ended(self) -> int | None:
        """Return how it ended if it just did, and plan the next start: later after each early death."""
        code = self.process.poll() if self.process else None
        if self.process is None or code is None:
            return None
        self.kill()
        self.process = None
        self.deaths = 1 if time.monotonic() - self.started > LONG_LIFE else self.deaths + 1
        self.next_start = time.monotonic() + self.pause
        return code

    @property
    def pause(self) -> float:
        return min(FIRST_PAUSE * 2.0 ** (self.deaths - 1), LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """End whatever is left of the group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def web(address: Address) -> Child:
    """Return the web server: one process that shares out, workers with threads."""
    options = {
        "--interface": "wsgi",
        "--host": address.host,
        "--port": str(address.port),
        "--workers": _number("WEB_WORKERS", "1"),
        "--blocking-threads": _number("WEB_THREADS", "16"),
        "--workers-kill-timeout": "5",
        "--log-level": "error",
    }
    parts = [part for option in options.items() for part in option]
    parts += ["--respawn-failed-workers", "acontext_site.supervisor.web:application"]
    return Child("web", [sys.executable, "-m", "granian", *parts])


def _number(variable: str, default: str) -> str:
    value = os.environ.get(variable) or default
    if not value.isdecimal() or int(value) < 1:
        raise StartError(f"{variable} is {value!r}, but must be a number from 1")
    return value


def worker() -> Child:
    """Return the Celery worker with the scheduler inside. A second pair beside it does no harm."""
    # As root it warns of pickled jobs, which ours never are.
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges"]
    celery = ["-m", "celery", "--quiet", "-A", "acontext_site", "worker", "--pool", "threads"]
    options = ["--concurrency", str(settings.CELERY_WORKER_CONCURRENCY), "--loglevel", settings.LOG_LEVEL]
    options += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    options += ["--include", "acontext_site.supervisor.scheduler,acontext_site.supervisor.deafness"]
    return Child("worker", [*python, *celery, *options])
