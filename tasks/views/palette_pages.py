"""The command palette: what the server finds for it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sessions.http import PageRequest, Place
from tasks.palette import Found, find_anything


@require_safe
def palette(request: PageRequest) -> HttpResponse:
    """Give what `?q=` names in the person's project, as options of the palette's list."""
    project = Place(request).project
    words = request.GET.get("q", "").strip()
    found = find_anything(project, words) if project else Found()
    return render(request, "components/palette-found.html", {"found": found, "words": words})
