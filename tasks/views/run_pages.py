"""The ledger of extraction: runs with their totals and causes of failure, and one run."""

import uuid
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sessions.http import PageRequest, Place
from sessions.paging import Order, list_page
from tasks.ledger.causes import causes_of
from tasks.ledger.filters import RunsAsked
from tasks.ledger.run_page import RunPage
from tasks.ledger.totals import totals_of
from tasks.models import ExtractionRun

NEWEST_FIRST = Order(("started_at", "id"), (datetime, uuid.UUID))
# What a list shows of a run; the rest may be large.
SHOWN = (
    *("status", "trigger", "extractor", "model", "from_seq", "to_seq", "error", "started_at", "latency_ms"),
    *("calls", "input_tokens", "cached_tokens", "output_tokens", "cost_usd", "session__title"),
)


@require_safe
def run_list(request: PageRequest) -> HttpResponse:
    """List a project's runs, newest first, with what they come to and why some failed."""
    place = Place(request)
    asked = RunsAsked(place.project, request.GET)
    rows = asked.runs.select_related("session").only(*SHOWN)
    context = {
        "place": place,
        "asked": asked,
        "page": list_page(rows, request.GET, NEWEST_FIRST),
        "totals": totals_of(asked.runs),
        "causes": [] if asked.example else causes_of(asked.runs),
    }
    return render(request, "tasks/runs.html", context)


@require_safe
def run_detail(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Show one run whole."""
    runs = ExtractionRun.objects.filter(project__memberships__user=request.user)
    run = get_object_or_404(runs.select_related("session", "project"), pk=pk)
    return render(request, "tasks/run.html", {"place": Place(request, run.project), "page": RunPage(run), "run": run})
