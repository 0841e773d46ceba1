"""The tasks beside a conversation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tasks.conversation.turns import Begun
from tasks.models import Task


@dataclass(frozen=True)
class Card:
    """A task with the number of its messages and the first of them. `is_served`: the chosen message is one of them."""

    task: Task
    messages: int = 0
    first_seq: int = 0
    is_chosen: bool = False
    is_served: bool = False


def cards_of(
    tasks: Iterable[Task], begun: Mapping[int, Begun], *, chosen: int = 0, served: Sequence[int] = ()
) -> list[Card]:
    """Return a card for each task, in the same order."""
    return [_card(task, begun.get(task.order), chosen, served) for task in tasks]


def _card(task: Task, begun: Begun | None, chosen: int, served: Sequence[int]) -> Card:
    messages, first = (begun.messages, begun.first) if begun else (0, 0)
    return Card(task, messages, first, is_chosen=task.order == chosen, is_served=task.order in served)
