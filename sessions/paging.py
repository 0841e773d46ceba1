"""Keyset paging of a page's list, in both directions and without counting."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import QueryDict

from sessions import cursors, errors

ROWS = 50
FORWARD, BACKWARD = "next", "previous"
# What an address says of the place within a list, and of what a page has seen; the rest is what it asks for.
NEWER, TOLD = "newer", "told"
PLACE_KEYS = (FORWARD, BACKWARD, "seen", NEWER, TOLD)


@dataclass(frozen=True)
class Order:
    """How a list is sorted: these fields, of these types, in this direction. An index must serve it."""

    fields: Sequence[str]
    kinds: Sequence[type]
    descending: bool = True


NEWEST_FIRST = Order(("created_at", "id"), (datetime, uuid.UUID))


@dataclass(frozen=True)
class ListPage[M: Model]:
    """Some rows of a list, and the query strings of its neighbours; empty where there is none."""

    rows: list[M]
    previous: str = ""
    next: str = ""


def list_page[M: Model](
    rows: QuerySet[M], query: QueryDict, order: Order = NEWEST_FIRST, *, limit: int = ROWS
) -> ListPage[M]:
    """Return the page that `?next=` or `?previous=` asks for; a cursor of something else is a bad request."""
    backward = query.get(BACKWARD)
    cursor = backward or query.get(FORWARD)
    descending = order.descending != bool(backward)
    try:
        found, more = cursors.page(rows, order.fields, order.kinds, limit=limit, cursor=cursor, descending=descending)
    except errors.BadRequest as error:
        raise BadRequest(str(error)) from None
    if backward and more is None:
        # At the beginning: a full first page reads better than the few rows before the cursor.
        return list_page(rows, _without_cursor(query), order, limit=limit)
    if backward:
        found.reverse()
    return ListPage(
        found,
        previous=_beside(query, order, found[0], BACKWARD) if cursor and found else "",
        next=_beside(query, order, found[-1], FORWARD) if found and (more or backward) else "",
    )


def _without_cursor(query: QueryDict) -> QueryDict:
    kept = query.copy()
    for name in PLACE_KEYS:
        kept.pop(name, None)
    return kept


def _beside(query: QueryDict, order: Order, row: Model, direction: str) -> str:
    """Return the query string that continues from a row, with the filters kept."""
    following = _without_cursor(query)
    values = [getattr(row, name) for name in order.fields]
    following[direction] = cursors.encode(values, descending=order.descending != (direction == BACKWARD))
    return following.urlencode()
