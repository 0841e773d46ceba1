"""What the page of a session shows: a stretch of its messages, its tasks, and how extraction stands."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.utils import timezone

from sessions.counting import Tokens, tokens_of
from sessions.display.json_tree import Node, tree_of
from sessions.display.parts import shortened
from sessions.display.timeline import Row
from sessions.models import Message, Session
from tasks.conversation.asked import Asked
from tasks.conversation.cards import Card, cards_of
from tasks.conversation.find import Finding
from tasks.conversation.outcome import NEWS_SECONDS, outcome_words
from tasks.conversation.stretch import Stretch
from tasks.conversation.turns import Begun, Rail, begun_tasks
from tasks.extraction.expected import Expected, expected
from tasks.extraction.extractors import llm_is_configured
from tasks.extraction.limits import Limits
from tasks.models import ExtractionRun, Reextraction
from tasks.reextraction.proposing import open_proposal
from tasks.reextraction.selecting import newest_run_that_counts
from tasks.session_rows import SessionRow
from tasks.session_state import Newest, is_live, newest_of, state_of, version_of

# So many cards stand beside a conversation, around what is read; the session's task list has them all.
TASKS = 20
# So many cards are there on either side of what is read, or others are fetched.
SPARE = 4
# So many messages that could not be read are named with the reason.
NAMED_ASIDE = 3
# How often the page of a session looks that nothing happens in.
QUIET_SECONDS = 5


@dataclass
class SessionPage:
    """The page of one session. Each part is fetched once, when the template first asks for it."""

    session: Session
    asked: Asked = field(default_factory=Asked)
    may_change: bool = False

    @cached_property
    def newest(self) -> Newest:
        """What there is beside the session: what is not need not be looked for."""
        return newest_of(self.session)

    @cached_property
    def version(self) -> str:
        return version_of(self.session, self.newest)

    @cached_property
    def state(self) -> str:
        return state_of(self.session)

    @cached_property
    def begun(self) -> dict[int, Begun]:
        return begun_tasks(self.session)

    @cached_property
    def first(self) -> int:
        chosen = self.begun.get(self.asked.task) if self.asked.task and not self.asked.message else None
        return self.asked.first_shown(self.session.head_seq, chosen.first if chosen else 0)

    @cached_property
    def stretch(self) -> Stretch:
        return self.read(self.first)

    def read(self, first: int, until: int = 0) -> Stretch:
        """Read a stretch as this page shows it: with the chosen task lit, and what was found unfolded."""
        has_events = self.newest.event is not None
        stretch = Stretch.read(self.session, first, until=until, task=self.asked.task, has_events=has_events)
        if self.find:
            for entry in stretch.entries:
                entry.unfold(self.find.found)
        return stretch

    @cached_property
    def find(self) -> Finding | None:
        """What is looked for in the session, and where it is."""
        return Finding.of(self.session, self.asked.find, self.asked.message)

    @property
    def kept(self) -> str:
        """What the addresses of other parts of the session keep: the chosen task, and what is looked for."""
        kept = {"task": f"T{self.asked.task}" if self.asked.task else "", "find": self.asked.find}
        return urlencode({name: value for name, value in kept.items() if value})

    @property
    def rows(self) -> list[Row]:
        return self.stretch.rows

    @cached_property
    def cards(self) -> list[Card]:
        """Tasks around what is read, in their order; the chosen one and those of the chosen message are among them."""
        served = self.served
        some = {self.asked.task, self.asked.card, *served, *self._around} if len(self.begun) > TASKS else None
        chosen = self.asked.task
        return cards_of(self.session, self.begun, limit=2 * TASKS, orders=some, chosen=chosen, served=served)

    @property
    def _around(self) -> list[int]:
        start, end = self._shown_tasks
        return [task.order for task in self._by_beginning[start:end]]

    @cached_property
    def _by_beginning(self) -> list[Begun]:
        return sorted(self.begun.values(), key=lambda task: (task.first, task.order))

    @cached_property
    def _shown_tasks(self) -> tuple[int, int]:
        """Of many tasks, those that begin not long before and after the reader's place, at first the page's own."""
        begun = self._by_beginning
        place = self.asked.near or self.asked.last or self.asked.message or self.first
        past = bisect_right([task.first for task in begun], place)
        end = min(len(begun), max(past + TASKS // 2, TASKS))
        return max(0, end - TASKS), end

    @property
    def cards_from(self) -> int:
        """The message before which a reader lacks cards of what was asked earlier; 0 when all of those are there."""
        start, _end = self._shown_tasks
        return self._by_beginning[start + SPARE].first if start else 0

    @property
    def cards_until(self) -> int:
        """The message from which a reader lacks cards of what is asked next; 0 when all of those are there."""
        begun, (_start, end) = self._by_beginning, self._shown_tasks
        return begun[end - SPARE].first if end < len(begun) else 0

    @cached_property
    def served(self) -> list[int]:
        """The tasks of the message that was asked for."""
        asked = self.asked.message
        entries = self.stretch.entries if asked else []
        return next((entry.tasks for entry in entries if entry.seq == asked), [])

    @cached_property
    def task_count(self) -> int:
        return max(len(self.begun), len(self.cards))

    @property
    def hidden_tasks(self) -> int:
        return self.task_count - len(self.cards)

    @cached_property
    def rail(self) -> Rail:
        around = self.asked.turns or self.asked.near or self.asked.message or self.first
        return Rail(self.session, around, self.begun.values())

    @cached_property
    def configs_tree(self) -> Node | None:
        """The session's configs, when it has any."""
        return tree_of(self.session.configs) if self.session.configs else None

    @property
    def configs_line(self) -> str:
        """The names of the configs on one line."""
        return shortened(", ".join(map(str, self.session.configs or ())))

    @property
    def turn_before(self) -> int:
        """The turn before the message that was asked for; 0 for none."""
        return self.rail.beside(self.asked.message or self.first)[0]

    @property
    def turn_after(self) -> int:
        return self.rail.beside(self.asked.message or self.first)[1]

    @cached_property
    def strip(self) -> SessionRow:
        """The session's tasks by status."""
        return SessionRow(self.session)

    @cached_property
    def newest_run(self) -> ExtractionRun | None:
        return None if self.newest.run is None else newest_run_that_counts(self.session)

    @cached_property
    def expected(self) -> Expected | None:
        """When what waits is read, if nothing else comes in."""
        return expected(self.session, Limits.of(self.session.project.configs), timezone.now())

    @cached_property
    def set_aside(self) -> list[Message]:
        """The first messages that no answer could be had for, with the reason."""
        if not self.newest.set_aside:
            return []
        failed = self.session.messages.filter(extraction=Message.Extraction.FAILED)
        return list(failed.only("seq", "extraction_error").order_by("seq")[:NAMED_ASIDE])

    @property
    def is_asked(self) -> bool:
        """Whether someone has asked for what waits to be read now."""
        return self.session.flush_seq > self.session.cursor_seq and not self.session.disable_task_tracking

    @property
    def reading(self) -> int:
        """How many messages the run at work reads; 0 as long as that is not known."""
        return max(0, self.session.lease_to_seq - self.session.cursor_seq)

    @property
    def pace(self) -> int:
        """After how many seconds the page looks again: an agent may go on with a session that has long been quiet."""
        if self.is_asked or self.session.is_leased:
            return 1
        return 2 if is_live(self.session) else QUIET_SECONDS

    @property
    def outcome(self) -> str:
        """What the newest run changed, in words."""
        is_read = self.newest_run is not None and self.newest_run.status != ExtractionRun.Status.FAILED
        return outcome_words(self.newest_run) if self.newest_run and is_read else ""

    @property
    def is_news(self) -> bool:
        """Whether the newest run ended just now."""
        run = self.newest_run
        return run is not None and timezone.now() - run.finished_at < timedelta(seconds=NEWS_SECONDS)

    @cached_property
    def tokens(self) -> Tokens:
        # What is read anyway need not be counted a second time.
        shown = self.__dict__.get("stretch")
        if shown is not None and len(shown.messages) == self.session.head_seq:
            return Tokens(sum(entry.tokens for entry in shown.entries), is_exact=True)
        return tokens_of(self.session)

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
        return open_proposal(self.session) if self.newest.proposal else None
