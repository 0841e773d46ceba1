"""A list of tasks as a board: a column for each status, each with its newest tasks and a way to more of them."""

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict

from sessions import cursors, errors
from tasks.models import Task
from tasks.task_filter import TaskFilter

CARDS = 20
# Nobody counts further by looking; the database should not either.
COUNTED = 50
# What is still to come stands first, as it is read.
COLUMNS = (Task.Status.PENDING, Task.Status.RUNNING, Task.Status.SUCCESS, Task.Status.FAILED)


@dataclass(frozen=True)
class Column:
    """The tasks of one status: some of them, and how many there are up to a bound.

    `more` is the query string of the next cards, if there are any, and `alone` that of a list of this status.
    """

    status: Task.Status
    tasks: list[Task]
    more: str
    alone: str
    count: int

    @property
    def is_beyond(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > COUNTED

    @property
    def shown_count(self) -> int:
        return min(self.count, COUNTED)


def board(tasks: QuerySet[Task], asked: TaskFilter, query: QueryDict) -> list[Column]:
    """Return the columns; those of other statuses are left out when some are asked for. One query each, one for all."""
    wanted = [status for status in COLUMNS if not asked.status or status in asked.status]
    bounded = [
        tasks.filter(status=status).order_by().values_list("status", flat=True)[: COUNTED + 1] for status in wanted
    ]
    first, *others = bounded
    counts = Counter(first.union(*others, all=True).order_by() if others else first)
    return [_column(tasks, asked, query, status, counts[status]) for status in wanted]


def more_of(tasks: QuerySet[Task], asked: TaskFilter, query: QueryDict) -> Column | None:
    """Return what `?column=` and `?next=` ask for: more of one column, uncounted; None when they ask for no column.

    Raises BadRequest for a cursor of something else.
    """
    name = query.get("column", "")
    if name not in Task.Status.values:
        return None
    try:
        return _column(tasks, asked, query, Task.Status(name), 0, cursor=query.get("next"))
    except errors.BadRequest as error:
        raise BadRequest(str(error)) from None


def _column(
    tasks: QuerySet[Task],
    asked: TaskFilter,
    query: QueryDict,
    status: Task.Status,
    count: int,
    *,
    cursor: str | None = None,
) -> Column:
    order = asked.order
    found, following = cursors.page(
        tasks.filter(status=status).select_related("session__end_user").defer("session__configs"),
        order.fields,
        order.kinds,
        limit=CARDS,
        cursor=cursor,
        descending=order.descending,
    )
    more, alone = query.copy(), query.copy()
    more["column"], more["next"] = status, following or ""
    for name in ("view", "column", "next"):
        alone.pop(name, None)
    alone["status"] = status
    return Column(status, found, more.urlencode(safe=":") if following else "", alone.urlencode(safe=":"), count)
