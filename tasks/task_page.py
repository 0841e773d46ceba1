"""What the page of one task shows: what is said of it, on what that rests, and its neighbours in its list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.http import QueryDict
from django.utils.http import urlencode

from sessions import cursors
from tasks.excerpts import Excerpt, excerpts_of
from tasks.models import Task, TaskChange
from tasks.task_filter import TaskFilter

# More messages than a person goes through here; the session's page has them all.
MESSAGES = 60
OTHERS = 50
Kind = TaskChange.Kind


@dataclass
class TaskPage:
    """The page of one task. Each part is fetched once, when the template first asks for it.

    `origin` is the query string of the list that it was opened from, and None when from none. `edit` holds what someone
    typed when it could not be saved, and `problem` why.
    """

    task: Task
    origin: str | None = None
    edit: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @cached_property
    def changes(self) -> list[TaskChange]:
        return list(self.task.changes.select_related("person", "api_key", "run", "undone_by").defer("replaced"))

    @cached_property
    def corrected(self) -> dict[str, TaskChange]:
        """The last thing that a person, or an agent over the API, said and did not take back, by its kind."""
        return {
            change.kind: change
            for change in self.changes
            if change.is_correction and getattr(change, "undone_by", None) is None
        }

    @property
    def corrected_last(self) -> TaskChange | None:
        return max(self.corrected.values(), key=lambda change: change.pk, default=None)

    @cached_property
    def retractable(self) -> TaskChange | None:
        """The first line of the newest act that can be taken back: nothing was said over what it says last."""
        standing = [line for line in self.changes if not line.undoes_id and getattr(line, "undone_by", None) is None]
        newest = {line.kind: line for line in standing}
        last = max(
            (line for line in newest.values() if line.is_correction and line.act),
            key=lambda line: line.pk,
            default=None,
        )
        return next((line for line in standing if last and line.act == last.act), None)

    @cached_property
    def retractable_tasks(self) -> int:
        """Of how many tasks that act says the same: all of them are taken back with it."""
        line = self.retractable
        if line is None or line.kind != Kind.STATUS:
            return 1
        return TaskChange.objects.filter(act=line.act).values("task").distinct().count()

    @cached_property
    def messages(self) -> list[Excerpt]:
        links = self.task.links.order_by("message__seq").values_list("message__seq", "role")
        roles = dict(links[:MESSAGES])
        return excerpts_of(self.task.session, roles, roles)

    @cached_property
    def message_count(self) -> int:
        return len(self.messages) if len(self.messages) < MESSAGES else self.task.links.count()

    @property
    def hidden_messages(self) -> int:
        return self.message_count - len(self.messages)

    @cached_property
    def others(self) -> list[Task]:
        """The session's other tasks, the nearest first: those that this one may be part of."""
        near = Task.objects.filter(session=self.task.session_id).exclude(pk=self.task.pk)
        found = list(near.only("order", "description").order_by("-order")[: 2 * OTHERS])
        return sorted(found, key=lambda other: abs(other.order - self.task.order))[:OTHERS]

    @cached_property
    def asked(self) -> TaskFilter | None:
        """The list that the task was opened from, if one is named."""
        return TaskFilter.asked_for(QueryDict(self.origin)) if self.origin is not None else None

    @property
    def list_query(self) -> str:
        return self.asked.address if self.asked else ""

    @cached_property
    def next(self) -> Task | None:
        return self._beside(1)

    @cached_property
    def previous(self) -> Task | None:
        return self._beside(-1)

    @property
    def as_origin(self) -> str:
        """The query string by which a neighbour knows the list too."""
        return urlencode({"in": self.list_query})

    @property
    def address(self) -> str:
        """The address of the page, which knows the list that the task was opened from."""
        address = self.task.get_absolute_url()
        return f"{address}?{self.as_origin}" if self.asked else address

    def _beside(self, step: int) -> Task | None:
        if self.asked is None:
            return None
        order = self.asked.order
        descending = order.descending == (step > 0)
        tasks = self.asked.of(Task.objects.filter(project=self.task.project_id), self.task.project)
        values = [getattr(self.task, name) for name in order.fields]
        beside = cursors.after(tasks, order.fields, values, descending=descending)
        return (
            beside.order_by(*cursors.sorting(order.fields, descending=descending)).only("order", "description").first()
        )
