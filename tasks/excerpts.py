"""The first words of messages, for pages that speak of messages without showing them whole."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Func, IntegerField

from sessions.models import Message, Session
from sessions.parts import Kind
from tasks.extraction.reading import as_window_message
from tasks.extraction.rendering import Room, part_text

LENGTH = 320
ROOM = Room(LENGTH, 0, 4)
# A larger message is named and not read: it would be fetched whole for its first words.
LARGEST = 128 * 1024


@dataclass(frozen=True)
class Excerpt:
    """What a message says, shortly; no words for one that is too large. `role` is what it is to a task, if known."""

    seq: int
    speaker: str
    words: str
    role: str = ""


def excerpts_of(session: Session, seqs: Collection[int], roles: dict[int, str] | None = None) -> list[Excerpt]:
    """Return the first words of these messages, in order. Two queries."""
    size = Func(F("parts"), function="octet_length", output_field=IntegerField())
    messages = Message.objects.filter(session=session, seq__in=seqs)
    sizes = dict(messages.annotate(size=size).values_list("seq", "size"))
    small = [seq for seq, n in sizes.items() if n <= LARGEST]
    rows = {row.seq: row for row in messages.filter(seq__in=small).defer("blob", "meta")}
    return [
        Excerpt(seq, _speaker(rows.get(seq)), _words(rows.get(seq)), (roles or {}).get(seq, ""))
        for seq in sorted(sizes)
    ]


def _speaker(row: Message | None) -> str:
    """Say user, assistant, or tool for what only brings results."""
    if row is None:
        return ""
    return "tool" if row.parts and all(part.type == Kind.TOOL_RESULT for part in row.parts) else row.role


def _words(row: Message | None) -> str:
    if row is None:
        return ""
    parts = as_window_message(row).parts
    words = " ".join(part_text(part, ROOM) for part in parts[: ROOM.parts])
    return words if len(words) <= LENGTH else f"{words[:LENGTH].rstrip()}…"
