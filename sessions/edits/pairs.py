"""Which messages hang together: a tool call, its results, and whatever shares a message with either."""

from collections.abc import Sequence
from typing import Any

from sessions.edits.drafts import Draft
from sessions.parts import Kind, Part


def call_key(part: Part) -> str:
    """Return what ties a call or a result to its other half: the id or, where a format has none, the tool's name."""
    if part.type == Kind.TOOL_CALL:
        return _key(part.get("id"), part.get("name"))
    if part.type == Kind.TOOL_RESULT:
        return _key(part.get("tool_call_id"), tool_name(part))
    return ""


def _key(call_id: Any, name: Any) -> str:
    if isinstance(call_id, str) and call_id:
        return f"id:{call_id}"
    return f"name:{name}" if isinstance(name, str) and name else ""


def tool_name(part: Part) -> str:
    """Return the name of the tool that a part itself states, if it does."""
    name = part.get("name") or part.get("function_name")
    return name if isinstance(name, str) else ""


def names_by_call(drafts: Sequence[Draft[Any]]) -> dict[str, str]:
    """Return the name of the tool for each call."""
    calls = (part for draft in drafts for part in draft.parts if part.type == Kind.TOOL_CALL)
    return {call_key(part): tool_name(part) for part in calls}


def link(drafts: Sequence[Draft[Any]]) -> list[int]:
    """Return a group number for each message. Those that share a call, directly or through others, share a group."""
    group_of = list(range(len(drafts)))

    def root(index: int) -> int:
        while group_of[index] != index:
            group_of[index] = group_of[group_of[index]]
            index = group_of[index]
        return index

    last_with: dict[str, int] = {}
    for index, draft in enumerate(drafts):
        for part in draft.parts:
            key = call_key(part)
            # Without ids, only the result that follows a call belongs to it: the same tool is called again and again.
            follows = key.startswith("id:") or part.type == Kind.TOOL_RESULT
            if key and follows and key in last_with:
                group_of[root(index)] = root(last_with[key])
            if key:
                last_with[key] = index
    return [root(index) for index in range(len(drafts))]


def held_groups(drafts: Sequence[Draft[Any]], groups: Sequence[int], upto: int) -> set[int]:
    """Return the groups that must stay: those that reach over the border, and the call that still waits at the end.

    Its result is stored next, or is on the next page; without the call a provider refuses it.
    """
    held = set(groups[: upto + 1]) & set(groups[upto + 1 :])
    index = upto
    answered: set[str] = set()
    while index > 0 and drafts[index].parts and all(part.type == Kind.TOOL_RESULT for part in drafts[index].parts):
        answered |= {call_key(part) for part in drafts[index].parts}
        index -= 1
    asked = {call_key(part) for part in drafts[index].parts if part.type == Kind.TOOL_CALL}
    if asked - answered:
        held.add(groups[index])
    return held
