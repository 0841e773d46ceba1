"""Engine logs: bounded in size, and read for the line that says why an engine did not start."""

import os
import re
from pathlib import Path

MAX_BYTES = 5_000_000
TAIL_BYTES = 8_192
TELLING = re.compile(r"(?:FATAL|PANIC|ERROR|Fatal error|error while loading|could not|can't|cannot).*", re.IGNORECASE)


def open_log(path: Path) -> int:
    """Open a log to append to. Appending is what makes `bound` safe while an engine writes."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def bound(path: Path) -> None:
    """Move what a log holds to `*.1` when it is large, under the writer's feet."""
    try:
        if path.stat().st_size <= MAX_BYTES:
            return
        old = path.read_bytes()
        path.with_suffix(".log.1").write_bytes(old[-MAX_BYTES:])
        os.truncate(path, 0)
    except OSError:
        pass  # a log is not worth an engine


def size(path: Path) -> int:
    """Return where the next line will stand."""
    return path.stat().st_size if path.exists() else 0


def reason(path: Path, since: int) -> str:
    """Return the line written after `since` that tells most."""
    try:
        with path.open("rb") as log:
            log.seek(max(since, size(path) - TAIL_BYTES))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return telling(text)


def last_line(path: Path) -> str:
    """Return the last line of a log: where Python says which exception it was."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return lines[-1] if lines else ""


def telling(text: str) -> str:
    """Return the first line of an engine's output that names an error, without its time stamp; else the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        if found := TELLING.search(line):
            return found.group()
    return lines[-1] if lines else ""
