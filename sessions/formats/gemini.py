"""Gemini contents, both ways (contract.md §6B.4 and §6C.4)."""

from typing import Any

from sessions.formats.errors import BadMessage
from sessions.formats.gemini_reading import parts_of
from sessions.formats.gemini_writing import pieces_of
from sessions.formats.words import EMPTY, parts_with_speaker
from sessions.parts import Content, MessageLike

ROLES = {"user": "user", "model": "assistant"}
NAMES = {"user": "user", "assistant": "model"}


def parse(blob: Any) -> Content:
    """Read a content. Without a role it is the user's, as Gemini takes it."""
    if not isinstance(blob, dict):
        raise BadMessage("blob: must be an object with role and parts")
    role = "user" if blob.get("role") is None else blob["role"]
    if not isinstance(role, str) or role not in ROLES:
        raise BadMessage(f"role: invalid Gemini role {role!r} (only 'user' and 'model' are supported)")
    return Content(ROLES[role], parts_of(blob.get("parts")))


def render(message: MessageLike) -> list[dict[str, Any]]:
    """Write the message as one item."""
    pieces = pieces_of(parts_with_speaker(message), message.role)
    return [{"role": NAMES[message.role], "parts": pieces or [{"text": EMPTY}]}]
