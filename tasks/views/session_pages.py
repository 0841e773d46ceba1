"""The sessions list, and one session: its conversation beside its tasks."""

import uuid

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from sessions.http import PageRequest, Place, following, may_change, project_to_change, see_other
from sessions.models import SavedView, Session
from sessions.paging import list_page
from sessions.saved_views import ViewsRow
from sessions.views import api_address
from tasks.flush import flush
from tasks.overview.attention import TROUBLES, in_trouble
from tasks.session_page import SessionPage, Stretch
from tasks.session_rows import rows_of, version_of_rows

NOTHING_NEW = 204
# A person should not stare at a button; the page follows the rest by itself.
PATIENCE_SECONDS = 3.0


@vary_on_headers("HX-Request")
@require_safe
def session_list(request: PageRequest) -> HttpResponse:
    """List a project's sessions; an empty project is told how to begin."""
    place = Place(request)
    sessions = Session.objects.filter(project=place.project).select_related("end_user", "project")
    state = request.GET.get("state", "")
    page = list_page(in_trouble(sessions, state).defer("configs"), request.GET)
    rows = rows_of(page.rows)
    version = version_of_rows(rows)
    if request.htmx and request.GET.get("seen") == version:
        return HttpResponse(status=NOTHING_NEW)
    if request.htmx and "welcome" in request.GET:
        return HttpResponseClientRefresh()
    asked = request.GET.copy()
    asked["seen"] = version
    context = {
        "place": place,
        "page": page,
        "state": state if state in TROUBLES else "",
        "rows": rows,
        "views": ViewsRow(place, SavedView.Page.SESSIONS, request.GET),
        "version": version,
        "polls": any(row.is_live for row in rows),
        "poll_query": asked.urlencode(),
        "api_address": api_address(request),
    }
    return render(request, "tasks/sessions.html#rows" if request.htmx else "tasks/sessions.html", context)


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
