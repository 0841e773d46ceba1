"""Making the data folder, and saying clearly when it cannot be used."""

import os
import tempfile
from pathlib import Path

from . import paths
from .account import account_for, check_reach
from .errors import EmbeddedError

# As root the engines' user must be able to pass through, and may still not list.
PASS_THROUGH = 0o011


def make(data: Path) -> None:
    """Make the data folder and those for locks and logs; raise EmbeddedError when files cannot be made there."""
    try:
        if not data.exists():
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (paths.lock_file(data, "holder").parent, paths.log_file(data, "holder").parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
    except OSError as error:
        raise EmbeddedError(
            f"cannot write to the data folder {data} ({error.strerror}): "
            "choose another, for example ACONTEXT_DATA_DIR=~/acontext-data"
        ) from None


def open_to_engines(data: Path) -> None:
    """As root, let the engines' user reach its part of the data folder."""
    account = account_for(data)
    if account is not None:
        mode = data.stat().st_mode & 0o7777
        if data.stat().st_uid == os.geteuid() and mode & PASS_THROUGH != PASS_THROUGH:
            data.chmod(mode | PASS_THROUGH)
        check_reach(data, account)
