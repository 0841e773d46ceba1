"""What a list of tasks shows: the rows that are asked for, what narrows it, and the address of each without that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.models import Project, Session
from sessions.paging import ListPage, list_page
from tasks.board import Column, board, more_of
from tasks.forms import TaskFilterForm
from tasks.models import Task
from tasks.models.tasks import TaskQuerySet
from tasks.news import News, NewsLine, line_above
from tasks.task_filter import ANY_RISK, IN_ORDER, NOT_SAID, UPDATED, TaskFilter, problem_words

BOARD = "board"


@dataclass(frozen=True)
class Chip:
    """A filter that is on: what it is, in words, and the query string that leaves it out."""

    name: str
    words: str
    without: str


@dataclass
class TaskList:
    """The tasks of a project, or of one session, that an address asks for."""

    project: Project | None
    query: QueryDict
    session: Session | None = None

    @cached_property
    def asked(self) -> TaskFilter:
        asked = TaskFilter.asked_for(self.query)
        return asked.within(self.session.pk) if self.session else asked

    @property
    def is_board(self) -> bool:
        return self.query.get("view") == BOARD

    @property
    def tasks(self) -> TaskQuerySet:
        """All that fit, in no order."""
        return self.asked.of(Task.objects.filter(project=self.project), self.project)

    @cached_property
    def page(self) -> ListPage[Task]:
        return list_page(self.tasks.as_rows(), self._paged, self.asked.order)

    @cached_property
    def columns(self) -> list[Column]:
        return board(self.tasks, self.asked, self.own_query)

    @cached_property
    def more(self) -> Column | None:
        """More of one column, when that is what the address asks for."""
        return more_of(self.tasks, self.asked, self.own_query_with("column", "next")) if self.is_board else None

    @property
    def is_empty(self) -> bool:
        return not any(column.tasks for column in self.columns) if self.is_board else not self.page.rows

    @property
    def news(self) -> NewsLine | None:
        """Where the first page looks for tasks that came since; those of one session stand in their order."""
        if self.session or (not self.is_board and self.page.previous):
            return None
        heads = [column.tasks[:1] for column in self.columns] if self.is_board else [self.page.rows[:1]]
        newest = max((getattr(task, self._moved_by) for head in heads for task in head), default=timezone.now())
        return self.news_line(newest)

    def news_since(self, newest: datetime) -> News:
        """Count the tasks that fit and stand above the newest of a page."""
        tasks = self.asked.newer(Task.objects.filter(project=self.project), self.project)
        return News.among(tasks, self._moved_by, newest)

    def news_line(self, newest: datetime, found: News | None = None) -> NewsLine:
        """Tell what was found, if anything was."""
        query = self.own_query.urlencode(safe=":")
        return line_above("tasks:tasks", "tasks:task_news", query, newest, found, _told)

    @property
    def _moved_by(self) -> str:
        return self.asked.order.fields[0]

    @property
    def by_creation(self) -> str:
        return self._sorted("")

    @property
    def by_update(self) -> str:
        return self._sorted(UPDATED)

    def _sorted(self, sort: str) -> str:
        query = self.own_query.copy()
        query["sort"] = sort
        return query.urlencode(safe=":")

    @property
    def as_list(self) -> str:
        """The query string that shows the same as a list."""
        query = self.own_query.copy()
        query.pop("view", None)
        return query.urlencode(safe=":")

    @property
    def as_board(self) -> str:
        """The query string that shows the same as a board."""
        query = self.own_query.copy()
        query["view"] = BOARD
        return query.urlencode(safe=":")

    @property
    def _paged(self) -> QueryDict:
        return self.own_query_with("next", "previous")

    def own_query_with(self, *names: str) -> QueryDict:
        """The address in its shortest form, with what it says of the place in the list."""
        query = self.own_query.copy()
        for name in names:
            if value := self.query.get(name):
                query[name] = value
        return query

    @property
    def own_query(self) -> QueryDict:
        """What the address of this list has behind its question mark: a session stands before it already."""
        asked = self.asked
        if self.session:
            asked = asked.but(session=None, sort="" if asked.sort == IN_ORDER else asked.sort)
        query = asked.query
        if self.is_board:
            query["view"] = BOARD
        return query

    def address(self, path: str) -> str:
        """The address of this list under a path, in its shortest form."""
        query = (self.own_query if self.is_board else self._paged).urlencode(safe=":")
        return f"{path}?{query}" if query else path

    @cached_property
    def as_origin(self) -> str:
        """What the link to a task says of the list it stands in, so that the task knows its neighbours."""
        return urlencode({"in": self.asked.address})

    @cached_property
    def form(self) -> TaskFilterForm:
        return TaskFilterForm(self.asked, in_session=self.session is not None)

    @property
    def problem(self) -> str:
        return problem_words(self.asked.problems)

    @cached_property
    def chips(self) -> list[Chip]:
        """What narrows the list, in the order of the form."""
        return [Chip(name, words, self._without(name, value)) for name, value, words in self._narrowing()]

    def _narrowing(self) -> Iterator[tuple[str, Any, str]]:
        words: dict[str, Callable[[Any], str]] = {
            "basis": lambda value: _("outcome not said") if value == NOT_SAID else str(Task.Basis(value).label),
            "risk": lambda value: _("successes at risk") if value == ANY_RISK else str(Task.Risk(value).label),
            "situation": lambda value: str(Task.Situation(value).label),
            "corrected": lambda value: _("corrected by hand"),
            "user": lambda value: _("user %(name)s") % {"name": value[:60]},
            "session": lambda value: _("session %(id)s") % {"id": str(value)[:8]},
            "time": lambda value: dict(self.form.fields["time"].choices)[value],  # type: ignore[attr-defined]
            "since": lambda value: _("from %(moment)s") % {"moment": _shown(value)},
            "until": lambda value: _("until %(moment)s") % {"moment": _shown(value)},
            "q": lambda value: _("“%(words)s”") % {"words": value[:60]},
        }
        for name, value in self.asked.filters.items():
            if name == "status":
                for status in value:
                    yield name, status, str(Task.Status(status).label)
            elif name != "session" or not self.session:
                yield name, value, words[name](value)

    def _without(self, name: str, value: Any) -> str:
        query = self.own_query.copy()
        query.setlist(name, [each for each in query.getlist(name) if name == "status" and each != value])
        return query.urlencode(safe=":")


def _told(news: News) -> str:
    if news.is_all_new:
        return ngettext("%(n)s new task", "%(n)s new tasks", news.count) % {"n": news.shown}
    return ngettext("%(n)s task is new or changed", "%(n)s tasks are new or changed", news.count) % {"n": news.shown}


def _shown(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
