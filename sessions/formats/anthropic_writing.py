"""Parts to the content blocks of Anthropic messages (contract.md §6C.3)."""

from collections.abc import Iterable
from typing import Any

from sessions.formats.anthropic_reading import FOREIGN, SIGNER
from sessions.formats.json_text import input_of
from sessions.formats.media import Media, media_of
from sessions.formats.words import describe, has_openai_citations
from sessions.parts import Kind, Part

Block = dict[str, Any]
IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# What the other role may not say is put in words.
ONLY_OF_USER = (Kind.IMAGE, Kind.FILE, Kind.TOOL_RESULT)
ONLY_OF_ASSISTANT = (Kind.TOOL_CALL, Kind.THINKING, Kind.REDACTED_THINKING)


def blocks_of(parts: Iterable[Part], role: str) -> list[Block]:
    """Write the parts of a message. Blocks of text without words are refused by Anthropic, and left out."""
    refused = ONLY_OF_USER if role == "assistant" else ONLY_OF_ASSISTANT
    blocks = []
    for part in parts:
        block = None if part.type in refused else _block(part)
        if block is None:
            block = {"type": "text", "text": describe(part)}
        if block.get("type") == "text" and not str(block.get("text") or "").strip():
            continue
        if isinstance(cache_control := part.get("cache_control"), dict):
            block["cache_control"] = cache_control
        blocks.append(block)
    return blocks


def _block(part: Part) -> Block | None:
    meta = part.meta or {}
    match part.type:
        case Kind.TEXT if isinstance(meta.get("citations"), list) and not has_openai_citations(part):
            return {"type": "text", "text": part.text or "", "citations": meta["citations"]}
        case Kind.IMAGE:
            return _image(part)
        case Kind.FILE:
            return _document(part)
        case Kind.TOOL_CALL if _text(meta.get("id")) and _text(meta.get("name")):
            return {"type": "tool_use", "id": meta["id"], "name": meta["name"], "input": input_of(part)}
        case Kind.TOOL_RESULT if _text(meta.get("tool_call_id")):
            return _tool_result(part)
        case Kind.THINKING if isinstance(meta.get("signature"), str) and meta.get("signed_by") in (None, SIGNER):
            return {"type": "thinking", "thinking": part.text or "", "signature": meta["signature"]}
        case Kind.REDACTED_THINKING if _text(meta.get("data")):
            return {"type": "redacted_thinking", "data": meta["data"]}
        case Kind.DATA if str(meta.get("data_type", "")).startswith(FOREIGN) and isinstance(meta.get("data"), dict):
            return dict(meta["data"])
    return None


def _image(part: Part) -> Block | None:
    if file_id := _own_file(part):
        return {"type": "image", "source": {"type": "file", "file_id": file_id}}
    source = _source(media_of(part), IMAGE_TYPES)
    return source and {"type": "image", "source": source}


def _document(part: Part) -> Block | None:
    media = media_of(part)
    source: Block | None
    if file_id := _own_file(part):
        source = {"type": "file", "file_id": file_id}
    elif part.get("type") == "content":
        source = {"type": "content", "content": blocks_of(part.inner, "user")}
    elif media.text is not None:
        source = {"type": "text", "media_type": "text/plain", "data": media.text}
    else:
        source = _source(media, ("application/pdf",))
    if source is None:
        return None
    block: Block = {"type": "document", "source": source}
    told = {"title": media.name, "context": part.get("context"), "citations": part.get("citations")}
    return block | {key: value for key, value in told.items() if value}


def _source(media: Media, known_types: tuple[str, ...]) -> Block | None:
    """Return a source that Anthropic takes. An address is passed on, never fetched."""
    if media.media_type not in known_types:
        return None
    if media.data:
        return {"type": "base64", "media_type": media.media_type, "data": media.data}
    return {"type": "url", "url": media.url} if media.is_on_the_web else None


def _tool_result(part: Part) -> Block:
    meta = part.meta or {}
    block: Block = {"type": "tool_result", "tool_use_id": meta["tool_call_id"]}
    if meta.get("as_text"):
        block["content"] = part.text or ""
    else:
        inner = part.inner
        said = [] if any(piece.type == Kind.TEXT for piece in inner) else [Part(Kind.TEXT, part.text)]
        block["content"] = blocks_of(said + inner, "user")
    # Anthropic's own results say it only when the client did.
    if "is_error" in meta or meta.get("type") != "tool_result":
        block["is_error"] = bool(meta.get("is_error"))
    return block


def _own_file(part: Part) -> str:
    """Return the id of a file at Anthropic; other providers' ids mean nothing there."""
    return _text(part.get("file_id")) if part.get("type") == "file" else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
