"""Settings: which language model reads, what it was found able to do, what it costs, and whether it answers."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sessions.http import PageRequest, Place, project_to_change, see_other
from sessions.settings_pages.page import settings_page
from sessions.toasts import say
from tasks.endpoints import public_address
from tasks.extraction.extractors import llm_is_configured
from tasks.ledger.words import Line, accepted_lines, call_facts, rejected_lines
from tasks.llm_trial import try_llm
from tasks.models import Endpoint, ModelPrice
from tasks.waiting import place_to_wait

TRIAL, TRIED_AT = "llm_trial", "llm_tried_at"
SECONDS_BETWEEN_TRIALS = 10
# Settings of the environment that are shown, as far as it has them. A key is never among them.
SHOWN = (
    "LLM_SDK",
    "LLM_BASE_URL",
    "LLM_SIMPLE_MODEL",
    "LLM_RESPONSE_TIMEOUT",
    "LLM_ANSWER_TOKENS",
    "LLM_REQUESTS_PER_MINUTE",
    "LLM_KEEP_EXCHANGES_DAYS",
)


@dataclass(frozen=True)
class Trial:
    """What came of a try, for the page."""

    outcome: dict[str, Any]

    @property
    def lines(self) -> list[Line]:
        return accepted_lines(self.outcome.get("accepted"), {})

    @property
    def refused(self) -> list[Line]:
        return rejected_lines(self.outcome.get("rejected"), {})


def _facts() -> list[tuple[str, object]]:
    known = [(name, getattr(settings, name)) for name in SHOWN]
    return [(name, public_address(value) if name == "LLM_BASE_URL" else value) for name, value in known]


@require_safe
def llm(request: PageRequest) -> HttpResponse:
    """Show the language model; after a try, once, what it answered."""
    outcome = request.session.pop(TRIAL, None)
    address, model = public_address(settings.LLM_BASE_URL), settings.LLM_SIMPLE_MODEL
    endpoint = Endpoint.objects.filter(base_url=address, model=model).first() if llm_is_configured() else None
    context = {
        "is_configured": llm_is_configured(),
        "has_key": bool(settings.LLM_API_KEY),
        "facts": _facts(),
        "endpoint": endpoint,
        "rests": bool(endpoint and endpoint.resting_until and endpoint.resting_until > timezone.now()),
        "abilities": call_facts(endpoint.abilities)[0] if endpoint and endpoint.abilities else [],
        "trial": Trial(outcome) if outcome else None,
        "prices": ModelPrice.objects.all(),
        "longest_seconds": settings.LLM_RESPONSE_TIMEOUT,
    }
    return settings_page(request, "llm", Place(request), context)


@require_POST
def test_llm(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask the model something small and show what it says, or why it does not."""
    project = project_to_change(request, pk)
    back = see_other(reverse("tasks:settings_llm") + "#trial")
    if not llm_is_configured():
        say(request, _("No language model is configured."), level="error")
        return back
    since = time.time() - request.session.get(TRIED_AT, 0)
    if 0 <= since < SECONDS_BETWEEN_TRIALS:
        say(request, _("That was quick: try again in a few seconds."), level="warning")
        return back
    request.session[TRIED_AT] = time.time()
    with place_to_wait() as may_wait:
        if not may_wait:
            say(request, _("Too many wait for an answer already: try again in a moment."), level="warning")
            return back
        request.session[TRIAL] = try_llm(project)
    return back
