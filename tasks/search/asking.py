"""What the address of a search asks for: words, a kind, a user, a time."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from tasks.models import SearchEntry
from tasks.search.finding import Wanted
from tasks.search.words import Query

LONGEST = 500


@dataclass(frozen=True)
class Asked:
    """The query string of the page: as it was typed, so that the form shows it again, and as it is understood."""

    text: str
    kind: str
    user: str
    since: str
    cursor: str | None
    wanted: Wanted
    query: QueryDict

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        """Read `?q=&kind=&user=&since=&next=`; an unknown kind and a date that is none narrow nothing down."""
        text, user = query.get("q", "")[:LONGEST], query.get("user", "").strip()
        kind = query.get("kind", "")
        kind = kind if kind in SearchEntry.Kind.values else ""
        since = moment(query.get("since", ""))
        wanted = Wanted(Query.of(text), kind, user, since)
        shown = query.get("since", "") if since else ""
        return cls(text, kind, user, shown, query.get("next") or None, wanted, query)

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than words."""
        return bool(self.kind or self.user or self.since)

    @property
    def has_bad_date(self) -> bool:
        return bool(self.query.get("since")) and not self.since

    def following(self, cursor: str) -> str:
        """Return the query string of the hits that follow."""
        following = self.query.copy()
        following["next"] = cursor
        return following.urlencode()


def moment(text: str) -> datetime | None:
    """Read a day, as a date field sends it, or a time; without a time zone it is the viewer's. None for others."""
    try:
        day = parse_date(text)
        found = datetime(day.year, day.month, day.day) if day else datetime.fromisoformat(text)  # noqa: DTZ001
        found = found if found.tzinfo else timezone.make_aware(found)
        return found.astimezone(UTC) if 1 < found.year < 9999 else None
    except (ValueError, OverflowError):
        return None
