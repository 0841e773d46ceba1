"""Put what is new or changed into the index of search. The database holds what is due; a lost ring only delays."""

import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from sessions.models.fields import PARTS_DECODER
from tasks.models import SearchBlock, SearchDue, SearchEntry
from tasks.search.content import text_of_message
from tasks.search.words import words_of

BLOCK_ENTRIES = 8_192
# Rows of what is due that are taken together, and messages of them; each batch is one transaction.
DUE_AT_ONCE, MESSAGES_AT_ONCE = 400, 1_000
# One process indexes at a time; whoever comes second leaves. Any number that nothing else uses.
LOCK = 0x5EA6C4
# The notes stay few, whatever there is to do: their table is read as a whole.
NOTES = """
WITH note AS (DELETE FROM agent_sessions_searchnote RETURNING session_id, first_seq, last_seq)
INSERT INTO tasks_searchdue (session_id, first_seq, last_seq) SELECT session_id, first_seq, last_seq FROM note
"""
MESSAGES = """
SELECT s.project_id, s.id, s.end_user_id, m.seq, m.created_at, m.parts
  FROM unnest(%(sessions)s::uuid[], %(firsts)s::bigint[], %(lasts)s::bigint[])
         WITH ORDINALITY AS due(session_id, first, last, n)
  JOIN agent_sessions_session AS s ON s.id = due.session_id
  JOIN agent_sessions_message AS m ON m.session_id = s.id AND m.seq BETWEEN due.first AND due.last
 ORDER BY due.n, m.seq
"""
TASKS = """
SELECT s.project_id, s.id, s.end_user_id, t."order", t.created_at, t.description, t.id
  FROM tasks_task AS t JOIN agent_sessions_session AS s ON s.id = t.session_id
 WHERE t.id = ANY(%(tasks)s::uuid[]) AND t.merged_into_id IS NULL
 ORDER BY t.created_at, t.id
"""
# Whoever deletes one of these waits until the entries are there, and then deletes them too.
HOLD_PROJECTS = """
SELECT id FROM agent_sessions_project
 WHERE id IN (SELECT project_id FROM agent_sessions_session WHERE id = ANY(%(sessions)s::uuid[])
              UNION SELECT project_id FROM tasks_task WHERE id = ANY(%(tasks)s::uuid[]))
 ORDER BY id FOR KEY SHARE
"""
HOLD_SESSIONS = """
SELECT id FROM agent_sessions_session
 WHERE id IN (SELECT unnest(%(sessions)s::uuid[])
              UNION SELECT session_id FROM tasks_task WHERE id = ANY(%(tasks)s::uuid[]))
 ORDER BY id FOR KEY SHARE
"""
HOLD_TASKS = "SELECT id FROM tasks_task WHERE id = ANY(%(tasks)s::uuid[]) ORDER BY id FOR KEY SHARE"
REPLACED = """
DELETE FROM tasks_searchentry AS entry
 USING unnest(%(sessions)s::uuid[], %(firsts)s::bigint[], %(lasts)s::bigint[]) AS due(session_id, first, last)
 WHERE entry.session_id = due.session_id AND entry.kind = 'message' AND entry.number BETWEEN due.first AND due.last
"""
REPLACED_TASKS = "DELETE FROM tasks_searchentry WHERE task_id = ANY(%(tasks)s::uuid[])"
COPY = """
COPY tasks_searchentry (block_id, session_id, kind, number, task_id, created_at, words) FROM STDIN
"""

EMPTY = """
DELETE FROM tasks_searchblock AS block
 WHERE entries >= %(full)s
   AND NOT EXISTS (SELECT FROM tasks_searchentry WHERE words @@ replace(%(words)s, '#', block.id::text)::tsquery)
"""


@dataclass
class Entry:
    """What becomes one row: what it is of, and its words."""

    project_id: uuid.UUID
    session_id: uuid.UUID
    user_id: uuid.UUID | None
    number: int
    created_at: datetime
    words: set[str]
    task_id: uuid.UUID | None = None

    @property
    def kind(self) -> str:
        return SearchEntry.Kind.TASK if self.task_id else SearchEntry.Kind.MESSAGE

    def vector(self, block: int) -> str:
        """Return the words as PostgreSQL reads a tsvector. Words hold neither quotes nor backslashes."""
        marked = [*self.words, kind_word(self.kind)]
        if self.user_id:
            marked.append(user_word(self.user_id))
        return " ".join(f"'{block}:{word}'" for word in marked)


