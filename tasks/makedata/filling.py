"""Fill a project: make its sessions in the order of time and copy their rows into the tables, a thousand at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from sessions.models import EndUser, Project
from tasks.makedata.columns import COLUMNS
from tasks.makedata.conversation import Conversation, Rows
from tasks.makedata.extracted import write_extracted
from tasks.makedata.plan import Sizes, plans

SESSIONS_AT_ONCE = 1_000
# Of so many of the newest sessions one waits and one fails.
TROUBLED = 200
NAMES = ("alice", "marek", "priya", "jonas", "fatima", "diego", "ingrid", "tomas", "yuki", "noor", "wangfang", "liwei")


def fill(
    project: Project, sizes: Sizes, *, seed: int, now: datetime, tell: Callable[[int], None] = lambda messages: None
) -> None:
    """Add sessions to a project and tell how many messages are written. Raises CannotPlan.

    Each thousand sessions are one transaction: after an interruption what is there is whole.
    """
    rng = Random(seed)  # noqa: S311 (no secret)
    planned = plans(rng, sizes, now)
    users = _users(project, sizes.users)
    rows, done = Rows(), 0
    for n, plan in enumerate(planned):
        talk = Conversation.of(rng, plan, project.pk, users)
        talk.write_messages(rng, rows, now)
        trouble = _trouble(len(planned) - 1 - n, len(planned))
        read = write_extracted(rng, rows, talk, leave_last=bool(trouble))
        talk.write_session(rng, rows, now, read=read, trouble=trouble)
        done += len(talk.ids)
        if n % SESSIONS_AT_ONCE == SESSIONS_AT_ONCE - 1:
            _copy(rows)
            tell(done)
    _copy(rows)
    tell(done)


def analyze() -> None:
    """Let the planner know the tables as they are now, and index-only scans see that their rows are settled."""
    with connection.cursor() as cursor:
        for table in COLUMNS:
            cursor.execute(f"VACUUM (ANALYZE) {connection.ops.quote_name(table)}")


def _trouble(from_the_end: int, sessions: int) -> str:
    """Say whether a session waits or fails: the two newest, and one of each kind among 200 of the newest tenth."""
    if from_the_end > max(sessions // 10, 1):
        return ""
    return {0: "failing", 1: "waiting"}.get(from_the_end % TROUBLED, "")


def _users(project: Project, count: int) -> list[UUID]:
    taken = EndUser.objects.filter(project=project).count()
    names = [f"{NAMES[n % len(NAMES)]}-{n}@example.com" for n in range(taken, taken + count)]
    rows = EndUser.objects.bulk_create([EndUser(project=project, identifier=name) for name in names], batch_size=1_000)
    return [row.pk for row in rows]


@transaction.atomic
def _copy(rows: Rows) -> None:
    with connection.cursor() as cursor:
        for table, columns in COLUMNS.items():
            rest = _defaults(table, columns)
            names = ", ".join(connection.ops.quote_name(name) for name in (*columns, *rest))
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN") as copy:
                for values in rows.by_table[table]:
                    copy.write_row((*values, *rest.values()))
    rows.by_table.clear()


def _defaults(table: str, columns: Sequence[str]) -> dict[str, Any]:
    """Return what a model gives the columns that must have a value and get none here."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    lacking = [field for field in model._meta.concrete_fields if field.column not in columns and not field.null]
    return {
        str(field.column): field.get_db_prep_save(field.get_default(), connection)
        for field in lacking
        if field is not model._meta.auto_field
    }
