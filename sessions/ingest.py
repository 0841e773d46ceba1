"""Store messages: one statement that checks the owner, gives the next numbers, inserts, and marks the session.

Raw SQL by design (design.md §9): as four ORM statements it costs five times as much, and this is the path that every
message of every agent takes. The statements are prepared once per connection.
"""

import select
import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import msgspec
import psycopg
from django.db import DataError, connection

from sessions import keys, titles
from sessions.assets.keeping import files_kept
from sessions.drafts import Draft, StoredMessage, draft_of
from sessions.errors import BadRequest, NotFound, Unauthorized
from sessions.formats import DEFAULT_FORMAT

OWNER_BY_KEY = """
  SELECT project_id, last_used_at IS NULL OR last_used_at < now() - interval '5 minutes' AS unmarked
    FROM agent_sessions_apikey
   WHERE digest = %(owner)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
"""
OWNER_BY_ID = "SELECT %(owner)s::uuid AS project_id, false AS unmarked"

# The UPDATE takes the row's lock, so the numbers are gap-free and times follow them: `clock_timestamp()` is read after
# the lock is had. The parent comes from the locked row, not from a look at the messages, which would miss a rival's.
# A greeting names the session only until somebody asks for something.
# A step that took long is remembered and fades by a tenth with each step; after ten minutes the agent was away.
# `active_at` is indexed, so it moves once a minute at most: all other updates stay HOT.
STORE = """
WITH owner AS ({owner}),
session AS (
  UPDATE agent_sessions_session AS s
     SET head_seq = head_seq + {count},
         cursor_seq = CASE WHEN s.disable_task_tracking THEN head_seq + {count} ELSE cursor_seq END,
         previous_message_id = last_message_id,
         last_message_id = %(last_id)s,
         last_message_at = clock_timestamp(),
         active_at = CASE WHEN s.active_at < clock_timestamp() - interval '1 minute' THEN clock_timestamp()
                          ELSE s.active_at END,
         step_seconds = CASE WHEN %(goes_on)s AND NOT s.turn_ended
                                  AND last_message_at > clock_timestamp() - interval '10 minutes'
                             THEN GREATEST(0.9 * step_seconds, extract(epoch FROM clock_timestamp() - last_message_at))
                             ELSE step_seconds END,
         turn_ended = %(turn_ended)s,
         title = CASE WHEN title = '' OR (%(asks)s AND title ~* {greeting}) THEN %(title)s ELSE title END,
         pending_tokens = CASE WHEN s.disable_task_tracking THEN 0 ELSE pending_tokens + %(tokens)s END,
         pending_since = CASE WHEN s.disable_task_tracking THEN NULL
                              ELSE COALESCE(pending_since, clock_timestamp()) END
    FROM owner
   WHERE s.id = %(session)s AND s.project_id = owner.project_id
  RETURNING s.id, s.head_seq, s.previous_message_id, s.last_message_at, s.disable_task_tracking
),
note AS (
  INSERT INTO agent_sessions_searchnote (session_id, first_seq, last_seq)
  SELECT id, head_seq - {count} + 1, head_seq FROM session
),
message AS (
  INSERT INTO agent_sessions_message
    (id, session_id, seq, parent_id, role, format, parts, blob, media, facts, meta, extraction,
     extraction_error, created_at, updated_at)
  {rows}
  RETURNING seq, parent_id, extraction, created_at
)
SELECT owner.unmarked, message.seq, message.parent_id, message.extraction, message.created_at
  FROM owner LEFT JOIN message ON true ORDER BY message.seq
"""
TRACKING = "CASE WHEN session.disable_task_tracking THEN 'disable_tracking' ELSE '' END, ''"
ONE_ROW = f"""
  SELECT %(last_id)s, id, head_seq, previous_message_id, %(role)s, %(format)s, %(parts)s, %(blob)s, %(media)s,
         %(facts)s, %(meta)s::jsonb, {TRACKING}, last_message_at, last_message_at
    FROM session
"""  # noqa: S608 (constants)
# One JSON document of rows, whose JSON columns are texts in it: a NUL stays the six characters that spell it.
MANY_ROWS = f"""
  SELECT draft.id, session.id, head_seq - %(count)s + n,
         COALESCE(lag(draft.id) OVER (ORDER BY n), previous_message_id), role, format, parts, blob, media,
         facts, meta::jsonb, {TRACKING}, last_message_at, last_message_at
    FROM session,
         json_to_recordset(%(rows)s::json)
           AS draft(n int, id uuid, role text, format text, parts text, blob text, media text, facts text, meta text)
"""  # noqa: S608 (constants)
GREETING = "'" + titles.GREETING.replace("'", "''") + "'"
# Half as dear for one message as the general statement, and one message is what agents send.
STORE_ONE = {
    "key": STORE.format(owner=OWNER_BY_KEY, count="1", rows=ONE_ROW, greeting=GREETING),
    "project": STORE.format(owner=OWNER_BY_ID, count="1", rows=ONE_ROW, greeting=GREETING),
}
STORE_MANY = STORE.format(owner=OWNER_BY_KEY, count="%(count)s", rows=MANY_ROWS, greeting=GREETING)


