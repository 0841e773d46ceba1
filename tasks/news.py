"""What came to the head of a list since its first page was drawn: the page offers it, and moves nothing by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import QueryDict

from sessions.addresses import page_at
from sessions.paging import NEWER, TOLD
from tasks.task_filter import moment_of

# Nobody counts further, and the query stays small.
MOST = 99


@dataclass(frozen=True)
class News:
    """Rows that a page does not show yet: how many up to a bound, and whether all of them were made since."""

    count: int
    is_all_new: bool

    @classmethod
    def among(cls, rows: QuerySet[Model], field: str, moment: datetime) -> Self:
        """Look for the rows whose `field` lies after the moment. One query, which the list's own index answers."""
        above = rows.filter(**{f"{field}__gt": moment}).order_by(f"-{field}").values_list("created_at", flat=True)
        made = list(above[: MOST + 1])
        return cls(len(made), all(created > moment for created in made))

    @property
    def shown(self) -> str:
        """The count as it is told."""
        return f"{MOST}+" if self.count > MOST else str(self.count)


@dataclass(frozen=True)
class NewsLine:
    """The line above a list: what it tells, if there is something, the list that has it, and where it looks again."""

    list_address: str
    look_address: str
    words: str = ""


def line_above(
    page: str, look: str, query: str, newest: datetime, found: News | None, say: Callable[[News], str]
) -> NewsLine:
    """Tell what was found above the newest row of a list, if anything was.

    `page` and `look` name the list and what looks for its news, `query` is what the list is asked for, `say` puts
    news into words.
    """
    told = found.count if found else 0
    seen = urlencode({NEWER: newest.isoformat(), TOLD: told})
    look_address = page_at(look, f"{query}&{seen}" if query else seen)
    return NewsLine(page_at(page, query), look_address, say(found) if found and told else "")


def newest_seen(query: QueryDict) -> datetime:
    """Read the moment that `line_above` wrote; raises BadRequest when it is none."""
    try:
        return moment_of(query.get(NEWER, ""))
    except ValueError:
        raise BadRequest(f"{NEWER}: not a moment") from None
