"""The sessions list, and what helps to narrow it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from sessions.formats import FORMATS
from sessions.http import NOTHING_NEW, PageRequest, Place, at_address
from sessions.models import SavedView
from sessions.saved_views import ViewsRow
from sessions.views import api_address
from tasks.models import Batch
from tasks.session_list import SessionList
from tasks.user_rows import users_like
from tasks.views.news import answer_news

ROWS = "session-rows"
SUGGESTED = 10


@vary_on_headers("HX-Request")
@require_safe
def session_list(request: PageRequest) -> HttpResponse:
    """List the sessions of a project that the address asks for; an empty project is told how to begin."""
    place = Place(request)
    found = SessionList(place.project, request.GET)
    if request.htmx and request.GET.get("seen") == found.version:
        return HttpResponse(status=NOTHING_NEW)
    if request.htmx and "welcome" in request.GET:
        return HttpResponseClientRefresh()
    context = {
        "place": place,
        "list": found,
        "views": ViewsRow(place, SavedView.Page.SESSIONS, request.GET),
        "batches": Batch.objects.filter(project=place.project, started_at__isnull=False, finished_at=None),
        "formats": sorted(FORMATS),
        "api_address": api_address(request),
    }
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "tasks/sessions.html", context)
    if request.htmx.target == ROWS or "seen" in request.GET:
        return render(request, "tasks/renewed-rows.html", {**context, "made_since": found.made_since})
    return at_address(found.address, request, render(request, "tasks/sessions.html#results", context))


@require_safe
def session_news(request: PageRequest) -> HttpResponse:
    """Answer how many sessions came to the head of a list."""
    if not request.htmx:
        return redirect("tasks:sessions")
    return answer_news(request, SessionList(Place(request).project, request.GET))


@require_safe
def suggest_users(request: PageRequest) -> HttpResponse:
    """Give users whose identifier holds `?user=`, as options for the field that is being filled in."""
    words = request.GET.get("user", "").strip()
    users = list(users_like(Place(request).project, words).order_by("-created_at", "-id")[:SUGGESTED]) if words else []
    return render(request, "tasks/user-options.html", {"users": users})
