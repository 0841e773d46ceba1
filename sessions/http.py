"""What a page knows of its request: who asks, in which project, and whether htmx asks for a part of the page."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import push_url
from django_htmx.middleware import HtmxDetails

from sessions.models import EndUser, Membership, Project, Session
from sessions.prepared import columns, first, objects

PROJECT_KEY = "project"
# The status that tells htmx to leave a page as it is.
NOTHING_NEW = 204
MAY_CHANGE = (Membership.Role.EDITOR, Membership.Role.OWNER)


class PageRequest(HttpRequest):
    """The request of a page: someone is logged in, and htmx has said what it wants."""

    user: User
    htmx: HtmxDetails


# In SQL: every page asks this.
PROJECTS = f"""
SELECT {columns(Project, "project")}, membership.role
  FROM agent_sessions_membership AS membership JOIN agent_sessions_project AS project ON project.id = project_id
 WHERE membership.user_id = %(user)s ORDER BY project.created_at, project.id
"""  # noqa: S608 (constants)
# And this every part of a session's page.
SESSION = f"""
SELECT {columns(Session, "session")}, person.identifier AS person
  FROM agent_sessions_session AS session LEFT JOIN agent_sessions_enduser AS person ON person.id = session.end_user_id
 WHERE session.id = %(session)s AND session.project_id = ANY(%(projects)s)
"""  # noqa: S608 (constants)


class Place:
    """Where someone is: the project they look at, and all they may look at. One query."""

    def __init__(self, request: PageRequest, project: Project | None = None) -> None:
        self._request = request
        self.projects: list[Any] = objects(Project, PROJECTS, {"user": request.user.pk})
        chosen = str(request.session.get(PROJECT_KEY, ""))
        remembered = next((known for known in self.projects if str(known.id) == chosen), None)
        self.project = remembered or next(iter(self.projects), None)
        if project:
            self._be_in(project)

    def _be_in(self, project: Project) -> None:
        """Be in a project from now on: the menu of a page leads on in what the page shows.

        A part of a page changes nothing: it may ask in the background while its person is at work in another project.
        """
        if project != self.project and not self._request.htmx:
            self._request.session[PROJECT_KEY] = str(project.pk)
        self.project = project

    @property
    def may_change(self) -> bool:
        """Whether to offer what `project_to_change` allows."""
        return any(known.role in MAY_CHANGE for known in self.projects if known == self.project)

    def go_to[M: Session | EndUser](self, found: M | None) -> M:
        """Be in the project of what was found among those of this person from now on; raises Http404 for nothing."""
        project = next((known for known in self.projects if found and known.pk == found.project_id), None)
        if found is None or project is None:
            raise Http404("No such thing")
        found.project = project
        self._be_in(project)
        return found

    def go_to_session(self, pk: uuid.UUID) -> Session:
        """Return a session of any project of this person, and be in that one from now on. Raises Http404. One query."""
        values = {"session": pk, "projects": [project.pk for project in self.projects]}
        session = self.go_to(first(Session, SESSION, values))
        if session.end_user_id:
            named = vars(session)["person"]
            session.end_user = EndUser(pk=session.end_user_id, project=session.project, identifier=named)
        return session


def project_to_change(request: PageRequest, pk: uuid.UUID) -> Project:
    """Return a project that this person may change; 404 when they may not see it, 403 when they may only look."""
    return _project_as(MAY_CHANGE, request, pk)


def project_to_own(request: PageRequest, pk: uuid.UUID) -> Project:
    """Return a project that this person owns; 404 when they may not see it, 403 when it is somebody else's."""
    return _project_as((Membership.Role.OWNER,), request, pk)


def _project_as(roles: Sequence[str], request: PageRequest, pk: uuid.UUID) -> Project:
    membership = Membership.objects.filter(user=request.user, project=pk).select_related("project").first()
    if membership is None:
        raise Http404("No such project")
    if membership.role not in roles:
        raise PermissionDenied(f"As {membership.role} of this project you may not do that.")
    return membership.project


def may_change(request: PageRequest, project_id: uuid.UUID) -> bool:
    """Tell what `Place.may_change` tells, for a part of a page. One query."""
    return Membership.objects.filter(user=request.user, project=project_id, role__in=MAY_CHANGE).exists()


def see_other(address: str) -> HttpResponseRedirect:
    """Answer a POST with the page to look at next."""
    return HttpResponseRedirect(address, status=303)


def at_address(address: str, request: PageRequest, answer: HttpResponse) -> HttpResponse:
    """Have htmx push the address of what it asked for, unless it is there: one pushed twice is gone back from twice."""
    path, _, query = (request.htmx.current_url_abs_path or "").partition("?")
    wanted_path, _, wanted = address.partition("?")
    is_there = path == wanted_path and QueryDict(query) == QueryDict(wanted)
    return answer if is_there else push_url(answer, address)


def following(request: HttpRequest, otherwise: str) -> str:
    """Return where a form's `next` wants to go, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else otherwise
