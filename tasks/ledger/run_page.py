"""The page of one run: what it read, what came of it, what it cost, and what can be done now."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tasks.ledger.words import Block, Fact, Line, accepted_lines, call_facts, exchange_blocks, rejected_lines
from tasks.models import ExtractionRun, Progress, Task, TaskChange
from tasks.reextraction.selecting import runs_that_count


@dataclass
class RunPage:
    """Each part is fetched once, when the template first asks for it. `run` comes with its session."""

    run: ExtractionRun

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks that this run opened, changed or reported a step of."""
        changed = Exists(TaskChange.objects.filter(task=OuterRef("pk"), run=self.run))
        reported = Exists(Progress.objects.filter(task=OuterRef("pk"), run=self.run))
        return list(Task.all_objects.filter(changed | reported, session=self.run.session_id).order_by("order"))

    @cached_property
    def handles(self) -> dict[str, str]:
        """What the tasks that the answer opened are called in the session; they are opened in the answer's order."""
        accepted: Any = self.run.accepted
        opened = accepted.get("new_tasks", []) if isinstance(accepted, dict) else []
        created = TaskChange.objects.filter(run=self.run, kind=TaskChange.Kind.CREATED).order_by("task__order")
        orders = list(created.values_list("task__order", flat=True))
        if len(orders) != len(opened):
            return {}
        return {new.get("alias", ""): f"T{order}" for new, order in zip(opened, orders, strict=True)}

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        """What was done, gathered by kind."""
        lines = accepted_lines(self.run.accepted, self.handles)
        return [(what, list(group)) for what, group in groupby(lines, key=lambda line: line.what)]

    @cached_property
    def rejected(self) -> list[Line]:
        return rejected_lines(self.run.rejected, self.handles)

    @cached_property
    def calls(self) -> list[list[Fact]]:
        return call_facts(self.run.attempts)

    @cached_property
    def exchange(self) -> list[Block]:
        return exchange_blocks(self.run.exchange)

    @property
    def is_of_rules(self) -> bool:
        return self.run.extractor.startswith("offline")

    @property
    def forgotten_after(self) -> int:
        """After how many days the words of this run's exchange were deleted; 0 when they were never kept."""
        days: int = settings.LLM_KEEP_EXCHANGES_DAYS
        is_old = timezone.now() - self.run.started_at > timedelta(days=days)
        return days if is_old else 0

    @cached_property
    def counts(self) -> bool:
        """Whether what it did stands: a proposal's run does once that is applied, and none that was read anew since."""
        return runs_that_count().filter(pk=self.run.pk).exists()

    @property
    def waits(self) -> bool:
        """Whether the session waits to be tried again since this run failed."""
        session, run = self.run.session, self.run
        is_current = run.status == ExtractionRun.Status.FAILED and run.from_seq == session.cursor_seq + 1
        return is_current and run.reextraction_id is None and session.waiting_messages > 0 and not session.is_leased
