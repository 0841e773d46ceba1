"""What a run cost and what was said in it, written into its record."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from tasks.extraction.operations import Usage
from tasks.models import ExtractionRun
from tasks.prices import cost_of

FORGOTTEN_AT_ONCE = 1_000


def write_usage(run: ExtractionRun, usage: Usage) -> None:
    """Count the calls of a run, whatever came of it. The words are kept where the installation keeps them."""
    run.calls, run.mode = usage.calls, usage.mode
    run.input_tokens, run.output_tokens = usage.input_tokens, usage.output_tokens
    run.cached_tokens = usage.cached_tokens
    run.attempts = storable(usage.attempts)
    run.cost_usd = cost_of(run.model, usage) if usage.calls else None
    keeps_words = settings.LLM_KEEP_EXCHANGES_DAYS > 0 and usage.calls
    run.exchange = usage.exchange or None if keeps_words else None


def forget_old_exchanges(*, now: datetime | None = None) -> int:
    """Delete the words of exchanges kept for long enough, a few runs at a time; return of how many."""
    until = (now or timezone.now()) - timedelta(days=max(settings.LLM_KEEP_EXCHANGES_DAYS, 0))
    old = ExtractionRun.objects.filter(exchange__isnull=False, started_at__lt=until).order_by()
    forgotten = 0
    while found := list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]):
        forgotten += ExtractionRun.objects.filter(pk__in=found).update(exchange=None)
    return forgotten


def storable(value: Any) -> Any:
    """Take out what JSONB refuses: NUL, and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {name: storable(item) for name, item in value.items()}
    return value
