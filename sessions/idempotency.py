"""`Idempotency-Key`: a request sent again with the same key stores nothing again and gets the same answer.

The key decides the ids of the messages that the request stores, so the primary key is what notices a repetition, also
of two at once. Nothing else is kept.
"""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction

from sessions.drafts import Draft, StoredMessage
from sessions.errors import BadRequest, Conflict
from sessions.keys import project_of
from sessions.models import Message
from sessions.models.fields import dump_json, dump_parts

LONGEST_KEY = 255


def message_id(session_id: uuid.UUID, key: str, index: int) -> uuid.UUID:
    """Return the id of the `index`-th message stored under a key in a session. A v4 by form, as the SDKs demand."""
    digest = hashlib.sha256(session_id.bytes + f"{index}:{key}".encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def store_once(
    drafts: Sequence[Draft],
    key: str,
    *,
    session_id: uuid.UUID,
    key_digest: bytes,
    store: Callable[[Sequence[Draft]], list[StoredMessage]],
) -> tuple[list[StoredMessage], bool]:
    """Store the drafts, or return what an earlier request with this key stored; whether it was stored just now.

    Raises BadRequest for a key that is empty or too long, and Conflict when the key came with other messages before.
    """
    if not 1 <= len(key) <= LONGEST_KEY:
        raise BadRequest(f"Idempotency-Key: must have 1 to {LONGEST_KEY} characters")
    drafts = [replace(draft, id=message_id(session_id, key, index)) for index, draft in enumerate(drafts)]
    before = _stored_before(drafts, session_id, key_digest)
    if before is None:
        try:
            with transaction.atomic():
                return store(drafts), True
        except IntegrityError:
            before = _stored_before(drafts, session_id, key_digest)
    if before is None:
        raise Conflict("Idempotency-Key: it was used for other messages")
    return before, False


def _stored_before(drafts: Sequence[Draft], session_id: uuid.UUID, key_digest: bytes) -> list[StoredMessage] | None:
    rows = Message.objects.filter(session__project=project_of(key_digest), session=session_id).in_bulk(
        [draft.id for draft in drafts]
    )
    if not rows:
        return None
    if len(rows) != len(drafts) or any(not _is_same(rows[draft.id], draft) for draft in drafts):
        raise Conflict("Idempotency-Key: it was used for other messages")
    return [
        StoredMessage.of(
            draft,
            session_id,
            seq=row.seq,
            parent_id=row.parent_id,
            extraction=row.extraction,
            created_at=row.created_at,
        )
        for draft in drafts
        for row in [rows[draft.id]]
    ]


def _is_same(row: Message, draft: Draft) -> bool:
    # As the row has them: large media is not in it, but `media` tells of its digest.
    media = None if row.media is None else dump_json(row.media)
    return (row.role, row.format, dump_parts(row.parts), media) == (draft.role, draft.format, draft.parts, draft.media)
