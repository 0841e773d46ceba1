"""The pieces a message is made of, whatever format it came in. No Django here."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

import msgspec


class Kind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    TOOL_CALL = "tool-call"
    TOOL_RESULT = "tool-result"
    DATA = "data"
    THINKING = "thinking"
    REDACTED_THINKING = "redacted_thinking"


KINDS = frozenset(Kind)


class Part(msgspec.Struct, omit_defaults=True):
    """One typed piece of a message, in the field names of the wire (contract.md §6A)."""

    type: str
    text: str | None = None
    asset: dict[str, Any] | None = None
    filename: str | None = None
    meta: dict[str, Any] | None = None

    def get(self, key: str) -> Any:
        """Return a fact of the part's meta, or None."""
        return self.meta.get(key) if self.meta else None

    @property
    def arguments_text(self) -> str:
        """The arguments of a tool call as JSON text."""
        arguments = self.get("arguments")
        return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()

    @property
    def inner(self) -> "list[Part]":
        """The parts inside of this one: a tool's result or a document may hold more than text."""
        inner = self.get("parts")
        return [_inner_part(item) for item in inner] if isinstance(inner, list) else []


def part_at(parts: list[Part], place: str) -> Part | None:
    """Return the part at a place as an address has it: `2`, or `2-0` for the first one inside of it; None for none."""
    outer, _, inside = place.partition("-")
    try:
        part = parts[int(outer)]
        return part.inner[int(inside)] if inside else part
    except (ValueError, IndexError):
        return None


def _inner_part(item: Any) -> Part:
    try:
        return msgspec.convert(item, Part)
    except msgspec.ValidationError:
        return Part(Kind.DATA, meta={"data": item})


class Content(msgspec.Struct):
    """A message as a format understands it: role, parts, and the facts a format keeps beside the parts."""

    role: str
    parts: list[Part]
    facts: dict[str, Any] = {}


class MessageLike(Protocol):
    """What rendering, counting and extraction need of a message; the stored row and `Content` both fit."""

    @property
    def role(self) -> str: ...
    @property
    def parts(self) -> list[Part]: ...
    @property
    def facts(self) -> dict[str, Any]: ...


def text_of(parts: list[Part]) -> str:
    """Join what was said in words: text parts only, one a line."""
    return "\n".join(part.text for part in parts if part.type == Kind.TEXT and part.text)


def speaker_of(role: str, parts: Sequence[Part], facts: dict[str, Any]) -> str:
    """Say who speaks: user, assistant, system, or tool of results alone, which are sent in the user's name."""
    if "original_role" in facts:
        return "system"
    return "tool" if parts and all(part.type == Kind.TOOL_RESULT for part in parts) else role


def has_open_tool_call(parts: list[Part]) -> bool:
    """Whether the message asks for a tool, so that its turn goes on."""
    return any(part.type == Kind.TOOL_CALL for part in parts)
