"""What the sessions list shows: the rows asked for, what narrows it, and the address of each without that."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.addresses import page_at
from sessions.models import Project, Session
from sessions.paging import NEWER, PLACE_KEYS, ListPage, list_page
from sessions.saved_views import query_of
from tasks.news import News, NewsLine, line_above, newest_seen
from tasks.session_filter import AMONG_NEWEST, LOOKED_THROUGH, SessionFilter, SessionFilterForm
from tasks.session_rows import SessionRow, rows_of, version_of_rows
from tasks.task_list import Chip

# What a list shows of a session, and what its state is read off.
SHOWN = (
    *("project", "end_user", "title", "created_at", "active_at", "last_message_at", "head_seq", "cursor_seq"),
    *("lease_until", "extraction_error", "disable_task_tracking"),
    *("success_tasks", "running_tasks", "pending_tasks", "failed_tasks", "risky_tasks"),
)


@dataclass
class SessionList:
    """The sessions of a project that an address asks for. Each part is fetched once, when it is first asked for."""

    project: Project | None
    query: QueryDict

    @cached_property
    def form(self) -> SessionFilterForm:
        return SessionFilterForm(self.query)

    @cached_property
    def asked(self) -> SessionFilter:
        return SessionFilter.of_form(self.form)

    @cached_property
    def page(self) -> ListPage[Session]:
        sessions = self.asked.listed(self.project)
        # An order without an index sorts thousands of rows: then users are fetched beside them, not joined to them.
        if self.asked.sort in AMONG_NEWEST:
            wide = sessions.prefetch_related("end_user").only(*SHOWN)
        else:
            wide = sessions.select_related("end_user").only(*SHOWN, "end_user__identifier")
        found = list_page(wide, self.query, self.asked.order)
        if self.project:
            for session in found.rows:
                session.project = self.project
        return found

    @cached_property
    def rows(self) -> list[SessionRow]:
        return rows_of(self.page.rows)

    @cached_property
    def version(self) -> str:
        return version_of_rows(self.rows)

    @property
    def polls(self) -> bool:
        """Whether the rows should look again: something happens in one of them."""
        return any(row.is_live for row in self.rows)

    @property
    def poll_query(self) -> str:
        asked = self.query.copy()
        asked["seen"], asked[NEWER] = self.version, timezone.now().isoformat()
        return asked.urlencode()

    @property
    def made_since(self) -> str:
        """What a live list tells while it does not move: how many that fit were made since its rows were drawn."""
        if NEWER not in self.query or self.asked.sort in AMONG_NEWEST:
            return ""
        news = News.among(self.asked.newer(self.project), "created_at", newest_seen(self.query))
        return _told(news) if news.count else ""

    @property
    def news(self) -> NewsLine | None:
        """Where the page looks for sessions that came since; a live list shows them itself, a ranking has no head."""
        if self.polls or self.page.previous or self.asked.sort in AMONG_NEWEST:
            return None
        first = next(iter(self.page.rows), None)
        return self.news_line(getattr(first, self._moved_by) if first else timezone.now())

    def news_since(self, newest: datetime) -> News:
        """Count the sessions that fit and stand above the newest of a page."""
        return News.among(self.asked.newer(self.project), self._moved_by, newest)

    def news_line(self, newest: datetime, found: News | None = None) -> NewsLine:
        """Tell what was found, if anything was."""
        return line_above("tasks:sessions", "tasks:session_news", self.own_query, newest, found, _told)

    @property
    def _moved_by(self) -> str:
        return self.asked.order.fields[0]

    @property
    def own_query(self) -> str:
        """What the list is asked for, in one spelling, without the place within its pages."""
        return query_of(self.query)

    @property
    def address(self) -> str:
        """The list from its first page on."""
        return page_at("tasks:sessions", self.own_query)

    @property
    def is_narrow(self) -> bool:
        """Whether something is asked for, be it understood or not; nothing found is then no empty project."""
        return bool(self.own_query) or any(self.query.get(name) for name in PLACE_KEYS)

    @property
    def looked_through(self) -> int:
        """How many sessions, those active last, were looked through at most; 0 when all."""
        return LOOKED_THROUGH if self.asked.is_bounded else 0

    @cached_property
    def chips(self) -> list[Chip]:
        """What narrows the list, in the order of the form."""
        words: dict[str, Callable[[Any], str]] = {
            "q": lambda value: _("“%(words)s”") % {"words": value[:60]},
            "status": lambda value: _("tasks: %(status)s") % {"status": self._label("status", value)},
            "user": lambda value: _("user %(name)s") % {"name": value[:60]},
            "time": lambda value: self._label("time", value),
            "state": lambda value: _("extraction: %(state)s") % {"state": self._label("state", value)},
            "since": lambda value: _("from %(moment)s") % {"moment": _shown(value)},
            "until": lambda value: _("until %(moment)s") % {"moment": _shown(value)},
            "configs": lambda value: (
                _("configs contain %(json)s") % {"json": json.dumps(value, ensure_ascii=False)[:80]}
            ),
        }
        return [Chip(name, words[name](value), self._without(name)) for name, value in self.asked.filters.items()]

    def _label(self, name: str, value: str) -> str:
        field: Any = self.form.fields[name]
        return str(dict(field.choices)[value])

    def _without(self, name: str) -> str:
        query = self.query.copy()
        query.pop(name, None)
        return query_of(query)


def _told(news: News) -> str:
    if news.is_all_new:
        return ngettext("%(n)s new session", "%(n)s new sessions", news.count) % {"n": news.shown}
    return ngettext("%(n)s session with news", "%(n)s sessions with news", news.count) % {"n": news.shown}


def _shown(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M Y H:i")
