"""The users' side: join the engines of a data folder, start their holder if there is none, wait till they answer."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from . import folders, locks, logfile, paths, programs, state
from .errors import EmbeddedError
from .spec import Spec

# A large recovery after a crash takes its time; a start that fails says so much earlier.
SECONDS_TO_READY = 90.0
SECONDS_TO_STOP = 45.0
SECONDS_TO_DECIDE = 1.0
POLL_SECONDS = 0.02
MOST_HOLDERS = 3
UNSAFE_FAST_VARIABLE = "ACONTEXT_UNSAFE_FAST"
SOURCE = Path(__file__).resolve().parents[2]
LABELS = {"postgres": "PostgreSQL", "valkey": "Valkey"}


class Membership:
    """This process as a user of one data folder's engines, until it ends."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.locks: dict[str, int] = {}

    def join(self, engines: list[str]) -> None:
        """Hold the engines' locks and return when all of them answer."""
        deadline = time.monotonic() + SECONDS_TO_READY
        spec = self.spec(engines)
        taken = [engine for engine in engines if engine not in self.locks]
        try:
            for engine in taken:
                self.locks[engine] = locks.open_lock(paths.lock_file(self.data, engine))
                locks.take_shared(self.locks[engine], until=deadline)
            self._await(engines, spec, deadline)
        except BaseException:
            self.release(taken)
            raise

    def spec(self, engines: list[str]) -> Spec:
        """Find the programs; one that is not wanted may be missing."""
        found = {"postgres": "", "valkey": ""}
        for engine, find in (("postgres", programs.postgres_bin), ("valkey", programs.valkey_server)):
            try:
                found[engine] = str(find())
            except EmbeddedError:
                if engine in engines:
                    raise
        fast = os.environ.get(UNSAFE_FAST_VARIABLE, "").lower() in ("1", "true", "yes", "on")
        return Spec(str(self.data), found["postgres"], found["valkey"], fast)

    def _await(self, engines: list[str], spec: Spec, deadline: float) -> None:
        holders = 0
        while True:
            if start_holder(self.data, lambda: spec, at_most=MOST_HOLDERS - holders):
                holders += 1
            now = state.read(self.data)
            waiting = [engine for engine in engines if now.of(engine).status != state.READY]
            if not waiting:
                return
            first = now.of(waiting[0])
            if first.status == state.FAILED:
                raise EmbeddedError(first.error)
            if time.monotonic() > deadline:
                why = first.error or logfile.reason(paths.log_file(self.data, waiting[0]), 0)
                raise EmbeddedError(f"{LABELS[waiting[0]]} is not ready after {SECONDS_TO_READY:.0f} s: {why}")
            time.sleep(POLL_SECONDS)

    def release(self, engines: list[str]) -> None:
        for engine in engines:
            if engine in self.locks:
                os.close(self.locks.pop(engine))


def start_holder(data: Path, spec: Callable[[], Spec], *, at_most: int = 1) -> bool:
    """Start a holder if the data folder has none; return whether one was started."""
    lock = locks.open_lock(paths.lock_file(data, "holder"))
    try:
        if not locks.try_exclusive(lock):
            return False
        if at_most < 1:
            why = logfile.last_line(paths.log_file(data, "holder"))
            raise EmbeddedError(f"the keeper of the engines ends at once: {why or 'it says nothing'}")
        paths.state_file(data).unlink(missing_ok=True)
        # The new process inherits the lock we hold, so that there is never a second one.
        command = [sys.executable, "-S", "-m", f"{__package__}.holder", spec().dump(), str(lock)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PG"))}
        started = subprocess.run(  # noqa: S603 our own command line
            command, cwd=SOURCE, env=environment, pass_fds=[lock], stdin=subprocess.DEVNULL, capture_output=True
        )
        if started.returncode:
            said = logfile.telling(started.stderr.decode(errors="replace"))
            raise EmbeddedError(f"the keeper of the engines does not start: {said}")
        return True
    finally:
        os.close(lock)


_guard = threading.Lock()
_memberships: dict[Path, Membership] = {}


def ensure(data: Path, *, postgres: bool, valkey: bool) -> None:
    """
    Start the wanted engines of this data folder, or join those that run, for the life of this process.

    May be called again, from any thread: it then makes sure that the engines still answer. Raises EmbeddedError.
    Once PostgreSQL is embedded, libpq's variables (PG*) of this process mean some other server and are removed.
    """
    engines = [name for name, wanted in (("postgres", postgres), ("valkey", valkey)) if wanted]
    if not engines:
        return
    if sys.platform == "win32":
        raise EmbeddedError("Windows has no embedded engines: set DATABASE_URL and CELERY_BROKER_URL, or use WSL 2")
    if postgres:
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]
    with _guard:
        try:
            if data not in _memberships:
                folders.make(data)
                folders.open_to_engines(data)
                _memberships[data] = Membership(data)
            _memberships[data].join(engines)
        except OSError as error:
            raise EmbeddedError(f"cannot use the data folder {data}: {error.strerror}: {error.filename}") from error


def revive(data: Path) -> bool:
    """Start a new holder if ours was killed, without waiting for its engines; return whether it had to be done."""
    with _guard:
        membership = _memberships.get(data)
        return membership is not None and start_holder(data, lambda: membership.spec(list(membership.locks)))


def troubles(data: Path) -> list[str]:
    """Return why engines that this process uses do not answer; the holder goes on trying to start them."""
    membership = _memberships.get(data)
    engines = list(membership.locks) if membership else []
    now = state.read(data)
    return [now.of(engine).error for engine in engines if now.of(engine).status == state.FAILED]


def leave(data: Path) -> None:
    """Stop using the engines now, and if nobody else does, wait until they have ended."""
    with _guard:
        membership = _memberships.pop(data, None)
        if membership is None:
            return
        membership.release(list(membership.locks))
    holder = state.read(data).holder
    if holder:
        with contextlib.suppress(ProcessLookupError):
            os.kill(holder, signal.SIGUSR1)  # no need to linger
    # Asking the locks would look like a user to the holder; its state tells what it does.
    decided = time.monotonic() + SECONDS_TO_DECIDE
    deadline = time.monotonic() + SECONDS_TO_STOP
    while (now := state.read(data)).holder == holder != 0 and time.monotonic() < deadline:
        statuses = {engine.status for engine in now.engines.values()}
        if statuses == {state.STOPPED}:
            return
        if time.monotonic() > decided and state.STOPPING not in statuses:
            return  # somebody else uses them
        time.sleep(POLL_SECONDS)
