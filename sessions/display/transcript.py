"""The messages of a session in the order they are read, each tool call together with its result."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from sessions.display.parts import PARTS, ShownPart
from sessions.parts import Kind, MessageLike, speaker_of
from sessions.tokens import count_message


class NumberedMessage(MessageLike, Protocol):
    @property
    def seq(self) -> int: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass
class Entry:
    """A message as the transcript shows it. `is_answered`: all it says stands under the calls it answers."""

    message: NumberedMessage
    parts: list[ShownPart]
    tasks: list[int] = field(default_factory=list)
    is_answered: bool = False
    is_lit: bool = False
    hidden_parts: int = 0
    template_name = "sessions/message.html"

    @property
    def seq(self) -> int:
        return self.message.seq

    @property
    def speaker(self) -> str:
        """Who speaks, of what is left here when the results stand under the calls they answer."""
        return speaker_of(self.message.role, [shown.part for shown in self.parts], self.message.facts)

    @property
    def name(self) -> str:
        return str(self.message.facts.get("name") or "")

    @cached_property
    def tokens(self) -> int:
        """As stored, or counted now; nothing is kept of that."""
        stored: int | None = getattr(self.message, "token_count", None)
        return count_message(self.message) if stored is None else stored

    def cut_to(self, room: int, *, whole: bool = False) -> int:
        """Keep within so many characters; return how many are used. Without room, the beginnings still show.

        A part shows no more than a page has room for, unless the message is wanted whole.
        """
        self.hidden_parts = 0 if whole else max(0, len(self.parts) - PARTS)
        self.parts = self.parts[: len(self.parts) - self.hidden_parts]
        used = 0
        for shown in self.parts:
            for part in [shown, shown.answer.shown] if shown.answer else [shown]:
                used += part.cut_to(room - used, whole=whole)
        return used

    def unfold(self, found: Collection[int]) -> None:
        """Leave nothing folded of the messages with these numbers."""
        for shown in self.parts:
            is_answer = shown.answer is not None and shown.answer.entry.seq in found
            shown.is_unfolded = self.seq in found or is_answer
            if shown.answer:
                shown.answer.shown.is_unfolded = is_answer

    @property
    def seqs(self) -> set[int]:
        """The numbers of the messages that this entry shows, its answers included."""
        answers = {shown.answer.entry.seq for shown in self.parts if shown.answer}
        return answers if self.is_answered else answers | {self.seq}

    @property
    def newest_seq(self) -> int:
        """The number of the newest message that this entry shows, its answers included."""
        return max([self.seq, *(shown.answer.entry.seq for shown in self.parts if shown.answer)])


@dataclass
class Answer:
    """A tool's result under the call it answers. `is_anchor`: the message it came in is linked to here."""

    entry: Entry
    shown: ShownPart
    asked_at: datetime
    is_anchor: bool = False

    @property
    def seconds(self) -> float:
        """How long after the call the result was stored."""
        return (self.entry.message.created_at - self.asked_at).total_seconds()


def entries_of(messages: Iterable[NumberedMessage]) -> list[Entry]:
    """Return one entry for each message; results stand under the call they answer, when it is among the messages."""
    entries: list[Entry] = []
    open_calls: list[tuple[ShownPart, datetime]] = []
    for message in messages:
        entry = Entry(message, _shown(message))
        calls = [shown for shown in entry.parts if shown.part.type == Kind.TOOL_CALL]
        open_calls += [(shown, message.created_at) for shown in calls]
        left, answers = [], []
        for shown in entry.parts:
            found = _call_of(shown, open_calls)
            if found is None:
                left.append(shown)
                continue
            open_calls.remove(found)
            call, asked_at = found
            call.answer = Answer(entry, shown, asked_at)
            answers.append(call.answer)
        if answers and not left:
            entry.is_answered = answers[0].is_anchor = True
        else:
            entry.parts = left
        entries.append(entry)
    return entries


def _shown(message: NumberedMessage) -> list[ShownPart]:
    """Give each part what it has in storage, as the message's list beside them says; what is deeper is left out."""
    own: dict[int, dict[str, Any]] = {}
    inside: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for entry in getattr(message, "media", None) or ():
        match entry["at"]:
            case ["parts", int(i)] | ["parts", int(i), "meta", _]:
                own.setdefault(i, entry)
            case ["parts", int(i), "meta", "parts", int(j), "meta", _]:
                inside[i].setdefault(j, entry)
    return [
        ShownPart(part, str(i), stored=own.get(i), stored_inside=inside.get(i, {}))
        for i, part in enumerate(message.parts)
    ]


def _call_of(result: ShownPart, calls: list[tuple[ShownPart, datetime]]) -> tuple[ShownPart, datetime] | None:
    """Find the call by its id; old formats have no id, there the name of the function decides."""
    if result.part.type != Kind.TOOL_RESULT:
        return None
    wanted = result.part.get("tool_call_id")
    if wanted:
        return next((call for call in calls if call[0].part.get("id") == wanted), None)
    name = result.part.get("function_name") or result.part.get("name")
    return next((call for call in calls if name and call[0].part.get("name") == name), None)
