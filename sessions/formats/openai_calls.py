"""The tool calls of OpenAI messages and the results of tools, also in the legacy form, both ways."""

from typing import Any

import msgspec

from sessions.formats import openai_content as content
from sessions.formats.checks import text_or_empty
from sessions.formats.errors import BadMessage
from sessions.formats.media import MEDIA
from sessions.formats.pairing import new_call_id
from sessions.formats.words import describe, unpacked
from sessions.parts import Kind, Part

LEGACY = "function_call"


def calls_of(blob: dict[str, Any]) -> list[Part]:
    """Read `tool_calls`, then the legacy `function_call`."""
    listed = blob.get("tool_calls")
    if listed is not None and not isinstance(listed, list):
        raise BadMessage("tool_calls: must be an array")
    parts = [_tool_call(call, f"tool_calls[{i}]") for i, call in enumerate(listed or [])]
    if isinstance(call := blob.get(LEGACY), dict):
        parts.append(_function(call, {"id": new_call_id(), "type": LEGACY}, LEGACY))
    return parts


def _tool_call(call: Any, where: str) -> Part:
    if not isinstance(call, dict):
        raise BadMessage(f"{where}: must be an object")
    meta: dict[str, Any] = {"id": text_or_empty(call.get("id"), f"{where}.id")}
    if isinstance(custom := call.get("custom"), dict):
        name = text_or_empty(custom.get("name"), f"{where}.custom.name")
        said = text_or_empty(custom.get("input"), f"{where}.custom.input")
        return Part(Kind.TOOL_CALL, meta=meta | {"name": name, "arguments": said, "type": "custom"})
    function = call.get("function")
    if not isinstance(function, dict):
        raise BadMessage(f"{where}.function: must be an object with name and arguments")
    return _function(function, meta | {"type": "function"}, f"{where}.function")


def _function(function: dict[str, Any], meta: dict[str, Any], where: str) -> Part:
    arguments = function.get("arguments")
    if arguments is not None and not isinstance(arguments, str | dict):
        raise BadMessage(f"{where}.arguments: must be JSON text")
    name = text_or_empty(function.get("name"), f"{where}.name")
    return Part(Kind.TOOL_CALL, meta={**meta, "name": name, "arguments": "" if arguments is None else arguments})


def result(value: Any, meta: dict[str, Any]) -> Part:
    """Read what a tool answered: its texts in a row, and all pieces beside them where there is more than text."""
    if isinstance(value, str):
        return Part(Kind.TOOL_RESULT, value or None, meta=meta)
    inner = content.optional_parts(value)
    if any(part.type != Kind.TEXT for part in inner):
        meta = {**meta, "parts": msgspec.to_builtins(inner)}
    return Part(Kind.TOOL_RESULT, "".join(p.text or "" for p in inner if p.type == Kind.TEXT) or None, meta=meta)


def render_calls(parts: list[Part]) -> dict[str, Any]:
    """Write the fields of a message that hold its calls; a legacy call is legacy again if it stands alone."""
    if len(parts) == 1 and parts[0].get("type") == LEGACY:
        return {LEGACY: {"name": _text(parts[0].get("name")), "arguments": parts[0].arguments_text}}
    return {"tool_calls": [_render_call(part) for part in parts]}


def _render_call(part: Part) -> dict[str, Any]:
    meta = part.meta or {}
    call_id, name, arguments = _text(meta.get("id")), _text(meta.get("name")), part.arguments_text
    if meta.get("type") == "custom":
        return {"id": call_id, "type": "custom", "custom": {"name": name, "input": arguments}}
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def render_result(part: Part) -> dict[str, Any]:
    """Write the message of one result: text, with words for what else it held."""
    said, meta = part.text or "", part.meta or {}
    if meta.get("parts"):
        said = " ".join(filter(None, [said, *(describe(piece) for piece in part.inner if piece.type != Kind.TEXT)]))
    if meta.get("is_error"):
        said = f"[error] {said}"
    call_id = _text(meta.get("tool_call_id"))
    # A result that is paired by id is no legacy one, even if its function is named.
    if not call_id and (function_name := _text(meta.get("function_name"))):
        return {"role": "function", "name": function_name, "content": said}
    return {"role": "tool", "tool_call_id": call_id, "content": said}


def shown_by(part: Part) -> list[Part]:
    """Return what a result shows that has a type of its own in a user's message, after a text that says whose it is."""
    shown = [piece for piece in unpacked(part.inner) if piece.type in MEDIA and content.media_piece(piece)]
    label = f"[shown by tool-result: {part.get('tool_call_id') or part.get('name') or ''}]"
    return [Part(Kind.TEXT, label), *shown] if shown else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
