"""Images, audio, video and files, whatever format they came in: inline bytes, an address, or only a name."""

import base64
import binascii
from mimetypes import MimeTypes
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from sessions.parts import Kind, Part

MEDIA = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE})
USUAL_TYPES = {
    Kind.IMAGE: "image/png",
    Kind.AUDIO: "audio/wav",
    Kind.VIDEO: "video/mp4",
    Kind.FILE: "application/pdf",
}
AUDIO_FORMATS = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/vnd.wave": "wav",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
}
# Python's own table; the one of the machine would make the answer depend on where it is asked.
TYPE_OF_ENDING = MimeTypes().types_map[True]
URL_SAFE = str.maketrans("-_", "+/")


class Media(NamedTuple):
    """`data` is base64. `text` is what a plain text document says. An address may be of any scheme."""

    media_type: str
    data: str = ""
    url: str = ""
    name: str = ""
    text: str | None = None

    @property
    def data_url(self) -> str:
        return f"data:{self.media_type};base64,{self.data}"

    @property
    def is_on_the_web(self) -> bool:
        return self.url.startswith(("https://", "http://"))


def media_of(part: Part) -> Media:
    """Read a part of any of the media kinds."""
    meta = part.meta or {}
    name = part.filename or _text(meta.get("filename")) or _text(meta.get("title"))
    told = _text(meta.get("media_type")) or _text((part.asset or {}).get("mime"))
    url, data = _text(meta.get("url")), _text(meta.get("data"))
    if meta.get("type") == "text":
        return Media(told or "text/plain", name=name, text=data)
    if part.type == Kind.AUDIO and not told and isinstance(meta.get("format"), str):
        told = _type_of_format(meta["format"])
    packed = url or _text(meta.get("file_data"))
    if packed.startswith("data:") and (opened := open_data_url(packed)):
        return _with_text(Media(told or opened[0], opened[1], name=name))
    if not url and packed:
        data = packed
    # Gemini says "" of what may be anything, such as the address of a video.
    usual = "" if meta.get("media_type") == "" else USUAL_TYPES[Kind(part.type)]
    guessed = told or _type_of_name(name or url) or usual
    return _with_text(Media(guessed, data, "" if data else url, name))


def bytes_of(part: Part) -> bytes | None:
    """Return the file that stands in a part of any of the media kinds; None when there is none, or no valid one."""
    media = media_of(part)
    if not media.data:
        return None if media.text is None else media.text.encode(errors="replace")
    try:
        return base64.b64decode(standard_base64(media.data), validate=True)
    except (binascii.Error, ValueError):
        return None


def kind_of(media_type: str) -> Kind:
    """Return the kind of part that a media type belongs in."""
    family = media_type.partition("/")[0]
    return Kind(family) if family in ("image", "audio", "video") else Kind.FILE


def open_data_url(url: str) -> tuple[str, str] | None:
    """Return the media type and the base64 of a data: URL, or None if it is not one."""
    head, comma, body = url.removeprefix("data:").partition(",")
    if not comma:
        return None
    media_type = head.split(";")[0] or "text/plain"
    if head.endswith(";base64"):
        return media_type, body
    return media_type, base64.b64encode(unquote_to_bytes(body)).decode()


def standard_base64(data: str) -> str:
    """Return base64 in the standard alphabet: Google's SDK dumps bytes in the URL-safe one."""
    data = data.translate(URL_SAFE) if "-" in data or "_" in data else data
    return data + "=" * (-len(data) % 4)


def _with_text(media: Media) -> Media:
    if not media.data or not media.media_type.startswith("text/"):
        return media
    try:
        return media._replace(text=base64.b64decode(media.data, validate=True).decode())
    except (binascii.Error, ValueError):
        return media


def _type_of_name(name: str) -> str | None:
    """Guess from the ending of a file's name or address."""
    _, dot, ending = name.partition("?")[0].rpartition("/")[2].rpartition(".")
    return TYPE_OF_ENDING.get(f".{ending.lower()}") if dot else None


def _type_of_format(name: str) -> str:
    """Return the media type of one of OpenAI's names for audio: wav, mp3."""
    return {"mp3": "audio/mpeg"}.get(name, f"audio/{name}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
