"""The `content` of OpenAI messages: text, or an array of typed pieces, to parts and back."""

from typing import Any

from sessions.formats.checks import needed_text
from sessions.formats.errors import BadMessage
from sessions.formats.media import AUDIO_FORMATS, MEDIA, media_of
from sessions.formats.words import describe, has_openai_citations, unpacked
from sessions.parts import Kind, Part

FOREIGN = "openai."
FILE_FIELDS = ("file_id", "file_data", "filename")


def needed_parts(value: Any, role: str) -> list[Part]:
    """Read a content that must be there."""
    if isinstance(value, str):
        return [Part(Kind.TEXT, value)]
    if not isinstance(value, list) or not value:
        raise BadMessage(f"content: OpenAI {role} message must have content (text or a non-empty array)")
    return optional_parts(value)


def optional_parts(value: Any) -> list[Part]:
    """Read a content that may be null or absent."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [Part(Kind.TEXT, value)]
    if not isinstance(value, list):
        raise BadMessage("content: must be text or an array")
    return [_part(piece, f"content[{i}]") for i, piece in enumerate(value)]


def _part(piece: Any, where: str) -> Part:
    if not isinstance(piece, dict) or not isinstance(piece.get("type"), str):
        raise BadMessage(f"{where}: must be an object with a type")
    part = _known(piece, where)
    # OpenAI has no such field, but providers of its format do, and Anthropic's own has to get it.
    if isinstance(cache_control := piece.get("cache_control"), dict) and part.type != Kind.DATA:
        part.meta = {**(part.meta or {}), "cache_control": cache_control}
    return part


def _known(piece: dict[str, Any], where: str) -> Part:
    kind = piece["type"]
    body = piece.get(kind)
    match kind:
        case "text":
            return Part(Kind.TEXT, needed_text(piece.get("text", ""), f"{where}.text"))
        case "refusal":
            refusal = needed_text(piece.get("refusal", ""), f"{where}.refusal")
            return Part(Kind.TEXT, refusal, meta={"is_refusal": True})
        case "image_url" if isinstance(body, dict | str):
            image = {"url": body} if isinstance(body, str) else body
            return Part(Kind.IMAGE, meta={k: v for k, v in image.items() if v is not None})
        case "input_audio" if isinstance(body, dict):
            return Part(Kind.AUDIO, meta=dict(body))
        case "file" if isinstance(body, dict):
            return Part(Kind.FILE, meta={k: v for k, v in body.items() if v is not None})
    # A type unknown here is kept as data, so that it is shown and given back, never dropped.
    return Part(Kind.DATA, meta={"data_type": FOREIGN + kind, "data": piece})


def plain_or_array(parts: list[Part], role: str = "user") -> str | list[dict[str, Any]]:
    """Write one text as text, anything else as an array; what OpenAI has no type for becomes visible text."""
    if not parts:
        return ""
    if len(parts) == 1 and parts[0].type == Kind.TEXT and not (parts[0].meta and parts[0].get("is_refusal")):
        return _words(parts[0]) if parts[0].meta else parts[0].text or ""
    return [_piece(part, role) for part in unpacked(parts)]


def _piece(part: Part, role: str) -> dict[str, Any]:
    meta = part.meta or {}
    if part.type == Kind.TEXT and meta.get("is_refusal") and role == "assistant":
        return {"type": "refusal", "refusal": part.text or ""}
    if (
        part.type == Kind.DATA
        and str(meta.get("data_type", "")).startswith(FOREIGN)
        and isinstance(meta.get("data"), dict)
    ):
        return dict(meta["data"])
    # Only users may show things.
    piece = media_piece(part) if part.type in MEDIA and role == "user" else None
    return piece or {"type": "text", "text": _words(part)}


def _words(part: Part) -> str:
    """Say a part in words. OpenAI's own sources have their place beside the content."""
    return part.text or "" if has_openai_citations(part) else describe(part)


def media_piece(part: Part) -> dict[str, Any] | None:
    """Write an image, audio or file as OpenAI takes it, or return None."""
    meta = part.meta or {}
    if part.type == Kind.FILE and meta.get("type") != "file" and meta.keys() & {"file_id", "file_data"}:
        return {"type": "file", "file": {key: meta[key] for key in FILE_FIELDS if key in meta}}
    media = media_of(part)
    match part.type:
        case Kind.IMAGE if media.data or media.is_on_the_web:
            url = meta.get("url") or media.data_url
            return {
                "type": "image_url",
                "image_url": {"url": url, **({"detail": d} if (d := meta.get("detail")) else {})},
            }
        case Kind.AUDIO if media.data and (known := AUDIO_FORMATS.get(media.media_type)):
            return {"type": "input_audio", "input_audio": {"data": media.data, "format": known}}
        case Kind.FILE if media.data and media.text is None:
            ending = media.media_type.rpartition("/")[2]
            return {"type": "file", "file": {"filename": media.name or f"file.{ending}", "file_data": media.data_url}}
    return None
