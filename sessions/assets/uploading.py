"""Files that come with a message of our own format: a part names the field of the request that has its file."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.files.base import File

from sessions.assets.files import NewFile
from sessions.assets.taking_out import FILE, TakingOut
from sessions.errors import BadRequest
from sessions.models.assets import asset_as_wire
from sessions.parts import Part

LONGEST_NAME = 255


class Uploads:
    """The files of one request, by their fields."""

    def __init__(self, files: Mapping[str, "File[Any]"], project_id: uuid.UUID) -> None:
        self.files = files
        self.project_id = project_id
        self._weighed: dict[str, NewFile] = {}

    def attach(self, parts: list[Part], blob: dict[str, Any]) -> TakingOut:
        """Give each part the file that it names, and return the files; raises BadRequest when there is none."""
        taking = TakingOut()
        for index, field in _fields(blob):
            upload = self.files.get(field)
            if upload is None:
                raise BadRequest(f"missing file {field}")
            name = safe_name(upload.name or "")
            if field not in self._weighed:
                self._weighed[field] = NewFile.of(upload, name)
            file = self._weighed[field]
            parts[index].asset = asset_as_wire(self.project_id, **file.facts)
            parts[index].filename = name or None
            taking.files.setdefault(file.sha256, file)
            taking.entries.append({"at": ["parts", index], "as": FILE, **file.facts})
        return taking


class NoUploads:
    """A request that no file can come with."""

    def attach(self, parts: list[Part], blob: dict[str, Any]) -> None:
        """Refuse a message that names a file; raises BadRequest."""
        for index, field in _fields(blob):
            raise BadRequest(f"parts[{index}].file_field: missing uploaded file {field}: send the request as multipart")


NO_UPLOADS = NoUploads()


def safe_name(name: str) -> str:
    """Return the last step of a client's path, without what does not print."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[-LONGEST_NAME:].strip()


def _fields(blob: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Give the parts that name a file; the blob is known to be well-formed but for this."""
    for index, part in enumerate(blob.get("parts") or ()):
        field = part.get("file_field")
        if field is not None and not isinstance(field, str):
            raise BadRequest(f"parts[{index}].file_field: must be text")
        if field:
            yield index, field
