"""A list of tasks as a board: a column for each status, each with its newest tasks and a way to more of them."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import QueryDict

from sessions import cursors, errors
from tasks.models import Task
from tasks.models.tasks import TaskQuerySet
from tasks.task_filter import TaskFilter

# More than a screen shows; each look for more brings as many again.
CARDS = 10
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


def board(tasks: TaskQuerySet, asked: TaskFilter, query: QueryDict) -> list[Column]:
    """Return the columns; those of other statuses are left out when some are asked for. Two queries for all."""
    wanted = [status for status in COLUMNS if not asked.status or status in asked.status]
    order = asked.order
    # The same look counts a column and finds its cards, which are then fetched together.
    first, *others = [
        tasks.filter(status=status)
        .order_by(*cursors.sorting(order.fields, descending=order.descending))
        .values_list(*order.fields, "status", "pk")[: COUNTED + 1]
        for status in wanted
    ]
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    heads = first.union(*others, all=True).order_by() if others else first
    for *_, status, pk in sorted(heads, reverse=order.descending):
        found[status].append(pk)
    cards = Task.objects.as_rows().in_bulk([pk for pks in found.values() for pk in pks[:CARDS]])
    return [
        _column(asked, query, status, [cards[pk] for pk in found[status][:CARDS] if pk in cards], len(found[status]))
        for status in wanted
    ]


def more_of(tasks: TaskQuerySet, asked: TaskFilter, query: QueryDict) -> Column | None:
    """Return what `?column=` and `?next=` ask for: more of one column, uncounted; None when they ask for no column.

    Raises BadRequest for a cursor of something else.
    """
    name = query.get("column", "")
    if name not in Task.Status.values:
        return None
    order, rows = asked.order, tasks.filter(status=name).as_rows()
    try:
        found, following = cursors.page(
            rows, order.fields, order.kinds, limit=CARDS, cursor=query.get("next"), descending=order.descending
        )
    except errors.BadRequest as error:
        raise BadRequest(str(error)) from None
    return _column(asked, query, Task.Status(name), found, CARDS + 1 if following else 0)


def _column(asked: TaskFilter, query: QueryDict, status: Task.Status, tasks: list[Task], count: int) -> Column:
    more, alone = query.copy(), query.copy()
    for name in ("view", "column", "next"):
        alone.pop(name, None)
    alone["status"] = status
    if not 0 < len(tasks) < count:
        return Column(status, tasks, "", alone.urlencode(safe=":"), count)
    values = [getattr(tasks[-1], name) for name in asked.order.fields]
    more["column"], more["next"] = status, cursors.encode(values, descending=asked.order.descending)
    return Column(status, tasks, more.urlencode(safe=":"), alone.urlencode(safe=":"), count)
