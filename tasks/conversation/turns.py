"""The user's turns of a session, short, with the tasks that begin there: a list to jump by, bounded in length."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Min, QuerySet, TextField
from django.db.models.functions import Cast, Left

from sessions.models import Message, Session
from sessions.parts import Kind
from tasks.models import Task, TaskMessage

BEFORE, AFTER = 15, 45
WORDS = 120
# Enough of a row's JSON to hold the first words.
HEAD_CHARACTERS = 600
# A session without a word of the user is not read for ever.
LOOKED_AT = 5_000
TEXT = re.compile(r'"text":"((?:[^"\\]|\\.)*)')
KIND = re.compile(r'\[\{"type":"([\w-]+)"')


@dataclass(frozen=True)
class Begun:
    """A task with its first message and the number of its messages."""

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
        lowest = max(0, self.around - LOOKED_AT)
        rows = turns_of(self.session).filter(seq__lt=self.around, seq__gte=lowest).order_by("-seq")
        return [_turn(row) for row in rows[: BEFORE + 1]][::-1]

    @cached_property
    def _later(self) -> list[Turn]:
        rows = turns_of(self.session).filter(seq__gte=self.around, seq__lt=self.around + LOOKED_AT).order_by("seq")
        return [_turn(row) for row in rows[: AFTER + 1]]

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


def turns_of(session: Session) -> "QuerySet[Message, tuple[int, str]]":
    """Return number and beginning of each message in which the user says something."""
    rows = session.messages.filter(role=Message.Role.USER).annotate(
        sort=Left("parts", len('[{"type":"tool-result"'), output_field=TextField()),
        told=Cast("facts", TextField()),
        head=Left("parts", HEAD_CHARACTERS, output_field=TextField()),
    )
    rows = rows.exclude(sort=f'[{{"type":"{Kind.TOOL_RESULT}"').exclude(told__contains='"original_role"')
    return rows.values_list("seq", "head")


def _turn(row: tuple[int, str]) -> Turn:
    seq, head = row
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
    """Return where each task of a session begins, by its order. One query."""
    links = TaskMessage.objects.filter(task__session=session, task__merged_into=None).order_by("task__order")
    rows = links.values_list("task__order", "task__status").annotate(first=Min("message__seq"), n=Count("*"))
    return {order: Begun(order, status, first, n) for order, status, first, n in rows}
