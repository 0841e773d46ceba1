"""Orders to a worker: files in a folder, which whoever comes first takes by renaming them. No process forgets one.

`<step>.kill.<n>` is for the n-th call of a step from now on, by any worker: it kills itself as `kill -9` would.
`<step>.hold.1` makes the worker wait there, until `let_go` or a while has passed.
"""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

FOLDER_VARIABLE = "CHAOS_ORDERS"
LONGEST_HOLD_SECONDS = 60.0
MOMENT_SECONDS = 0.15


def folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def give(step: str, action: str, *, call: int = 1) -> None:
    """Order an action at a step's n-th call from now on."""
    (folder() / f"{step}.{action}.{call}").touch()


def withdraw(step: str) -> None:
    """Take back what nobody has met yet."""
    for order in folder().glob(f"{step}.*"):
        if order.suffix != ".pid":
            order.unlink(missing_ok=True)


def met_by(step: str) -> int:
    """Return the process that has met the order at this step; 0 for none yet."""
    try:
        return int((folder() / f"{step}.pid").read_text() or 0)
    except FileNotFoundError:
        return 0


def clear(step: str) -> None:
    """Forget who met it, which also lets go of a worker that is held."""
    withdraw(step)
    (folder() / f"{step}.pid").unlink(missing_ok=True)


def meet(step: str, *, in_a_moment: bool = False) -> None:
    """Follow the order that stands at this step, if one does. Called by the worker."""
    for order in folder().glob(f"{step}.*.*"):
        _, action, call = order.name.split(".")
        taken = folder() / (f"{step}.{action}.{int(call) - 1}" if int(call) > 1 else f"{step}.met")
        with contextlib.suppress(FileNotFoundError):  # another was quicker
            order.rename(taken)
            if call == "1":
                _follow(step, action, in_a_moment=in_a_moment)
        return


def _follow(step: str, action: str, *, in_a_moment: bool) -> None:
    note = folder() / f"{step}.pid"
    note.write_text(str(os.getpid()))
    if action == "kill" and in_a_moment:
        threading.Timer(MOMENT_SECONDS, os.kill, (os.getpid(), signal.SIGKILL)).start()
    elif action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        until = time.monotonic() + LONGEST_HOLD_SECONDS
        while note.exists() and time.monotonic() < until:
            time.sleep(0.02)
