"""
The holder: one small process per data folder that keeps the engines running while somebody uses them.

Users hold a shared lock per engine for as long as they live, so the kernel counts them. The holder tries that lock:
not getting it means the engine is wanted. It imports neither Django nor any package (`python -S`).
"""

import os
import select
import signal
import sys
import time

from . import locks, logfile, paths, state
from .account import account_for
from .engine import Engine
from .postgres import Postgres
from .spec import Spec
from .valkey import Valkey

LINGER_SECONDS = 2.0
IDLE_TURN, BUSY_TURN = 0.25, 0.02
LOG_CHECK_SECONDS = 30.0


class Holder:
    """The loop over the engines."""

    def __init__(self, spec: Spec) -> None:
        self.data = spec.folder
        account = account_for(self.data)
        self.engines: list[Engine] = [Valkey(spec, account), Postgres(spec, account)]
        self.users = {engine.name: locks.open_lock(paths.lock_file(self.data, engine.name)) for engine in self.engines}
        self.unused_since: dict[str, float] = {}
        self.told = ""
        self.ending = self.hurried = False

    def run(self) -> None:
        """Serve until nobody uses any engine, or until a signal says so."""
        wake = self._listen()
        next_log_check = 0.0
        self._tell()
        while not self.ending and self._turn():
            self._tell()
            if time.monotonic() >= next_log_check:
                next_log_check = time.monotonic() + LOG_CHECK_SECONDS
                for engine in self.engines:
                    logfile.bound(engine.log)
            busy = any(one.state.status == state.STARTING for one in self.engines)
            if select.select([wake], [], [], BUSY_TURN if busy else IDLE_TURN)[0]:
                os.read(wake, 1024)
        self._stop(self.engines)
        self._tell()

    def _turn(self) -> bool:
        """Tend what is used, stop what has not been used for a while; return whether there is more to do."""
        unused = [engine for engine in self.engines if self._unused(engine)]
        for engine in self.engines:
            if engine not in unused:
                engine.tend()
        over = [engine for engine in unused if self._over(engine)]
        self._stop(over)
        for engine in unused:
            if engine.process is None:
                engine.forget()
        used = len(unused) < len(self.engines)
        more = used or any(engine.process for engine in self.engines)
        self.hurried = self.hurried and not used
        for engine in unused:  # newcomers waited for this while their engine was being stopped
            locks.unlock(self.users[engine.name])
        return more

    def _unused(self, engine: Engine) -> bool:
        """Whether nobody uses the engine; its lock is then ours, and nobody can come until we let go of it."""
        if not locks.try_exclusive(self.users[engine.name]):
            self.unused_since.pop(engine.name, None)
            return False
        self.unused_since.setdefault(engine.name, time.monotonic())
        return True

    def _over(self, engine: Engine) -> bool:
        linger = 0.0 if self.hurried else LINGER_SECONDS
        return engine.process is not None and time.monotonic() - self.unused_since[engine.name] >= linger

    def _stop(self, engines: list[Engine]) -> None:
        if not any(engine.process for engine in engines):
            return
        for engine in engines:
            engine.ask_to_stop()
        self._tell()
        for engine in engines:
            engine.await_stop()

    def _tell(self) -> None:
        now = state.State(os.getpid(), {engine.name: engine.state for engine in self.engines}).dump()
        if now != self.told:
            self.told = now
            state.write(self.data, now)

    def _listen(self) -> int:
        """Note signals, and return a descriptor that wakes the loop at once when one comes or a child dies."""

        def note(number: int, _frame: object) -> None:
            self.ending |= number in (signal.SIGTERM, signal.SIGINT)
            self.hurried |= number == signal.SIGUSR1

        reader, writer = os.pipe()
        for end in (reader, writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGCHLD):
            signal.signal(number, note)
        return reader


def become_daemon(spec: Spec) -> None:
    """Leave the caller's session and terminal, and be nobody's child, so that nobody must wait for it."""
    if os.fork():
        os._exit(0)
    os.setsid()
    log = logfile.open_log(paths.log_file(spec.folder, "holder"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, target)
    os.chdir("/")


def main() -> None:
    """Take the spec and the inherited, locked descriptor of the holder's lock from the command line."""
    spec, lock = Spec.load(sys.argv[1]), int(sys.argv[2])
    become_daemon(spec)
    os.set_inheritable(lock, False)
    if locks.try_exclusive(lock):  # it is ours already, except on file systems that forget locks in a fork
        Holder(spec).run()


if __name__ == "__main__":
    main()
