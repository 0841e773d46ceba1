"""The first words of messages, for pages that speak of messages without showing them whole."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Func, IntegerField
from django.utils.translation import gettext as _

from sessions.display.parts import parsed
from sessions.models import Message, Session
from sessions.parts import Kind, Part, speaker_of, text_of
from tasks.extraction.reading import as_window_message
from tasks.extraction.rendering import clipped

LENGTH = 320
PARTS = 4
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
    return "" if row is None else speaker_of(row.role, row.parts, row.facts)


def _words(row: Message | None) -> str:
    if row is None:
        return ""
    parts = as_window_message(row).parts
    words = " ".join(map(_part_words, parts[:PARTS]))
    return words if len(words) <= LENGTH else f"{words[:LENGTH].rstrip()}…"


def _part_words(part: Part) -> str:
    """Say a part as a prompt does (`tasks.extraction.rendering`), but in the language of whoever looks."""
    try:
        return _in_their_language(part)
    except Exception:  # whatever an agent stored, the page shows the rest
        return f"[{part.type}]"


def _in_their_language(part: Part) -> str:
    match part.type:
        case Kind.TEXT:
            return clipped(part.text or "", LENGTH, 0)
        case Kind.TOOL_CALL:
            label = _("[calls %(name)s]") % {"name": str(part.get("name"))[:100]}
            return f"{label} {clipped(_spelt(part.arguments_text), LENGTH, 0)}"
        case Kind.TOOL_RESULT:
            label = _("[result: error]") if part.get("is_error") else _("[result]")
            return f"{label} {clipped(_spelt(part.text or text_of(part.inner)), LENGTH, 0)}"
        case Kind.THINKING | Kind.REDACTED_THINKING:
            return _("[thinking]")
    kinds: dict[str, str] = {
        Kind.IMAGE: _("An image"),
        Kind.AUDIO: _("Audio"),
        Kind.VIDEO: _("A video"),
        Kind.FILE: _("A file"),
    }
    name = str(part.filename or part.get("filename") or "")[:200]
    return f"[{kinds.get(part.type, part.type)}{': ' if name else ''}{name}]"


def _spelt(text: str) -> str:
    r"""Return JSON text with the characters that its writer spelt as `\uXXXX`, as the session's page shows it."""
    if "\\u" not in text:
        return text
    value = parsed(text)
    spelt = text if value is text else json.dumps(value, ensure_ascii=False)
    try:
        spelt.encode()
    except UnicodeEncodeError:
        # Half of a pair: no page can carry it.
        return text
    return spelt
