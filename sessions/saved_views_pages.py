"""Name the address of a list, and take the name away again."""

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sessions.addresses import page_at
from sessions.errors import Conflict
from sessions.http import PageRequest, project_to_change, see_other
from sessions.models import SavedView
from sessions.saved_views import LONGEST_QUERY, Saved, put_back_query, query_of, save_view
from sessions.toasts import say


class ViewForm(forms.Form):
    """A list, what its address asks for, and a name for that."""

    page = forms.ChoiceField(choices=SavedView.Page.choices)
    name = forms.CharField(max_length=SavedView._meta.get_field("name").max_length)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY)


def _address(page: str, query: str) -> str:
    return page_at(f"tasks:{page}", query)


def _save(request: PageRequest, pk: uuid.UUID, data: QueryDict) -> HttpResponse:
    """Save what a form or an address holds, and go to the list that it is about."""
    project = project_to_change(request, pk)
    form = ViewForm(data)
    is_complete = form.is_valid()
    page = form.cleaned_data.get("page")
    if page is None:
        raise BadRequest("No such list")
    asked = QueryDict(form.cleaned_data.get("query", ""))
    if not is_complete:
        words = _("A view needs a name of at most 60 characters, and an address that is not too long.")
        say(request, words, level="error")
        return see_other(_address(page, query_of(asked)))
    try:
        saved = save_view(project, page=page, name=form.cleaned_data["name"], asked=asked, person=request.user)
    except Conflict as problem:
        say(request, str(problem), level="error")
        return see_other(_address(page, query_of(asked)))
    undo = _put_back(project.pk, saved.put_back_query) if saved.put_back_query else None
    say(request, _told(saved), undo=undo)
    return see_other(_address(page, saved.view.query))


def _told(saved: Saved) -> str:
    """Say what saving did: a view is everyone's, so that it replaced another must not go unseen."""
    if saved.before and saved.is_moved:
        return _("“%(name)s” leads here now, no longer to what it was saved for.") % {"name": saved.view.name}
    if saved.before and saved.is_renamed:
        return _("“%(before)s” is called “%(name)s” now.") % {"before": saved.before.name, "name": saved.view.name}
    return _("“%(name)s” stands above the list now.") % {"name": saved.view.name}


def _put_back(project: uuid.UUID, query: Mapping[str, str]) -> str:
    return reverse("sessions:put_back_view", args=[project]) + "?" + urlencode(query)


@require_POST
def save(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Save the address that someone looks at, for all people of the project."""
    return _save(request, pk, request.POST)


@require_POST
def put_back(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Save a view as it was before it was deleted or replaced; the address of this says which."""
    return _save(request, pk, request.GET)


@require_POST
def delete(request: PageRequest, pk: int) -> HttpResponse:
    """Take a view away. What it shows is still there under its address."""
    view = get_object_or_404(SavedView.objects.filter(project__memberships__user=request.user), pk=pk)
    project_to_change(request, view.project_id)
    view.delete()
    undo = _put_back(view.project_id, put_back_query(view))
    say(request, _("The view “%(name)s” is gone.") % {"name": view.name}, undo=undo)
    return see_other(_address(view.page, view.query))
