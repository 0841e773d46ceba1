"""Where bars and lines go, which numbers an axis has, and how figures are said."""

import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.overview import charts, wording
from tasks.overview.counting import Figures

BAR = re.compile(r"M([\d.]+) (\d+)h70v-(\d+)h-70z")


def bars(path: str) -> list[tuple[float, int, int]]:
    """Read the bars of a path: left end, bottom, height."""
    return [(float(left), int(bottom), int(height)) for left, bottom, height in BAR.findall(path)]


def test_bars_stand_on_those_before() -> None:
    first, second = charts.stacked([[2, 0, None], [1, 4, 3]], 4)
    assert bars(first) == [(15, 1000, 500)]
    assert bars(second) == [(15, 500, 250), (115, 1000, 1000), (215, 1000, 750)]


def test_nothing_draws_nothing() -> None:
    assert charts.stacked([[0, None], [0, 0]], 1) == ["", ""]
    assert charts.line([None, None], 1) == ""


def test_a_line_breaks_where_a_value_is_missing() -> None:
    assert charts.line([1.0, 0.5, None, 0.0], 1) == "M50 0h0L150 500M350 1000h0"


@pytest.mark.parametrize(
    ("seconds", "unit", "written"),
    [
        (0, 1, "7 s"),
        (59, 1, "7 s"),
        (60, 60, "7 min"),
        (3_599, 60, "7 min"),
        (3_600, 3_600, "7 h"),
        (86_400, 86_400, "7 d"),
    ],
)
def test_an_axis_of_time_has_round_numbers_of_one_unit(seconds: float, unit: int, written: str) -> None:
    size, words = wording.unit_of(seconds)
    assert (size, words % {"n": 7}) == (unit, written)


@pytest.mark.parametrize(
    ("values", "alone"),
    [([], set()), ([1], {0}), ([1, 2], set()), ([1, None, 2], {0, 2}), ([None, 0.0, None, 3, 4], {1}), ([None], set())],
)
def test_a_value_without_neighbours_is_a_point(values: list[float | None], alone: set[int]) -> None:
    assert charts.alone(values) == alone


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.none() | st.floats(0, 1e9), max_size=10))
def test_a_ceiling_is_above_all_and_has_few_round_ticks(values: list[float | None]) -> None:
    top = charts.ceiling(values)
    assert all(value <= top * (1 + 1e-9) for value in values if value is not None)
    ticks = charts.ticks(top)
    assert 2 <= len(ticks) <= charts.MOST_TICKS + 2
    assert ticks[0].value == 0
    assert ticks[0].y == charts.TOP + charts.PLOT
    assert ticks[-1].value == pytest.approx(top)
    assert ticks[-1].y == charts.TOP


@pytest.mark.parametrize(("highest", "top"), [(1, 1), (4, 4), (5, 6), (97, 100), (101, 150), (3_400, 4_000)])
def test_ceilings_are_round(highest: float, top: float) -> None:
    assert charts.ceiling([highest]) == pytest.approx(top)


@pytest.mark.parametrize(("count", "labels"), [(1, 1), (7, 7), (24, 4), (30, 4), (90, 4)])
def test_labels_are_few_and_the_last_bucket_has_one(count: int, labels: int) -> None:
    found = charts.labelled(count)
    assert len(found) == labels
    assert found[-1] == count - 1


def test_places_divide_the_width() -> None:
    assert [place.left for place in charts.places(4)] == [0, 25, 50, 75]
    assert [place.middle for place in charts.places(4)] == [12.5, 37.5, 62.5, 87.5]


def test_rates_need_something_to_divide_by() -> None:
    assert Figures().success_rate is None
    assert Figures(running=3).success_rate is None
    assert Figures(success=3, failed=1, running=5).success_rate == 0.75
    assert Figures(sessions=2, messages=5, success=3).turns_per_session == 2.5
    assert Figures(sessions=2, success=3).tasks_per_session == 1.5


def test_a_lag_is_the_time_in_which_a_share_was_done() -> None:
    figures = Figures()
    assert figures.lag(0.5) is None
    figures.lags.update({10: 50, 20: 45, 600: 5})
    assert figures.lag(0.5) == 1.0
    assert figures.lag(0.51) == 2.0
    assert figures.lag(0.95) == 2.0
    assert figures.lag(0.96) == 60.0


def test_figures_add_up() -> None:
    one, two = Figures(success=1, cost=Decimal("0.5")), Figures(success=2, failed=1, cost=Decimal("0.25"))
    one.lags[3], two.lags[3] = 1, 2
    total = Figures.total([one, two])
    assert (total.success, total.failed, total.cost, total.lags[3]) == (3, 1, Decimal("0.75"), 3)


@pytest.mark.parametrize(
    ("now", "before", "words", "direction", "is_good"),
    [
        (120, 100, "20%", "up", None),
        (95, 100, "5.0%", "down", None),
        (100, 100, "as before", "", None),
    ],
)
def test_a_change_is_told_in_percent(
    now: float, before: float, words: str, direction: str, is_good: bool | None
) -> None:
    assert wording.change(now, before) == wording.Change(words, direction, is_good)


def test_a_change_of_a_share_is_told_in_points_and_judged() -> None:
    assert wording.change(0.8, 0.85, better="up", is_share=True) == wording.Change("5.0 points", "down", False)
    assert wording.change(0.8, 0.0, better="up", is_share=True) == wording.Change("80.0 points", "up", True)
    assert wording.change(2.0, 4.0, better="down") == wording.Change("50%", "down", True)


def test_there_is_no_change_from_nothing() -> None:
    assert wording.change(5, 0) is None
    assert wording.change(None, 5) is None
    assert wording.change(5, None) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0.25, "0.2 s"), (9.94, "9.9 s"), (42, "42 s"), (60, "1 min"), (75, "1 min 15 s"), (3_600, "1 h"),
     (90_000, "1 d 1 h")],
)  # fmt: skip
def test_durations_are_said_in_two_units(value: float | None, words: str) -> None:
    assert wording.seconds(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [("0", "$0.00"), ("1234.5", "$1,234.50"), ("0.0042", "$0.0042"), ("0.00001", "<$0.0001"), ("0.01", "$0.01")],
)
def test_money_shows_something(value: str, words: str) -> None:
    assert wording.dollars(Decimal(value)) == words


def test_numbers_have_their_thousands_apart() -> None:
    assert wording.number(1_234_567) == "1,234,567"
    assert wording.number(1_234.56, 1) == "1,234.6"
    assert wording.large_number(281_717_773) == "281.7M"
    assert wording.large_number(1_717_773) == "1,717,773"
