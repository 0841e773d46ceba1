"""Bytes on their way into storage, with all that is known of them."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile, File

from sessions.sniffing import HEAD_BYTES, media_type_of

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a message brings. `source` is read once to weigh it, and again when it is kept."""

    sha256: str
    size_b: int
    mime: str
    source: "bytes | File[bytes]"

    @classmethod
    def of(cls, source: "bytes | File[bytes]", name: str = "") -> "NewFile":
        """Weigh, hash and name the type of bytes, or of an uploaded file."""
        digest, size, head = hashlib.sha256(), 0, b""
        for chunk in [source] if isinstance(source, bytes) else source.chunks(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            head = head or chunk[:HEAD_BYTES]
        return cls(digest.hexdigest(), size, media_type_of(head, name), source)

    @property
    def facts(self) -> dict[str, Any]:
        return {"sha256": self.sha256, "mime": self.mime, "size_b": self.size_b}

    def content(self) -> "File[bytes]":
        """Return the bytes as the storage wants them."""
        return ContentFile(self.source) if isinstance(self.source, bytes) else self.source
