"""Copy a session with its messages and events, in SQL: no row passes through Python, whatever the session holds."""

import uuid
from collections.abc import Mapping

from django.db import connection
from django.db.models import Model

from sessions.errors import NotFound, TooLarge
from sessions.models import AssetUse, Message, Project, Session, SessionEvent

MOST_MESSAGES = 5000
# The sessions that a statement is about: `source` and `copy`.
type Ids = dict[str, uuid.UUID]
# What a copy does not take over: who it is, how far a run was with the source, and tasks before they are copied.
OF_THE_SOURCE = {
    "id",
    "created_at",
    "updated_at",
    "last_message_id",
    "previous_message_id",
    "flush_seq",
    "window_limit",
    "attempts",
    "retry_at",
    "extraction_error",
    "lease_token",
    "lease_until",
    "lease_to_seq",
    "success_tasks",
    "running_tasks",
    "pending_tasks",
    "failed_tasks",
    "risky_tasks",
}
COPY = "{before} INSERT INTO {table} ({columns}) SELECT {values} FROM {table} AS old {selection}"

FRESH_IDS = "WITH fresh AS (SELECT id, gen_random_uuid() AS new_id FROM {table} WHERE session_id = %(source)s)"
# A copied message has the number of its original, which is how anything else finds it.
MESSAGES = """
  JOIN fresh USING (id)
  LEFT JOIN fresh AS parent ON parent.id = old.parent_id
 ORDER BY old.seq
"""
# From a row that belongs to a message of the source, `old_message`, to the copy of that message.
COPIED_MESSAGE = """
  JOIN agent_sessions_message AS old_message ON old_message.id = old.message_id AND old_message.session_id = %(source)s
  JOIN agent_sessions_message AS message ON message.session_id = %(copy)s AND message.seq = old_message.seq
"""


def lock_to_copy(project: Project, session_id: uuid.UUID) -> Session:
    """Return a session of the project, locked: nothing is stored or extracted until the transaction ends.

    Raises NotFound, and TooLarge above the limit of the contract.
    """
    source = project.sessions.select_for_update(of=("self",)).filter(pk=session_id).first()
    if source is None:
        raise NotFound("SESSION_NOT_FOUND")
    if source.head_seq > MOST_MESSAGES:
        raise TooLarge("SESSION_TOO_LARGE")
    return source


def copy_conversation(source: Session) -> Session:
    """Copy a locked session with its messages, their files and its events, in the transaction that holds the lock.

    Numbers and times stay, so order stays. What was extracted counts as extracted, the rest waits as in the source.
    """
    kept = [field.attname for field in Session._meta.concrete_fields if field.name not in OF_THE_SOURCE]
    copied = Session(**{name: getattr(source, name) for name in kept})
    copied.save(force_insert=True)
    ids: Ids = {"source": source.pk, "copy": copied.pk}
    changes = {"session_id": "%(copy)s", "id": "fresh.new_id", "parent_id": "parent.new_id"}
    copy_rows(Message, changes, MESSAGES, ids, before=FRESH_IDS.format(table=Message._meta.db_table))
    copy_rows(AssetUse, {"message_id": "message.id"}, COPIED_MESSAGE, ids)
    changes = {"session_id": "%(copy)s", "id": "gen_random_uuid()"}
    copy_rows(SessionEvent, changes, "WHERE old.session_id = %(source)s", ids)
    newest = copied.messages.filter(seq=copied.head_seq).values("pk")
    Session.objects.filter(pk=copied.pk).update(last_message_id=newest)
    return copied


def copy_rows(model: type[Model], changes: Mapping[str, str], selection: str, ids: Ids, *, before: str = "") -> None:
    """Insert copies of the selected rows, which SQL knows as `old`: each column as it is, or as `changes` says in SQL.

    A number that the database gives by itself is given anew.
    """
    given = model._meta.auto_field.column if model._meta.auto_field else None
    columns = [column for field in model._meta.concrete_fields if (column := field.column)]
    columns = [column for column in columns if column in changes or column != given]
    names = [connection.ops.quote_name(column) for column in columns]
    taken = [changes.get(column, f"old.{name}") for column, name in zip(columns, names, strict=True)]
    statement = COPY.format(
        before=before,
        table=model._meta.db_table,
        columns=", ".join(names),
        values=", ".join(taken),
        selection=selection,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, ids)
