"""The tasks beside a conversation."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sessions.models import Session
from sessions.prepared import columns, objects
from tasks.conversation.turns import Begun
from tasks.models import Preference, Progress, Task

# A card shows the latest steps; an agent may take hundreds for one task, which the task's own page has.
STEPS = 8
# In SQL, as in `turns.py`. Of many tasks, those of some orders are shown.
TASKS = f"""
SELECT {columns(Task, "task")} FROM tasks_task AS task
 WHERE session_id = %(session)s AND merged_into_id IS NULL
   AND (%(orders)s::bigint[] IS NULL OR "order" = ANY(%(orders)s::bigint[]))
 ORDER BY "order" LIMIT %(limit)s
"""  # noqa: S608 (constants)
# Django would number all steps of all tasks to find the latest of each.
LATEST = """
SELECT step.id, step.task_id, step.text, step.evidence, counted.n AS step_count
  FROM unnest(%(tasks)s::uuid[]) AS wanted (id),
       LATERAL (SELECT count(*) AS n FROM tasks_progress WHERE task_id = wanted.id) AS counted,
       LATERAL (SELECT id, task_id, text, evidence FROM tasks_progress
                 WHERE task_id = wanted.id ORDER BY id DESC LIMIT %(steps)s) AS step
"""
CURRENT = """
SELECT id, task_id, statement, evidence FROM tasks_preference
 WHERE task_id = ANY(%(tasks)s) AND status = 'active' ORDER BY id
"""


@dataclass(frozen=True)
class Card:
    """A task with the number of its messages and the first of them. `is_served`: the chosen message is one of them.

    `steps` are its latest progresses, `step_count` says how many there are.
    """

    task: Task
    steps: Sequence[Progress] = ()
    preferences: Sequence[Preference] = ()
    step_count: int = 0
    messages: int = 0
    first_seq: int = 0
    is_chosen: bool = False
    is_served: bool = False

    @property
    def earlier_steps(self) -> int:
        return self.step_count - len(self.steps)


def cards_of(
    session: Session,
    begun: Mapping[int, Begun],
    *,
    limit: int,
    orders: Iterable[int] | None = None,
    chosen: int = 0,
    served: Sequence[int] = (),
) -> list[Card]:
    """Return a card for each task of a session, or those of these orders, in their order. Three queries."""
    wanted = None if orders is None else list(orders)
    tasks = objects(Task, TASKS, {"session": session.pk, "orders": wanted, "limit": limit})
    keys = [task.pk for task in tasks]
    latest: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for progress in objects(Progress, LATEST, {"tasks": keys, "steps": STEPS}):
        latest[progress.task_id].append(progress)
    wishes: dict[uuid.UUID | None, list[Preference]] = defaultdict(list)
    for preference in objects(Preference, CURRENT, {"tasks": keys}):
        wishes[preference.task_id].append(preference)
    return [_card(task, latest[task.pk], wishes[task.pk], begun.get(task.order), chosen, served) for task in tasks]


def _card(
    task: Task,
    latest: Sequence[Any],
    wishes: Sequence[Preference],
    begun: Begun | None,
    chosen: int,
    served: Sequence[int],
) -> Card:
    messages, first = (begun.messages, begun.first) if begun else (0, 0)
    return Card(
        task,
        latest[::-1],
        wishes,
        latest[0].step_count if latest else 0,
        messages,
        first,
        is_chosen=task.order == chosen,
        is_served=task.order in served,
    )
