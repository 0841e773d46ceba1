"""Settings: the API keys of a project.

A key is drawn into the answer of the POST that makes it and kept nowhere, not even for a redirect. So that this POST,
sent again (F5, two clicks), makes no other live key, each form carries the id of the key that it makes.
"""

import uuid
from datetime import timedelta

from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from sessions.http import PageRequest, Place, project_to_change, see_other
from sessions.models import ApiKey
from sessions.rotation import revoke, rotate
from sessions.settings_pages.page import INVALID, settings_page
from sessions.toasts import say

SHOWN = 100


class OnceForm(forms.Form):
    """Makes a key once: the id that it is to have was drawn with the form."""

    # Firefox would put the id of before into a page that is loaded again.
    once = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput({"autocomplete": "off"}))


class KeyForm(OnceForm):
    """Names a new key and says how long it lives."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("Who or what will use it")
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Ends"),
        coerce=int,
        choices=[
            (0, gettext_lazy("never")),
            (30, gettext_lazy("in 30 days")),
            (90, gettext_lazy("in 90 days")),
            (365, gettext_lazy("in a year")),
        ],
    )


class GraceForm(OnceForm):
    """Says how long an old key works beside its successor."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("The old key works for another"),
        coerce=int,
        initial=24,
        choices=[
            (1, gettext_lazy("hour")),
            (24, gettext_lazy("day")),
            (7 * 24, gettext_lazy("week")),
            (0, gettext_lazy("moment: it ends at once")),
        ],
    )


def _page(request: PageRequest, place: Place, *, form: KeyForm | None = None, secret: str = "") -> HttpResponse:
    keys = ApiKey.objects.filter(project=place.project).order_by("-created_at", "-id")[:SHOWN]
    context = {"keys": keys, "form": form or KeyForm(), "grace": GraceForm(auto_id=False), "secret": secret}
    status = INVALID if form and form.errors else 200
    return settings_page(request, "keys", place, context, status=status)


@require_safe
def keys(request: PageRequest) -> HttpResponse:
    """List the keys."""
    return _page(request, Place(request))


@never_cache
@require_POST
def add_key(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a key and show it, this once."""
    project = project_to_change(request, pk)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, Place(request, project), form=form)
    days = form.cleaned_data["days"]
    ends = timezone.now() + timedelta(days=days) if days else None
    try:
        with transaction.atomic():
            _row, secret = ApiKey.issue(
                project, name=form.cleaned_data["name"], expires_at=ends, pk=form.cleaned_data["once"]
            )
    except IntegrityError:
        return _sent_before(request)
    return _page(request, Place(request, project), secret=secret)


def _sent_before(request: PageRequest) -> HttpResponse:
    text = _(
        "This form was sent before and its key is made; the key was shown that once. Make another if it was not kept."
    )
    say(request, text, level="warning")
    return see_other(reverse("sessions:settings_keys"))


def _key_to_change(request: PageRequest, pk: uuid.UUID, key: uuid.UUID) -> ApiKey:
    return get_object_or_404(
        ApiKey.objects.filter(project=project_to_change(request, pk)).select_related("project"), pk=key
    )


@never_cache
@require_POST
def rotate_key(request: PageRequest, pk: uuid.UUID, key: uuid.UUID) -> HttpResponse:
    """Put a new key in an old one's place and show it, this once. The old one ends after the grace."""
    old = _key_to_change(request, pk, key)
    form = GraceForm(request.POST)
    is_valid = form.is_valid()
    # The forms of all keys are drawn with one id.
    successor = uuid.uuid5(once, str(old.pk)) if is_valid and (once := form.cleaned_data["once"]) else None
    # Asked for first: without a grace the old key has ended by the form that is sent again.
    if successor and ApiKey.objects.filter(pk=successor).exists():
        return _sent_before(request)
    if not old.is_usable or not is_valid:
        say(request, _("A key that has ended has no successor: make a new one."), level="error")
        return see_other(reverse("sessions:settings_keys"))
    try:
        _new, secret = rotate(old, grace=timedelta(hours=form.cleaned_data["hours"]), pk=successor)
    except IntegrityError:
        return _sent_before(request)
    return _page(request, Place(request, old.project), secret=secret)


@require_POST
def revoke_key(request: PageRequest, pk: uuid.UUID, key: uuid.UUID) -> HttpResponse:
    """End a key now."""
    row = _key_to_change(request, pk, key)
    revoke(row)
    say(request, _("The key %(name)s is refused from now on.") % {"name": row.name})
    return see_other(reverse("sessions:settings_keys"))
