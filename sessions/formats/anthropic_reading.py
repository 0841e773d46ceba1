"""The content blocks of Anthropic messages to parts (contract.md §6B.3)."""

from collections.abc import Callable
from typing import Any

import msgspec

from sessions.formats.checks import needed_object, needed_text, object_or_none, text_or_empty
from sessions.formats.errors import BadMessage
from sessions.formats.json_text import dump
from sessions.parts import Kind, Part

FOREIGN = "anthropic."
SIGNER = "anthropic"
# A source's type, and the fields that it must have.
SOURCES = {"base64": ("media_type", "data"), "url": ("url",), "file": ("file_id",), "text": ("data",)}


def parts_of(content: Any, where: str = "content") -> list[Part]:
    """Read a content: text, blocks, or nothing."""
    if content is None:
        return []
    if isinstance(content, str):
        return [Part(Kind.TEXT, content)]
    if not isinstance(content, list):
        raise BadMessage(f"{where}: must be text or an array")
    return [_part(block, f"{where}[{i}]") for i, block in enumerate(content)]


def _part(block: Any, where: str) -> Part:
    if not isinstance(block, dict) or not isinstance(kind := block.get("type"), str):
        raise BadMessage(f"{where}: must be an object with a type")
    read = READERS.get(kind)
    part = read(block, where) if read else None
    if part is None:
        # What is unknown here is kept as data, so that it is shown and given back, never dropped.
        return Part(Kind.DATA, meta={"data_type": FOREIGN + kind, "data": block})
    if cache_control := object_or_none(block.get("cache_control"), f"{where}.cache_control"):
        part.meta = {**(part.meta or {}), "cache_control": cache_control}
    return part


def _text(block: dict[str, Any], where: str) -> Part:
    citations = block.get("citations")
    meta = {"citations": citations} if isinstance(citations, list) and citations else None
    return Part(Kind.TEXT, needed_text(block.get("text"), f"{where}.text"), meta=meta)


def _image(block: dict[str, Any], where: str) -> Part | None:
    meta = _source(block, where)
    return None if meta is None or meta["type"] == "text" else Part(Kind.IMAGE, meta=meta)


def _document(block: dict[str, Any], where: str) -> Part | None:
    source = needed_object(block.get("source"), f"{where}.source")
    if source.get("type") == "content":
        inner = parts_of(source.get("content"), f"{where}.source.content")
        meta: dict[str, Any] | None = {"type": "content", "parts": msgspec.to_builtins(inner)}
    else:
        meta = _source(block, where)
    if meta is None:
        return None
    return Part(Kind.FILE, meta=meta | {key: block[key] for key in ("title", "context", "citations") if block.get(key)})


def _source(block: dict[str, Any], where: str) -> dict[str, Any] | None:
    """Return what a source says, or None for a type of source that is unknown here."""
    source = needed_object(block.get("source"), f"{where}.source")
    kind = needed_text(source.get("type"), f"{where}.source.type")
    if kind not in SOURCES:
        return None
    for field in SOURCES[kind]:
        needed_text(source.get(field), f"{where}.source.{field}")
    fields = dict.fromkeys((*SOURCES[kind], *(["media_type"] if "media_type" in source else [])))
    return {"type": kind, **{field: source[field] for field in fields}}


def _tool_use(block: dict[str, Any], where: str) -> Part:
    call = {
        "id": text_or_empty(block.get("id"), f"{where}.id"),
        "name": text_or_empty(block.get("name"), f"{where}.name"),
        "arguments": dump(object_or_none(block.get("input"), f"{where}.input") or {}),
        "type": "tool_use",
    }
    return Part(Kind.TOOL_CALL, meta=call)


def _tool_result(block: dict[str, Any], where: str) -> Part:
    content = block.get("content")
    meta: dict[str, Any] = {
        "tool_call_id": text_or_empty(block.get("tool_use_id"), f"{where}.tool_use_id"),
        "type": "tool_result",
    }
    if isinstance(is_error := block.get("is_error"), bool):
        meta["is_error"] = is_error
    if isinstance(content, str):
        return Part(Kind.TOOL_RESULT, content, meta=meta | {"as_text": True})
    inner = parts_of(content, f"{where}.content")
    if len(inner) > 1 or any(part.type != Kind.TEXT or part.meta for part in inner):
        meta["parts"] = msgspec.to_builtins(inner)
    return Part(Kind.TOOL_RESULT, "".join(p.text or "" for p in inner if p.type == Kind.TEXT) or None, meta=meta)


def _thinking(block: dict[str, Any], where: str) -> Part:
    signature = text_or_empty(block.get("signature"), f"{where}.signature")
    thought = needed_text(block.get("thinking"), f"{where}.thinking")
    return Part(Kind.THINKING, thought, meta={"signature": signature, "signed_by": SIGNER})


def _redacted_thinking(block: dict[str, Any], where: str) -> Part:
    return Part(Kind.REDACTED_THINKING, meta={"data": needed_text(block.get("data"), f"{where}.data")})


READERS: dict[str, Callable[[dict[str, Any], str], Part | None]] = {
    "text": _text,
    "image": _image,
    "document": _document,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
    "thinking": _thinking,
    "redacted_thinking": _redacted_thinking,
}
