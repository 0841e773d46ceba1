"""Parts to the parts of Gemini contents (contract.md §6C.4)."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from sessions.formats.gemini_reading import FOREIGN, SIGNER
from sessions.formats.json_text import input_of, object_in
from sessions.formats.media import MEDIA, media_of
from sessions.formats.words import describe, unpacked
from sessions.parts import Kind, Part

Piece = dict[str, Any]
SCHEMES = ("https://", "http://", "gs://")
# What the other role may not say is put in words.
ONLY_OF_USER = (Kind.TOOL_RESULT,)
ONLY_OF_ASSISTANT = (Kind.TOOL_CALL, Kind.THINKING)


def pieces_of(parts: Iterable[Part], role: str) -> list[Piece]:
    """Write the parts of a message. Empty text says nothing and is left out, unless it carries a signature."""
    refused = ONLY_OF_USER if role == "assistant" else ONLY_OF_ASSISTANT
    pieces = []
    for part in unpacked(parts):
        piece = None if part.type in refused else _piece(part)
        if piece is None:
            piece = {"text": describe(part)}
        if isinstance(signature := part.get("thought_signature"), str) and part.type != Kind.DATA:
            piece["thoughtSignature"] = signature
        if piece != {"text": ""}:
            pieces.append(piece)
    return pieces


def _piece(part: Part) -> Piece | None:
    meta = part.meta or {}
    match part.type:
        case Kind.THINKING:
            return _thought(part)
        case Kind.TOOL_CALL if _text(meta.get("name")):
            return _call(part)
        case Kind.TOOL_RESULT if _text(meta.get("name")):
            return _response(part)
        case Kind.DATA if str(meta.get("data_type", "")).startswith(FOREIGN) and isinstance(meta.get("data"), dict):
            return dict(meta["data"])
        case kind if kind in MEDIA:
            return _media(part)
    return None


def _thought(part: Part) -> Piece:
    signature, signer = part.get("signature"), part.get("signed_by")
    piece: Piece = {"text": part.text or "", "thought": True}
    # Another provider's signature would be refused. One of unknown origin has to be base64, as Google's are.
    if _text(signature) and signer in (None, SIGNER):
        piece["thoughtSignature"] = signature if signer == SIGNER else _as_base64(signature)
    return piece


def _call(part: Part) -> Piece:
    call: Piece = {"name": part.get("name"), "args": input_of(part)}
    if _text(part.get("id")) and not part.get("is_id_ours"):
        call = {"id": part.get("id"), **call}
    return {"functionCall": call}


def _response(part: Part) -> Piece:
    text = part.text or ""
    found = object_in(text)
    if part.get("is_error") and not (found and found.get("error")):
        response = {"error": text if found is None else found}
    else:
        response = {"output": text} if found is None else found
    answer: Piece = {"name": part.get("name"), "response": response}
    if _text(part.get("tool_call_id")):
        answer = {"id": part.get("tool_call_id"), **answer}
    shown, said = [], []
    for inner in unpacked(part.inner):
        piece = _media(inner) if inner.type in MEDIA else None
        if piece:
            shown.append(piece)
        elif inner.type != Kind.TEXT:
            said.append(describe(inner))
    if said:
        answer["response"] = {**response, "also": said}
    return {"functionResponse": answer | {"parts": shown} if shown else answer}


def _media(part: Part) -> Piece | None:
    media = media_of(part)
    named = {"displayName": media.name} if media.name else {}
    if media.data:
        piece: Piece = {"inlineData": {"mimeType": media.media_type, "data": media.data, **named}}
    elif media.url.startswith(SCHEMES):
        # Gemini's own address may come without a type; for another's the type is guessed, as Vertex wants one.
        typed = {} if part.get("media_type") == "" else {"mimeType": media.media_type}
        piece = {"fileData": {**typed, "fileUri": media.url, **named}}
    else:
        return None
    if isinstance(video := part.get("video_metadata"), dict):
        piece["videoMetadata"] = video
    return piece


def _as_base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return base64.b64encode(text.encode()).decode()
    return text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
