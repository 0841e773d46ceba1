"""Change many sessions: choose them, look at what goes or begins, confirm, follow it. And export them."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from sessions.addresses import page_at
from sessions.errors import BadRequest
from sessions.formats import DEFAULT_FORMAT, FORMATS
from sessions.http import NOTHING_NEW, PageRequest, Place, project_to_change, see_other
from sessions.toasts import say
from tasks.batches.choosing import MOST, Choice, chosen, plan
from tasks.batches.page import BatchPage
from tasks.batches.working import start, stop, work
from tasks.exporting.sessions import session_lines
from tasks.forms import ReextractForm
from tasks.jobs import go_on
from tasks.models import Batch

UNUSABLE = 422
EXPORT = "export"
# A person should not wait for it; what takes longer goes on in the background.
PATIENCE_SECONDS = 2.0


def _list(query: str) -> str:
    return page_at("tasks:sessions", query)


@require_POST
def bulk(request: PageRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Do with the chosen sessions what the button says: export them now, or lead to the page that asks again."""
    action = request.POST.get("action", "")
    project = next((known for known in Place(request).projects if known.pk == pk), None)
    if project is None:
        raise Http404("No such project")
    if action != EXPORT:
        project_to_change(request, pk)
    try:
        if action not in (EXPORT, *Batch.Kind.values):
            raise BadRequest(_("Choose what to do with the sessions."))
        choice = chosen(project, request.POST)
        if action == EXPORT:
            return _export(choice, request.POST.get("format", DEFAULT_FORMAT))
        batch = plan(choice, action, request.user)
    except BadRequest as problem:
        say(request, str(problem), level="warning")
        return see_other(_list(request.POST.get("query", "")))
    if choice.is_cut:
        say(
            request,
            _("More than %(most)d sessions match: these are the ones active last.") % {"most": MOST},
            level="info",
        )
    return see_other(batch.get_absolute_url())


def _export(choice: Choice, format: str) -> StreamingHttpResponse:
    if format not in FORMATS:
        raise BadRequest(_("There is no such format."))
    response = StreamingHttpResponse(session_lines(choice.ids, format=format), content_type="application/x-ndjson")
    name = f"sessions-{timezone.now():%Y%m%d-%H%M%S}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _find(request: PageRequest, pk: uuid.UUID) -> Batch:
    visible = Batch.objects.filter(project__memberships__user=request.user)
    return get_object_or_404(visible.select_related("project", "person"), pk=pk)


def _show(request: PageRequest, found: Batch, *, status: int = 200, **more: Any) -> HttpResponse:
    place = Place(request, found.project)
    context = {"place": place, "page": BatchPage(found), "form": ReextractForm(), "list_address": _list(found.query)}
    return render(request, "tasks/batch.html", context | more, status=status)


@require_safe
def batch(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show what is about to be done to many sessions, how far it is, or what came of it."""
    return _show(request, _find(request, pk))


@require_safe
def batch_live(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer how far it is since `?seen=`."""
    found = _find(request, pk)
    page = BatchPage(found)
    if request.GET.get("seen") == page.version:
        return HttpResponse(status=NOTHING_NEW)
    place = Place(request, found.project)
    context = {"place": place, "page": page, "list_address": _list(found.query)}
    return render(request, "tasks/batch.html#state", context)


@require_POST
def start_batch(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Do it, now that somebody has seen what it is; what takes long goes on in the background."""
    found = _find(request, pk)
    project_to_change(request, found.project_id)
    how: dict[str, Any] = {}
    if found.kind == Batch.Kind.AGAIN:
        form = ReextractForm(request.POST)
        if not form.is_valid():
            return _show(request, found, status=UNUSABLE, form=form)
        how = {**form.cleaned_data, "applies_at_once": bool(request.POST.get("applies_at_once"))}
    if not start(found, **how):
        say(request, _("This has begun already."), level="info")
        return see_other(found.get_absolute_url())
    work(found.pk, seconds=PATIENCE_SECONDS)
    found.refresh_from_db()
    if found.finished_at is None:
        go_on(found.pk)
        return see_other(found.get_absolute_url())
    if found.kind == Batch.Kind.AGAIN:
        return see_other(found.get_absolute_url())
    gone = ngettext("%(n)d session is deleted.", "%(n)d sessions are deleted.", found.total) % {"n": found.total}
    say(request, gone)
    return see_other(_list(found.query))


@require_POST
def stop_batch(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Leave alone what is not done yet, or forget what has not begun."""
    found = _find(request, pk)
    project_to_change(request, found.project_id)
    if found.started_at is None:
        found.delete()
        return see_other(_list(found.query))
    stop(found)
    say(request, _("Stopped. What was done stays done."))
    return see_other(found.get_absolute_url())
