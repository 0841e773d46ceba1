"""What of a message is searched: all that was said, called and answered, as one text. No Django here."""

import json
from collections.abc import Iterator
from typing import Any

from sessions.parts import Kind, Part


def text_of_message(parts: list[Part]) -> str:
    """Return the words of all parts, one part a line; media have none but the name of their file."""
    return "\n".join(text for part in parts for text in _texts(part) if text)


def _texts(part: Part) -> Iterator[str]:
    if part.type == Kind.TOOL_CALL:
        name = part.get("name")
        yield " ".join(filter(None, [name if isinstance(name, str) else "", arguments_of(part)]))
        return
    if part.filename:
        yield part.filename
    if part.text:
        yield part.text
    # A result's own text repeats the texts inside of it.
    yield from (inner.text for inner in part.inner if inner.text and inner.text not in (part.text or ""))


def arguments_of(part: Part) -> str:
    """Return a call's arguments as they read: `path: src/a.py`, and letters where JSON has escapes."""
    arguments = part.get("arguments")
    try:
        return _plain(json.loads(arguments) if isinstance(arguments, str) else arguments)
    except (ValueError, RecursionError):
        return part.arguments_text


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(item)}" for name, item in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    return "" if value is None else str(value)
