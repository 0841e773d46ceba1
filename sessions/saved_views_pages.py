"""Name the address of a list, and take the name away again."""

import uuid
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
from sessions.saved_views import LONGEST_QUERY, put_back_query, query_of, save_view
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
        view = save_view(project, page=page, name=form.cleaned_data["name"], asked=asked, person=request.user)
    except Conflict as problem:
        say(request, str(problem), level="error")
        return see_other(_address(page, query_of(asked)))
    say(request, _("“%(name)s” stands above the list now.") % {"name": view.name})
    return see_other(_address(page, view.query))


@require_POST
def save(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Save the address that someone looks at, for all people of the project."""
    return _save(request, pk, request.POST)


@require_POST
def put_back(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Save a view that was deleted once more; the address of this says which."""
    return _save(request, pk, request.GET)


@require_POST
def delete(request: PageRequest, pk: int) -> HttpResponse:
    """Take a view away. What it shows is still there under its address."""
    view = get_object_or_404(SavedView.objects.filter(project__memberships__user=request.user), pk=pk)
    project_to_change(request, view.project_id)
    view.delete()
    undo = reverse("sessions:put_back_view", args=[view.project_id]) + "?" + urlencode(put_back_query(view))
    say(request, _("The view “%(name)s” is gone.") % {"name": view.name}, undo=undo)
    return see_other(_address(view.page, view.query))
