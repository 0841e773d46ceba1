"""Users with what they did: sessions, tasks by status, when they were last seen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from sessions.models import EndUser, Project
from sessions.prepared import rows
from tasks.models import Task
from tasks.overview import wording
from tasks.overview.counting import rate
from tasks.session_rows import Segment, segments_of


@dataclass
class UserRow:
    """A user in the list, or at the head of the user's own page."""

    user: EndUser
    sessions: int = 0
    messages: int = 0
    seen_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def task_count(self) -> int:
        return sum(self.counts.values())

    @property
    def segments(self) -> list[Segment]:
        return segments_of(self.counts)

    @property
    def success_rate(self) -> str:
        """Successes among the tasks that ended, in percent."""
        success, failed = self.counts.get("success", 0), self.counts.get("failed", 0)
        return wording.share(rate(success, success + failed))


def users_like(project: Project | None, words: str) -> QuerySet[EndUser]:
    """Select the users of a project whose identifier holds these words, in any case; no words select all."""
    users = EndUser.objects.filter(project=project)
    if "\0" in words:
        return users.none()
    return users.filter(identifier__icontains=words) if words else users


OF_USERS = f"""
SELECT end_user_id, count(*), sum(head_seq), max(COALESCE(last_message_at, created_at)),
       {", ".join(f"sum({status}_tasks)" for status in Task.Status.values)}
  FROM agent_sessions_session WHERE end_user_id = ANY(%(users)s) GROUP BY 1
"""  # noqa: S608 (constants)


def rows_of_users(users: Iterable[EndUser]) -> list[UserRow]:
    """Add up the sessions of these users, which keep count of their tasks; one query for any number of users."""
    found = {user.pk: UserRow(user) for user in users}
    for pk, sessions, messages, seen_at, *tasks in rows(OF_USERS, {"users": list(found)}):
        row = found[pk]
        row.sessions, row.messages, row.seen_at = sessions, int(messages), seen_at
        row.counts = dict(zip(Task.Status.values, tasks, strict=True))
    return list(found.values())
