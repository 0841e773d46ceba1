"""A conversation in the order of time: messages, the events between them, and where long nothing came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sessions.display.json_tree import Node, tree_of
from sessions.display.transcript import Entry

LONG = timedelta(minutes=30)


class EventLike(Protocol):
    @property
    def type(self) -> str: ...
    @property
    def data(self) -> Any: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True)
class EventRow:
    """An event between two messages."""

    event: EventLike
    template_name = "sessions/event.html"

    @property
    def tree(self) -> Node | None:
        return tree_of(self.event.data) if self.event.data else None


@dataclass(frozen=True)
class GapRow:
    """A mark where the next message came long after the one before it."""

    gap: timedelta
    template_name = "sessions/gap.html"


type Row = Entry | EventRow | GapRow


def rows_of(entries: Sequence[Entry], events: Iterable[EventLike], *, before: datetime | None = None) -> list[Row]:
    """Return what a page shows, oldest first. `before` is when the message before these came."""
    rows: list[Row] = []
    waiting = sorted(events, key=lambda event: event.created_at)
    for entry in entries:
        came = entry.message.created_at
        earlier = [event for event in waiting if event.created_at <= came]
        rows += [EventRow(event) for event in earlier]
        waiting = waiting[len(earlier) :]
        if not entry.is_answered:
            if before is not None and came - before >= LONG:
                rows.append(GapRow(came - before))
            rows.append(entry)
        before = came
    return rows + [EventRow(event) for event in waiting]
