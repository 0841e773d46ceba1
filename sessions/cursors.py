"""Opaque cursors for keyset paging. A cursor carries its direction, so that it cannot be used the other way round."""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from sessions.errors import BadRequest

type Key = datetime | uuid.UUID | int


def encode(values: Sequence[Key], *, descending: bool) -> str:
    """Return the cursor that continues after a row with these sort values."""
    plain = [value if isinstance(value, int) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(["d" if descending else "a", *plain]).encode()).decode().rstrip("=")


def decode(cursor: str, kinds: Sequence[type], *, descending: bool) -> list[Key]:
    """Return the sort values in a cursor; raises BadRequest when it is not one of this list in this direction."""
    try:
        direction, *plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_read(kind, value) for kind, value in zip(kinds, plain, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
        raise BadRequest("cursor: not a cursor of this list") from None
    if direction != ("d" if descending else "a"):
        raise BadRequest("cursor: it was made for the other direction; keep time_desc as it was")
    return values


def _read(kind: type, value: Any) -> Key:
    if kind is int:
        if type(value) is not int or abs(value) >= 2**63:
            raise ValueError(value)
        return value
    if kind is uuid.UUID:
        return uuid.UUID(value)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def after[M: Model](
    rows: QuerySet[M], fields: Sequence[str], values: Sequence[Key], *, descending: bool
) -> QuerySet[M]:
    """Keep what comes after these values, as one row comparison: an index serves it at any depth."""
    compare = TupleLessThan if descending else TupleGreaterThan
    if len(fields) == 1:
        return rows.filter(**{f"{fields[0]}__{'lt' if descending else 'gt'}": values[0]})
    return rows.filter(compare(tuple(F(name) for name in fields), tuple(values)))


def sorting(fields: Sequence[str], *, descending: bool) -> list[str]:
    """Return fields as `order_by` takes them."""
    return [f"-{name}" if descending else name for name in fields]


def page[M: Model](
    rows: QuerySet[M], fields: Sequence[str], kinds: Sequence[type], *, limit: int, cursor: str | None, descending: bool
) -> tuple[list[M], str | None]:
    """Return one page of rows in the order of `fields`, and the cursor of the next page if there is one."""
    if cursor:
        rows = after(rows, fields, decode(cursor, kinds, descending=descending), descending=descending)
    ordered = rows.order_by(*sorting(fields, descending=descending))
    found = list(ordered[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], encode([getattr(last, name) for name in fields], descending=descending)


# The commonest order of a list: by time of creation, then id.
BY_TIME = (datetime, uuid.UUID)
