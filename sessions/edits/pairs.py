"""Which messages hang together: a tool call, its results, and whatever shares a message with either."""

from collections.abc import Sequence
from typing import Any

from sessions.edits.drafts import Draft, Tool
from sessions.formats.pairing import paired
from sessions.parts import Content, Kind, Part


def identify(drafts: Sequence[Draft[Any]]) -> None:
    """Note for each part which call it is or answers; a format that has no ids is helped by the order of messages."""
    messages = paired([Content(draft.source.role, draft.parts, draft.source.facts) for draft in drafts])
    for draft, message in zip(drafts, messages, strict=True):
        draft.tools = [_tool_of(part) for part in message.parts]


def _tool_of(part: Part) -> Tool:
    if part.type == Kind.TOOL_CALL:
        return Tool(_text(part, "id"), _text(part, "name"))
    if part.type == Kind.TOOL_RESULT:
        return Tool(_text(part, "tool_call_id"), _text(part, "name") or _text(part, "function_name"))
    return Tool("", "")


def _text(part: Part, key: str) -> str:
    value = part.get(key)
    return value if isinstance(value, str) else ""


def link(drafts: Sequence[Draft[Any]]) -> list[int]:
    """Return a group number for each message. Those that share a call, directly or through others, share a group."""
    group_of = list(range(len(drafts)))

    def root(index: int) -> int:
        while group_of[index] != index:
            group_of[index] = group_of[group_of[index]]
            index = group_of[index]
        return index

    first_with: dict[str, int] = {}
    for index, draft in enumerate(drafts):
        for tool in draft.tools:
            if tool.call_id:
                group_of[root(index)] = root(first_with.setdefault(tool.call_id, index))
    return [root(index) for index in range(len(drafts))]


def held_groups(drafts: Sequence[Draft[Any]], groups: Sequence[int], upto: int) -> set[int]:
    """Return the groups that must stay: those that reach over the border, and the call that still waits at the end.

    Its result is stored next, or is on the next page; without the call a provider refuses it.
    """
    held = set(groups[: upto + 1]) & set(groups[upto + 1 :])
    index = upto
    answered: set[str] = set()
    while index > 0 and drafts[index].parts and all(part.type == Kind.TOOL_RESULT for part in drafts[index].parts):
        answered |= {tool.call_id for tool in drafts[index].tools}
        index -= 1
    draft = drafts[index]
    asked = {tool.call_id for part, tool in zip(draft.parts, draft.tools, strict=True) if part.type == Kind.TOOL_CALL}
    if asked - answered:
        held.add(groups[index])
    return held
