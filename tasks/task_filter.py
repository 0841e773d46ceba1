"""What the address of a list of tasks asks for: a status, successes at risk, a stretch of time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import QueryDict

from tasks.models import Task

ANY_RISK = "any"


@dataclass(frozen=True)
class TaskFilter:
    """The filters of `?status=`, `?risk=`, `?since=` and `?until=`; what makes no sense filters nothing."""

    status: str = ""
    risk: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def asked_for(cls, query: QueryDict) -> "TaskFilter":
        status, risk = query.get("status", ""), query.get("risk", "")
        return cls(
            status=status if status in Task.Status.values else "",
            risk=risk if risk == ANY_RISK or (risk and risk in Task.Risk.values) else "",
            since=_moment(query.get("since")),
            until=_moment(query.get("until")),
        )

    def of(self, tasks: QuerySet[Task]) -> QuerySet[Task]:
        """Keep the tasks asked for. A risk is one of a success: others have none that counts."""
        if self.status:
            tasks = tasks.filter(status=self.status)
        if self.risk:
            tasks = tasks.filter(~Q(risk=""), status=Task.Status.SUCCESS)
            tasks = tasks if self.risk == ANY_RISK else tasks.filter(risk=self.risk)
        if self.since:
            tasks = tasks.filter(created_at__gte=self.since)
        return tasks.filter(created_at__lt=self.until) if self.until else tasks

    @property
    def is_narrow(self) -> bool:
        """Whether more than a status is asked for."""
        return bool(self.risk or self.since or self.until)


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo and 1 < moment.year < 9999 else None
