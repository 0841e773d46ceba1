"""Settings: the project itself: its name, how long it keeps sessions, and its end."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from sessions.configs import patch_project_configs
from sessions.deleting import delete_sessions
from sessions.http import PROJECT_KEY, PageRequest, Place, project_to_own, see_other
from sessions.jobs import delete_sessions_until
from sessions.models import Membership, Project, Session
from sessions.people import found_project
from sessions.retention import RETENTION, retention_of, sessions_past
from sessions.settings_pages.page import INVALID, settings_page
from sessions.toasts import say

# A preview counts no further.
COUNTED = 10_000
# What takes longer goes on in the background.
PATIENCE_SECONDS = 5.0


class NameForm(forms.Form):
    """The name of a project."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)


class ConfirmForm(forms.Form):
    """The project's name, typed by someone who means it."""

    name = forms.CharField(label=gettext_lazy("Type the project's name"), strip=False)

    def __init__(self, project: Project, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.project = project

    def clean_name(self) -> str:
        """Raises ValidationError for another name."""
        name: str = self.cleaned_data["name"]
        if name.strip() != self.project.name.strip():
            raise forms.ValidationError(_("This is not the project's name; nothing was deleted."))
        return name


class RetentionForm(forms.Form):
    """After how many days a session goes; empty keeps all."""

    days = forms.IntegerField(
        label=gettext_lazy("Days after the last message"),
        required=False,
        min_value=RETENTION.low,
        max_value=RETENTION.high,
        widget=forms.NumberInput({"placeholder": gettext_lazy("keep all")}),
    )


def _page(request: PageRequest, place: Place, *, status: int = 200, **forms_shown: Any) -> HttpResponse:
    project = place.project
    if project is None:
        return settings_page(request, "project", place, {})
    context = {
        "name_form": NameForm(initial={"name": project.name}, prefix="project"),
        "new_form": NameForm(prefix="new"),
        "retention_form": RetentionForm(initial={"days": retention_of(project)}),
        "days": retention_of(project),
        "empty_form": ConfirmForm(project, prefix="empty"),
        "delete_form": ConfirmForm(project, prefix="delete"),
        **forms_shown,
    }
    return settings_page(request, "project", place, context, status=status)


@require_safe
def project(request: PageRequest) -> HttpResponse:
    """Show the project's own settings; with `?days=`, also what such a retention would delete."""
    place = Place(request)
    if place.project is None or "days" not in request.GET:
        return _page(request, place)
    form = RetentionForm(request.GET)
    if not form.is_valid():
        return _page(request, place, status=INVALID, retention_form=form)
    days = form.cleaned_data["days"]
    doomed = min(sessions_past(place.project, days)[: COUNTED + 1].count(), COUNTED + 1) if days else 0
    preview = {"days": days, "sessions": min(doomed, COUNTED), "is_more": doomed > COUNTED}
    return _page(request, place, retention_form=form, preview=preview)


@require_POST
def rename_project(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the project another name."""
    found = project_to_own(request, pk)
    form = NameForm(request.POST, prefix="project")
    if not form.is_valid():
        return _page(request, Place(request, found), status=INVALID, name_form=form)
    found.name = form.cleaned_data["name"]
    found.save(update_fields=["name", "updated_at"])
    say(request, _("The project is called %(name)s now.") % {"name": found.name})
    return see_other(reverse("sessions:settings_project"))


@require_POST
def set_retention(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Switch the deletion of old sessions on or off."""
    found = project_to_own(request, pk)
    form = RetentionForm(request.POST)
    if not form.is_valid():
        return _page(request, Place(request, found), status=INVALID, retention_form=form)
    days = form.cleaned_data["days"]
    patch_project_configs(found, {RETENTION.name: days})
    if days:
        say(request, _("Sessions are deleted from now on, %(n)d days after the last message.") % {"n": days})
    else:
        say(request, _("All sessions are kept."))
    return see_other(reverse("sessions:settings_project"))


@require_POST
def delete_all_sessions(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete all sessions that are there now. What takes long goes on in the background."""
    found = project_to_own(request, pk)
    form = ConfirmForm(found, request.POST, prefix="empty")
    if not form.is_valid():
        return _page(request, Place(request, found), status=INVALID, empty_form=form)
    now = timezone.now()
    doomed = Session.objects.filter(project=found, created_at__lte=now)
    count = delete_sessions(doomed, seconds=PATIENCE_SECONDS)
    say(request, ngettext("%(n)d session is deleted.", "%(n)d sessions are deleted.", count) % {"n": count})
    if doomed.exists():
        try:
            delete_sessions_until.apply_async((str(found.pk), now.isoformat()), retry=False)
            say(request, _("The others follow in the background."), level="info")
        except OperationalError:
            say(request, _("The background does not answer: delete again for the others."), level="error")
    return see_other(reverse("sessions:settings_project"))


@require_POST
def delete_project(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the project with everything in it, in one transaction."""
    found = project_to_own(request, pk)
    form = ConfirmForm(found, request.POST, prefix="delete")
    if not form.is_valid():
        return _page(request, Place(request, found), status=INVALID, delete_form=form)
    found.delete()
    request.session.pop(PROJECT_KEY, None)
    say(request, _("The project %(name)s is deleted, with everything in it.") % {"name": found.name})
    return see_other(reverse("tasks:sessions"))


@require_POST
def make_project(request: PageRequest) -> HttpResponse:
    """Make a project and go on in it. Who owns none yet asks an administrator for the first."""
    is_owner = Membership.objects.filter(user=request.user, role=Membership.Role.OWNER).exists()
    if not (is_owner or request.user.is_superuser):
        raise PermissionDenied("Only owners make projects.")
    form = NameForm(request.POST, prefix="new")
    if not form.is_valid():
        return _page(request, Place(request), status=INVALID, new_form=form)
    made = found_project(request.user, name=form.cleaned_data["name"])
    request.session[PROJECT_KEY] = str(made.pk)
    say(request, _("The project %(name)s is there; connect an agent to it.") % {"name": made.name})
    return see_other(reverse("sessions:connect"))
