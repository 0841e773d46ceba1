"""OpenAI chat-completions messages, both ways (contract.md §6B.2 and §6C.2)."""

from typing import Any

from sessions.formats import openai_calls as calls
from sessions.formats import openai_content as content
from sessions.formats.checks import text_or_empty
from sessions.formats.errors import BadMessage
from sessions.formats.words import has_openai_citations
from sessions.parts import Content, Kind, MessageLike, Part

INSTRUCTIONS = ("system", "developer")
# Where other providers of this format put what a model thought. OpenAI itself refuses fields that it does not know.
THOUGHTS = ("reasoning_content", "reasoning")


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
            meta = {"tool_call_id": text_or_empty(blob.get("tool_call_id"), "tool_call_id")}
            return Content("user", [calls.result(blob.get("content"), meta)], facts)
        case "function":
            meta = {"function_name": text_or_empty(blob.get("name"), "name")}
            return Content("user", [calls.result(blob.get("content"), meta)])
    raise BadMessage(
        f"role: unknown role {role!r} (must be one of: user, assistant, system, developer, tool, function)"
    )


def _assistant_parts(blob: dict[str, Any]) -> list[Part]:
    parts = []
    for field in THOUGHTS:
        if (thought := blob.get(field)) and isinstance(thought, str):
            parts.append(Part(Kind.THINKING, thought, meta={"field": field}))
    said = content.optional_parts(blob.get("content"))
    if said and (annotations := blob.get("annotations")) and isinstance(annotations, list):
        said[-1].meta = {**(said[-1].meta or {}), "citations": annotations}
    parts += said
    if isinstance(refusal := blob.get("refusal"), str) and refusal:
        parts.append(Part(Kind.TEXT, refusal, meta={"is_refusal": True}))
    if isinstance(audio := blob.get("audio"), dict):
        transcript = audio.get("transcript")
        parts.append(Part(Kind.AUDIO, transcript if isinstance(transcript, str) else None, meta=audio))
    return parts + calls.calls_of(blob)


def render(message: MessageLike) -> list[dict[str, Any]]:
    """Write the message: one item for each tool result, then one for what else there is."""
    name = {"name": message.facts["name"]} if message.facts.get("name") else {}
    if message.role == "assistant":
        return [_render_assistant(message.parts) | name]
    original = message.facts.get("original_role")
    if original in INSTRUCTIONS:
        return [{"role": original, "content": content.plain_or_array(message.parts), **name}]
    results = [part for part in message.parts if part.type == Kind.TOOL_RESULT]
    if not results:
        return [{"role": "user", "content": content.plain_or_array(message.parts), **name}]
    items = [{**calls.render_result(part), **name} if name else calls.render_result(part) for part in results]
    # A result can only say text here: what it shows comes after all results.
    rest = [shown for part in results if part.get("parts") for shown in calls.shown_by(part)]
    rest += [part for part in message.parts if part.type != Kind.TOOL_RESULT]
    if rest:
        items.append({"role": "user", "content": content.plain_or_array(rest), **name})
    return items


def _render_assistant(parts: list[Part]) -> dict[str, Any]:
    if len(parts) == 1 and parts[0].type == Kind.TEXT and not parts[0].meta:
        return {"role": "assistant", "content": parts[0].text or ""}
    item: dict[str, Any] = {"role": "assistant"}
    said, called = [], []
    for part in parts:
        if part.type == Kind.TOOL_CALL:
            called.append(part)
        elif part.type == Kind.THINKING and (field := part.get("field")) in THOUGHTS and field not in item:
            item[field] = part.text
        else:
            said.append(part)
            if part.meta and has_openai_citations(part):
                item["annotations"] = part.meta["citations"]
    if said or not called:
        item["content"] = content.plain_or_array(said, "assistant")
    return {**item, **calls.render_calls(called)} if called else item
