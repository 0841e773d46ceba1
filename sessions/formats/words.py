"""Say in words what a format has no type for, so that it stays visible."""

from collections.abc import Iterable, Iterator
from typing import Any

from sessions.formats.json_text import dump
from sessions.formats.media import MEDIA, media_of
from sessions.parts import Kind, MessageLike, Part

EMPTY = "[empty message]"
LONGEST_NAME = 200
LONGEST_DATA = 2_000


def describe(part: Part) -> str:
    """Return a label in brackets, and what the part says after it; text stands for itself."""
    match part.type:
        case Kind.TEXT:
            return text_with_sources(part)
        case Kind.THINKING:
            return _labelled("thinking", "", part.text)
        case Kind.REDACTED_THINKING:
            return "[redacted thinking]"
        case Kind.TOOL_CALL:
            return _labelled("tool-call", part.get("name"), part.arguments_text)
        case Kind.TOOL_RESULT:
            name = part.get("name") or part.get("function_name") or part.get("tool_call_id")
            said = [part.text or "", *(describe(inner) for inner in part.inner if inner.type != Kind.TEXT)]
            return _labelled("tool-result", name, " ".join(filter(None, said)))
        case kind if kind in MEDIA:
            return _describe_media(part)
    meta = part.meta or {}
    known = meta.get("data", {key: value for key, value in meta.items() if key != "data_type"})
    return _labelled(str(meta.get("data_type") or part.type), "", part.text or _shortened(dump(known)))


def _describe_media(part: Part) -> str:
    media = media_of(part)
    # The address of inline data is the data itself, which says nothing to a reader.
    name = media.name or media.url or part.get("file_id") or (media.media_type if media.data or part.asset else "")
    inner = " ".join(describe(piece) for piece in part.inner)
    return _labelled(part.type, name, part.text or media.text or inner)


def _labelled(kind: str, name: Any, said: str | None) -> str:
    short = str(name)[:LONGEST_NAME] if name else ""
    label = f"[{kind}: {short}]" if short else f"[{kind}]"
    return f"{label} {said}" if said else label


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_DATA else text[: LONGEST_DATA - 1] + "…"


def unpacked(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts. A document that holds parts becomes its label and them, a transcript stands after its sound."""
    for part in parts:
        if part.type == Kind.FILE and part.inner:
            yield Part(Kind.TEXT, _labelled(Kind.FILE, media_of(part).name, None))
            yield from unpacked(part.inner)
        elif part.text and part.type in MEDIA:
            yield Part(part.type, None, part.asset, part.filename, part.meta)
            yield Part(Kind.TEXT, part.text)
        else:
            yield part


def text_with_sources(part: Part) -> str:
    """Return the text of a part, with the sources that it cites named after it."""
    text = part.text or ""
    cited = part.get("citations")
    if not isinstance(cited, list):
        return text
    places = (c.get("url_citation") or c for c in cited if isinstance(c, dict))
    named = (p.get("url") or p.get("document_title") or p.get("title") for p in places if isinstance(p, dict))
    sources = dict.fromkeys(str(name)[:LONGEST_NAME] for name in named if name)
    return " ".join([text, *(f"[source: {source}]" for source in sources)]) if sources else text


def has_openai_citations(part: Part) -> bool:
    """Tell whether the sources are in OpenAI's form, which has one more level."""
    cited = part.get("citations")
    return isinstance(cited, list) and any(isinstance(c, dict) and "url_citation" in c for c in cited)


def parts_with_speaker(message: MessageLike) -> list[Part]:
    """Return the parts, after a label for who speaks where the format has no place for that: `[system] …`."""
    said = (message.facts.get("original_role"), message.facts.get("name"))
    label = " ".join(f"[{fact}]" for fact in said if isinstance(fact, str) and fact)
    parts = message.parts
    if not label or (parts and all(part.type == Kind.TOOL_RESULT for part in parts)):
        return parts
    # Thinking and results of tools have to come first.
    first = (Kind.THINKING, Kind.REDACTED_THINKING, Kind.TOOL_RESULT)
    at = next((i for i, part in enumerate(parts) if part.type not in first), len(parts))
    if at < len(parts) and parts[at].type == Kind.TEXT:
        text = parts[at].text
        spoken = Part(Kind.TEXT, f"{label} {text}" if text else label, meta=parts[at].meta)
        return [*parts[:at], spoken, *parts[at + 1 :]]
    return [*parts[:at], Part(Kind.TEXT, label), *parts[at:]]
