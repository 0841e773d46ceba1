"""JSON inside of text: what tools were asked and what they answered."""

from typing import Any

import msgspec

from sessions.parts import Part

# As deep as a stored message may be; text that nests deeper stays text.
DEEPEST = 100


def dump(value: Any) -> str:
    """Return compact JSON with keys in their order."""
    return msgspec.json.encode(value).decode()


def object_in(text: str) -> dict[str, Any] | None:
    """Return the object that a text is the JSON of, or None for anything else."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    is_safe = text.count("{") + text.count("[") <= DEEPEST or is_shallow(value)
    return value if isinstance(value, dict) and is_safe else None


def is_shallow(value: Any) -> bool:
    """Tell whether arrays and objects nest no deeper than may be, without recursion."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        if not level:
            return True
    return False


def input_of(call: Part) -> dict[str, Any]:
    """Return the arguments of a tool call as the object that Anthropic and Gemini want.

    No arguments are `{}`. The input of a custom tool, and arguments that are no JSON object, are wrapped.
    """
    arguments = call.get("arguments")
    if isinstance(arguments, dict):
        return arguments
    text = call.arguments_text
    if call.get("type") == "custom":
        return {"input": text}
    if not text.strip() or text == "null":
        return {}
    found = object_in(text)
    return {"arguments": text} if found is None else found
