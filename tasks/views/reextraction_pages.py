"""Extract a session again: ask for it, watch it, look at what it would change, apply or discard it."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from sessions.errors import Problem
from sessions.http import NOTHING_NEW, PageRequest, Place, may_change, project_to_change, see_other
from sessions.toasts import say
from tasks.forms import ReextractForm
from tasks.jobs import begin
from tasks.models import Reextraction
from tasks.reextraction.applying import discard, exchange
from tasks.reextraction.page import ReextractionPage
from tasks.reextraction.proposing import open_proposal, propose

UNUSABLE = 422


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def reextract(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask by whom the session is to be read again, and begin. With an open proposal, lead there."""
    place = Place(request)
    session = place.go_to_session(pk)
    project_to_change(request, session.project_id)
    form = ReextractForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = propose(session, **form.cleaned_data, person=request.user)
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            begin(proposal)
            return see_other(_address(proposal))
    context = {"session": session, "form": form, "proposal": open_proposal(session)}
    if request.htmx:
        return render(request, "tasks/reextract.html#form", context)
    context["place"] = place
    return render(request, "tasks/reextract.html", context, status=UNUSABLE if form.errors else 200)


def _address(proposal: Reextraction) -> str:
    return reverse("tasks:reextraction", args=[proposal.pk])


def _find(request: PageRequest, pk: uuid.UUID) -> Reextraction:
    visible = Reextraction.objects.filter(project__memberships__user=request.user)
    return get_object_or_404(visible.select_related("session__project"), pk=pk)


@require_safe
def reextraction(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show how far the reading is, and then what it would change."""
    proposal = _find(request, pk)
    place = Place(request, proposal.session.project)
    page = ReextractionPage(proposal, may_change=place.may_change)
    return render(request, "tasks/reextraction.html", {"place": place, "page": page})


@require_safe
def reextraction_live(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer what is new since `?seen=`."""
    proposal = _find(request, pk)
    page = ReextractionPage(proposal, may_change=may_change(request, proposal.project_id))
    if request.GET.get("seen") == page.version:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "tasks/reextraction.html#state", {"page": page})


@require_POST
def apply_reextraction(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Replace the session's tasks by the proposed ones."""
    proposal = _find(request, pk)
    project_to_change(request, proposal.project_id)
    try:
        exchange(proposal.pk)
    except Problem as problem:
        say(request, _("Nothing was applied: %(why)s.") % {"why": problem}, level="error")
        return see_other(_address(proposal))
    say(request, _("The session's tasks are replaced by what was read again."))
    return see_other(proposal.session.get_absolute_url())


@require_POST
def discard_reextraction(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Leave the session as it is."""
    proposal = _find(request, pk)
    project_to_change(request, proposal.project_id)
    try:
        discard(proposal)
    except Problem as problem:
        say(request, _("Nothing was discarded: %(why)s.") % {"why": problem}, level="error")
        return see_other(_address(proposal))
    say(request, _("The proposal is discarded; the session is as it was."))
    return see_other(proposal.session.get_absolute_url())
