"""What the page of a user shows: figures, sessions, and what is known of their wishes and where it came from."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from sessions.models import EndUser, Session
from sessions.paging import ListPage, list_page
from tasks.models import Preference
from tasks.session_rows import SessionRow, rows_of
from tasks.user_rows import UserRow, rows_of_users

SESSIONS = 20
# The newest of them; nobody reads more. So many are shown until someone asks for all.
PREFERENCES, PREFERENCES_FIRST = 500, 50
ALL = "all"


@dataclass(frozen=True)
class Wish:
    """A preference with those that it replaced, newest first."""

    preference: Preference
    earlier: list[Preference]


@dataclass
class UserPage:
    """The page of one user. Each part is fetched once, when the template first asks for it."""

    user: EndUser
    query: QueryDict

    @cached_property
    def row(self) -> UserRow:
        return rows_of_users([self.user])[0]

    @cached_property
    def page(self) -> ListPage[Session]:
        sessions = Session.objects.filter(project=self.user.project_id, end_user=self.user)
        return list_page(sessions.select_related("project").defer("configs"), self.query, limit=SESSIONS)

    @cached_property
    def rows(self) -> list[SessionRow]:
        return rows_of(self.page.rows)

    @cached_property
    def _preferences(self) -> list[Preference]:
        rows = Preference.objects.filter(end_user=self.user).select_related("session", "task", "removed_by")
        return list(rows.defer("session__configs").order_by("-pk")[:PREFERENCES])

    @cached_property
    def wishes(self) -> list[Wish]:
        """What holds now, newest first."""
        return self._wishes([row for row in self._preferences if row.status == Preference.Status.ACTIVE])

    @property
    def shown_wishes(self) -> list[Wish]:
        """The newest of what holds, or all with `?preferences=all`."""
        return self.wishes if self.query.get("preferences") == ALL else self.wishes[:PREFERENCES_FIRST]

    @property
    def hidden_wishes(self) -> int:
        return len(self.wishes) - len(self.shown_wishes)

    @cached_property
    def gone(self) -> list[Wish]:
        """What was withdrawn by the user or removed by a person, newest first."""
        return self._wishes([row for row in self._preferences if row.status == Preference.Status.WITHDRAWN])

    def _wishes(self, rows: list[Preference]) -> list[Wish]:
        replaced: dict[int | None, list[Preference]] = defaultdict(list)
        for row in self._preferences:
            if row.status == Preference.Status.REPLACED:
                replaced[row.replaced_by_id].append(row)
        return [Wish(row, _before(row, replaced)) for row in rows]


def _before(row: Preference, replaced: dict[int | None, list[Preference]]) -> list[Preference]:
    """Follow what a preference replaced, and what that replaced. Numbers only fall, so this comes to an end."""
    found = []
    for earlier in replaced[row.pk]:
        if earlier.pk < row.pk:
            found += [earlier, *_before(earlier, replaced)]
    return found
