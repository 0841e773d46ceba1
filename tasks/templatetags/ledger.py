"""How the ledger writes money and time."""

from decimal import Decimal
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tasks.models import ExtractionRun

register = template.Library()

SECOND, MINUTE = 1_000, 60_000
LEAST = Decimal("0.0001")


@register.filter
def usd(amount: Decimal | None) -> str:
    """Write US dollars with as many digits as tell something; nothing for a price that is not known."""
    if amount is None:
        return ""
    if 0 < amount < LEAST:
        return f"< ${LEAST}"
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.4f}"


@register.simple_tag
def badge_of_run(run: ExtractionRun) -> SafeString:
    """Return the badge of how a run ended, drawn once for each status and language."""
    return _badge(run.status, get_language())


@lru_cache(maxsize=64)
def _badge(status: str, _language: str | None) -> SafeString:
    return render_to_string("tasks/run-badge.html", {"run": {"status": status}})


@register.filter
def shortest(amount: Decimal) -> str:
    """Write a decimal without the zeros at its end."""
    return f"{amount.normalize():f}"


@register.filter
def took(milliseconds: int) -> str:
    """Write a duration."""
    few, some, many = _durations(get_language())
    if milliseconds < SECOND:
        return few % {"n": milliseconds}
    if milliseconds < MINUTE:
        return some % {"n": milliseconds / SECOND}
    return many % {"n": milliseconds / MINUTE}


@register.filter
def trigger_words(trigger: str) -> str:
    """Say in words why a run read what it read."""
    return _trigger(trigger, get_language())


@register.filter
def tokens_words(run: ExtractionRun) -> str:
    """Say what of a run's tokens was asked, cached and answered."""
    counted = {"asked": run.input_tokens, "cached": run.cached_tokens, "answered": run.output_tokens}
    return _tokens(get_language()) % {name: f"{tokens:,}" for name, tokens in counted.items()}


# A list says these fifty times: each is looked up once for each language.
@lru_cache
def _durations(_language: str | None) -> tuple[str, str, str]:
    return _("%(n)d ms"), _("%(n).1f s"), _("%(n).1f min")


@lru_cache
def _trigger(trigger: str, _language: str | None) -> str:
    return str(ExtractionRun.Trigger(trigger).label)


@lru_cache
def _tokens(_language: str | None) -> str:
    return _("%(asked)s asked, %(cached)s of them cached; %(answered)s answered")
