"""Ranges and their buckets: hours and days as a viewer's clock has them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from sessions.local_time import zone_named
from tasks.overview.spans import RANGES, span_of

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
# Quiet days, both changes of clocks in Berlin and New York, and the end of a year.
MOMENTS = [
    datetime(2026, 7, 15, 11, 20, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    datetime(2026, 1, 1, 0, 0, tzinfo=UTC),
]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo"]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("key", RANGES)
def test_buckets_touch_and_the_last_one_is_now(key: str, zone: str, moment: datetime) -> None:
    span = span_of(key, moment, ZoneInfo(zone))
    for buckets in (span.before, span.buckets):
        assert len(buckets) == RANGES[key]
        assert all(one.stop.astimezone(UTC) == two.start.astimezone(UTC) for one, two in pairwise(buckets))
        assert all(bucket.start.astimezone(UTC) < bucket.stop.astimezone(UTC) for bucket in buckets[:-1])
    assert span.buckets[-1].start <= moment < span.buckets[-1].stop
    assert span.before[-1].start <= span.before[-1].stop <= span.start


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 5, 1), 24)])
def test_a_day_is_as_long_as_clocks_make_it(day: tuple[int, int, int], hours: int) -> None:
    span = span_of("7d", datetime(*day, 12, tzinfo=BERLIN) + timedelta(days=2), BERLIN)
    found = next(bucket for bucket in span.buckets if bucket.start.date() == datetime(*day).date())  # noqa: DTZ001
    assert found.stop.astimezone(UTC) - found.start.astimezone(UTC) == hours * HOUR
    assert (found.start.hour, found.start.minute) == (0, 0)


def test_a_day_without_midnight_begins_after_the_gap() -> None:
    # In Cairo clocks went from 23:59 of 27 April to 01:00 of the 28th in 2023.
    span = span_of("7d", datetime(2023, 4, 29, 12, tzinfo=UTC), ZoneInfo("Africa/Cairo"))
    found = next(bucket for bucket in span.buckets if bucket.start.day == 28)
    assert found.start.hour == 1
    assert found.stop.astimezone(UTC) - found.start.astimezone(UTC) == 23 * HOUR


def test_an_hour_that_comes_twice_is_two_buckets() -> None:
    span = span_of("24h", datetime(2026, 10, 25, 4, 30, tzinfo=UTC), BERLIN)
    twos = [bucket for bucket in span.buckets if bucket.start.hour == 2]
    assert len(twos) == 2
    assert twos[1].start.astimezone(UTC) - twos[0].start.astimezone(UTC) == HOUR


def test_hours_begin_where_the_viewers_clock_has_them() -> None:
    span = span_of("24h", datetime(2026, 7, 15, 11, 20, tzinfo=UTC), ZoneInfo("Asia/Kathmandu"))
    assert span.buckets[-1].start.isoformat() == "2026-07-15T17:00:00+05:45"


def test_the_range_before_ends_at_the_same_time_of_day() -> None:
    now = datetime(2026, 3, 30, 15, 20, tzinfo=BERLIN)
    assert span_of("7d", now, BERLIN).before[-1].stop == datetime(2026, 3, 23, 15, 20, tzinfo=BERLIN)
    assert span_of("24h", now, BERLIN).before[-1].stop == now - 24 * HOUR


def test_an_unknown_range_is_the_default_one() -> None:
    for key in (None, "", "1y", "7D"):
        assert span_of(key, MOMENTS[0], BERLIN).key == "7d"


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "../../etc/passwd", "/etc/localtime", "Europe", "x" * 500, "\0", "Ü", "Europe/Berlin\n"]
)
def test_what_is_no_zone_is_utc(name: str) -> None:
    assert zone_named(name).key == "UTC"


def test_a_zone_is_known_by_its_name() -> None:
    assert zone_named("Etc/GMT+5").key == "Etc/GMT+5"
