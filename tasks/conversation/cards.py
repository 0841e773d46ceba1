"""The tasks beside a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tasks.conversation.turns import Begun
from tasks.models import Preference, Progress, Task

# A card shows the latest steps; an agent may take hundreds for one task, which the task's own page has.
STEPS = 12


@dataclass(frozen=True)
class Card:
    """A task with the number of its messages and the first of them. `is_served`: the chosen message is one of them.

    `steps` are its latest progresses, `step_count` says how many there are.
    """

    task: Task
    steps: Sequence[Progress] = ()
    step_count: int = 0
    messages: int = 0
    first_seq: int = 0
    is_chosen: bool = False
    is_served: bool = False

    @property
    def earlier_steps(self) -> int:
        return self.step_count - len(self.steps)


def cards_of(
    tasks: QuerySet[Task], begun: Mapping[int, Begun], *, chosen: int = 0, served: Sequence[int] = ()
) -> list[Card]:
    """Return a card for each task, in the same order. Three queries for any number of tasks."""
    latest = Prefetch("progresses", Progress.objects.order_by("-id")[:STEPS], to_attr="latest")
    current = Prefetch("preferences", Preference.objects.filter(status=Preference.Status.ACTIVE))
    rows = tasks.prefetch_related(latest, current).annotate(step_count=_step_count())
    return [_card(row, begun.get(row.order), chosen, served) for row in rows]


def _step_count() -> Coalesce:
    of_task = Progress.objects.filter(task=OuterRef("pk")).order_by().values("task").annotate(n=Count("*"))
    return Coalesce(Subquery(of_task.values("n")), 0)


def _card(row: Any, begun: Begun | None, chosen: int, served: Sequence[int]) -> Card:
    messages, first = (begun.messages, begun.first) if begun else (0, 0)
    return Card(
        row,
        row.latest[::-1],
        row.step_count,
        messages,
        first,
        is_chosen=row.order == chosen,
        is_served=row.order in served,
    )
