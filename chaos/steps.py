"""The steps of a run at which a worker can be killed or held, by the names they have in the product.

The one place that knows them: when a name moves, this table is what changes. A name that is gone fails the start of
the worker, loudly.
"""

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chaos.orders import meet


@dataclass(frozen=True)
class Step:
    """A named function, and whether the order is met before or after it. `told` says in words where that is."""

    name: str
    told: str
    target: str
    after: bool = False


STEPS = (
    Step("lease-ring", "in the sweep, between lease and ring", "tasks.jobs:ring"),
    Step("claimed", "after the claim, before the window is read", "tasks.extraction.run:read_window"),
    Step("window", "after the window was read", "tasks.extraction.run:read_window", after=True),
    Step("asking", "while the LLM is asked", "openai.resources.chat.completions:Completions.create"),
    Step("answered", "after the answer, before the commit", "tasks.extraction.run:commit"),
    Step("locked", "in the commit, before anything is written", "tasks.extraction.commit:Writer.write"),
    Step("written", "in the commit, after the tasks are written", "tasks.extraction.commit:Writer.write", after=True),
    Step("moved", "in the commit, just before COMMIT", "tasks.extraction.commit:move_cursor", after=True),
    Step("committed", "after COMMIT, before the release", "tasks.extraction.run:commit", after=True),
    Step("failing", "while a failed run is noted", "tasks.extraction.run:lock_for_commit", after=True),
    Step("released", "after the release, before the job is acknowledged", "tasks.jobs:extract", after=True),
)

# Waits that no setting shortens: (module, name, seconds here).
SHORTER = (
    ("tasks.extraction.run", "BACKOFF_SECONDS", 0.5),
    ("tasks.extraction.queue", "PICKUP_SECONDS", 3),
)

# Points in time that the code reads from the database: moving them back is the clock moving on.
CLOCKS = {
    "agent_sessions_session": ("pending_since", "last_message_at", "retry_at", "lease_until"),
    "agent_sessions_project": ("extraction_paused_at", "extraction_paused_until"),
    "tasks_endpoint": ("resting_until", "next_call_at"),
}


def arm() -> None:
    """Wrap every step in this process. Raises AttributeError for a step or a wait that the product no longer has."""
    for module, name, seconds in SHORTER:
        loaded = importlib.import_module(module)
        if not hasattr(loaded, name):
            raise AttributeError(f"chaos/steps.py names {module}.{name}, which is gone")
        setattr(loaded, name, seconds)
    for step in STEPS:
        module, _, path = step.target.partition(":")
        *parents, name = path.split(".")
        holder: Any = importlib.import_module(module)
        try:
            for parent in parents:
                holder = getattr(holder, parent)
            setattr(holder, name, _wrapped(getattr(holder, name), step))
        except AttributeError as error:
            raise AttributeError(f"chaos/steps.py names {step.target}, which is gone") from error


def _wrapped(function: Callable[..., Any], step: Step) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if step.name == "asking":
            meet(step.name, in_a_moment=True)
        elif not step.after:
            meet(step.name)
        result = function(*args, **kwargs)
        if step.after:
            meet(step.name)
        return result

    return wrapper