def kind_word(kind: str) -> str:
    """The word that all entries of a kind have; no text has it."""
    return f"@{kind}"


def user_word(user_id: uuid.UUID) -> str:
    """The word that all entries of a user have."""
    return f"@{user_id.hex}"


def catch_up(seconds: float) -> int:
    """Index what is due, for so long at most; return how many entries were made. Safe beside itself."""
    until = time.monotonic() + seconds
    made = 0
    while time.monotonic() < until:
        found, entries = _next_batch()
        made += entries
        if not found:
            break
    return made


@transaction.atomic
def _next_batch() -> tuple[int, int]:
    """Index a few of what is due, first come, first served; return how many rows were due and entries made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0, 0
        cursor.execute(NOTES)
    due = _taken()
    if not due:
        return 0, 0
    of_sessions = [row for row in due if row.session_id]
    values: dict[str, Any] = {
        "sessions": [row.session_id for row in of_sessions],
        "firsts": [row.first_seq for row in of_sessions],
        "lasts": [row.last_seq for row in of_sessions],
        "tasks": [row.task_id for row in due if row.task_id],
    }
    with connection.cursor() as cursor:
        for statement in (HOLD_PROJECTS, HOLD_SESSIONS, HOLD_TASKS, REPLACED, REPLACED_TASKS):
            cursor.execute(statement, values)
    # What is due twice becomes one entry.
    found = (*_of_messages(values), *_of_tasks(values))
    entries = list({(entry.session_id, entry.kind, entry.number): entry for entry in found}.values())
    _write(entries)
    return len(due), len(entries)


def _taken() -> list[SearchDue]:
    """Take rows off what is due. Of one with many messages the first are taken, and it stays with the rest."""
    taken: list[SearchDue] = []
    room = MESSAGES_AT_ONCE
    for row in SearchDue.objects.order_by("pk")[:DUE_AT_ONCE]:
        if taken and row.messages > room:
            break
        taken.append(row)
        room -= row.messages
    if taken and room < 0:
        split = taken[0]
        last = (split.first_seq or 1) + MESSAGES_AT_ONCE - 1
        SearchDue.objects.filter(pk=split.pk).update(first_seq=last + 1)
        split.last_seq = last
    else:
        SearchDue.objects.filter(pk__in=[row.pk for row in taken]).delete()
    return taken


def _of_messages(values: dict[str, Any]) -> Iterable[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(MESSAGES, values)
        for project, session, user, seq, created_at, parts in cursor.fetchall():
            words = words_of(text_of_message(PARTS_DECODER.decode(parts)))
            yield Entry(project, session, user, seq, created_at, words)


def _of_tasks(values: dict[str, Any]) -> Iterable[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(TASKS, values)
        for project, session, user, order, created_at, description, task in cursor.fetchall():
            yield Entry(project, session, user, order, created_at, words_of(description), task)


def _write(entries: Sequence[Entry]) -> None:
    by_project: dict[uuid.UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_project[entry.project_id].append(entry)
    with connection.cursor() as cursor:
        rows = [row for project, own in by_project.items() for row in _in_blocks(project, own)]
        with cursor.copy(COPY) as copy:
            for block, entry in rows:
                copy.write_row(
                    (
                        block, entry.session_id, entry.kind, entry.number, entry.task_id, entry.created_at,
                        entry.vector(block),
                    )
                )  # fmt: skip


def _in_blocks(project_id: uuid.UUID, entries: Sequence[Entry]) -> Iterable[tuple[int, Entry]]:
    """Give each entry its block: the project's newest while there is room, then a new one."""
    newest = SearchBlock.objects.filter(project=project_id).order_by("-pk").first()
    left = list(entries)
    while left:
        if newest is None or newest.entries >= BLOCK_ENTRIES:
            newest = SearchBlock(project_id=project_id, newest_at=left[0].created_at)
        own, left = left[: BLOCK_ENTRIES - newest.entries], left[BLOCK_ENTRIES - newest.entries :]
        newest.entries += len(own)
        newest.newest_at = max(newest.newest_at, *(entry.created_at for entry in own))
        newest.save()
        yield from ((newest.pk, entry) for entry in own)


def forget_empty() -> int:
    """Delete the full blocks that have no entries left; return how many."""
    words = " | ".join(f"'#:{kind_word(kind)}'" for kind in SearchEntry.Kind.values)
    with connection.cursor() as cursor:
        cursor.execute(EMPTY, {"full": BLOCK_ENTRIES, "words": words})
        return int(cursor.rowcount)
