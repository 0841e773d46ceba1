"""Tell what a file is from its first bytes; its name only refines text and archives. No Django here."""

import codecs

from sessions.formats.media import TYPE_OF_ENDING

HEAD_BYTES = 4096
BINARY = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
ZIP = "application/zip"
# A browser draws these and runs nothing in them; SVG is not among them.
PICTURES = frozenset({"image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp"})
# A browser plays these.
SOUNDS = frozenset(
    {"audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/mp3", "audio/ogg", "audio/wav", "audio/webm"}
)

# Where the bytes stand, the bytes, the type. The first that fits wins.
MAGIC: list[tuple[int, bytes, str]] = [
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"\x00\x00\x01\x00", "image/x-icon"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (8, b"AIFF", "audio/aiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (257, b"ustar", "application/x-tar"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
]
# The bytes at 8 and 257 mean something only in these containers.
CONTAINERS = {b"WEBP": b"RIFF", b"WAVE": b"RIFF", b"AVI ": b"RIFF", b"AIFF": b"FORM"}
MARKUP = {b"<!doctype html": "text/html", b"<html": "text/html", b"<svg": "image/svg+xml", b"<?xml": "text/xml"}
BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16le", codecs.BOM_UTF16_BE: "utf-16be"}
CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")

OFFICE = "application/vnd.openxmlformats-officedocument"
ENDINGS = TYPE_OF_ENDING | {
    ".docx": f"{OFFICE}.wordprocessingml.document",
    ".go": "text/x-go",
    ".jsonl": "application/jsonl",
    ".log": "text/plain",
    ".pptx": f"{OFFICE}.presentationml.presentation",
    ".rs": "text/x-rust",
    ".sql": "application/sql",
    ".toml": "application/toml",
    ".ts": "text/typescript",
    ".xlsx": f"{OFFICE}.spreadsheetml.sheet",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
TEXTUAL = ("application/json", "application/jsonl", "application/sql", "application/toml", "application/yaml")
IN_A_ZIP = (OFFICE, "application/vnd.oasis.opendocument", "application/epub+zip")


def media_type_of(head: bytes, name: str = "") -> str:
    """Return the media type of a file that begins with `head`; what a client says of it is not asked for."""
    for at, magic, media_type in MAGIC:
        if head.startswith(magic, at) and head.startswith(CONTAINERS.get(magic, b"")):
            return _refined(media_type, name) if media_type == ZIP else media_type
    return _refined(TEXT, name, head) if _is_text(head) else _text_with_mark(head) or BINARY


def _refined(media_type: str, name: str, head: bytes = b"") -> str:
    """Return what the ending of the name, or the markup, says, where the bytes allow it."""
    _, dot, ending = name.rpartition(".")
    told = ENDINGS.get(f".{ending.lower()}", "") if dot else ""
    if media_type == ZIP:
        return told if told.startswith(IN_A_ZIP) else ZIP
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:16].lower()
    told = next((kind for sign, kind in MARKUP.items() if start.startswith(sign)), told)
    if told.startswith("text/"):
        return f"{told}; charset=utf-8"
    return told if told in TEXTUAL or told.endswith(("+xml", "+json")) else TEXT


def _is_text(head: bytes) -> bool:
    if CONTROL.intersection(head):
        return False
    try:
        # The end may cut a character in two.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _text_with_mark(head: bytes) -> str:
    charset = next((name for mark, name in BYTE_ORDER_MARKS.items() if head.startswith(mark)), "")
    return f"text/plain; charset={charset}" if charset else ""
