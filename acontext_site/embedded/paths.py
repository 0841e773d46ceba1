"""Where an installation keeps its data and its sockets. Pure functions: nothing is created here."""

import hashlib
import os
import re
import sys
from pathlib import Path

# The longest path a unix socket may have is 107 bytes on Linux and 103 on macOS; the file names below need some of it.
LONGEST_RUN_DIR = 80
# libpq splits hosts at commas, and a URL ends its path at `?` or `#`: such folders cannot hold the sockets.
SAFE_RUN_DIR = re.compile(r"[\w ./~-]+", re.ASCII)
# Not $TMPDIR nor $XDG_RUNTIME_DIR: a shell and a service see different ones and must agree.
SHORT_BASE = Path("/tmp")  # noqa: S108 the folder below it is 0700 and its owner is checked


def data_dir() -> Path:
    """Return the folder of this installation: `ACONTEXT_DATA_DIR`, or the platform's place for such data."""
    chosen = os.environ.get("ACONTEXT_DATA_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/acontext")
    import platformdirs  # here, because the holder runs without site-packages

    return platformdirs.user_data_path("acontext", appauthor=False)


def run_dir(data: Path) -> Path:
    """Return the folder of the unix sockets: inside the data folder, or elsewhere when that path will not do."""
    inside = data / "run"
    if len(os.fsencode(inside)) <= LONGEST_RUN_DIR and SAFE_RUN_DIR.fullmatch(str(inside)):
        return inside
    digest = hashlib.sha256(os.fsencode(os.path.realpath(data))).hexdigest()[:16]
    return SHORT_BASE / f"acontext-{digest}"


def valkey_socket(data: Path) -> Path:
    """Return the path of the broker's unix socket."""
    return run_dir(data) / "valkey.sock"


def lock_file(data: Path, name: str) -> Path:
    """Return the file whose `flock` says who is there: `holder`, or the users of `postgres` or `valkey`."""
    return data / "locks" / name


def state_file(data: Path) -> Path:
    """Return the file in which the holder tells how its engines are."""
    return data / "locks" / "state.json"


def log_file(data: Path, name: str) -> Path:
    """Return the log of an engine or of the holder."""
    return data / "logs" / f"{name}.log"
