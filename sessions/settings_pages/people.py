"""Settings: who looks at a project, and who may change it."""

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sessions.errors import BadRequest, Conflict
from sessions.http import PageRequest, Place, project_to_own, see_other
from sessions.models import Membership
from sessions.people import add_person, change_role, remove_person
from sessions.settings_pages.page import INVALID, settings_page
from sessions.toasts import say

SHOWN = 200


class RoleForm(forms.Form):
    """One of the roles."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Membership.Role.choices, initial=Membership.Role.VIEWER
    )


class PersonForm(RoleForm):
    """Someone who has an account, and the role they get."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    field_order = ["username", "role"]


def _page(request: PageRequest, place: Place, form: PersonForm | None = None) -> HttpResponse:
    members = Membership.objects.filter(project=place.project).select_related("user").order_by("user__username")[:SHOWN]
    context = {"members": members, "form": form or PersonForm(), "roles": Membership.Role.choices}
    return settings_page(request, "people", place, context, status=INVALID if form else 200)


@require_safe
def people(request: PageRequest) -> HttpResponse:
    """List the members with their roles."""
    return _page(request, Place(request))


@require_POST
def add_member(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Let someone in."""
    project = project_to_own(request, pk)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, Place(request, project), form)
    try:
        member = add_person(project, **form.cleaned_data)
    except (BadRequest, Conflict) as error:
        form.add_error("username", str(error))
        return _page(request, Place(request, project), form)
    say(request, _("%(name)s is %(role)s now.") % {"name": member.user, "role": member.get_role_display().lower()})
    return see_other(reverse("sessions:settings_people"))


def _member(request: PageRequest, pk: uuid.UUID, member: int) -> Membership:
    members = Membership.objects.filter(project=project_to_own(request, pk)).select_related("user")
    return get_object_or_404(members, pk=member)


@require_POST
def set_role(request: PageRequest, pk: uuid.UUID, member: int) -> HttpResponse:
    """Give a member another role."""
    row = _member(request, pk, member)
    form = RoleForm(request.POST)
    if not form.is_valid():
        say(request, _("There is no such role."), level="error")
        return see_other(reverse("sessions:settings_people"))
    role = form.cleaned_data["role"]
    try:
        change_role(row, role)
    except Conflict as error:
        say(request, str(error), level="error")
    else:
        say(request, _("%(name)s is %(role)s now.") % {"name": row.user, "role": row.get_role_display().lower()})
    return see_other(reverse("sessions:settings_people"))


@require_POST
def remove_member(request: PageRequest, pk: uuid.UUID, member: int) -> HttpResponse:
    """Take a member out; they may be the one who asks."""
    row = _member(request, pk, member)
    try:
        remove_person(row)
    except Conflict as error:
        say(request, str(error), level="error")
    else:
        say(request, _("%(name)s sees this project no more.") % {"name": row.user})
    return see_other(reverse("sessions:settings_people"))
