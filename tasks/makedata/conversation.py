"""The rows of one session and its messages, as the store statement would have left them."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sessions.titles import TITLE_LENGTH
from tasks.makedata.plan import SessionPlan
from tasks.makedata.slots import pick
from tasks.makedata.talk import Turn, small_talk, turn_of
from tasks.makedata.words import LANGUAGES

SPOKEN = tuple(language for language, weight in LANGUAGES for _ in range(weight))
AGENTS = ("coder", "support", "analyst", "travel", "assistant")
USER_SHARE, TRACKED_CONFIG_SHARE = 0.9, 0.6
# Nothing extracts what is in trouble before this, so that there is something to see.
LATER = timedelta(hours=6)
UNREACHABLE = "the LLM did not answer in 60 s"


@dataclass
class Rows:
    """Rows of all tables, by the table's name; emptied from time to time."""

    by_table: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, *values: Any) -> None:
        self.by_table[table].append(values)


@dataclass
class Conversation:
    """A session with its turns: `ids` and `times` of its messages, in their order."""

    pk: uuid.UUID
    project_id: uuid.UUID
    user_id: uuid.UUID | None
    turns: Sequence[Turn]
    start: datetime
    ids: list[uuid.UUID] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    @classmethod
    def of(cls, rng: Random, plan: SessionPlan, project_id: uuid.UUID, users: Sequence[uuid.UUID]) -> "Conversation":
        """Give a plan its words. A few users have many of the sessions."""
        language = pick(rng, SPOKEN)
        turns = [turn_of(rng, language, size) for size in plan.turns]
        if plan.rest:
            turns.append(small_talk(rng, language, plan.rest))
        user_id = users[int(rng.random() ** 2 * len(users))] if users and rng.random() < USER_SHARE else None
        return cls(uuid.uuid4(), project_id, user_id, turns, plan.start)

    def write_messages(self, rng: Random, rows: Rows, now: datetime) -> None:
        """Number and date the messages, and write them."""
        clock, parent = self.start, None
        for turn in self.turns:
            for role, parts in turn.messages:
                clock = min(clock + timedelta(seconds=0.5 + rng.random() ** 3 * 40), now)
                pk = uuid.uuid4()
                self.ids.append(pk)
                self.times.append(clock)
                rows.add(
                    "agent_sessions_message", pk, self.pk, len(self.ids), parent, role, "openai", parts, "{}", "{}",
                    "", "", clock, clock,
                )  # fmt: skip
                parent = pk

    def write_session(self, rng: Random, rows: Rows, now: datetime, *, read: int, trouble: str) -> None:
        """Write the session itself, of which extraction has read so many messages."""
        head = len(self.ids)
        title = next((turn.request for turn in self.turns if turn.request), "")[:TITLE_LENGTH]
        configs = f'{{"agent": "{pick(rng, AGENTS)}", "team": "t{int(rng.random() * 20)}"}}'
        waits = read < head
        rows.add(
            "agent_sessions_session", self.pk, self.project_id, self.user_id, title, False,
            configs if rng.random() < TRACKED_CONFIG_SHARE else None, self.start, self.times[-1], head, self.ids[-1],
            self.ids[-2] if head > 1 else None, self.times[-1], read, self.times[read] if waits else None,
            50 * (head - read), True, 0, 3 if trouble == "failing" else 0, now + LATER if waits else None,
            UNREACHABLE if trouble == "failing" else "", 0, 3.0, 0, self.times[-1],
        )  # fmt: skip
