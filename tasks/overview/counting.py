"""What the overview adds up: tasks, sessions and the ledger, each in many stretches of time by one statement.

Raw SQL by design: a range scan for each stretch, answered from an index alone, takes 40 ms for 300,000 tasks; grouping
the same rows by their day takes 100. Every statement starts from the project.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Self

from django.db import connection

from sessions.models import Project
from tasks.models import Task
from tasks.overview.spans import Bucket

STRETCHES = "unnest(%(starts)s::timestamptz[], %(stops)s::timestamptz[]) WITH ORDINALITY AS stretch(start, stop, n)"
TASKS = f"""
SELECT stretch.n, status.name, found.count
  FROM {STRETCHES},
       unnest(%(statuses)s::text[]) AS status(name),
       LATERAL (SELECT count(*) FROM tasks_task
                 WHERE project_id = %(project)s AND merged_into_id IS NULL AND status = status.name
                   AND created_at >= stretch.start AND created_at < stretch.stop) AS found
"""  # noqa: S608 (constants)
SESSIONS = f"""
SELECT stretch.n, found.count, found.messages
  FROM {STRETCHES},
       LATERAL (SELECT count(*), COALESCE(sum(head_seq), 0)::bigint AS messages FROM agent_sessions_session
                 WHERE project_id = %(project)s
                   AND created_at >= stretch.start AND created_at < stretch.stop) AS found
"""  # noqa: S608 (constants)
# The time from storing a message to the end of the run that read it, in tenths of a second, as exact as it is shown:
# to 0.1 s below ten seconds, to 1 s below a hundred, to 10 s above.
TENTHS = "(date_part('epoch', finished_at - waiting_since) * 10)"
LAG = f"""
CASE WHEN {TENTHS} < 100 THEN floor({TENTHS})
     WHEN {TENTHS} < 1000 THEN floor({TENTHS} / 10) * 10
     ELSE floor({TENTHS} / 100) * 100 END
"""
RUNS = f"""
SELECT stretch.n, found.*
  FROM {STRETCHES},
       LATERAL (SELECT {LAG} AS lag,
                       count(*), count(*) FILTER (WHERE status = 'failed') AS failed,
                       sum(calls), sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(cost_usd),
                       count(*) FILTER (WHERE calls > 0 AND cost_usd IS NULL) AS unpriced
                  FROM tasks_extractionrun
                 WHERE project_id = %(project)s
                   AND started_at >= stretch.start AND started_at < stretch.stop
                 GROUP BY 1) AS found
"""  # noqa: S608 (constants)


@dataclass
class Figures:
    """What happened in a stretch of time."""

    success: int = 0
    failed: int = 0
    running: int = 0
    pending: int = 0
    sessions: int = 0
    messages: int = 0
    runs: int = 0
    failed_runs: int = 0
    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    unpriced_runs: int = 0
    # Tenths of a second, and how many runs took so long.
    lags: Counter[int] = field(default_factory=Counter)

    @classmethod
    def total(cls, figures: Sequence[Self]) -> "Figures":
        """Add up the figures of many stretches."""
        total = Figures(**{name: sum(getattr(each, name) for each in figures) for name in COUNTED})
        total.cost = Decimal(total.cost)
        for each in figures:
            total.lags.update(each.lags)
        return total

    @property
    def told(self) -> tuple[object, ...]:
        """What of the figures a page shows, in few words: another tuple means another page."""
        lags = (self.lags.total(), sum(tenths * runs for tenths, runs in self.lags.items()))
        return (*(getattr(self, name) for name in COUNTED), *lags)

    @property
    def tasks(self) -> int:
        return self.success + self.failed + self.running + self.pending

    @property
    def success_rate(self) -> float | None:
        """Successes among the tasks that came to an end, from 0 to 1; none when no task did."""
        return rate(self.success, self.success + self.failed)

    @property
    def turns_per_session(self) -> float | None:
        return rate(self.messages, self.sessions)

    @property
    def tasks_per_session(self) -> float | None:
        return rate(self.tasks, self.sessions)

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def lag(self, share: float) -> float | None:
        """Return the seconds within which this share of the runs was done; none when there were none."""
        wanted = share * self.lags.total()
        for tenths in sorted(self.lags):
            wanted -= self.lags[tenths]
            if wanted <= 0:
                return tenths / 10
        return None


# All that is added up as it is; lags are counted.
COUNTED = tuple(own.name for own in fields(Figures) if own.name != "lags")


def rate(part: float, whole: float) -> float | None:
    """Divide, where there is something to divide by."""
    return part / whole if whole else None


def count(project: Project, stretches: Sequence[Bucket]) -> list[Figures]:
    """Add up what happened in each stretch, in their order. Three queries for any number of them."""
    found = [Figures() for _ in stretches]
    values: dict[str, Any] = {
        "project": project.pk,
        "starts": [stretch.start for stretch in stretches],
        "stops": [stretch.stop for stretch in stretches],
        "statuses": Task.Status.values,
    }
    with connection.cursor() as cursor:
        cursor.execute(TASKS, values)
        for n, status, tasks in cursor.fetchall():
            setattr(found[n - 1], status, tasks)
        cursor.execute(SESSIONS, values)
        for n, sessions, messages in cursor.fetchall():
            found[n - 1].sessions, found[n - 1].messages = sessions, messages
        cursor.execute(RUNS, values)
        for n, *row in cursor.fetchall():
            _add_runs(found[n - 1], *row)
    return found


def _add_runs(
    figures: Figures, lag: float | None, runs: int, failed: int, calls: int, asked: int, cached: int, answered: int,
    cost: Decimal | None, unpriced: int,
) -> None:  # fmt: skip
    figures.runs += runs
    figures.failed_runs += failed
    figures.calls += calls
    figures.input_tokens += asked
    figures.cached_tokens += cached
    figures.output_tokens += answered
    figures.cost += cost or Decimal(0)
    figures.unpriced_runs += unpriced
    if lag is not None and runs > failed:
        figures.lags[int(lag)] += runs - failed
