"""Keep the files that messages bring, in the transaction that stores the messages.

The row of an asset is the lock of its file. Storing writes the row first (and so waits for whoever removes it), then
the file, then the messages; removing locks the row, looks again whether it is used, removes the file, then the row. No
one sees a row without its file. A crash, or a message that is refused after all, leaves at most a file without a row,
which `cleaning` finds.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.db import connection, transaction

from sessions.assets.files import NewFile
from sessions.errors import NotFound
from sessions.models import AssetUse, Session
from sessions.models.assets import name_in_storage

# The lock lets others store in the project and keeps it from being deleted meanwhile; taken first, so that nobody who
# deletes waits for us while we wait for them.
LOCK_PROJECT = "SELECT id FROM agent_sessions_project WHERE id = %s FOR KEY SHARE"
# On conflict nothing changes, but the row is ours until the end of the transaction, and it is there.
HAVE_ROW = """
INSERT INTO agent_sessions_asset (id, project_id, sha256, mime, size_b, name)
VALUES (gen_random_uuid(), %s, %s, %s, %s, %s)
ON CONFLICT (project_id, sha256) DO UPDATE SET name = agent_sessions_asset.name
RETURNING id, name
"""


class Bringing(Protocol):
    """A message that may bring files."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def files(self) -> Sequence[NewFile]: ...


@contextmanager
def files_kept(messages: Sequence[Bringing], *, project_id: uuid.UUID, session_id: uuid.UUID) -> Iterator[None]:
    """Keep the files of messages that are stored inside; all or nothing. Raises NotFound before a file is written."""
    files = {file.sha256: file for message in messages for file in message.files}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK_PROJECT, [project_id])
        if not Session.objects.filter(pk=session_id, project=project_id).exists():
            raise NotFound("session not found")
        # In one order everywhere, so that two who store the same files do not wait for each other.
        kept = {sha256: _keep(files[sha256], project_id) for sha256 in sorted(files)}
        yield
        AssetUse.objects.bulk_create(
            AssetUse(message_id=message.id, asset_id=kept[sha256])
            for message in messages
            for sha256 in {file.sha256 for file in message.files}
        )


def _keep(file: NewFile, project_id: uuid.UUID) -> uuid.UUID:
    """Return the asset with this content, its file written if it is not there or is not whole."""
    name = name_in_storage(project_id, file.sha256)
    with connection.cursor() as cursor:
        cursor.execute(HAVE_ROW, [project_id, file.sha256, file.mime, file.size_b, name])
        asset_id, name = cursor.fetchone()
    if default_storage.exists(name):
        if default_storage.size(name) == file.size_b:
            return uuid.UUID(str(asset_id))
        default_storage.delete(name)
    if default_storage.save(name, file.content()) != name:
        raise ImproperlyConfigured("STORAGES['default'] must keep files under the names that they are given")
    return uuid.UUID(str(asset_id))
