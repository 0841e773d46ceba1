"""What every page loads, as one stylesheet and one script instead of two dozen. There is no build step: whoever looks
for a static file, a collection or a development server, gets them put together from their parts.

A browser with an empty cache asks for each file by itself, and nothing is drawn before the last stylesheet is there.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Lock, get_ident
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# A later stylesheet wins over an earlier one.
STYLES = (
    *("tokens", "layout", "components", "toasts", "keyboard", "palette", "transcript", "comparison", "ledger"),
    *("settings", "overview", "search", "lists", "tasks", "session"),
)
SCRIPTS = ("site", "toasts", "dialogs", "keyboard", "palette", "copying", "charts", "tasks", "picking", "steady")
STYLE, SCRIPT = "css/all.css", "js/all.js"
_making = Lock()


class BundleFinder(BaseFinder):
    """Finds the two files; they are put together anew each time, so that a changed part is seen at once."""

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        found = [str(_write(path))] if path in (STYLE, SCRIPT) else []
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for path in (STYLE, SCRIPT):
            _write(path)
            yield path, FileSystemStorage(location=_folder().name)


def _folder() -> "tempfile.TemporaryDirectory[str]":
    # Two threads that ask first at once would each make one, and the one that is not kept goes with all that is in it.
    with _making:
        return _made_folder()


@cache
def _made_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="acontext-bundles-")


def _write(path: str) -> Path:
    file = Path(_folder().name, path)
    file.parent.mkdir(exist_ok=True)
    parts = parts_of(path)
    new = file.with_suffix(f".{get_ident()}")
    new.write_text(_joined(path, parts), encoding="utf-8")
    # As old as its newest part: a start collects what has changed.
    changed = max(part.stat().st_mtime_ns for part in parts)
    os.utime(new, ns=(changed, changed))
    # At once: another thread may be giving the file out.
    return new.replace(file)


def parts_of(path: str) -> list[Path]:
    """Return the files that one of the two is put together from, in order."""
    names = [f"css/{name}.css" for name in STYLES] if path == STYLE else [f"js/{name}.js" for name in SCRIPTS]
    return [settings.BASE_DIR / "static" / name for name in names]


def _joined(path: str, parts: Iterable[Path]) -> str:
    texts = [part.read_text(encoding="utf-8") for part in parts]
    # The scripts are modules that import nothing; a block around each keeps its names its own.
    return "\n".join(texts if path == STYLE else [f"{{\n{text}}}" for text in texts])
