"""The user's turns of a session, short, with the tasks that begin there: a list to jump by, bounded in length.

In SQL: putting these questions together from Python took longer than answering them.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sessions.models import Session
from sessions.prepared import rows
from tasks.models import Task

BEFORE, AFTER = 15, 30
WORDS = 120
# A session without a word of the user is not read for ever.
LOOKED_AT = 5_000
TEXT = re.compile(r'"text":"((?:[^"\\]|\\.)*)')
KIND = re.compile(r'\[\{"type":"([\w-]+)"')
# Number and beginning of each message in which the user says something: more than the results of tools, and no message
# of another role that a format writes as the user's. So many characters are enough to hold the first words.
TURNS = """
SELECT seq, left(parts, 600) FROM agent_sessions_message
 WHERE session_id = %(session)s AND role = 'user' AND seq >= %(first)s AND seq < %(end)s
   AND NOT starts_with(parts, '[{{"type":"tool-result"') AND facts NOT LIKE '%%"original_role"%%'
 ORDER BY seq {direction} LIMIT %(limit)s
"""
EARLIER, LATER = TURNS.format(direction="DESC"), TURNS.format(direction="ASC")
# A task begins where it is asked for: the numbers of all of its messages are looked up only where none says so.
FIRST = """
SELECT min(message.seq) FROM tasks_taskmessage AS link
  JOIN agent_sessions_message AS message ON message.id = link.message_id WHERE link.task_id = task.id
"""
BEGUN = f"""
SELECT task."order", task.status, COALESCE(({FIRST} AND link.role = 'request'), ({FIRST})),
       (SELECT count(*) FROM tasks_taskmessage WHERE task_id = task.id)
  FROM tasks_task AS task
 WHERE task.session_id = %(session)s AND task.merged_into_id IS NULL ORDER BY 1
"""  # noqa: S608 (constants)


@dataclass(frozen=True)
class Begun:
    """A task with the message that first asks for it, or its first, and the number of its messages."""

    order: int
    status: Task.Status
    first: int
    messages: int


@dataclass
class Turn:
    """A message of the user that is more than the results of tools."""

    seq: int
    words: str
    kind: str = ""
    tasks: list[Begun] = field(default_factory=list)


@dataclass
class Rail:
    """The turns around a message. Two queries, whatever the length of the session."""

    session: Session
    around: int
    begun: Iterable[Begun] = ()

    @cached_property
    def _earlier(self) -> list[Turn]:
        if self.around <= 1:
            return []
        return self._turns(EARLIER, self.around - LOOKED_AT, self.around, BEFORE + 1)[::-1]

    @cached_property
    def _later(self) -> list[Turn]:
        return self._turns(LATER, self.around, self.around + LOOKED_AT, AFTER + 1)

    def _turns(self, question: str, first: int, end: int, limit: int) -> list[Turn]:
        values: dict[str, Any] = {"session": self.session.pk, "first": first, "end": end, "limit": limit}
        return [_turn(*row) for row in rows(question, values)]

    @cached_property
    def turns(self) -> list[Turn]:
        turns = self._earlier[-BEFORE:] + self._later[:AFTER]
        seqs = [turn.seq for turn in turns]
        for task in self.begun:
            at = bisect_right(seqs, task.first) - 1
            # What is listed may end before the task begins.
            if at >= 0 and not (self.later and task.first >= self.later):
                turns[at].tasks.append(task)
        return turns

    @property
    def earlier(self) -> int:
        """The turn before those that are listed; 0 when there is none."""
        return self._earlier[0].seq if len(self._earlier) > BEFORE else 0

    @property
    def later(self) -> int:
        """The turn after those that are listed; 0 when there is none."""
        return self._later[-1].seq if len(self._later) > AFTER else 0

    def beside(self, seq: int) -> tuple[int, int]:
        """Return the turns before and after a message; 0 for none."""
        seqs = [turn.seq for turn in self.turns]
        return max((s for s in seqs if s < seq), default=0), min((s for s in seqs if s > seq), default=0)


def _turn(seq: int, head: str) -> Turn:
    found = TEXT.search(head)
    kind = KIND.match(head)
    words = " ".join(_read(found[1]).split()) if found else ""
    return Turn(seq, words[:WORDS], kind[1] if kind else "")


def _read(text: str) -> str:
    """Read the inside of a JSON string, which may be cut anywhere."""
    whole = re.sub(r"\\(?:u[0-9a-fA-F]{0,3})?$", "", text)
    try:
        return str(json.loads(f'"{whole}"')).replace("\0", "").encode("utf-8", "ignore").decode()
    except ValueError:
        return whole


def begun_tasks(session: Session) -> dict[int, Begun]:
    """Return where each task of a session begins, by its order; a task without messages begins nowhere. One query."""
    found = rows(BEGUN, {"session": session.pk})
    return {order: Begun(order, Task.Status(status), first, n) for order, status, first, n in found if n}
