"""The installation that is broken: its processes, its database and its clock, seen and touched from outside."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from acontext_site.embedded import paths, state
from chaos import llm, orders
from chaos.steps import CLOCKS
from tests.acontext_site.installation import Installation

SECRET = "chaos"
KEY = f"sk-ac-{SECRET}"
WORKER, WEB = "chaos.worker", "granian"
SETTINGS = {
    "EXTRACTION_TURN_END_SECONDS": "0.4",
    "EXTRACTION_SILENCE_SECONDS": "1.5",
    "EXTRACTION_MAX_WAIT_SECONDS": "6",
    "EXTRACTION_BUFFER_MESSAGES": "10",
    "EXTRACTION_LEASE_SECONDS": "10",
    "EXTRACTION_SWEEP_SECONDS": "0.5",
    "FLUSH_TIMEOUT_SECONDS": "3",
    "LLM_RESPONSE_TIMEOUT": str(llm.TIMEOUT_SECONDS),
    "LLM_API_KEY": "chaos",
    "LLM_SIMPLE_MODEL": "chaos",
    "ROOT_API_BEARER_TOKEN": SECRET,
    "LOG_LEVEL": "WARNING",
    "ACONTEXT_UNSAFE_FAST": "1",
}


# Each look costs a connection or a walk through /proc, on a machine that has enough to do.
LOOK_SECONDS = 0.2


class InVain(Exception):
    """What was waited for did not come."""


def wait_for(condition: Callable[[], object], *, seconds: float = 120.0) -> None:
    """Wait until a condition holds; raises InVain."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise InVain(f"waited {seconds:.0f} s in vain")
        time.sleep(LOOK_SECONDS)


def is_alive(pid: int) -> bool:
    """Whether a process lives; one that is dead and not yet reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class World:
    """One installation with two workers, and the scripted LLM that it asks."""

    def __init__(self) -> None:
        self.installation = Installation()
        self.llm = llm.Server()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.orders = self.installation.base / "orders"
        self.orders.mkdir()
        os.environ[orders.FOLDER_VARIABLE] = str(self.orders)
        self.log = self.installation.base / "log.txt"
        self.environment = self.installation.environment(
            **SETTINGS,
            LLM_BASE_URL=self.llm.url,
            PORT=str(self.port),
            STATIC_ROOT=str(self.installation.base / "static"),
        )
        self.mine = threading.local()
        self.up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and wait until the API answers."""
        with self.log.open("ab") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "chaos.up"],
                cwd=Path(__file__).resolve().parent.parent,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_for(self.answers, seconds=180)

    def answers(self) -> bool:
        request = urllib.request.Request(f"{self.url}/api/v1/session", headers={"Authorization": f"Bearer {KEY}"})
        try:
            with urllib.request.urlopen(request, timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def end(self, *, keep: bool) -> None:
        """Stop everything; keep the folder when there is something to look at."""
        if self.up and self.up.poll() is None:
            self.up.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.up.wait(30)
        self.kill(*self.pids(""))
        if not keep:
            self.installation.end()

    def pids(self, word: str) -> list[int]:
        """Return the living processes of the installation whose command has this word."""
        return [int(line.split()[0]) for line in self.installation.processes() if word in line]

    def kill(self, *pids: int, with_signal: int = signal.SIGKILL) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, with_signal)

    def reap(self) -> None:
        if self.up:
            self.up.wait(60)

    def ready(self, engine: str, *, other_than: int) -> None:
        """Wait until an engine answers again, as another process."""
        now = partial(state.read, self.installation.data)
        wait_for(lambda: now().of(engine).status == state.READY and now().of(engine).pid != other_than)

    def sql(self, statement: str, *values: Any, patience: float = 60.0) -> list[tuple[Any, ...]]:
        """Run a statement, again when the database is just away."""
        until = time.monotonic() + patience
        while True:
            try:
                if getattr(self.mine, "connection", None) is None:
                    self.mine.connection = psycopg.connect(
                        host=str(paths.run_dir(self.installation.data)),
                        user="acontext",
                        dbname="acontext",
                        autocommit=True,
                    )
                cursor = self.mine.connection.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                self.mine.connection = None
                if time.monotonic() > until:
                    raise
                time.sleep(LOOK_SECONDS)

    def commits(self) -> int:
        """Return how many windows have been committed so far."""
        return int(self.sql("SELECT count(*) FROM tasks_extractionrun WHERE status <> 'failed'")[0][0])

    def clock(self, seconds: float) -> None:
        """Let time pass in the eyes of the queue, except for rows that a transaction holds."""
        for table, columns in CLOCKS.items():
            moved = ", ".join(f"{column} = {column} - make_interval(secs => %s)" for column in columns)
            some = " OR ".join(f"{column} IS NOT NULL" for column in columns)
            free = f"SELECT id FROM {table} WHERE {some} FOR UPDATE SKIP LOCKED"
            self.sql(f"UPDATE {table} SET {moved} WHERE id IN ({free})", *[seconds] * len(columns))

    def leases(self) -> list[tuple[str, str]]:
        """Return sessions that are leased now, with the token."""
        rows = self.sql("SELECT id, lease_token FROM agent_sessions_session WHERE lease_token IS NOT NULL")
        return [(str(session), str(token)) for session, token in rows]

    def went_on(self, *, since: int, more: int = 1, seconds: float = 180.0) -> float:
        """Wait for new commits; return how long it took. Raises InVain when none come."""
        began = time.monotonic()
        wait_for(lambda: self.commits() >= since + more, seconds=seconds)
        return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