def store_message(
    *,
    session_id: uuid.UUID,
    project_id: uuid.UUID,
    blob: Any,
    format: str = DEFAULT_FORMAT,
    meta: dict[str, Any] | None = None,
) -> StoredMessage:
    """Store one message for a project. Raises BadMessage or UnknownFormat for the blob, else as `store_drafts` does."""
    draft = draft_of(blob, format=format, meta=meta)
    values = _values_of_one(draft, session_id) | {"owner": project_id}
    with files_kept([draft], project_id=project_id, session_id=session_id) if draft.files else nullcontext():
        return _stored([draft], session_id, _execute(STORE_ONE["project"], values))[0]


def store_drafts(drafts: Sequence[Draft], *, session_id: uuid.UUID, key_digest: bytes) -> list[StoredMessage]:
    """Store messages at the end of a session for the holder of a key: all or none, in their order.

    Raises BadRequest for a meta that cannot be stored, Unauthorized for the key, and NotFound when the session is
    missing or another project's. When this returns, the messages are stored and will be extracted.
    """
    if not any(draft.files for draft in drafts):
        return _store_rows(drafts, session_id, key_digest)
    with files_kept(drafts, project_id=keys.project_of(key_digest).id, session_id=session_id):
        return _store_rows(drafts, session_id, key_digest)


def _store_rows(drafts: Sequence[Draft], session_id: uuid.UUID, key_digest: bytes) -> list[StoredMessage]:
    if len(drafts) == 1:
        rows = _execute(STORE_ONE["key"], _values_of_one(drafts[0], session_id) | {"owner": key_digest})
    else:
        rows = _execute(STORE_MANY, _values_of_many(drafts, session_id) | {"owner": key_digest})
    if rows and rows[0][0]:
        keys.mark_used(key_digest)
    return _stored(drafts, session_id, rows)


def _values_of_one(draft: Draft, session_id: uuid.UUID) -> dict[str, Any]:
    return _session_values([draft], session_id) | _columns(draft)


def _values_of_many(drafts: Sequence[Draft], session_id: uuid.UUID) -> dict[str, Any]:
    rows = [{"n": n, "id": draft.id, **_columns(draft)} for n, draft in enumerate(drafts, start=1)]
    return {
        **_session_values(drafts, session_id),
        "count": len(drafts),
        "rows": msgspec.json.encode(rows).decode(),
    }


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "role": draft.role,
        "format": draft.format,
        "parts": draft.parts,
        "blob": draft.blob,
        "media": draft.media,
        "facts": draft.facts,
        "meta": draft.meta_text,
    }


def _session_values(drafts: Sequence[Draft], session_id: uuid.UUID) -> dict[str, Any]:
    """What the session's row takes from the messages that are added to it."""
    title = titles.best_of(draft.title for draft in drafts)
    return {
        "session": session_id,
        "last_id": drafts[-1].id,
        "turn_ended": drafts[-1].ends_turn,
        "goes_on": drafts[0].goes_on,
        "title": title,
        "asks": bool(title) and not titles.greets_only(title),
        "tokens": sum(draft.tokens for draft in drafts),
    }


def _stored(drafts: Sequence[Draft], session_id: uuid.UUID, rows: list[Any]) -> list[StoredMessage]:
    if not rows:
        raise Unauthorized
    if rows[0][1] is None:
        raise NotFound("session not found")
    return [
        StoredMessage.of(draft, session_id, seq=seq, parent_id=parent_id, extraction=extraction, created_at=created_at)
        for draft, (_, seq, parent_id, extraction, created_at) in zip(drafts, rows, strict=True)
    ]


def _have_a_living_connection() -> None:
    """Connect, or connect again when the server has hung up: a look at the socket, cheaper than asking the server.

    Nothing is to be read from an idle connection. If there is, it is most likely the server's farewell.
    """
    connection.ensure_connection()
    poll = select.poll()
    poll.register(connection.connection.fileno(), select.POLLIN)
    if poll.poll(0) and not connection.in_atomic_block and not connection.is_usable():
        connection.close()
        connection.ensure_connection()


def _execute(statement: str, values: dict[str, Any]) -> list[Any]:
    """Run the statement as a prepared one. Django's own cursor never prepares, which triples the cost."""
    _have_a_living_connection()
    try:
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            return cursor.execute(statement, values, prepare=True).fetchall()
    except DataError as error:
        # Only the meta is JSONB; parts and blob are text and hold all that JSON can say.
        raise BadRequest(f"meta: cannot be stored: {str(error).splitlines()[0]}") from error
