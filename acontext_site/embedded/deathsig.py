"""Ending a process when the one that started it ends, even by `kill -9`."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

# Set by the supervisor for its children: its process id.
SUPERVISOR_VARIABLE = "ACONTEXT_SUPERVISOR_PID"
PR_SET_PDEATHSIG = 1
POLL_SECONDS = 1.0


def before_exec(number: signal.Signals) -> Callable[[], None] | None:
    """
    Return a `preexec_fn` that lets the kernel send this signal to the child when its parent dies.

    The kernel means the *thread* that started the child: start it from one that lives as long as the process.
    Not for macOS, which has nothing like it.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)

    return ask


def die_with_parent() -> None:
    """
    End this process when its parent ends; without a supervisor, do nothing.

    For processes that the supervisor does not start itself, such as the web server's workers, whose parent may be
    killed and leave them on the port. Call it in the main thread.
    """
    supervisor = os.environ.get(SUPERVISOR_VARIABLE, "")
    if not supervisor.isdigit():
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if int(supervisor) not in _ancestors():  # the parent died before the kernel knew
            os.kill(os.getpid(), signal.SIGKILL)
    else:
        watch = threading.Thread(
            target=_watch, args=(os.getppid(), int(supervisor)), name="die-with-parent", daemon=True
        )
        watch.start()


def _ancestors() -> list[int]:
    found: list[int] = []
    pid = os.getppid()
    while pid > 0:
        found.append(pid)
        try:
            # The second field is the command in parentheses, which may hold anything.
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            break
    return found


def _watch(parent: int, supervisor: int) -> None:
    """Do by asking what Linux does by itself, and for the whole group, whose other processes may ask nobody."""
    with contextlib.suppress(ProcessLookupError):
        while os.getppid() == parent != 1:
            os.kill(supervisor, 0)
            time.sleep(POLL_SECONDS)
    os.killpg(0, signal.SIGKILL)
