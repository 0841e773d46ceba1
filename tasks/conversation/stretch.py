"""A stretch of a session's messages: a bounded number of them, whatever the length of the session."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

from sessions.display.timeline import Row, rows_of
from sessions.display.transcript import Entry, entries_of
from sessions.models import Message, Session, SessionEvent
from sessions.parts import Kind
from sessions.prepared import columns, objects, rows
from tasks.conversation.asked import SIZE

# A stretch may be so much longer, to end after the results of its last calls.
SPARE = 12
# More events than this between the messages of one stretch say nothing any more; the API gives all of them.
EVENTS = 200
# So much text stands in one stretch; what comes after is cut sooner.
CHARACTERS = 300_000
WHOLE_CHARACTERS = 4_000_000
# What a page shows of a message; the rest may be large.
SHOWN = ("id", "session", "seq", "role", "parts", "media", "facts", "token_count", "created_at")
# In SQL, as in `turns.py`: each page of a session asks these.
MESSAGES = f"""
SELECT {columns(Message, "message", *SHOWN)} FROM agent_sessions_message AS message
 WHERE session_id = %(session)s AND seq BETWEEN %(first)s AND %(last)s ORDER BY seq
"""  # noqa: S608 (constants)
SERVED = """
SELECT message.seq, task."order"
  FROM agent_sessions_message AS message
  JOIN tasks_taskmessage AS link ON link.message_id = message.id
  JOIN tasks_task AS task ON task.id = link.task_id
 WHERE message.session_id = %(session)s AND message.seq BETWEEN %(first)s AND %(last)s AND task.merged_into_id IS NULL
 ORDER BY task."order"
"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Stretch:
    """Messages in a row with their tasks and events. Four queries, made when it is read."""

    session: Session
    first: int
    messages: list[Message] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    events: list[SessionEvent] = field(default_factory=list)
    came_before: datetime | None = None

    @classmethod
    def read(cls, session: Session, first: int, *, until: int = 0, task: int = 0, has_events: bool = True) -> Self:
        """Read the messages from `first`, to `until` at most; those of the task are lit."""
        stretch = cls(session, max(1, first))
        stretch._read_messages(until)
        if has_events:
            stretch._read_events(is_open=not until)
        stretch.entries = _entries(session, stretch.messages, task)
        return stretch

    def _read_messages(self, until: int) -> None:
        last = self.first + SIZE + SPARE - 1
        # One more at the front tells how long nothing came before.
        near = {"first": self.first - 1, "last": min(last, until) if until else last}
        found = objects(Message, MESSAGES, {"session": self.session.pk, **near})
        if found and found[0].seq < self.first:
            self.came_before = found.pop(0).created_at
        self.messages = found if until else found[: end_of(found)]

    def _read_events(self, *, is_open: bool) -> None:
        events = self.session.events.order_by("created_at", "id")
        if self.came_before is not None:
            events = events.filter(created_at__gt=self.came_before)
        if self.messages and (self.has_later or not is_open):
            events = events.filter(created_at__lte=self.messages[-1].created_at)
        self.events = list(events[:EVENTS])

    @property
    def rows(self) -> list[Row]:
        """What is read from top to bottom: messages, events, gaps."""
        return rows_of(self.entries, self.events, before=self.came_before)

    @property
    def newest_event(self) -> int:
        """When the newest event of the stretch happened, in microseconds; 0 when there is none."""
        return microseconds(self.events[-1].created_at) if self.events else 0

    @property
    def last(self) -> int:
        """The number of the last message; of the one before the stretch when it is empty."""
        return self.messages[-1].seq if self.messages else self.first - 1

    @property
    def has_later(self) -> bool:
        return self.session.head_seq > self.last

    @property
    def later(self) -> int:
        return self.last + 1

    @property
    def earlier(self) -> int:
        """Where the stretch before this one begins; 0 when this is the first."""
        return max(1, self.first - SIZE) if self.first > 1 else 0


def microseconds(moment: datetime) -> int:
    """Return a time as a number that an address can hold."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def end_of(messages: list[Message]) -> int:
    """Return how many of these messages make a stretch: it does not end between calls and their results."""
    end = min(SIZE, len(messages))
    while end < len(messages) and any(part.type == Kind.TOOL_RESULT for part in messages[end].parts):
        end += 1
    return end


def _entries(session: Session, messages: list[Message], task: int, *, whole: bool = False) -> list[Entry]:
    served = tasks_by_message(session, messages[0].seq, messages[-1].seq) if messages else {}
    entries = entries_of(messages)
    room = WHOLE_CHARACTERS if whole else CHARACTERS
    for message, entry in zip(messages, entries, strict=True):
        entry.tasks = served.get(message.seq, [])
        entry.is_lit = task in entry.tasks
        room -= entry.cut_to(room, whole=whole)
    return entries


def tasks_by_message(session: Session, first: int, last: int) -> dict[int, list[int]]:
    """Return the tasks that the messages from `first` to `last` serve, in order; of those that serve any."""
    served: dict[int, list[int]] = defaultdict(list)
    for seq, order in rows(SERVED, {"session": session.pk, "first": first, "last": last}):
        served[seq].append(order)
    return served


def whole_entry(session: Session, seq: int) -> Entry | None:
    """Return the entry that shows a message, with nothing cut; with a result, that of the call it answers."""
    near = session.messages.filter(seq__gte=seq - SPARE, seq__lte=seq + SPARE).defer("blob").order_by("seq")
    entries = _entries(session, list(near), 0, whole=True)
    return next((entry for entry in entries if seq in entry.seqs), None)
