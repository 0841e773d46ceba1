"""What the page of a user shows: figures, sessions, and what is known of their wishes and where it came from."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from django.http import QueryDict

from sessions import prepared
from sessions.models import EndUser, Session
from sessions.paging import ListPage, list_page
from tasks.models import Preference
from tasks.session_rows import SessionRow, rows_of
from tasks.user_rows import UserRow, rows_of_users

SESSIONS = 20
# The newest of them; nobody reads more. So many are shown until someone asks for all.
PREFERENCES, PREFERENCES_FIRST = 500, 20
ALL = "all"
SHOWN = (
    *("statement", "status", "evidence", "created_at", "removed_at"),
    *("session__title", "task__order", "removed_by__username"),
)

HEADS = """
SELECT id, status, replaced_by_id FROM tasks_preference WHERE end_user_id = %(user)s ORDER BY id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Wish:
    """A preference with those that it replaced, newest first."""

    preference: Preference
    earlier: list[Preference]


@dataclass(frozen=True)
class Wishes:
    """The newest of some preferences, and how many there are in all."""

    shown: list[Wish]
    count: int

    @property
    def hidden(self) -> int:
        return self.count - len(self.shown)


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
        found = list_page(sessions.defer("configs"), self.query, limit=SESSIONS)
        for session in found.rows:
            session.project = self.user.project
        return found

    @cached_property
    def rows(self) -> list[SessionRow]:
        return rows_of(self.page.rows)

    @cached_property
    def _heads(self) -> dict[int, tuple[str, int | None]]:
        """Status and successor of each preference, newest first: what tells which of them to fetch whole."""
        found = prepared.rows(HEADS, {"user": self.user.pk, "limit": PREFERENCES})
        return {pk: (status, successor) for pk, status, successor in found}

    @cached_property
    def wishes(self) -> Wishes:
        """What holds now, newest first; the newest of it alone unless `?preferences=all` asks for more."""
        return self._wishes(Preference.Status.ACTIVE)

    @cached_property
    def gone(self) -> Wishes:
        """What was withdrawn by the user or removed by a person, newest first."""
        return self._wishes(Preference.Status.WITHDRAWN)

    def _wishes(self, status: Preference.Status) -> Wishes:
        found = [pk for pk, (known, _) in self._heads.items() if known == status]
        shown = found if self.query.get("preferences") == ALL else found[:PREFERENCES_FIRST]
        replaced: dict[int | None, list[int]] = defaultdict(list)
        for pk, (known, successor) in self._heads.items():
            if known == Preference.Status.REPLACED:
                replaced[successor].append(pk)
        earlier = {pk: _before(pk, replaced) for pk in shown}
        fetched = Preference.objects.select_related("session", "task", "removed_by").only(*SHOWN)
        whole = fetched.in_bulk([*shown, *chain.from_iterable(earlier.values())])
        return Wishes([Wish(whole[pk], [whole[each] for each in earlier[pk]]) for pk in shown], len(found))


def _before(pk: int, replaced: dict[int | None, list[int]]) -> list[int]:
    """Follow what a preference replaced, and what that replaced. Numbers only fall, so this comes to an end."""
    found = []
    for earlier in replaced[pk]:
        if earlier < pk:
            found += [earlier, *_before(earlier, replaced)]
    return found
