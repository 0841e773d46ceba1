"""Locks that the kernel drops on any death, so that none is ever stale."""

import contextlib
import os
import time
from pathlib import Path

from .errors import EmbeddedError

with contextlib.suppress(ImportError):  # on Windows, where `ensure` refuses before it locks anything
    import fcntl

POLL_SECONDS = 0.05


def open_lock(path: Path) -> int:
    """Open the file of a lock; closing the descriptor drops the lock."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_exclusive(descriptor: int) -> bool:
    """Take the lock alone if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def take_exclusive(descriptor: int) -> None:
    """Take the lock alone, however long it takes."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def take_shared(descriptor: int, *, until: float) -> None:
    """Take the lock beside other users; wait while the holder stops its engine, till a monotonic time."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise EmbeddedError("the engines are being stopped and do not end; see the logs") from None
            time.sleep(POLL_SECONDS)
        else:
            return


def unlock(descriptor: int) -> None:
    """Let go of the lock and keep the descriptor."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
