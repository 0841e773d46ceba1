"""Give messages what lies in storage: large media as it was, uploads as the format that is asked for shows them."""

import base64
import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from django.core.files.storage import default_storage

from sessions.assets.taking_out import FILE, Entry, put_back
from sessions.formats.media import MEDIA, kind_of
from sessions.material import Links
from sessions.models import Asset, Message
from sessions.parts import Kind, Part

log = structlog.get_logger(__name__)

# What a part may say of where its bytes are; the upload is what counts.
PLACES = ("data", "file_data", "file_id", "format", "media_type", "type", "url")


class Stored:
    """What a page of messages has in storage. One query, and none when it has nothing."""

    def __init__(self, project_id: uuid.UUID, messages: Sequence[Message], links: Links | None = None) -> None:
        wanted = {entry["sha256"] for message in messages for entry in message.media or ()}
        rows = Asset.objects.filter(project=project_id, sha256__in=wanted) if wanted else ()
        self.assets = {asset.sha256: asset for asset in rows}
        self.links = links
        self.public_urls: dict[str, dict[str, Any]] = {}

    def put_back(self, message: Message, format: str | None = None) -> None:
        """Make a message that was just read whole, as far as this format shows it; None stands for all of it."""
        entries: list[Entry] = message.media or []
        has_own_words = format == message.format and message.blob is not None
        for entry in entries:
            is_blob = entry["at"][0] == "blob"
            wanted = format is None or is_blob == has_own_words
            if entry["as"] != FILE and wanted and (data := self._bytes(entry)) is not None:
                put_back(message.parts, message.blob, entry, data)
        uploads = [entry for entry in entries if entry["as"] == FILE]
        if uploads and format == "acontext":
            self._link(message, uploads)
        elif uploads and format is not None:
            parts = {entry["at"][1]: self._shown(message.parts[entry["at"][1]], entry, format) for entry in uploads}
            message.parts = [shown for i, part in enumerate(message.parts) for shown in parts.get(i, [part])]

    def _link(self, message: Message, uploads: Sequence[Entry]) -> None:
        for entry in uploads:
            asset, name = self.assets.get(entry["sha256"]), message.parts[entry["at"][1]].filename
            if self.links and asset:
                self.public_urls.setdefault(asset.sha256, self.links.to(asset, name))

    def _shown(self, part: Part, entry: Entry, format: str) -> list[Part]:
        """Return the part with its file: an address where OpenAI takes one, else the bytes.

        A part of another kind than media keeps what it says, and its file stands after it.
        """
        before = [] if part.type in MEDIA else [Part(part.type, part.text, meta=part.meta)]
        kind = part.type if part.type in MEDIA else kind_of(entry["mime"])
        known = {key: value for key, value in (part.meta or {}).items() if key not in PLACES} if not before else {}
        shown = Part(kind, part.text if not before else None, None, part.filename, known or None)
        asset = self.assets.get(entry["sha256"])
        if format == "openai" and kind == Kind.IMAGE:
            if asset and self.links:
                shown.meta = known | {"url": self.links.to(asset, part.filename)["url"]}
        elif (data := self._bytes(entry)) is not None:
            media_type = entry["mime"].partition(";")[0]
            shown.meta = known | {
                "type": "base64",
                "media_type": media_type,
                "data": base64.b64encode(data).decode(),
            }
        return [*before, shown]

    def _bytes(self, entry: Entry) -> bytes | None:
        """Read a file from our own storage, never from an address; None, with a line in the log, when it is lost."""
        asset = self.assets.get(entry["sha256"])
        try:
            if asset is None:
                raise FileNotFoundError(entry["sha256"])
            with default_storage.open(asset.name) as file:
                return bytes(file.read())
        except FileNotFoundError:
            log.error("asset.missing", sha256=entry["sha256"], asset=str(asset and asset.pk))
            return None
