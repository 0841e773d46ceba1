"""Anthropic messages, both ways (contract.md §6B.3 and §6C.3)."""

from typing import Any

from sessions.formats.anthropic_reading import parts_of
from sessions.formats.anthropic_writing import blocks_of
from sessions.formats.errors import BadMessage
from sessions.formats.words import EMPTY, parts_with_speaker
from sessions.parts import Content, Kind, MessageLike

ROLES = ("user", "assistant")


def parse(blob: Any) -> Content:
    """Read a message of a request, or a whole response."""
    if not isinstance(blob, dict):
        raise BadMessage("blob: must be an object with role and content")
    role = blob.get("role")
    if role not in ROLES:
        raise BadMessage(f"role: invalid Anthropic role {role!r} (only 'user' and 'assistant' are supported)")
    content = blob.get("content")
    return Content(role, parts_of(content), {"as_text": True} if isinstance(content, str) else {})


def render(message: MessageLike) -> list[dict[str, Any]]:
    """Write the message as one item. Its content is text again only where Anthropic's client wrote text."""
    parts = message.parts
    if message.facts.get("as_text") and len(parts) == 1 and parts[0].type == Kind.TEXT and not parts[0].meta:
        return [{"role": message.role, "content": parts[0].text or ""}]
    blocks = blocks_of(parts_with_speaker(message), message.role)
    return [{"role": message.role, "content": blocks or [{"type": "text", "text": EMPTY}]}]
