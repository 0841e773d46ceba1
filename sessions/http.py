"""What a page knows of its request: who asks, in which project, and whether htmx asks for a part of the page."""

import uuid

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django_htmx.middleware import HtmxDetails

from sessions.models import Membership, Project

PROJECT_KEY = "project"
MAY_CHANGE = (Membership.Role.EDITOR, Membership.Role.OWNER)


class PageRequest(HttpRequest):
    """The request of a page: someone is logged in, and htmx has said what it wants."""

    user: User
    htmx: HtmxDetails


class Place:
    """Where someone is: the project they look at, and all they may look at. One query."""

    def __init__(self, request: PageRequest, project: Project | None = None) -> None:
        self.projects = list(Project.objects.visible_to(request.user).order_by("created_at", "id"))
        chosen = str(request.session.get(PROJECT_KEY, ""))
        remembered = next((known for known in self.projects if str(known.id) == chosen), None)
        self.project = project or remembered or next(iter(self.projects), None)


def project_to_change(request: PageRequest, pk: uuid.UUID) -> Project:
    """Return a project that this person may change; 404 when they may not see it, 403 when they may only look."""
    membership = Membership.objects.filter(user=request.user, project=pk).select_related("project").first()
    if membership is None:
        raise Http404("No such project")
    if membership.role not in MAY_CHANGE:
        raise PermissionDenied("Viewers of a project look and do not change.")
    return membership.project


def may_change(request: PageRequest, project: Project) -> bool:
    """Whether this person may change the project, so that its pages offer it."""
    return Membership.objects.filter(user=request.user, project=project, role__in=MAY_CHANGE).exists()


def see_other(address: str) -> HttpResponseRedirect:
    """Answer a POST with the page to look at next."""
    return HttpResponseRedirect(address, status=303)
