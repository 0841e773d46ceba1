"""Collecting static files: only when one of them has changed, and in a process beside the rest of the start."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from acontext_site.embedded import locks
from acontext_site.supervisor.errors import StartError

# Half of what django-ninja brings is for a viewer of the API that is not used here; compressing it takes a second.
UNUSED = "redoc.*"


@contextmanager
def collecting() -> Iterator[None]:
    """Bring STATIC_ROOT up to date by the end of the block. Two starts at once do it one after the other."""
    stamp = settings.DATA_DIR / "static.stamp"
    lock = locks.open_lock(settings.DATA_DIR / "locks" / "static")
    try:
        locks.take_exclusive(lock)
        now = fingerprint()
        if settings.STATIC_ROOT.exists() and stamp.exists() and stamp.read_text() == now:
            yield
            return
        with _collecting() as process:
            try:
                yield
            except BaseException:
                process.kill()
                raise
            said = process.communicate()[0].splitlines() or [""]
        if process.returncode:
            raise StartError(f"cannot collect the static files into {settings.STATIC_ROOT}: {said[-1]}")
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


def _collecting() -> subprocess.Popen[str]:
    """Start collecting in a process of its own: on the other processor, and its memory goes with it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "collectstatic", "--no-input", "--verbosity=0"]
    return subprocess.Popen(  # noqa: S603 our own command line
        [*command, "--ignore", UNUSED],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
