"""The rows of the sessions list: each session with its tasks counted by status."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sessions.models import Session
from tasks.models import Task
from tasks.session_state import digest_of, facts_of, is_live, state_of

# The order in which a strip shows statuses: what is done first, what went wrong last.
STRIP = (Task.Status.SUCCESS, Task.Status.RUNNING, Task.Status.PENDING, Task.Status.FAILED)


@dataclass(frozen=True)
class Segment:
    """A run of equal statuses in a strip: where it starts and how many tasks it stands for."""

    status: Task.Status
    start: int
    count: int


def segments_of(counts: Mapping[str, int]) -> list[Segment]:
    """Lay statuses that were counted side by side, in the order of a strip."""
    segments: list[Segment] = []
    start = 0
    for status in STRIP:
        if count := counts.get(status, 0):
            segments.append(Segment(status, start, count))
            start += count
    return segments


@dataclass
class SessionRow:
    """A session in a list."""

    session: Session

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many tasks the session has of each status; it keeps count itself."""
        session = self.session
        return {
            Task.Status.SUCCESS: session.success_tasks,
            Task.Status.RUNNING: session.running_tasks,
            Task.Status.PENDING: session.pending_tasks,
            Task.Status.FAILED: session.failed_tasks,
        }

    @cached_property
    def segments(self) -> list[Segment]:
        return segments_of(self.counts)

    @property
    def task_count(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def state(self) -> str:
        return state_of(self.session)

    @property
    def is_live(self) -> bool:
        return is_live(self.session)


def rows_of(sessions: Iterable[Session]) -> list[SessionRow]:
    return [SessionRow(session) for session in sessions]


def version_of_rows(rows: Iterable[SessionRow]) -> str:
    """Return a short text that changes whenever the list would look different."""
    return digest_of(
        *((row.session.pk, *facts_of(row.session), *row.counts.values(), row.session.risky_tasks) for row in rows)
    )
