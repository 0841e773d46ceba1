"""Store a message: one statement that checks the owner, gives the next number, inserts, and marks the session.

Raw SQL by design (design.md §9): as four ORM statements it costs five times as much, and this is the path that every
message of every agent takes. The statement is prepared once per connection.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import DataError, connection

from sessions import formats, keys
from sessions.errors import BadRequest, NotFound, Unauthorized
from sessions.models.fields import dump_json, dump_parts
from sessions.parts import Content, Part, has_open_tool_call, text_of
from sessions.tokens import estimate_tokens

TITLE_LENGTH = 120

OWNER_BY_KEY = """
  SELECT project_id, last_used_at IS NULL OR last_used_at < now() - interval '5 minutes' AS unmarked
    FROM agent_sessions_apikey
   WHERE digest = %(owner)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""
OWNER_BY_ID = "SELECT %(owner)s::uuid AS project_id, false AS unmarked"

# The UPDATE takes the row's lock, so the numbers are gap-free and times follow them: `clock_timestamp()` is read after
# the lock is had. The parent comes from the locked row, not from a look at the messages, which would miss a rival's.
STORE = """
WITH owner AS ({owner}),
session AS (
  UPDATE agent_sessions_session AS s
     SET head_seq = head_seq + 1,
         cursor_seq = CASE WHEN s.disable_task_tracking THEN head_seq + 1 ELSE cursor_seq END,
         previous_message_id = last_message_id,
         last_message_id = %(id)s,
         last_message_at = clock_timestamp(),
         turn_ended = %(turn_ended)s,
         title = CASE WHEN title = '' THEN %(title)s ELSE title END,
         pending_tokens = CASE WHEN s.disable_task_tracking THEN 0 ELSE pending_tokens + %(tokens)s END,
         pending_since = CASE WHEN s.disable_task_tracking THEN NULL
                              ELSE COALESCE(pending_since, clock_timestamp()) END
    FROM owner
   WHERE s.id = %(session)s AND s.project_id = owner.project_id
  RETURNING s.id, s.head_seq, s.previous_message_id, s.last_message_at, s.disable_task_tracking
),
message AS (
  INSERT INTO agent_sessions_message
    (id, session_id, seq, parent_id, role, format, parts, blob, facts, meta, extraction, extraction_error,
     created_at, updated_at)
  SELECT %(id)s, id, head_seq, previous_message_id, %(role)s, %(format)s, %(parts)s, %(blob)s, %(facts)s,
         %(meta)s::jsonb,
         CASE WHEN disable_task_tracking THEN 'disable_tracking' ELSE '' END, '', last_message_at, last_message_at
    FROM session
  RETURNING seq, parent_id, extraction, created_at
)
SELECT owner.unmarked, message.seq, message.parent_id, message.extraction, message.created_at
  FROM owner LEFT JOIN message ON true
"""
STORE_BY_KEY = STORE.format(owner=OWNER_BY_KEY)
STORE_BY_PROJECT = STORE.format(owner=OWNER_BY_ID)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """What was stored, as far as the answer needs it."""

    id: uuid.UUID
    session_id: uuid.UUID
    seq: int
    parent_id: uuid.UUID | None
    role: str
    meta: dict[str, Any]
    parts: list[Part]
    status: str
    created_at: datetime

    def as_wire(self) -> dict[str, Any]:
        """The message as `store_message` answers: `meta` is the caller's own (contract.md §5.1)."""
        return {
            "id": self.id,
            "session_id": self.session_id,
            "parent_id": self.parent_id,
            "role": self.role,
            "meta": self.meta,
            "parts": self.parts,
            "task_id": None,
            "session_task_process_status": self.status,
            "created_at": self.created_at,
            "updated_at": self.created_at,
        }


def store_message(
    *,
    session_id: uuid.UUID,
    blob: Any,
    format: str = formats.DEFAULT_FORMAT,
    meta: dict[str, Any] | None = None,
    key_digest: bytes | None = None,
    project_id: uuid.UUID | None = None,
) -> StoredMessage:
    """Store one message at the end of a session, for the owner of a key or for a project.

    Raises BadMessage or UnknownFormat for the blob, BadRequest for the meta, Unauthorized for the key, and NotFound
    when the session is missing or another project's. When this returns, the message is stored and will be extracted.
    """
    content = formats.parse(format, blob)
    kept = formats.blob_to_keep(format, blob, content)
    parts = dump_parts(content.parts)
    message_id = uuid.uuid4()
    row = _execute(
        STORE_BY_PROJECT if key_digest is None else STORE_BY_KEY,
        {
            "owner": project_id if key_digest is None else key_digest,
            "session": session_id,
            "id": message_id,
            "role": content.role,
            "format": format,
            "parts": parts,
            "blob": None if kept is None else dump_json(kept),
            "facts": dump_json(content.facts) if content.facts else "{}",
            "meta": dump_json(meta) if meta else "{}",
            "tokens": estimate_tokens(len(parts)),
            "turn_ended": content.role == "assistant" and not has_open_tool_call(content.parts),
            "title": title_of(content),
        },
    )
    if row is None:
        raise Unauthorized
    unmarked, seq, parent_id, extraction, created_at = row
    if seq is None:
        raise NotFound("session not found")
    if unmarked and key_digest:
        keys.mark_used(key_digest)
    return StoredMessage(
        id=message_id,
        session_id=session_id,
        seq=seq,
        parent_id=parent_id,
        role=content.role,
        meta=meta or {},
        parts=content.parts,
        status=extraction or "pending",
        created_at=created_at,
    )


def _execute(statement: str, values: dict[str, Any]) -> Any:
    """Run the statement as a prepared one. Django's own cursor never prepares, which triples the cost."""
    connection.ensure_connection()
    try:
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            return cursor.execute(statement, values, prepare=True).fetchone()
    except DataError as error:
        # Only the meta is JSONB; parts and blob are text and hold all that JSON can say.
        raise BadRequest(f"meta: cannot be stored: {str(error).splitlines()[0]}") from error


def title_of(content: Content) -> str:
    """Return a line that names the session: the start of what the user says first. Empty for others' messages."""
    if content.role != "user" or "original_role" in content.facts:
        return ""
    words = text_of(content.parts).replace("\0", " ")[: 4 * TITLE_LENGTH].split()
    line = " ".join(words)
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
