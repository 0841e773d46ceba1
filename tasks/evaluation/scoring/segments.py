"""Where tasks begin: the user's turns that open one, and which messages belong together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

Sets = Sequence[frozenset[int]]


def user_turns(messages: Sequence[dict[str, Any]]) -> list[int]:
    return [index for index, message in enumerate(messages) if message.get("role") == "user"]


def openings(tasks: Sets, turns: Sequence[int]) -> Counter[int]:
    """Count the tasks that begin in each turn of the user. A turn lasts until the next; what is before is the first."""
    begun: Counter[int] = Counter()
    if turns:
        begun.update(max(sum(turn <= min(task) for turn in turns) - 1, 0) for task in tasks if task)
    return begun


def boundaries(tasks: Sets, turns: Sequence[int]) -> set[int]:
    """Return the turns after the first that open a task."""
    return set(openings(tasks, turns)) - {0}


def b_cubed(right: Sets, found: Sets, messages: int) -> tuple[float, float, float] | None:
    """Return precision, recall and F1 over pairs of messages, for messages that may serve several tasks.

    Counted are the messages that serve a right task. One that no found task has is a group of its own.
    """
    belongs = {i: frozenset(k for k, task in enumerate(right) if i in task) for i in range(messages)}
    items = [i for i, tasks in belongs.items() if tasks]
    if not items:
        return None
    given = {i: frozenset(k for k, task in enumerate(found) if i in task) or frozenset([-1 - i]) for i in items}
    precision = recall = 0.0
    for one in items:
        agreed, together, related = 0.0, 0, 0.0
        kin = 0
        for other in items:
            in_found, in_right = len(given[one] & given[other]), len(belongs[one] & belongs[other])
            shared = min(in_found, in_right)
            if in_found:
                together += 1
                agreed += shared / in_found
            if in_right:
                kin += 1
                related += shared / in_right
        precision += agreed / together
        recall += related / kin
    precision, recall = precision / len(items), recall / len(items)
    return precision, recall, f1(precision, recall)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def without(tasks: Iterable[frozenset[int]], left_out: set[int]) -> list[frozenset[int]]:
    return [task - left_out for task in tasks]
