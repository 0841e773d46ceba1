"""Search: messages and tasks of a project by their words."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from sessions import errors
from sessions.http import PageRequest, Place
from tasks.models import SearchEntry
from tasks.search.asking import Asked
from tasks.search.finding import find

HITS = 20


@vary_on_headers("HX-Request")
@require_safe
def search(request: PageRequest) -> HttpResponse:
    """Show what `?q=` finds, newest first; for htmx the results alone, or the hits that follow."""
    place, asked = Place(request), Asked.read(request.GET)
    context = {"place": place, "asked": asked, "kinds": SearchEntry.Kind, "hits": [], "more": ""}
    if place.project and asked.wanted.query.is_searchable:
        try:
            context["hits"], cursor = find(place.project, asked.wanted, limit=HITS, cursor=asked.cursor)
        except errors.BadRequest as error:
            raise BadRequest(str(error)) from None
        context["more"] = asked.following(cursor) if cursor else ""
    is_whole = not request.htmx or request.htmx.history_restore_request
    part = "" if is_whole else "#hits" if asked.cursor else "#results"
    return render(request, f"tasks/search.html{part}", context)
