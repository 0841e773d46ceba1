"""Saved views of a list. The address stays the truth: a view is a name for one, shared by a project's people."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from sessions.errors import Conflict
from sessions.http import Place
from sessions.models import Project, SavedView
from sessions.paging import PLACE_KEYS
from sessions.prepared import columns, objects

# More would not fit above a list.
MOST = 40
LONGEST_QUERY = 4_000
# In SQL: each list asks this.
VIEWS = f"""
SELECT {columns(SavedView, "view")} FROM agent_sessions_savedview AS view
 WHERE project_id = %(project)s AND page = %(page)s
"""  # noqa: S608 (constants)


def query_of(asked: QueryDict) -> str:
    """Return what an address asks for, in one spelling: no place within the pages, nothing empty, keys in order."""
    pairs = [(key, value) for key, values in asked.lists() for value in values if value and key not in PLACE_KEYS]
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


@dataclass(frozen=True)
class Saved:
    """A view that was saved, and as it was before; None when it is a new one."""

    view: SavedView
    before: SavedView | None

    @property
    def is_moved(self) -> bool:
        """Whether a known name leads elsewhere now."""
        return self.before is not None and self.before.query != self.view.query

    @property
    def is_renamed(self) -> bool:
        return self.before is not None and self.before.name != self.view.name

    @property
    def put_back_query(self) -> Mapping[str, str]:
        """What it takes to save the view as it was before; nothing when nothing was changed."""
        return put_back_query(self.before) if self.before and (self.is_moved or self.is_renamed) else {}


@transaction.atomic
def save_view(project: Project, *, page: str, name: str, asked: QueryDict, person: User) -> Saved:
    """Give an address a name. A known name leads to this address from now on; a known address gets the new name.

    Raises Conflict when there are too many.
    """
    # Of two people at once, one waits for the other.
    Project.objects.select_for_update().get(pk=project.pk)
    query = query_of(asked)
    views = SavedView.objects.filter(project=project, page=page)
    known = views.filter(name=name).first() or views.filter(query=query).first()
    if known is None and views.count() >= MOST:
        raise Conflict(_("There are %(count)d views already: delete one first.") % {"count": MOST})
    before = copy(known)
    view = known or SavedView(project=project, page=page, created_by=person)
    view.name, view.query = name, query
    view.save()
    return Saved(view, before)


@dataclass
class ViewsRow:
    """The row of views above a list, at one address. One query, when the template first asks."""

    place: Place
    page: str
    asked: QueryDict

    @cached_property
    def query(self) -> str:
        return query_of(self.asked)

    @cached_property
    def views(self) -> list[SavedView]:
        project = self.place.project
        found = objects(SavedView, VIEWS, {"project": project and project.pk, "page": self.page})
        return sorted(found, key=lambda view: view.name.casefold())

    @property
    def current(self) -> SavedView | None:
        """The view that has this very address."""
        return next((view for view in self.views if view.query == self.query), None)

    @property
    def may_save(self) -> bool:
        """Whether this person may name this address: with nothing asked for there is nothing to name."""
        return self.place.may_change and bool(self.query)


def put_back_query(view: SavedView) -> Mapping[str, str]:
    """What it takes to save a view again after it was deleted or changed."""
    return {"page": view.page, "name": view.name, "query": view.query}
