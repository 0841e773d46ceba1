"""One session: its conversation beside its tasks."""

import uuid

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sessions.http import PageRequest, Place, following, may_change, project_to_change, see_other
from sessions.models import Session
from tasks.flush import flush
from tasks.session_page import SessionPage, Stretch

NOTHING_NEW = 204
# A person should not stare at a button; the page follows the rest by itself.
PATIENCE_SECONDS = 3.0


def _session(request: PageRequest, pk: uuid.UUID) -> Session:
    visible = Session.objects.visible_to(request.user).select_related("end_user", "project")
    return get_object_or_404(visible, pk=pk)


@require_safe
def session_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show a stretch of a conversation beside the session's tasks."""
    session = _session(request, pk)
    place = Place(request, session.project)
    page = SessionPage(session, Stretch.asked_for(request.GET), place.may_change)
    return render(request, "tasks/session.html", {"place": place, "page": page})


@require_safe
def session_live(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Answer what changed since `?seen=`: the tasks, new messages, and messages that were answered."""
    page = SessionPage(_session(request, pk), Stretch.asked_for(request.GET))
    if request.GET.get("seen") == page.version:
        return HttpResponse(status=NOTHING_NEW)
    page.may_change = may_change(request, page.session.project_id)
    return render(request, "tasks/live.html", {"page": page})


@require_POST
def extract_now(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Extract what waits, without waiting for the end of the turn."""
    session = _session(request, pk)
    project_to_change(request, session.project_id)
    flushed = flush(session, timeout=PATIENCE_SECONDS)
    if flushed.errmsg:
        flash.warning(request, _("Not all is extracted yet: %(why)s") % {"why": flushed.errmsg})
    else:
        flash.success(request, _("All stored messages are extracted."))
    return see_other(following(request, otherwise=session.get_absolute_url()))
