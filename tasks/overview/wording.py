"""How the overview says numbers: counts, shares, durations, money, times, and how much a figure changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tasks.overview.spans import Bucket, Span

NOTHING = "–"
MINUTE, HOUR, DAY = 60, 3_600, 86_400
# Days that are known by their names.
WEEK = 7
# Figures from here on are said shortly.
MANY = 10_000_000
CENTS = Decimal("0.01")
# Below this a change is none that anyone would see in the figures shown.
UNCHANGED = 0.0005


def number(value: float | None, digits: int = 0) -> str:
    """Say a number with its thousands apart, as the language writes it."""
    return numbers([value], digits)[0]


def numbers(values: Sequence[float | None], digits: int = 0) -> list[str]:
    """Say many numbers; to ask for the language costs more than to write one."""
    separators = {",": get_format("THOUSAND_SEPARATOR"), ".": get_format("DECIMAL_SEPARATOR")}
    texts = [NOTHING if value is None else f"{value:,.{digits}f}" for value in values]
    if all(mark == meant for mark, meant in separators.items()):
        return texts
    table = str.maketrans(separators)
    return [text.translate(table) for text in texts]


def short_number(value: float) -> str:
    """Say a number in few characters, for an axis: 950, 12k, 3.5M."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def large_number(value: int) -> str:
    """Say a number of tokens: exactly, or in millions where that would be too long to read."""
    return number(value) if value < MANY else f"{number(value / 10**6, 1)}M"


def whole_share(value: float) -> str:
    """Say a share of one in whole percent, for an axis."""
    return f"{100 * value:.0f}%"


def unit_of(seconds: float) -> tuple[int, str]:
    """Return the unit of an axis that reaches so far, in seconds, and how its numbers are written."""
    units = [(DAY, _("%(n)s d")), (HOUR, _("%(n)s h")), (MINUTE, _("%(n)s min"))]
    return next((unit for unit in units if seconds >= unit[0]), (1, _("%(n)s s")))


def share(value: float | None) -> str:
    """Say a share of one in percent."""
    return shares([value])[0]


def shares(values: Sequence[float | None]) -> list[str]:
    """Say many shares."""
    texts = numbers([None if value is None else 100 * value for value in values], 1)
    return [text if value is None else f"{text}%" for text, value in zip(texts, values, strict=True)]


def seconds(value: float | None) -> str:
    """Say a duration in its two largest units."""
    if value is None:
        return NOTHING
    if value < 10:
        return _("%(n)s s") % {"n": number(value, 1)}
    whole = int(value)
    if whole < MINUTE:
        return _("%(n)s s") % {"n": whole}
    if whole < HOUR:
        return _two(_("%(n)s min"), whole // MINUTE, _("%(n)s s"), whole % MINUTE)
    if whole < DAY:
        return _two(_("%(n)s h"), whole // HOUR, _("%(n)s min"), whole % HOUR // MINUTE)
    return _two(_("%(n)s d"), whole // DAY, _("%(n)s h"), whole % DAY // HOUR)


def _two(larger: str, much: int, smaller: str, rest: int) -> str:
    words = larger % {"n": number(much)}
    return f"{words} {smaller % {'n': rest}}" if rest else words


def dollars(value: Decimal) -> str:
    """Say US dollars; below a cent as many digits as show something."""
    if 0 < value < CENTS:
        return f"${value:.4f}" if value >= Decimal("0.0001") else "<$0.0001"
    return f"${number(float(value), 2)}"


def cost(value: Decimal, unpriced: int) -> str:
    """Say what runs cost; unknown when nobody knows the price of any."""
    return _("unknown") if unpriced and not value else dollars(value)


def times(span: Span, bucket: Bucket) -> tuple[str, str]:
    """Name a bucket briefly, for the axis, and fully, for whoever points at it."""
    if span.is_hourly:
        day = date_format(bucket.start, pgettext("date format", "D j M"))
        return f"{bucket.start:%H:%M}", f"{day}, {bucket.start:%H:%M}–{bucket.stop:%H:%M}"
    is_week = len(span.buckets) <= WEEK
    brief = date_format(bucket.start, "D" if is_week else "MONTH_DAY_FORMAT")
    return brief, date_format(bucket.start, pgettext("date format", "D j M Y"))


def range_name(key: str) -> str:
    """Name a range as what it covers."""
    if key == "24h":
        return _("24 hours")
    days = int(key.removesuffix("d"))
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@dataclass(frozen=True)
class Change:
    """How a figure moved since the range before. `is_good` is none where neither way is better."""

    words: str
    direction: str = ""
    is_good: bool | None = None


def change(now: float | None, before: float | None, *, better: str = "", is_share: bool = False) -> Change | None:
    """Compare a figure with the one before; none where one of them is missing. `better` is up, down or neither."""
    if now is None or before is None or (not before and not is_share):
        return None
    moved = now - before if is_share else (now - before) / before
    if abs(moved) < UNCHANGED:
        return Change(_("as before"))
    direction = "up" if moved > 0 else "down"
    size = number(abs(100 * moved), 1 if is_share or abs(moved) < 0.1 else 0)
    words = _("%(n)s points") % {"n": size} if is_share else f"{size}%"
    return Change(words, direction, direction == better if better else None)
