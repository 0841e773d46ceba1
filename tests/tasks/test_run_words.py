"""A run's operations, calls and exchange are said in words, whatever JSON an older or a newer run holds."""

import pytest

from tasks.ledger.words import (
    SHOWN_CHARACTERS,
    Fact,
    Line,
    accepted_lines,
    call_facts,
    exchange_blocks,
    rejected_lines,
)

# As JSONB gives it back: in no order that means something.
ACCEPTED = {
    "edits": [{"task": "T1", "description": "Book two rooms", "reason": "Two came", "evidence": [5]}],
    "links": [{"task": "N1", "seqs": [5, 3, 4, 9], "role": "work"}],
    "status": [{"task": "N1", "status": "success", "basis": "claimed", "reason": "It said so", "evidence": [9]}],
    "progress": [{"task": "T1", "text": "Found two rooms", "evidence": [4]}],
    "new_tasks": [{"alias": "N1", "description": "Book a room", "request_seq": 3}],
    "unassigned": [{"seqs": [1, 2], "why": "a greeting"}],
    "preferences": [{"op": "withdraw", "target": "P7", "task": "T1", "evidence": [5]}],
}


def test_what_was_done_is_said_in_words() -> None:
    assert accepted_lines(ACCEPTED, {"N1": "T2"}) == [
        Line("New task", "T2", "Book a room", ((3, 3),)),
        Line("Described anew", "T1", "Book two rooms", ((5, 5),), "Two came"),
        Line("Status", "T2", "success, claimed", ((9, 9),), "It said so"),
        Line("Progress", "T1", "Found two rooms", ((4, 4),)),
        Line("Messages of a task", "T2", "", ((3, 5), (9, 9))),
        Line("Preference withdrawn", "T1", "", ((5, 5),)),
        Line("Serves no task", "", "a greeting", ((1, 2),)),
    ]


def test_an_operation_of_a_later_day_is_shown_too() -> None:
    assert accepted_lines({"risk_marks": [{"task": "T1", "risk": "not_run", "evidence": [4]}]}, {}) == [
        Line("Risk marks", "T1", '{"risk": "not_run"}', ((4, 4),))
    ]


@pytest.mark.parametrize(
    "odd", [None, [], {}, 7, "words", ["x", None, 7], {"links": None}, {"links": {"task": 7}}, {"a": [[]]}]
)
def test_odd_json_does_no_harm(odd: object) -> None:
    for line in accepted_lines(odd, {}) + rejected_lines(odd, {}):
        assert line.what
    call_facts(odd)
    exchange_blocks(odd)


def test_what_was_refused_is_said_with_the_rule() -> None:
    rejected = [
        {
            "operation": "status",
            "value": '{"task":"T9","status":"failed","evidence":[2]}',
            "problem": "there is no task T9",
        },
        {"operation": "status", "value": "T1", "problem": "it was corrected by hand"},
        {"operation": "coverage", "value": "[4, 5]", "problem": "messages not accounted for"},
        {"operation": "link", "value": "{not json", "problem": "broken"},
        {"why": "no operation named"},
    ]
    assert rejected_lines(rejected, {}) == [
        Line("Status", "T9", "failed", ((2, 2),), "there is no task T9"),
        Line("Status", "T1", "", (), "it was corrected by hand"),
        Line("Messages left out", "", "", ((4, 5),), "messages not accounted for"),
        Line("Messages of a task", "{not json", "", (), "broken"),
        Line("Something", "", '{"why": "no operation named"}'),
    ]


def test_a_call_names_whatever_it_holds() -> None:
    call = {"problems": ["a", "b"], "ok": True, "latency_ms": 812, "error": "", "ms": 5, "mode": "schema"}
    calls = [call, "timed out", {}]
    assert call_facts(calls) == [
        [
            Fact("Mode", "schema"),
            Fact("Milliseconds", "5"),
            Fact("Ok", "yes"),
            Fact("Latency ms", "812"),
            Fact("Problems", '["a", "b"]'),
        ],
        [Fact("What came of it", "timed out")],
        [],
    ]
    assert call_facts([{"raw": "x" * 121}])[0][0].is_long


def test_an_exchange_stands_in_its_order_and_within_bounds() -> None:
    exchange = {
        "asked": [{"role": "system", "content": "Read."}, {"role": "user", "content": "x" * (SHOWN_CHARACTERS + 3)}],
        "answered": ['{"tasks": []}', {"tasks": []}],
    }
    blocks = exchange_blocks(exchange)
    assert [block.title for block in blocks] == ["Asked: system", "Asked: user", "Answered", "Answered"]
    assert [block.hidden for block in blocks] == [0, 3, 0, 0]
    assert blocks[2].text == '{"tasks": []}'
    assert exchange_blocks(None) == exchange_blocks("") == []
    assert exchange_blocks("whole")[0].text == "whole"
