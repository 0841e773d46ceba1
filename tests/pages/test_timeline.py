"""What stands between messages: events at their time, and gaps. No database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from sessions.display.timeline import EventRow, GapRow, rows_of
from sessions.display.transcript import Entry, entries_of
from sessions.parts import Part
from sessions.templatetags.transcript import later, took

START = datetime(2026, 1, 1, tzinfo=UTC)


def said(seq: int, minutes: float, *parts: Part) -> SimpleNamespace:
    came = START + timedelta(minutes=minutes)
    return SimpleNamespace(seq=seq, role="user", parts=list(parts) or [Part("text", "Hi")], facts={}, created_at=came)


def event(kind: str, minutes: float) -> Any:
    return SimpleNamespace(type=kind, data={}, created_at=START + timedelta(minutes=minutes))


def told(rows: list[Any]) -> list[str]:
    names = {Entry: lambda row: f"#{row.seq}", EventRow: lambda row: row.event.type, GapRow: lambda row: later(row.gap)}
    return [names[type(row)](row) for row in rows]


def test_events_stand_at_their_time() -> None:
    entries = entries_of([said(1, 0), said(2, 2)])
    events = [event("late", 3), event("between", 1), event("before", -1)]
    assert told(rows_of(entries, events)) == ["before", "#1", "between", "#2", "late"]


def test_a_gap_is_marked_where_the_next_message_came_late() -> None:
    entries = entries_of([said(1, 0), said(2, 29), said(3, 60), said(4, 60 + 26 * 60)])
    assert told(rows_of(entries, [])) == ["#1", "#2", "31 minutes later", "#3", "1 day later", "#4"]


def test_the_message_before_a_stretch_counts() -> None:
    entries = entries_of([said(5, 120)])
    assert told(rows_of(entries, [], before=START)) == ["2 hours later", "#5"]


def test_no_gap_is_marked_where_a_tool_took_long() -> None:
    call = Part("tool-call", meta={"id": "a", "name": "f", "arguments": "{}"})
    result = Part("tool-result", "ok", meta={"tool_call_id": "a"})
    entries = entries_of([said(1, 0, call), said(2, 45, result), said(3, 46)])
    assert told(rows_of(entries, [])) == ["#1", "#3"]
    assert entries[0].parts[0].answer
    assert took(entries[0].parts[0].answer.seconds) == "45 min"


@pytest.mark.parametrize(("seconds", "words"), [(0.4, ""), (2.9, "2 s"), (61, "1 min"), (7_300, "2 h")])
def test_how_long_a_tool_took(seconds: float, words: str) -> None:
    assert took(seconds) == words
