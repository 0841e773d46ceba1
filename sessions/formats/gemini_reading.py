"""The parts of Gemini contents to parts (contract.md §6B.4). Keys may be camelCase or the snake_case of dumps."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from sessions.formats.checks import needed_text, object_or_none, text_or_empty
from sessions.formats.errors import BadMessage
from sessions.formats.json_text import dump
from sessions.formats.media import AUDIO_FORMATS, kind_of, standard_base64
from sessions.formats.pairing import new_call_id
from sessions.parts import Kind, Part

FOREIGN = "gemini."
SIGNER = "gemini"
# These say something about the part; every other key is a thing that the part holds.
MODIFIERS = frozenset({"thought", "thoughtSignature", "videoMetadata", "mediaResolution", "partMetadata"})
UNDERSCORE = re.compile(r"_([a-z])")


def parts_of(values: Any, where: str = "parts") -> list[Part]:
    """Read the parts of a content; one that holds several things becomes several."""
    if values is None:
        return []
    if not isinstance(values, list):
        raise BadMessage(f"{where}: must be an array")
    return [part for i, value in enumerate(values) for part in _read(value, f"{where}[{i}]")]


def camel(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object without nulls, its own keys in camelCase."""
    return {
        UNDERSCORE.sub(lambda match: match[1].upper(), key) if "_" in key else key: item
        for key, item in value.items()
        if item is not None
    }


def _read(value: Any, where: str) -> list[Part]:
    if not isinstance(value, dict):
        raise BadMessage(f"{where}: must be an object")
    fields = camel(value)
    if not fields:
        raise BadMessage(f"{where}: holds nothing")
    things = [key for key in fields if key not in MODIFIERS]
    if len(things) > 1 and fields.get("text") == "":
        things.remove("text")
    signature = text_or_empty(fields.get("thoughtSignature"), f"{where}.thoughtSignature")
    parts = [_thing(key, fields, value, where) for key in things or ["text"]]
    if signature and parts[0].type != Kind.THINKING:
        parts[0].meta = {**(parts[0].meta or {}), "thought_signature": signature}
    return parts


def _thing(key: str, fields: dict[str, Any], value: dict[str, Any], where: str) -> Part:
    if key == "text":
        return _text(fields, where)
    read = READERS.get(key)
    body = fields[key]
    if read is None:
        # What is unknown here is kept as data, so that it is shown and given back, never dropped.
        data = value if len(fields) == 1 else {key: body}
        return Part(Kind.DATA, _words_of(body), meta={"data_type": FOREIGN + key, "data": data})
    if not isinstance(body, dict):
        raise BadMessage(f"{where}.{key}: must be an object")
    part = read(camel(body), f"{where}.{key}")
    if isinstance(video := fields.get("videoMetadata"), dict) and part.type == Kind.VIDEO:
        part.meta = {**(part.meta or {}), "video_metadata": camel(video)}
    return part


def _text(fields: dict[str, Any], where: str) -> Part:
    text = needed_text(fields.get("text", ""), f"{where}.text")
    if fields.get("thought") is not True:
        return Part(Kind.TEXT, text)
    signature = fields.get("thoughtSignature")
    return Part(Kind.THINKING, text, meta={"signed_by": SIGNER, **({"signature": signature} if signature else {})})


def _inline_data(blob: dict[str, Any], where: str) -> Part:
    media_type = needed_text(blob.get("mimeType"), f"{where}.mimeType")
    data = standard_base64(needed_text(blob.get("data"), f"{where}.data"))
    kind = kind_of(media_type)
    meta = {"type": "base64", "media_type": media_type, "data": data}
    if kind == Kind.AUDIO:
        meta = {"media_type": media_type, "data": data, "format": AUDIO_FORMATS.get(media_type, "")}
    return Part(kind, meta=_with_name(meta, blob, where))


def _file_data(file: dict[str, Any], where: str) -> Part:
    media_type = text_or_empty(file.get("mimeType"), f"{where}.mimeType")
    url = needed_text(file.get("fileUri"), f"{where}.fileUri")
    meta = {"type": "url", "url": url, "media_type": media_type}
    return Part(kind_of(media_type), meta=_with_name(meta, file, where))


def _with_name(meta: dict[str, str], thing: dict[str, Any], where: str) -> dict[str, str]:
    name = text_or_empty(thing.get("displayName"), f"{where}.displayName")
    return meta | {"filename": name} if name else meta


def _function_call(call: dict[str, Any], where: str) -> Part:
    given = text_or_empty(call.get("id"), f"{where}.id")
    meta: dict[str, Any] = {
        "id": given or new_call_id(),
        "name": text_or_empty(call.get("name"), f"{where}.name"),
        "arguments": dump(object_or_none(call.get("args"), f"{where}.args") or {}),
        "type": "function",
    }
    if not given:
        meta["is_id_ours"] = True
    return Part(Kind.TOOL_CALL, meta=meta)


def _function_response(answer: dict[str, Any], where: str) -> Part:
    response = object_or_none(answer.get("response"), f"{where}.response")
    meta: dict[str, Any] = {"name": text_or_empty(answer.get("name"), f"{where}.name")}
    if given := text_or_empty(answer.get("id"), f"{where}.id"):
        meta["tool_call_id"] = given
    # Gemini has no flag for failure: by its convention the answer stands under "error" instead of "output".
    if response and response.get("error") and "output" not in response:
        meta["is_error"] = True
    if inner := parts_of(answer.get("parts"), f"{where}.parts"):
        meta["parts"] = msgspec.to_builtins(inner)
    return Part(Kind.TOOL_RESULT, None if response is None else dump(response), meta=meta)


def _words_of(body: Any) -> str | None:
    """Return what code or its output says."""
    words = (body.get("code") or body.get("output")) if isinstance(body, dict) else None
    return words if isinstance(words, str) else None


READERS: dict[str, Callable[[dict[str, Any], str], Part]] = {
    "inlineData": _inline_data,
    "fileData": _file_data,
    "functionCall": _function_call,
    "functionResponse": _function_response,
}
