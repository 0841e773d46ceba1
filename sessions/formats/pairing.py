"""Tell which tool call a result answers, over the messages of a session. No Django here.

Providers pair by id, or by the name of the function where old formats and Gemini have no id. A message is rendered on
its own, so what its format does not say is filled in before: the id for a result that has only a name, and the name
(which Gemini wants) for one that has only an id.
"""

import secrets
from collections.abc import Iterable, Sequence
from hashlib import sha256

from sessions.parts import Content, Kind, MessageLike, Part


def new_call_id() -> str:
    """Make an id for a call that comes without one; it is stored with the call, and stays."""
    return f"call_{secrets.token_hex(4)}"


class Pairing:
    """The calls of a session so far. Feed it the messages in their order."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.open: list[str] = []
        self.missed = False

    def __call__(self, message: MessageLike) -> MessageLike:
        """Return the message with ids and names filled in; the same object when there was nothing to fill."""
        parts = [self._part(part, message) for part in message.parts]
        if all(new is old for new, old in zip(parts, message.parts, strict=True)):
            return message
        return Content(message.role, parts, message.facts)

    def _part(self, part: Part, message: MessageLike) -> Part:
        if part.type == Kind.TOOL_CALL:
            return self._call(part)
        return self._result(part, message) if part.type == Kind.TOOL_RESULT else part

    def _call(self, call: Part) -> Part:
        given, name = _text(call, "id"), _text(call, "name")
        call_id = given or self._derived_id(name + call.arguments_text)
        self.names[call_id] = name
        self.open.append(call_id)
        return call if given else _with(call, id=call_id)

    def _result(self, result: Part, message: MessageLike) -> Part:
        given = _text(result, "tool_call_id")
        name = _text(result, "name") or _text(result, "function_name")
        if not name and len(message.parts) == 1 and isinstance(said := message.facts.get("name"), str):
            name = said
        call_id = given or self._open_call(name)
        if call_id in self.open:
            self.open.remove(call_id)
        name = name or self.names.get(call_id, "")
        if not call_id or not name:
            self.missed = True
        if (not call_id or given) and name == _text(result, "name"):
            return result
        return _with(result, **{key: v for key, v in (("tool_call_id", call_id), ("name", name)) if v})

    def _open_call(self, name: str) -> str:
        """Find the oldest call that waits for an answer under this name, or the only one when nothing is said."""
        waiting = [call_id for call_id in self.open if not name or self.names[call_id] == name]
        return waiting[0] if waiting and (name or len(waiting) == 1) else ""

    def _derived_id(self, said: str) -> str:
        """Make an id for a call that was stored without one, the same each time that it is read."""
        digest = sha256(said.encode()).hexdigest()
        again = sum(call_id.startswith(f"call_{digest[:8]}") for call_id in self.names)
        return f"call_{digest[:8]}" if not again else f"call_{digest[:8]}_{again + 1}"


def paired(messages: Sequence[MessageLike], before: Iterable[MessageLike] = ()) -> list[MessageLike]:
    """Return the messages with the ids and names of their tool results, as far as the messages tell.

    `before` are earlier messages, whose calls may be answered here.
    """
    pairing = Pairing()
    for message in before:
        pairing(message)
    return [pairing(message) for message in messages]


def is_missing_calls(messages: Iterable[MessageLike]) -> bool:
    """Tell whether results answer calls that are not among the messages, so that earlier ones are worth a look."""
    pairing = Pairing()
    for message in messages:
        pairing(message)
    return pairing.missed


def _text(part: Part, key: str) -> str:
    value = part.get(key)
    return value if isinstance(value, str) else ""


def _with(part: Part, **facts: str) -> Part:
    return Part(part.type, part.text, part.asset, part.filename, {**(part.meta or {}), **facts})
