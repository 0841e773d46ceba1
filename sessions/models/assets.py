"""Files that messages hold: uploads, and media too large for a row. Their bytes are in Django's default storage."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from sessions.models.messages import Message
from sessions.models.projects import Project

# One storage is all there is; the SDKs want a name for it.
BUCKET = "assets"


class Asset(models.Model):
    """A file of a project, once for each content. `name` is where the storage has it.

    The row outlives its project, without it, until the file is removed: the row is what tells of the file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        Project, null=True, on_delete=models.DB_SET_NULL, related_name="assets", db_index=False, editable=False
    )
    sha256 = models.CharField(max_length=64)
    mime = models.CharField(max_length=200)
    size_b = models.BigIntegerField()
    name = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "sha256"], name="asset_once_per_project"),
        ]

    def __str__(self) -> str:
        return self.name


class AssetUse(models.Model):
    """A message that holds an asset. An asset without any is removed, with its file."""

    message = models.ForeignKey(Message, on_delete=models.DB_CASCADE, related_name="asset_uses", db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.DB_CASCADE, related_name="uses")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "asset"], name="asset_use_once_per_message"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} in {self.message_id}"


def name_in_storage(project_id: uuid.UUID, sha256: str) -> str:
    """Return where a file of this content is kept; nothing of it is the client's choice."""
    return f"assets/{project_id}/{sha256[:2]}/{sha256}"


def asset_as_wire(project_id: uuid.UUID, *, sha256: str, mime: str, size_b: int) -> dict[str, Any]:
    """The asset as parts show it (contract.md §2)."""
    return {
        "bucket": BUCKET,
        "s3_key": name_in_storage(project_id, sha256),
        "etag": "",
        "sha256": sha256,
        "mime": mime,
        "size_b": size_b,
    }
