"""How a project's sessions, messages and tasks are spread: few are large, most are small, the sums are exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

LONG_SESSION = 5_000
# A long session is made where it is no more than this share of all messages.
LONG_SHARE = 4
# A day of people: little at night, most before noon and in the afternoon.
HOURS = (1, 1, 1, 1, 1, 2, 3, 6, 10, 12, 12, 10, 8, 10, 12, 12, 10, 8, 6, 5, 4, 3, 2, 1)
WEEKEND = 0.35


class CannotPlan(ValueError):
    """The numbers do not go together; says why."""


@dataclass(frozen=True)
class Sizes:
    """What is wanted."""

    sessions: int
    messages: int
    tasks: int
    users: int
    days: int = 90


@dataclass(frozen=True)
class SessionPlan:
    """A session before it has words: when it began, and how many messages each turn has.

    The `rest` are messages at its end that ask for nothing.
    """

    start: datetime
    turns: Sequence[int]
    rest: int


def plans(rng: Random, sizes: Sizes, now: datetime) -> list[SessionPlan]:
    """Plan all sessions, oldest first. Raises CannotPlan."""
    lacking = sizes.tasks * 2 + sizes.sessions - sizes.messages
    if lacking > 0:
        raise CannotPlan(f"Each task needs 2 messages and each session 1: {lacking} messages too few")
    if sizes.sessions < 1:
        raise CannotPlan("At least one session is needed")
    weights = [rng.lognormvariate(0, 0.9) for _ in range(sizes.sessions)]
    has_long = sizes.messages >= LONG_SESSION * LONG_SHARE
    if has_long:
        # By the ratio of all tasks to all messages, so that it is long and otherwise like the others.
        weights[sizes.sessions // 2] = 0
    tasks = shares(sizes.tasks, weights)
    if has_long:
        donor = max(range(sizes.sessions), key=tasks.__getitem__)
        many = min(tasks[donor] - 1, 40) if tasks[donor] > 1 else 0
        tasks[donor] -= many
        tasks[sizes.sessions // 2] = many
    least = [2 * count + 1 for count in tasks]
    spare = sizes.messages - sum(least)
    if has_long and spare > LONG_SESSION:
        long = LONG_SESSION - least[sizes.sessions // 2]
        extra = shares(spare - long, [weight * (count > 0) for weight, count in zip(weights, tasks, strict=True)])
        extra[sizes.sessions // 2] = long
    else:
        extra = shares(spare, weights)
    starts = sorted(moment(rng, now, sizes.days) for _ in range(sizes.sessions))
    return [_plan(rng, *row) for row in zip(starts, tasks, extra, strict=True)]


def _plan(rng: Random, start: datetime, tasks: int, extra: int) -> SessionPlan:
    if not tasks:
        return SessionPlan(start, (), 1 + extra)
    # Turns differ: some are one answer, others a long chain of calls.
    more = shares(extra + 1, [rng.random() ** 2 for _ in range(tasks)])
    return SessionPlan(start, [2 + count for count in more], 0)


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Split a number by weights into whole numbers whose sum it is; weights of nothing count as equal."""
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    found, carried = [], 0.0
    for weight in weights:
        carried += total * weight / whole
        found.append(int(carried))
        carried -= found[-1]
    left = total - sum(found)
    for n in sorted(range(len(weights)), key=weights.__getitem__, reverse=True)[:left]:
        found[n] += 1
    return found


def moment(rng: Random, now: datetime, days: int) -> datetime:
    """Choose when a session began: by day more often than by night, on weekends less, and more often of late."""
    while True:
        ago = timedelta(days=days * (1 - rng.random() ** 0.8), seconds=90)
        start = now - ago
        busy = HOURS[start.hour] / max(HOURS) * (WEEKEND if start.weekday() >= 5 else 1)
        if rng.random() < busy:
            return start
