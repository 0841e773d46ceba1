"""Messages as JSON lines, so that no text in them can pass for anything else, and short enough. No Django here."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sessions.parts import Kind, Part, text_of
from sessions.tokens import count_text
from tasks.extraction.window import WindowMessage

TOLD_ERRORS = 5
ERROR_LINE = 200
ERROR_WORDS = ("error", "failed", "exception", "traceback", "exit code", "fatal", "denied", "not found")
# They show nothing and cost six characters each once escaped.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")
# JSON lets them stand, and yet they end a line.
LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@dataclass(frozen=True)
class Room:
    """How much of a message is told: characters at the head and the tail of a part, and parts."""

    head: int
    tail: int
    parts: int


# From what one message may take to what is left when very much is to be told at once.
ROOMS = (Room(1_600, 1_000, 40), Room(800, 500, 24), Room(400, 250, 12), Room(200, 120, 6), Room(100, 60, 3))
WIDEST = ROOMS[0]
SHORT = Room(600, 300, 8)


def lines_of(messages: Sequence[WindowMessage], tokens: int) -> list[str]:
    """Write messages with the most room that keeps them within so many tokens, or with the least there is."""
    lines: list[str] = []
    for room in ROOMS:
        lines = [message_line(message, room) for message in messages]
        if sum(count_text(line) for line in lines) <= tokens:
            break
    return lines


def message_line(message: WindowMessage, room: Room = WIDEST) -> str:
    """Write a message as one JSON line."""
    speaker = "system" if message.is_system else {"user": "user", "assistant": "agent"}[message.role]
    if message.tool_results:
        speaker = "tool"
    return line(n=message.seq, role=speaker, parts=parts_of(message, room))


def parts_of(message: WindowMessage, room: Room) -> list[str]:
    """Write the parts: the first and the last of very many."""
    parts = list(message.parts)
    if len(parts) <= room.parts:
        return [part_text(part, room) for part in parts]
    last = room.parts // 2
    first = room.parts - last
    left_out = f"[{len(parts) - room.parts} parts left out]"
    return [*(part_text(p, room) for p in parts[:first]), left_out, *(part_text(p, room) for p in parts[-last:])]


def part_text(part: Part, room: Room = WIDEST) -> str:
    """Write a part in words; one that cannot be read becomes a placeholder, so that it costs no other message."""
    try:
        return _part_text(part, room)
    except Exception:  # whatever an agent stored, the rest of the window is still to be read
        return f"[{part.type}, unreadable]"


def _part_text(part: Part, room: Room) -> str:
    """Texts shortened, calls with their arguments, media by name, type and size."""
    match part.type:
        case Kind.TEXT:
            return clipped(part.text or "", room.head, room.tail)
        case Kind.TOOL_CALL:
            arguments = clipped(part.arguments_text, min(room.head, 600), min(room.tail, 200))
            return f"[calls {str(part.get('name'))[:100]}] {arguments}"
        case Kind.TOOL_RESULT:
            said = clipped(part.text or text_of(part.inner), room.head, room.tail)
            return f"[result{' (error)' if part.get('is_error') else ''}] {said}"
        case Kind.THINKING | Kind.REDACTED_THINKING:
            return "[thinking]"
    known = (part.filename or part.get("filename"), part.get("media_type") or part.get("data_type"), size_of(part))
    return f"[{' '.join([str(part.type), *(str(fact)[:200] for fact in known if fact)])}]"


def size_of(part: Part) -> str:
    """Return how large a file is, where that is known."""
    size = part.asset.get("size_b") if part.asset else None
    return f"{size} bytes" if size else ""


def clipped(text: str, head: int = WIDEST.head, tail: int = WIDEST.tail) -> str:
    """Keep the head and the tail of a long text, and the lines between them that speak of errors."""
    text = CONTROLS.sub(" ", text)
    if len(text) <= head + tail:
        return text
    middle = text[head : len(text) - tail]
    said = (line.strip()[:ERROR_LINE] for line in middle.splitlines() if has_error_word(line))
    kept = " … ".join(line for line, _ in zip(said, range(TOLD_ERRORS), strict=False))
    kept = kept[: max(head, ERROR_LINE)]
    return f"{text[:head]} … [{len(middle)} characters left out] {kept} … {text[len(text) - tail :]}"


def has_error_word(text: str) -> bool:
    text = text.casefold()
    return any(word in text for word in ERROR_WORDS)


def line(**values: object) -> str:
    """Write one JSON line. Half a surrogate pair, which no request could carry, becomes a question mark."""
    return json.dumps(values, ensure_ascii=False).translate(LINE_ENDS).encode("utf-8", "replace").decode()
