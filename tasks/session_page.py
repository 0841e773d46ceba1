"""What the page of a session shows: a stretch of its messages, its tasks, and how extraction stands."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Min
from django.http import QueryDict

from sessions.display.timeline import Row, rows_of
from sessions.display.transcript import Entry, entries_of
from sessions.models import Message, Session, SessionEvent
from tasks.extraction.extractors import llm_is_configured
from tasks.models import ExtractionRun, Reextraction, Task, TaskMessage
from tasks.reextraction.proposing import open_proposal
from tasks.reextraction.selecting import runs_that_count
from tasks.session_state import is_live, state_of, version_of

MESSAGES = 100
# More tasks than a person reads beside a conversation; the session's task list has them all.
TASKS = 50
# A linked message has some of what came before it above it.
LEAD = 10
# More events than this between the messages of one stretch say nothing any more; the API gives all of them.
EVENTS = 200


@dataclass(frozen=True)
class Stretch:
    """Which messages a page shows, by their numbers, and which task is chosen."""

    first: int = 1
    task: int | None = None
    shown: int = 0

    @classmethod
    def asked_for(cls, query: QueryDict) -> "Stretch":
        """Read `?from=`, or `?at=` for the stretch around a message; nonsense reads as the beginning."""
        at = number(query.get("at"))
        first = number(query.get("from")) or (max(1, at - LEAD) if at > MESSAGES else 1)
        return cls(first, number(query.get("task")) or None, number(query.get("shown")))

    @property
    def last(self) -> int:
        return self.first + MESSAGES - 1

    @property
    def earlier(self) -> int:
        return max(1, self.first - MESSAGES)

    @property
    def later(self) -> int:
        return self.last + 1


def number(text: str | None) -> int:
    """Read a message's number; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= len(str(2**62)) else 0


@dataclass
class SessionPage:
    """The page of one session. Each part is fetched once, when the template first asks for it."""

    session: Session
    stretch: Stretch = field(default_factory=Stretch)
    may_change: bool = False

    @cached_property
    def version(self) -> str:
        return version_of(self.session)

    @cached_property
    def state(self) -> str:
        return state_of(self.session)

    @cached_property
    def is_live(self) -> bool:
        return is_live(self.session)

    @cached_property
    def tasks(self) -> list[Task]:
        tasks = self.session.tasks.with_claims()
        tasks = tasks.annotate(messages=Count("links"), first_seq=Min("links__message__seq"))
        return list(tasks.order_by("-order")[:TASKS])[::-1]

    @cached_property
    def task_count(self) -> int:
        return len(self.tasks) if len(self.tasks) < TASKS else self.session.tasks.count()

    @property
    def hidden_tasks(self) -> int:
        return self.task_count - len(self.tasks)

    @cached_property
    def newest_run(self) -> ExtractionRun | None:
        return runs_that_count().filter(session=self.session).order_by("-started_at").first()

    @property
    def is_offline(self) -> bool:
        """Whether rules, and no model, read the newest messages."""
        return self.newest_run is not None and self.newest_run.extractor.startswith("offline")

    @property
    def may_read_better(self) -> bool:
        """Whether a model that is configured could read what only rules have read."""
        return self.may_change and self.is_offline and llm_is_configured()

    @cached_property
    def proposal(self) -> Reextraction | None:
        return open_proposal(self.session)

    @cached_property
    def messages(self) -> list[Message]:
        stretch = self.stretch
        found = self.session.messages.filter(seq__gte=stretch.first, seq__lte=stretch.last)
        return list(found.defer("blob").order_by("seq"))

    @cached_property
    def came_before(self) -> datetime | None:
        """When the message before the stretch came."""
        before = self.session.messages.filter(seq=self.stretch.first - 1)
        return before.values_list("created_at", flat=True).first() if self.stretch.first > 1 else None

    @cached_property
    def events(self) -> list[SessionEvent]:
        """The events beside the messages of the stretch; the newest stretch is open at its end."""
        events = self.session.events.order_by("created_at", "id")
        if self.came_before is not None:
            events = events.filter(created_at__gt=self.came_before)
        if self.messages and self.has_later:
            events = events.filter(created_at__lte=self.messages[-1].created_at)
        return list(events[:EVENTS])

    @property
    def rows(self) -> list[Row]:
        """What is read from top to bottom: messages, events, gaps."""
        return rows_of(self.entries, self.events, before=self.came_before)

    @cached_property
    def entries(self) -> list[Entry]:
        """The messages of the stretch with the tasks they serve. Two queries."""
        stretch, messages = self.stretch, self.messages
        served: dict[object, list[int]] = defaultdict(list)
        links = TaskMessage.objects.filter(message__in=messages).order_by("task__order")
        for pk, order in links.values_list("message", "task__order"):
            served[pk].append(order)
        entries = entries_of(messages)
        for message, entry in zip(messages, entries, strict=True):
            entry.tasks = served[message.pk]
            entry.is_lit = stretch.task in entry.tasks
        return entries

    @property
    def shown(self) -> int:
        """The number of the newest message on the page."""
        return self.entries[-1].seq if self.entries else 0

    @property
    def has_later(self) -> bool:
        return self.session.head_seq > self.stretch.last

    @property
    def new_entries(self) -> list[Entry]:
        """Entries that a page which showed messages up to `shown` lacks."""
        return [entry for entry in self.entries if entry.seq > self.stretch.shown]

    @property
    def changed_entries(self) -> list[Entry]:
        """Entries on that page which were answered since: a tool's result came in."""
        shown = self.stretch.shown
        return [entry for entry in self.entries if entry.seq <= shown < entry.newest_seq]

    @property
    def same_entries(self) -> list[Entry]:
        """Entries on that page of which only the marks of their tasks may have changed."""
        return [entry for entry in self.entries if entry.newest_seq <= self.stretch.shown]
