"""Find entries by their words, newest first: block after block, until there are enough.

Raw SQL by design: a look-up costs what one block holds, so a common word is found in the newest block and a rare one by
a quick look at each. The planner is given no choice between that and reading all entries from the newest on.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import F
from django.db.models.fields.tuple_lookups import TupleIn

from sessions import cursors
from sessions.models import Message, Project, Session
from sessions.parts import speaker_of
from sessions.users import users_named
from tasks.models import SearchEntry, Task
from tasks.search.content import text_of_message
from tasks.search.indexing import kind_word, user_word
from tasks.search.marking import Piece, snippet_of
from tasks.search.words import Query

CURSOR = (int, int)
# `#` stands for the block's number until the block is known. The inner ORDER BY is one that no index serves.
FIND = """
SELECT entry.*
  FROM (SELECT id FROM tasks_searchblock
         WHERE project_id = %(project)s AND id <= %(block)s AND newest_at >= %(since)s
         ORDER BY id DESC) AS block,
       LATERAL (SELECT block_id, id, kind, session_id, number, task_id, created_at FROM tasks_searchentry
                 WHERE words @@ replace(%(words)s, '#', block.id::text)::tsquery
                   AND created_at >= %(since)s AND (block.id < %(block)s OR id < %(before)s)
                 ORDER BY id + 0 DESC LIMIT %(limit)s) AS entry
 LIMIT %(limit)s
"""
END = 2**62
LONG_AGO = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is left empty narrows nothing down. `user` is the caller's identifier."""

    query: Query
    kind: str = ""
    user: str = ""
    since: datetime | None = None


@dataclass
class Hit:
    """A message or a task that was found, with the stretch of its text that has the words."""

    kind: str
    session: Session
    number: int
    created_at: datetime
    pieces: Sequence[Piece] = ()
    role: str = ""
    speaker: str = ""
    message_id: uuid.UUID | None = None
    task: Task | None = None
    looked_for: str = ""

    @property
    def address(self) -> str:
        """Where it is shown: the message in its conversation, with the words marked there, or the task's page."""
        if self.task:
            return self.task.get_absolute_url()
        # The page of a session finds by the same index and rules, so what was found here is among its hits.
        asked = urlencode({"find": self.looked_for, "message": self.number})
        return f"{self.session.get_absolute_url()}?{asked}#m{self.number}"


def find(project: Project, wanted: Wanted, *, limit: int, cursor: str | None = None) -> tuple[list[Hit], str | None]:
    """Return hits, the latest indexed first, and the cursor of what follows. Five queries, for any number of hits.

    Raises BadRequest for a cursor of something else. What was deleted a moment ago may leave a page a little short.
    """
    values = values_of(project, wanted, limit=limit, cursor=cursor)
    if values is None:
        return [], None
    with connection.cursor() as database:
        database.execute(FIND, values)
        rows = [Row(*row) for row in database.fetchall()]
    more = len(rows) > limit
    rows = rows[:limit]
    following = cursors.encode([rows[-1].block, rows[-1].id], descending=True) if more else None
    return _hits(project, rows, wanted.query), following


def values_of(project: Project, wanted: Wanted, *, limit: int, cursor: str | None) -> dict[str, Any] | None:
    """Return the values of `FIND`; None when nothing can be found. Raises BadRequest for a cursor of something else."""
    words = _tsquery(project, wanted)
    if words is None:
        return None
    block, before = cursors.decode(cursor, CURSOR, descending=True) if cursor else (END, END)
    since = wanted.since or LONG_AGO
    values = {"words": words, "block": block, "before": before, "since": since, "limit": limit + 1}
    return {"project": project.pk, **values}


@dataclass(frozen=True)
class Row:
    """An entry as the statement gives it."""

    block: int
    id: int
    kind: str
    session_id: uuid.UUID
    number: int
    task_id: uuid.UUID | None
    created_at: datetime


def _tsquery(project: Project, wanted: Wanted) -> str | None:
    """Return what must be in an entry, as PostgreSQL reads it; None when nothing can be found."""
    if not wanted.query.is_searchable:
        return None
    needed = dict.fromkeys(needed_words(wanted.query))
    if wanted.kind:
        needed[f"'#:{kind_word(wanted.kind)}'"] = None
    if wanted.user:
        user = users_named(project, wanted.user).first()
        if user is None:
            return None
        needed[f"'#:{user_word(user.pk)}'"] = None
    return " & ".join(needed)


def needed_words(query: Query) -> list[str]:
    """Return the words that must be in an entry, as PostgreSQL reads them; `#` stands for the number of its block."""
    return [f"'#:{word}'{':*' if term.is_prefix else ''}" for term in query.terms for word in term.lexemes]


def _hits(project: Project, rows: Sequence[Row], query: Query) -> list[Hit]:
    of_project = Session.objects.filter(project=project, pk__in={row.session_id for row in rows})
    sessions = {session.pk: session for session in of_project.select_related("end_user").defer("configs")}
    tasks = Task.objects.filter(project=project).in_bulk([row.task_id for row in rows if row.task_id])
    pairs = [(row.session_id, row.number) for row in rows if row.kind == SearchEntry.Kind.MESSAGE]
    messages = {(message.session_id, message.seq): message for message in _messages(pairs)}
    found = []
    for row in rows:
        session, task = sessions.get(row.session_id), tasks.get(row.task_id)
        message = messages.get((row.session_id, row.number)) if row.kind == SearchEntry.Kind.MESSAGE else None
        hit = Hit(row.kind, session, row.number, row.created_at) if session else None
        if hit and task:
            hit.task, hit.pieces = task, snippet_of(task.description, query)
            found.append(hit)
        elif hit and message:
            hit.role, hit.message_id, hit.looked_for = message.role, message.pk, query.text
            hit.speaker = speaker_of(message.role, message.parts, message.facts)
            hit.pieces = snippet_of(text_of_message(message.parts), query)
            found.append(hit)
    return found


def _messages(pairs: Sequence[tuple[Any, int]]) -> Sequence[Message]:
    if not pairs:
        return []
    chosen = Message.objects.filter(TupleIn((F("session_id"), F("seq")), pairs))
    return list(chosen.only("session_id", "seq", "role", "parts", "facts"))
