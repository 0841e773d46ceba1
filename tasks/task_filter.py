"""What the address of a list of tasks asks for. The list, the board, the export, bulk changes and the API share it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions import cursors
from sessions.models import Project
from sessions.paging import NEWEST_FIRST, Order
from sessions.users import users_named
from tasks.models import Task, TaskChange

ANY_RISK = "any"
NOT_SAID = "none"
PRESETS = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
# The same stretches as a person chooses them.
TIMES = [
    ("", gettext_lazy("any time")),
    ("24h", gettext_lazy("last 24 hours")),
    ("7d", gettext_lazy("last 7 days")),
    ("30d", gettext_lazy("last 30 days")),
    ("90d", gettext_lazy("last 90 days")),
]
WORDS_LENGTH, USER_LENGTH = 200, 1_000
# Words are looked for in the newest of the tasks that fit all else: reading the descriptions of all would take long.
LOOKED_THROUGH = 5_000
UPDATED, IN_ORDER = "updated", "order"
ORDERS = {
    "": NEWEST_FIRST,
    UPDATED: Order(("updated_at", "id"), (datetime, uuid.UUID)),
    # Of one session alone.
    IN_ORDER: Order(("order",), (int,), descending=False),
}
# Which choices each of these has in the address; `status` may be given several times.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "status": tuple(Task.Status.values),
        "basis": (*filter(None, Task.Basis.values), NOT_SAID),
        "risk": (ANY_RISK, *filter(None, Task.Risk.values)),
        "situation": tuple(filter(None, Task.Situation.values)),
        "corrected": ("1",),
        "time": tuple(PRESETS),
        "sort": (UPDATED, IN_ORDER),
    }
)


@dataclass(frozen=True)
class TaskFilter:
    """The filters of a list of tasks. What makes no sense filters nothing, and `problems` says so by its key.

    `time` is a stretch up to now, `since` and `until` bound the time of creation; `until` itself is not in it.
    """

    status: tuple[str, ...] = ()
    basis: str = ""
    risk: str = ""
    situation: str = ""
    corrected: str = ""
    user: str = ""
    session: uuid.UUID | None = None
    time: str = ""
    since: datetime | None = None
    until: datetime | None = None
    q: str = ""
    sort: str = ""
    problems: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def asked_for(cls, query: QueryDict) -> "TaskFilter":
        """Read an address. A moment without a time zone is one of the zone that the person reads in."""
        found: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, choices in CHOICES.items():
            given = [value for value in query.getlist(name) if value]
            known = tuple(value for value in choices if value in given)
            found[name] = known if name == "status" else (known[0] if known else "")
            if unknown := [value for value in given if value not in choices]:
                problems[name] = unknown[0]
        readers: dict[str, Callable[[str], Any]] = {
            "user": lambda text: _text(text, USER_LENGTH),
            "q": lambda text: _text(text, WORDS_LENGTH),
            "session": uuid.UUID,
            "since": moment_of,
            "until": moment_of,
        }
        for name, read in readers.items():
            if text := query.get(name, "").strip():
                try:
                    found[name] = read(text)
                except ValueError:
                    problems[name] = text
        if found["sort"] == IN_ORDER and not found.get("session"):
            found["sort"] = ""
        return cls(**found, problems=problems)

    def within(self, session_id: uuid.UUID) -> "TaskFilter":
        """The same of one session, whose tasks stand in their order unless asked otherwise."""
        return replace(self, session=session_id, sort=self.sort or IN_ORDER)

    def but(self, **changes: Any) -> "TaskFilter":
        return replace(self, **changes)

    def of[Tasks: QuerySet[Task]](self, tasks: Tasks, project: Project | None) -> Tasks:
        """Keep the tasks asked for; these must be of the project. A risk is one of a success: others' do not count."""
        tasks = tasks.filter(self._wanted(project))
        return self._with_words(tasks) if self.q else tasks

    def newer[Tasks: QuerySet[Task]](self, tasks: Tasks, project: Project | None) -> Tasks:
        """Keep the tasks asked for, to be looked for above a page's first: words are looked for in these anyway."""
        tasks = tasks.filter(self._wanted(project))
        return tasks.filter(description__icontains=self.q) if self.q else tasks

    def _with_words[Tasks: QuerySet[Task]](self, tasks: Tasks) -> Tasks:
        """Keep those of the first so many that have the words. One query says how far that is; an index answers it."""
        order, first = self.order, self.order.fields[0]
        inside = "gte" if order.descending else "lte"
        sorted_tasks = tasks.order_by(*cursors.sorting(order.fields, descending=order.descending))
        last = sorted_tasks.values_list(first, flat=True)
        edge = next(iter(last[LOOKED_THROUGH : LOOKED_THROUGH + 1]), None)
        tasks = tasks.filter(description__icontains=self.q)
        return tasks.filter(**{f"{first}__{inside}": edge}) if edge is not None else tasks

    def _wanted(self, project: Project | None) -> Q:
        wanted = Q()
        if self.status:
            wanted &= Q(status=self.status[0]) if len(self.status) == 1 else Q(status__in=self.status)
        if self.basis:
            wanted &= Q(basis="" if self.basis == NOT_SAID else self.basis)
        if self.risk:
            wanted &= Q(status=Task.Status.SUCCESS) & ~Q(risk="")
            wanted &= Q() if self.risk == ANY_RISK else Q(risk=self.risk)
        if self.situation:
            wanted &= Q(situation=self.situation)
        if self.corrected:
            wanted &= Q(pk__in=TaskChange.objects.standing().values("task"))
        if self.user and project:
            # By its id, so that the planner goes through the user's tasks from the newest on.
            named = users_named(project, self.user).first()
            wanted &= Q(end_user=named) if named else Q(pk__in=[])
        if self.session:
            wanted &= Q(session=self.session)
        if self.time:
            wanted &= Q(created_at__gte=timezone.now() - PRESETS[self.time])
        if self.since:
            wanted &= Q(created_at__gte=self.since)
        if self.until:
            wanted &= Q(created_at__lt=self.until)
        return wanted

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def filters(self) -> dict[str, Any]:
        """What is asked for, by its key, without the order."""
        names = [each.name for each in fields(self) if each.name not in ("problems", "sort")]
        return {name: value for name in names if (value := getattr(self, name))}

    @property
    def query(self) -> QueryDict:
        """The address that asks for this, in its shortest form."""
        query = QueryDict(mutable=True)
        for name, value in self.filters.items():
            if name == "status":
                query.setlist(name, list(value))
            else:
                query[name] = value.isoformat() if isinstance(value, datetime) else str(value)
        if self.sort:
            query["sort"] = self.sort
        return query

    @property
    def address(self) -> str:
        return self.query.urlencode(safe=":")


def _text(text: str, length: int) -> str:
    if "\0" in text or len(text) > length:
        raise ValueError(text)
    return text


def moment_of(text: str) -> datetime:
    """Read a moment; raises ValueError for what is none, or lies where no calendar reaches."""
    moment = datetime.fromisoformat(text)
    if not 1 < moment.year < 9999:
        raise ValueError(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.get_current_timezone())
    return moment.astimezone(UTC)


def problem_words(problems: Mapping[str, str]) -> str:
    """Say what of an address was not understood, or nothing."""
    if not problems:
        return ""
    told = ", ".join(f"{name}={value[:60]}" for name, value in problems.items())
    return _("Not understood, and so left out: %(what)s") % {"what": told}
