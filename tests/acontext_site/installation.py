"""An installation of its own for a test: a data folder, real processes in it, and a look at what is left of them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from acontext_site.embedded import paths, state

ROOT = Path(__file__).resolve().parents[2]
# What the test run has set for itself, or a developer has set, must not reach an installation under test.
# ACONTEXT_UNSAFE_FAST stays: these tests kill processes, and only a power cut would lose what they wrote.
UNSET = ("STATIC_ROOT", "SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL", "ACONTEXT_PG_BIN")
USER = """
import sys, time
from pathlib import Path
from acontext_site import embedded
from acontext_site.embedded import state
data = Path(sys.argv[1])
try:
    embedded.ensure(data, postgres=True, valkey=True)
except embedded.EmbeddedError as error:
    sys.exit(str(error))
print("holder", state.read(data).holder, flush=True)
time.sleep(600)
"""


class Installation:
    """A data folder that the engines' account can reach, also when the tests run as root."""

    def __init__(self, name: str = "data") -> None:
        self.base = Path(tempfile.mkdtemp(prefix="acontext-test-"))
        self.base.chmod(0o711)
        self.data = self.base / name
        self.started: list[subprocess.Popen[str]] = []

    def environment(self, **variables: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        return kept | {"ACONTEXT_DATA_DIR": str(self.data)} | variables

    def start(self, *command: str, **variables: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def user(self, **variables: str) -> "subprocess.Popen[str]":
        """Start a process that uses both engines until it is killed."""
        return self.start("-c", USER, str(self.data), **variables)

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(host=str(paths.run_dir(self.data)), user="acontext", dbname="acontext") as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def broker(self, *words: str) -> str:
        """Send Valkey one command and return its answer."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(paths.valkey_socket(self.data)))
            client.sendall((" ".join(words) + "\r\n").encode())
            return client.recv(4096).decode().strip()

    def pid_of(self, engine: str) -> int:
        return state.read(self.data).of(engine).pid

    @property
    def holder(self) -> int:
        return state.read(self.data).holder

    def processes(self) -> list[str]:
        """Return the command of every living process that names this installation or works in it."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                variables = (folder / "environ").read_bytes().decode(errors="replace")
                here = str(self.base) in command or f"ACONTEXT_DATA_DIR={self.data}\0" in variables
                if command and (here or str(self.base) in os.readlink(folder / "cwd")):
                    found.append(f"{folder.name} {command}")
        return found

    def wait_ready(self, engine: str, *, other_than: int = 0) -> None:
        wait_for(lambda: state.read(self.data).of(engine).status == state.READY and self.pid_of(engine) != other_than)

    def end(self) -> None:
        for process in self.started:
            process.kill()
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()
        if self.holder:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.holder, signal.SIGTERM)  # without lingering
        wait_for(lambda: not self.processes())
        shutil.rmtree(self.base)
        shutil.rmtree(paths.run_dir(self.data), ignore_errors=True)


def said(process: "subprocess.Popen[str]") -> str:
    """Return the next line a process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def kill(*pids: int) -> None:
    assert all(pids), "0 would mean the test's own process group"
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def wait_for(condition: Callable[[], object], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
