"""Ranges of the overview and their buckets: hours or days of the viewer's time zone, and the same stretch before.

A bucket ends where the next one begins. Days are those of the calendar: one has 23 hours when clocks go forward and 25
when they go back. The last bucket is the one that now lies in, so the range before is cut at the same time of its day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
# The key in the address, and how many buckets: hours for a day, days for the rest.
RANGES = {"24h": 24, "7d": 7, "30d": 30, "90d": 90}
DEFAULT = "7d"


@dataclass(frozen=True)
class Bucket:
    """A stretch of time from `start` up to `stop`, which is not in it; both in the viewer's zone."""

    start: datetime
    stop: datetime


@dataclass(frozen=True)
class Span:
    """A range: its buckets, oldest first, and the buckets of the range before."""

    key: str
    zone: ZoneInfo
    now: datetime
    buckets: tuple[Bucket, ...]
    before: tuple[Bucket, ...]

    @property
    def is_hourly(self) -> bool:
        return self.key == "24h"

    @property
    def start(self) -> datetime:
        return self.buckets[0].start

    @property
    def stop(self) -> datetime:
        return self.buckets[-1].stop


def span_of(key: str | None, now: datetime, zone: ZoneInfo) -> Span:
    """Return the range of this key up to now; an unknown key is the default one."""
    key = key if key in RANGES else DEFAULT
    count = RANGES[key]
    if key == "24h":
        edges = _hours(now, zone, 2 * count)
        cut = now - count * HOUR
    else:
        edges = _days(now, zone, 2 * count)
        cut = _same_time(now, zone, count)
    buckets = [Bucket(start, stop) for start, stop in pairwise(edges)]
    before, current = buckets[:count], buckets[count:]
    before[-1] = Bucket(before[-1].start, max(before[-1].start, min(cut.astimezone(zone), before[-1].stop)))
    return Span(key, zone, now, tuple(current), tuple(before))


def _hours(now: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
    """Return the edges of the last hours, counted as they pass: clocks may show one twice, or leave one out."""
    this_hour = now.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    return [(this_hour - n * HOUR).astimezone(zone) for n in range(count - 1, -2, -1)]


def _days(now: datetime, zone: ZoneInfo, count: int) -> list[datetime]:
    today = now.astimezone(zone).date()
    return [_midnight(today - timedelta(days=n), zone) for n in range(count - 1, -2, -1)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins; where clocks skip midnight, that is the first moment after the gap."""
    return datetime.combine(day, time(), zone).astimezone(UTC).astimezone(zone)


def _same_time(now: datetime, zone: ZoneInfo, days: int) -> datetime:
    """Return the moment that many days ago at which clocks showed what they show now."""
    there = now.astimezone(zone).replace(tzinfo=None) - timedelta(days=days)
    return there.replace(tzinfo=zone).astimezone(UTC)
