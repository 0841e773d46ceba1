"""Questions of fixed wording, asked as prepared statements.

For the few that a page asks each time: putting such a question together through the ORM takes longer than answering it,
and with Django's own cursor PostgreSQL plans each one anew. Take only what has one good plan whatever the values are.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, Self

import psycopg
from django.db import connection
from django.db.models import Model

type Values = Mapping[str, Any] | Sequence[Any]


def rows(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """Return all rows that answer a statement with `%(name)s` for its values."""
    return _ask(statement, values)[1]


def objects[M: Model](model: type[M], statement: str, values: Values) -> list[M]:
    """Return an object for each row, as `Manager.raw` does: columns that the model lacks become attributes."""
    names, found = _ask(statement, values)
    reader = _reader(model, names)
    return [reader.read(row) for row in found]


def first[M: Model](model: type[M], statement: str, values: Values) -> M | None:
    """Return the object of the first row, if there is any."""
    return next(iter(objects(model, statement, values)), None)


def columns(model: type[Model], table: str, *names: str) -> str:
    """Return the columns of these fields, or of all, for a statement in which the model's table goes by this name."""
    fields = [field for field in model._meta.concrete_fields if not names or field.name in names]
    return ", ".join(f'{table}."{field.column}"' for field in fields)


def _ask(statement: str, values: Values) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: Any = _Prepared(connection.connection)
    with connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor) as asked:
        asked.execute(statement, values)
        return tuple(column[0] for column in asked.description), asked.fetchall()


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """Unlike Django's, this cursor leaves the values to the server, which keeps what it has read of the statement."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Self:
        return super().execute(query, params, prepare=True)


class _Reader[M: Model](NamedTuple):
    model: type[M]
    attributes: list[str]
    pick: Any
    converters: list[tuple[int, Any]]
    others: list[tuple[int, str]]

    def read(self, row: tuple[Any, ...]) -> M:
        values = list(self.pick(row))
        for n, convert in self.converters:
            values[n] = convert(values[n], None, connection)
        found = self.model.from_db(connection.alias, self.attributes, values)
        for n, name in self.others:
            setattr(found, name, row[n])
        return found


@cache
def _reader[M: Model](model: type[M], names: tuple[str, ...]) -> _Reader[M]:
    """Tell how rows with columns of these names become objects. The names are those of our statements: few."""
    fields = [field for field in model._meta.concrete_fields if field.column in names]
    converters = [(n, convert) for n, field in enumerate(fields) for convert in field.get_db_converters(connection)]
    known = {field.column for field in fields}
    return _Reader(
        model,
        [field.attname for field in fields],
        itemgetter(*(names.index(field.column) for field in fields)),
        converters,
        [(n, name) for n, name in enumerate(names) if name not in known],
    )
