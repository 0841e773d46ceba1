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
    if milliseconds < SECOND:
        return _("%(n)d ms") % {"n": milliseconds}
    if milliseconds < MINUTE:
        return _("%(n).1f s") % {"n": milliseconds / SECOND}
    return _("%(n).1f min") % {"n": milliseconds / MINUTE}
