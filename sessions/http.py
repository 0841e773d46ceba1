"""What a page knows of its request: who asks, in which project, and whether htmx asks for a part of the page."""

import uuid
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from sessions.models import Membership, Project

PROJECT_KEY = "project"
# The status that tells htmx to leave a page as it is.
NOTHING_NEW = 204
MAY_CHANGE = (Membership.Role.EDITOR, Membership.Role.OWNER)


class PageRequest(HttpRequest):
    """The request of a page: someone is logged in, and htmx has said what it wants."""

    user: User
    htmx: HtmxDetails


class Place:
    """Where someone is: the project they look at, and all they may look at. One query."""

    def __init__(self, request: PageRequest, project: Project | None = None) -> None:
        memberships = Membership.objects.filter(user=request.user).select_related("project")
        roles = {row.project: row.role for row in memberships.order_by("project__created_at", "project__id")}
        self.projects = list(roles)
        chosen = str(request.session.get(PROJECT_KEY, ""))
        remembered = next((known for known in self.projects if str(known.id) == chosen), None)
        self.project = project or remembered or next(iter(self.projects), None)
        # Whether to offer what `project_to_change` allows.
        self.may_change = self.project is not None and roles.get(self.project) in MAY_CHANGE


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


def is_at(request: PageRequest, address: str) -> bool:
    """Tell whether htmx asks from a page that has this address; one pushed twice would be gone back from twice."""
    path, _, query = (request.htmx.current_url_abs_path or "").partition("?")
    wanted_path, _, wanted = address.partition("?")
    return path == wanted_path and QueryDict(query) == QueryDict(wanted)


def following(request: HttpRequest, otherwise: str) -> str:
    """Return where a form's `next` wants to go, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else otherwise
