"""Where an installation keeps its data and its sockets. Pure functions: nothing is created here."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import platformdirs

# The longest path a unix socket may have is 107 bytes on Linux and 103 on macOS; the file names below need some of it.
LONGEST_RUN_DIR = 80


def data_dir() -> Path:
    """Return the folder of this installation: `ACONTEXT_DATA_DIR`, or the platform's place for such data."""
    chosen = os.environ.get("ACONTEXT_DATA_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/acontext")
    return platformdirs.user_data_path("acontext", appauthor=False)


def run_dir(data: Path) -> Path:
    """Return the folder of the unix sockets: inside the data folder, or elsewhere when that path is too long."""
    inside = data / "run"
    if len(os.fsencode(inside)) <= LONGEST_RUN_DIR:
        return inside
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    return base / f"acontext-{os.geteuid()}-{digest}"


def valkey_socket(data: Path) -> Path:
    """Return the path of the broker's unix socket."""
    return run_dir(data) / "valkey.sock"
