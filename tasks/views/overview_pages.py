"""The overview: the first page of a project."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie, vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from sessions.http import NOTHING_NEW, PageRequest, Place
from sessions.local_time import zone_of
from sessions.views import api_address
from tasks.overview.page import OverviewPage, is_new, is_over
from tasks.overview.spans import span_of


@vary_on_cookie
@vary_on_headers("HX-Request")
@require_safe
def overview(request: PageRequest) -> HttpResponse:
    """Show how a project fares in `?range=`; an empty project is told how to begin."""
    place = Place(request)
    if place.project is None or is_new(place.project):
        return _welcome(request, place)
    now = timezone.now()
    page = OverviewPage(place.project, span_of(request.GET.get("range"), now, zone_of(request)))
    context = {"place": place, "page": page, "version": page.version, "polls": True}
    if not request.htmx:
        return render(request, "tasks/overview.html", context)
    if "welcome" in request.GET:
        return HttpResponseClientRefresh()
    has_changed = request.GET.get("seen") != context["version"]
    if not has_changed and not is_over(request.GET.get("until", ""), now):
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "tasks/overview.html#figures", {**context, "polls": has_changed})


def _welcome(request: PageRequest, place: Place) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "tasks/welcome.html", {"place": place, "api_address": api_address(request)})
