"""One engine as a child of the holder: started, asked whether it answers, started again, stopped."""

import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import ClassVar

from . import logfile, paths
from .account import Account, give, popen_options
from .deathsig import before_exec
from .errors import EmbeddedError
from .spec import Spec
from .state import FAILED, READY, STARTING, STOPPED, STOPPING, EngineState

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
LONG_LIFE = 30.0
# After this many deaths in a row without an answer, users are told; trying goes on while they stay.
PATIENCE = 6
PASSED_ON = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class Engine:
    """The common part; a subclass knows its program."""

    name: ClassVar[str]
    label: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    seconds_to_stop: ClassVar[float]

    def __init__(self, spec: Spec, account: Account | None) -> None:
        self.spec = spec
        self.account = account
        self.state = EngineState()
        self.log = paths.log_file(spec.folder, self.name)
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self.next_try = 0.0
        self.started = 0.0
        self.log_start = 0

    def prepare(self) -> None:
        """Make what the program needs before it can start; raise EmbeddedError when that cannot be."""
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the running program serves clients."""
        raise NotImplementedError

    def leftover(self) -> int | None:
        """Return the process of an earlier holder that still has this engine's data, if there is one."""
        raise NotImplementedError

    def tend(self) -> None:
        """Bring the engine one step nearer to answering."""
        if self.process is None:
            if time.monotonic() >= self.next_try:
                self._start()
        elif self.process.poll() is not None:
            self._died()
        elif self.state.status != READY and self.answers():
            self.state = EngineState(READY, self.process.pid)

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.state.status = STOPPING
            self.process.send_signal(self.stop_signal)

    def await_stop(self) -> None:
        """Wait for the end that was asked for; insist when it does not come."""
        if self.process is not None:
            for insist in (signal.SIGQUIT, signal.SIGKILL):
                try:
                    self.process.wait(self.seconds_to_stop)
                    break
                except subprocess.TimeoutExpired:
                    self.process.send_signal(insist)
            self.process.wait()
        self.process = None
        self.forget()

    def forget(self) -> None:
        """Start afresh for the next user."""
        self.deaths = 0
        self.next_try = 0.0
        self.state = EngineState(STOPPED)

    def _start(self) -> None:
        if old := self.leftover():
            os.kill(old, self.stop_signal)
            self.next_try = time.monotonic() + FIRST_PAUSE
            return
        self.log_start = logfile.size(self.log)
        if self.state.status != FAILED:  # a failure stays visible until the engine answers
            self.state.status = STARTING
        try:
            self._make_run_dir()
            self.prepare()
            self.process = self._spawn(self.command())
        except EmbeddedError as error:
            self._failed(str(error))
        except OSError as error:
            self._failed(f"{self.label} does not start: {error}")
        else:
            self.started = time.monotonic()
            self.state.pid = self.process.pid

    def _make_run_dir(self) -> None:
        """Make the sockets' folder, or accept it only if nobody else could have made it."""
        folder = self.spec.run_dir
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        ours = {os.geteuid(), self.account.uid if self.account else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise EmbeddedError(f"{folder} belongs to somebody else: remove it, or choose a shorter ACONTEXT_DATA_DIR")
        folder.chmod(0o700)
        give(folder, self.account)

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        log = logfile.open_log(self.log)
        try:
            return subprocess.Popen(  # noqa: S603 our own command line
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment(),
                preexec_fn=before_exec(self.stop_signal),
                **popen_options(self.account),
            )
        finally:
            os.close(log)

    def _died(self) -> None:
        self.process = None
        if self.state.status == READY:
            lived_long = time.monotonic() - self.started > LONG_LIFE
            self.deaths = 0 if lived_long else self.deaths + 1
            self.next_try = 0.0 if lived_long else self._after_pause()
            self.state = EngineState(STARTING)
            return
        why = logfile.reason(self.log, self.log_start)
        self._failed(f"{self.label} does not start: {why or 'it says nothing'} (log: {self.log})", after=PATIENCE)

    def _failed(self, why: str, *, after: int = 1) -> None:
        self.deaths += 1
        self.next_try = self._after_pause()
        self.state = EngineState(FAILED if self.deaths >= after else STARTING, error=why)

    def _after_pause(self) -> float:
        return time.monotonic() + min(FIRST_PAUSE * 2.0 ** (self.deaths - 1), LONGEST_PAUSE)


def environment() -> dict[str, str]:
    """Return what an engine sees of the caller's variables: no PG* that would mislead it, and no secrets."""
    return {"LC_ALL": "C"} | {name: os.environ[name] for name in PASSED_ON if name in os.environ}


def runs_in(pid: int, folder: Path, program: str) -> bool:
    """Whether this process is alive and is the program working in that folder, and not a stranger with its number."""
    try:
        if Path("/proc/self").exists():
            return os.path.samefile(f"/proc/{pid}/cwd", folder)
        seen = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True)  # noqa: S603
        return program in seen.stdout
    except OSError:
        return False
