"""What a page that is open lacks of its session: new messages, calls that were answered, marks of tasks."""

from dataclasses import dataclass
from functools import cached_property

from sessions.display.timeline import EventRow, Row
from sessions.display.transcript import Entry
from tasks.conversation.stretch import Stretch, microseconds, tasks_by_message
from tasks.session_page import SessionPage

# A result comes within so many messages of its call, or it shows when the page is opened again.
LOOKED_BACK = 20
# The marks of so many messages above are renewed; who scrolls farther up has loaded them since.
MARKED = 200


@dataclass(frozen=True)
class Marks:
    """The tasks of one message."""

    seq: int
    tasks: list[int]


@dataclass
class Following:
    """A page that shows the messages from `first` to `last`, and what came since."""

    page: SessionPage

    @property
    def last(self) -> int:
        return self.page.asked.last

    @cached_property
    def stretch(self) -> Stretch:
        asked = self.page.asked
        first = max(1, asked.first, self.last - LOOKED_BACK + 1)
        until = 0 if asked.follows else self.last
        return self.page.read(first, until)

    @property
    def new_rows(self) -> list[Row]:
        """What comes after the last message, events included."""
        if not self.page.asked.follows:
            return []
        rows, newest = self.stretch.rows, self.page.asked.events
        new = rows[_end_of_shown(rows, self.last) :]
        return [row for row in new if not isinstance(row, EventRow) or microseconds(row.event.created_at) > newest]

    @property
    def changed(self) -> list[Entry]:
        """Messages on the page which were answered since: a tool's result came in."""
        return [entry for entry in self.stretch.entries if entry.seq <= self.last < entry.newest_seq]

    @property
    def marks(self) -> list[Marks]:
        """The tasks of messages on the page that are as they were."""
        near = [entry for entry in self.stretch.entries if entry.newest_seq <= self.last]
        return self._far_marks() + [Marks(entry.seq, entry.tasks) for entry in near]

    def _far_marks(self) -> list[Marks]:
        first, end = max(self.page.asked.first, self.last - MARKED, 1), self.stretch.first
        served = tasks_by_message(self.page.session, first, end - 1)
        return [Marks(seq, served.get(seq, [])) for seq in range(first, end)]

    @property
    def shown(self) -> int:
        """The number of the newest message that the page shows now."""
        return max(self.last, self.stretch.last) if self.page.asked.follows else self.last

    @property
    def newest_event(self) -> int:
        """The time of the newest event that the page shows now."""
        return max(self.page.asked.events, self.stretch.newest_event)

    @property
    def has_later(self) -> bool:
        return self.page.session.head_seq > self.shown


def _end_of_shown(rows: list[Row], last: int) -> int:
    shown = [i for i, row in enumerate(rows) if isinstance(row, Entry) and row.seq <= last]
    return shown[-1] + 1 if shown else 0
