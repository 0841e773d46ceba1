"""Collecting static files: only when one of them has changed, and in a process beside the rest of the start."""

import hashlib
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from acontext_site.embedded import locks
from acontext_site.supervisor.errors import StartError

# Half of what django-ninja brings is for a viewer of the API that is not used here; compressing it takes a second.
UNUSED = "redoc.*"


@contextmanager
def collecting() -> Iterator[None]:
    """
    Bring STATIC_ROOT up to date by the end of the block.

    A file beside it says from what it was collected, and is locked so that starts do it one after the other.
    """
    root = settings.STATIC_ROOT
    stamp = root.with_name(f"{root.name}.stamp")
    try:
        lock = locks.open_lock(stamp)
    except OSError as error:
        raise StartError(f"cannot collect the static files into {root}: {error.strerror}") from None
    try:
        locks.take_exclusive(lock)
        now = fingerprint()
        if root.exists() and stamp.read_text() == now:
            yield
            return
        with _beside():
            yield
        stamp.write_text(now)
    finally:
        os.close(lock)


def fingerprint() -> str:
    """Return a digest of every static file's name, size and time, and of how they are stored."""
    digest = hashlib.sha256(repr((settings.STATIC_ROOT, settings.STORAGES["staticfiles"])).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(repr((name, stat.st_size, stat.st_mtime_ns)).encode())
    return digest.hexdigest()


@contextmanager
def _beside() -> Iterator[None]:
    """Collect in a forked process: on another processor, with Django loaded, and its memory goes with it."""
    fork = multiprocessing.get_context("fork")
    answer, ours = fork.Pipe(duplex=False)
    process = fork.Process(target=_collect, args=(ours,), daemon=True)
    process.start()
    ours.close()
    try:
        yield
        said = answer.recv()
    except EOFError:
        said = "the process was killed"
    finally:
        process.kill()
        process.join()
        answer.close()
    if said:
        raise StartError(f"cannot collect the static files into {settings.STATIC_ROOT}: {said}")


def _collect(answer: Connection) -> None:
    try:
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=[UNUSED])
    except (OSError, ValueError) as error:  # ValueError: a file names another that is not there
        answer.send(str(error))
    else:
        answer.send("")
