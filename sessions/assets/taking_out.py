"""Take large base64 out of a message, so that its row stays small, and put it back to the byte.

What was taken out is listed beside the message, never inside it, so nothing that a client says can look like a marker:

    {"at": ["parts", 0, "meta", "data"], "as": "base64", "before": "", "sha256": …, "mime": …, "size_b": …}

At its place the row has an empty text. An uploaded file is listed the same way, by its part: `"as": "file"`.
"""

import base64
import binascii
import re
from typing import Any

import msgspec

from sessions.assets.files import NewFile
from sessions.parts import Kind, Part

LARGE = 32 * 1024
LONGEST_HEAD = 256
FILE = "file"
START_OF_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{64}")
TO_STANDARD = str.maketrans("-_", "+/")
TO_URL_SAFE = str.maketrans("+/", "-_")

Entry = dict[str, Any]
Path = tuple[str | int, ...]


class TakingOut:
    """Collects what is taken out of the parts and the blob of one message."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.files: dict[str, NewFile] = {}
        self._seen: dict[str, Entry | None] = {}

    def of_parts(self, parts: list[Part]) -> list[Part]:
        """Return the parts without large base64 in their facts. Texts and arguments are read by people and stay."""
        return [
            part
            if part.type == Kind.TOOL_CALL or part.meta is None
            else msgspec.structs.replace(part, meta=self.of(part.meta, ("parts", i, "meta")))
            for i, part in enumerate(parts)
        ]

    def of(self, value: Any, at: Path) -> Any:
        """Return a value without its large base64; the same object when there is none in it."""
        match value:
            case str():
                return "" if len(value) > LARGE and self._take(value, at) else value
            case dict():
                new: Any = {key: self.of(item, (*at, key)) for key, item in value.items()}
                return new if any(new[key] is not item for key, item in value.items()) else value
            case list():
                new = [self.of(item, (*at, index)) for index, item in enumerate(value)]
                return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
        return value

    def _take(self, text: str, at: Path) -> bool:
        if text not in self._seen:
            self._seen[text] = self._open(text)
        entry = self._seen[text]
        if entry is not None:
            self.entries.append({"at": list(at), **entry})
        return entry is not None

    def _open(self, text: str) -> Entry | None:
        """Return how to write this text from a file, or None for text that is not base64 in a spelling known here."""
        head = _head_of_data_url(text)
        body = text[len(head) :]
        if not START_OF_BASE64.match(body):
            return None
        is_url_safe = "-" in body or "_" in body
        padding = "=" * (-len(body) % 4)
        try:
            standard = (body.translate(TO_STANDARD) if is_url_safe else body) + padding
            data = base64.b64decode(standard, validate=True)
        except (binascii.Error, ValueError):
            return None
        spelling = ("base64url" if is_url_safe else "base64") + ("-unpadded" if padding else "")
        if spelled(data, spelling) != body:
            return None
        file = NewFile.of(data)
        self.files[file.sha256] = file
        return {"as": spelling, "before": head, **file.facts}


def spelled(data: bytes, spelling: str) -> str:
    """Write bytes in one of the four spellings of base64."""
    text = base64.b64encode(data).decode()
    if spelling.startswith("base64url"):
        text = text.translate(TO_URL_SAFE)
    return text.rstrip("=") if spelling.endswith("-unpadded") else text


def put_back(parts: list[Part], blob: Any, entry: Entry, data: bytes) -> None:
    """Write what was taken out where it was, into the parts or the blob that were just read from their row.

    An edit on reading may have taken the place away, or put something else there; then that stays.
    """
    root, *steps, last = entry["at"]
    holder: Any = parts if root == "parts" else blob
    try:
        for step in steps:
            holder = getattr(holder, step) if isinstance(holder, Part) else holder[step]
        if holder[last] == "":
            holder[last] = entry["before"] + spelled(data, entry["as"])
    except (LookupError, TypeError):
        return


def _head_of_data_url(text: str) -> str:
    """Return `data:image/png;base64,`, or nothing."""
    if not text.startswith("data:"):
        return ""
    head, comma, _ = text[:LONGEST_HEAD].partition(",")
    return head + comma if comma and head.endswith(";base64") else ""
