"""The `content` of OpenAI messages: text, or an array of typed pieces, to parts and back."""

from typing import Any

from sessions.formats.errors import BadMessage
from sessions.parts import Kind, Part

FOREIGN = "openai."


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
    return [_piece(piece, f"content[{i}]") for i, piece in enumerate(value)]


def _piece(piece: Any, where: str) -> Part:
    if not isinstance(piece, dict) or not isinstance(piece.get("type"), str):
        raise BadMessage(f"{where}: must be an object with a type")
    kind = piece["type"]
    body = piece.get(kind)
    match kind:
        case "text":
            return Part(Kind.TEXT, _needed_text(piece.get("text", ""), f"{where}.text"))
        case "refusal":
            refusal = _needed_text(piece.get("refusal", ""), f"{where}.refusal")
            return Part(Kind.TEXT, refusal, meta={"is_refusal": True})
        case "image_url" if isinstance(body, dict | str):
            image = {"url": body} if isinstance(body, str) else body
            return Part(Kind.IMAGE, meta={k: v for k, v in image.items() if v is not None})
        case "input_audio" if isinstance(body, dict):
            return Part(Kind.AUDIO, meta=body)
        case "file" if isinstance(body, dict):
            return Part(Kind.FILE, meta={k: v for k, v in body.items() if v is not None})
    # A type unknown here is kept as data, so that it is shown and given back, never dropped.
    return Part(Kind.DATA, meta={"data_type": FOREIGN + kind, "data": piece})


def _needed_text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise BadMessage(f"{where}: must be text")
    return value


def plain_or_array(parts: list[Part]) -> str | list[dict[str, Any]]:
    """Write one text as text, anything else as an array; what OpenAI has no type for becomes visible text."""
    if not parts:
        return ""
    if len(parts) == 1 and parts[0].type == Kind.TEXT and not parts[0].meta:
        return parts[0].text or ""
    return [_render_piece(part) for part in parts]


def _render_piece(part: Part) -> dict[str, Any]:
    meta = part.meta or {}
    match part.type:
        case Kind.TEXT if meta.get("is_refusal"):
            return {"type": "refusal", "refusal": part.text or ""}
        case Kind.TEXT | Kind.THINKING:
            return {"type": "text", "text": part.text or ""}
        case Kind.IMAGE if meta.get("url"):
            return {"type": "image_url", "image_url": {k: v for k, v in meta.items() if k in ("url", "detail")}}
        case Kind.AUDIO if meta.get("data") and meta.get("format"):
            return {"type": "input_audio", "input_audio": {"data": meta["data"], "format": meta["format"]}}
        case Kind.FILE if meta.keys() & {"file_id", "file_data"}:
            return {"type": "file", "file": {k: meta[k] for k in ("file_id", "file_data", "filename") if k in meta}}
        case Kind.DATA if str(meta.get("data_type", "")).startswith(FOREIGN) and isinstance(meta.get("data"), dict):
            return dict(meta["data"])
    return {"type": "text", "text": describe(part)}


def describe(part: Part) -> str:
    """Say in words what a part is, where a format has no type for it."""
    name = part.filename or part.get("filename") or part.get("name") or part.get("url") or part.get("media_type") or ""
    label = f"[{part.type}: {str(name)[:200]}]" if name else f"[{part.type}]"
    return f"{label} {part.text}" if part.text else label
