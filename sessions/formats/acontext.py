"""The project's own format: a role and parts, as they are stored."""

from typing import Any

import msgspec

from sessions.formats.errors import BadMessage
from sessions.formats.openai import INSTRUCTIONS
from sessions.parts import KINDS, Content, Kind, MessageLike, Part

ROLES = ("user", "assistant")
NEEDED_META = {
    Kind.TOOL_CALL: ("name", "arguments"),
    Kind.TOOL_RESULT: ("tool_call_id",),
    Kind.DATA: ("data_type",),
}


def parse(blob: Any) -> Content:
    """Read `{role, parts, meta?}` (contract.md §6B.1). Nulls count as absent, as the SDKs send them."""
    if not isinstance(blob, dict):
        raise BadMessage("blob: must be an object with role and parts")
    role = blob.get("role")
    if role not in ROLES:
        raise BadMessage(f"role: invalid role {role!r} (must be one of: user, assistant)")
    parts = blob.get("parts") or []
    if not isinstance(parts, list):
        raise BadMessage("parts: must be an array")
    meta = blob.get("meta") or {}
    if not isinstance(meta, dict):
        raise BadMessage("meta: must be an object")
    facts: dict[str, Any] = {"acontext_meta": meta} if meta else {}
    # These mean the same as where OpenAI's messages say them.
    if meta.get("original_role") in INSTRUCTIONS and role == "user":
        facts["original_role"] = meta["original_role"]
    if isinstance(name := meta.get("name"), str) and name:
        facts["name"] = name
    return Content(role, [_part(part, f"parts[{i}]") for i, part in enumerate(parts)], facts)


def _part(part: Any, where: str) -> Part:
    if not isinstance(part, dict):
        raise BadMessage(f"{where}: must be an object")
    kind, text, meta = part.get("type"), part.get("text"), part.get("meta")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadMessage(f"{where}.type: must be one of {', '.join(sorted(KINDS))}")
    if text is not None and not isinstance(text, str):
        raise BadMessage(f"{where}.text: must be text")
    if meta is not None and not isinstance(meta, dict):
        raise BadMessage(f"{where}.meta: must be an object")
    if kind in (Kind.TEXT, Kind.THINKING) and not text:
        raise BadMessage(f"{where}: {kind} part requires non-empty text field")
    for key in NEEDED_META.get(Kind(kind), ()):
        if not meta or key not in meta:
            raise BadMessage(f"{where}.meta.{key}: {kind} part requires it")
    return Part(kind, text or None, meta=meta or None)


def render(message: MessageLike) -> list[dict[str, Any]]:
    """Write `{role, parts, meta?}`; the API adds ids and times around it."""
    item: dict[str, Any] = {"role": message.role, "parts": msgspec.to_builtins(message.parts)}
    if message.facts:
        item["meta"] = meta_of(message)
    return [item]


def meta_of(message: MessageLike) -> dict[str, Any]:
    """Return what the caller's own meta says, and the facts that other formats keep."""
    facts = {key: value for key, value in message.facts.items() if key != "acontext_meta"}
    return {**message.facts.get("acontext_meta", {}), **facts}
