"""OpenAI chat-completions messages, both ways (contract.md §6B.2 and §6C.2)."""

from typing import Any

from sessions.formats import openai_content as content
from sessions.formats.errors import BadMessage
from sessions.parts import Content, Kind, MessageLike, Part

INSTRUCTIONS = ("system", "developer")


def parse(blob: Any) -> Content:
    """Read a message of any role. System and developer become `user` with `original_role` among the facts."""
    if not isinstance(blob, dict):
        raise BadMessage("blob: must be an object with role and content")
    role = blob.get("role")
    facts = {"name": name} if isinstance(name := blob.get("name"), str) and name else {}
    match role:
        case "user":
            return Content("user", content.needed_parts(blob.get("content"), "user"), facts)
        case "system" | "developer":
            facts["original_role"] = role
            return Content("user", content.needed_parts(blob.get("content"), role), facts)
        case "assistant":
            return Content("assistant", _assistant_parts(blob), facts)
        case "tool":
            meta = {"tool_call_id": _text_or_empty(blob.get("tool_call_id"), "tool_call_id")}
            return Content("user", [_result(blob.get("content"), meta)], facts)
        case "function":
            meta = {"function_name": _text_or_empty(blob.get("name"), "name")}
            return Content("user", [_result(blob.get("content"), meta)])
    raise BadMessage(
        f"role: unknown role {role!r} (must be one of: user, assistant, system, developer, tool, function)"
    )


def _assistant_parts(blob: dict[str, Any]) -> list[Part]:
    parts = []
    if isinstance(reasoning := blob.get("reasoning_content"), str) and reasoning:
        parts.append(Part(Kind.THINKING, reasoning))
    parts += content.optional_parts(blob.get("content"))
    if isinstance(refusal := blob.get("refusal"), str) and refusal:
        parts.append(Part(Kind.TEXT, refusal, meta={"is_refusal": True}))
    if isinstance(audio := blob.get("audio"), dict):
        parts.append(Part(Kind.AUDIO, audio.get("transcript") or None, meta=audio))
    calls = blob.get("tool_calls")
    if calls is not None and not isinstance(calls, list):
        raise BadMessage("tool_calls: must be an array")
    parts += [_tool_call(call, f"tool_calls[{i}]") for i, call in enumerate(calls or [])]
    if isinstance(call := blob.get("function_call"), dict):
        parts.append(_function(call, {"type": "function_call"}, "function_call"))
    return parts


def _tool_call(call: Any, where: str) -> Part:
    if not isinstance(call, dict):
        raise BadMessage(f"{where}: must be an object")
    meta: dict[str, Any] = {"id": _text_or_empty(call.get("id"), f"{where}.id")}
    if isinstance(custom := call.get("custom"), dict):
        meta |= {"name": custom.get("name") or "", "arguments": custom.get("input") or "", "type": "custom"}
        return Part(Kind.TOOL_CALL, meta=meta)
    function = call.get("function")
    if not isinstance(function, dict):
        raise BadMessage(f"{where}.function: must be an object with name and arguments")
    return _function(function, meta | {"type": "function"}, f"{where}.function")


def _function(function: dict[str, Any], meta: dict[str, Any], where: str) -> Part:
    arguments = function.get("arguments")
    if arguments is not None and not isinstance(arguments, str | dict):
        raise BadMessage(f"{where}.arguments: must be JSON text")
    name = _text_or_empty(function.get("name"), f"{where}.name")
    return Part(Kind.TOOL_CALL, meta={**meta, "name": name, "arguments": "" if arguments is None else arguments})


def _result(value: Any, meta: dict[str, Any]) -> Part:
    text = value if isinstance(value, str) else "".join(part.text or "" for part in content.optional_parts(value))
    return Part(Kind.TOOL_RESULT, text or None, meta=meta)


def _text_or_empty(value: Any, where: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise BadMessage(f"{where}: must be text")


def render(message: MessageLike) -> list[dict[str, Any]]:
    """Write the message: one item for each tool result, then one for what else there is."""
    name = {"name": message.facts["name"]} if message.facts.get("name") else {}
    original = message.facts.get("original_role")
    if original in INSTRUCTIONS:
        return [{"role": original, "content": content.plain_or_array(message.parts), **name}]
    if message.role == "assistant":
        return [_render_assistant(message.parts) | name]
    results = [part for part in message.parts if part.type == Kind.TOOL_RESULT]
    rest = [part for part in message.parts if part.type != Kind.TOOL_RESULT]
    items = [_render_result(part) | name for part in results]
    if rest or not results:
        items.append({"role": "user", "content": content.plain_or_array(rest), **name})
    return items


def _render_result(part: Part) -> dict[str, Any]:
    if function_name := part.get("function_name"):
        return {"role": "function", "name": function_name, "content": part.text or ""}
    return {"role": "tool", "tool_call_id": part.get("tool_call_id") or "", "content": part.text or ""}


def _render_assistant(parts: list[Part]) -> dict[str, Any]:
    item: dict[str, Any] = {"role": "assistant"}
    said = [part for part in parts if part.type not in (Kind.TOOL_CALL, Kind.REDACTED_THINKING)]
    calls = [_render_call(part) for part in parts if part.type == Kind.TOOL_CALL]
    if said or not calls:
        item["content"] = content.plain_or_array(said)
    if calls:
        item["tool_calls"] = calls
    return item


def _render_call(part: Part) -> dict[str, Any]:
    call_id, name, arguments = part.get("id") or "", part.get("name") or "", part.arguments_text
    if part.get("type") == "custom":
        return {"id": call_id, "type": "custom", "custom": {"name": name, "input": arguments}}
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
