"""What the address of a list of tasks asks for: each key, each bad value, and back to an address."""

import uuid
from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from tasks.task_filter import LOOKED_THROUGH, TaskFilter, problem_words

SESSION = uuid.UUID("0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a")


def asked(text: str) -> TaskFilter:
    return TaskFilter.asked_for(QueryDict(text))


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("status=failed", "status", ("failed",)),
        ("status=failed&status=pending&status=failed", "status", ("pending", "failed")),
        ("basis=claimed", "basis", "claimed"),
        ("basis=none", "basis", "none"),
        ("risk=any", "risk", "any"),
        ("risk=not_run", "risk", "not_run"),
        ("situation=abandoned", "situation", "abandoned"),
        ("corrected=1", "corrected", "1"),
        ("user=ada%40example.com", "user", "ada@example.com"),
        ("q=+login+", "q", "login"),
        (f"session={SESSION}", "session", SESSION),
        ("time=7d", "time", "7d"),
        ("since=2026-01-31T12:00:00%2B02:00", "since", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("since=2026-01-31T12:00", "since", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("until=2026-01-31", "until", datetime(2026, 1, 31, tzinfo=UTC)),
        ("sort=updated", "sort", "updated"),
        (f"session={SESSION}&sort=order", "sort", "order"),
    ],
)
def test_each_key_is_read_and_written(text: str, name: str, value: object) -> None:
    found = asked(text)
    assert getattr(found, name) == value
    assert not found.problems
    assert asked(found.address) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("status=done", "status"),
        ("status=", ""),
        ("basis=sure", "basis"),
        ("risk=high", "risk"),
        ("situation=lost", "situation"),
        ("corrected=yes", "corrected"),
        ("time=1y", "time"),
        ("session=7", "session"),
        ("since=yesterday", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("until=9999-12-31T23:59:59-12:00", "until"),
        ("q=a%00b", "q"),
        ("q=" + "x" * 201, "q"),
        ("user=" + "x" * 1001, "user"),
        ("sort=size", "sort"),
        ("sort=order", ""),
        ("nothing=known", ""),
    ],
)
def test_what_makes_no_sense_filters_nothing_and_is_told(text: str, name: str) -> None:
    found = asked(text)
    assert found == TaskFilter()
    assert list(found.problems) == ([name] if name else [])
    assert problem_words(found.problems) == "" if not name else name in problem_words(found.problems)


def test_one_bad_value_of_several_leaves_the_others() -> None:
    found = asked("status=failed&status=nope&risk=any")
    assert (found.status, found.risk, found.problems) == (("failed",), "any", {"status": "nope"})


def test_an_address_is_the_shortest_that_asks_for_the_same() -> None:
    assert asked("q=&status=&basis=&sort=&time=").address == ""
    assert asked("time=7d&status=failed&q=&page=3").address == "status=failed&time=7d"


def test_the_tasks_of_a_session_stand_in_their_order_unless_asked_otherwise() -> None:
    assert asked("status=failed").within(SESSION).sort == "order"
    assert asked("sort=updated").within(SESSION).sort == "updated"


def test_words_are_looked_for_among_a_bounded_number() -> None:
    assert LOOKED_THROUGH <= 50_000
