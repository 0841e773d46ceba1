"""What people read: tools and their answers in words, no JSON, no marks, no secrets."""

import pytest

from sessions.parts import Part
from tasks.extraction.offline.progress import milestone, tool_step
from tests.tasks.offline_talks import read, talk


def told(arguments: str, answer: str) -> str:
    call = Part("tool-call", meta={"id": "c1", "name": "f", "arguments": arguments})
    return tool_step(call, Part("tool-result", answer, meta={"tool_call_id": "c1"}))


@pytest.mark.parametrize(
    ("arguments", "answer", "step"),
    [
        ('{"area": "Alfama", "max": 140}', '{"hotels": [{"a": 1}, {"a": 2}, {"a": 3}]}', "3 hotels: 1, 2, 3"),
        ("{}", '{"hotels": []}', "no hotels"),
        ("{}", "[]", "no results"),
        ("{}", '[{"id": 1, "title": "Sol"}, {"id": 2, "title": "Mar"}]', "2 results: Sol, Mar"),
        ("{}", '["a", "b", "c", "d"]', "4 results: a, b, c, …"),
        ("{}", '{"result": {"status": "booked", "id": "b-7", "note": null}}', "status: booked; id: b-7"),
        ('{"order": "88-1"}', '{"order": "88-1", "item": "Kettle", "sent": true}', "item: Kettle; sent"),
        ("{}", "{'name': 'as Python writes it', 'ok': True}", "name: as Python writes it; ok"),
        ("{}", '{"id": 7, "name": "torn", "rows": [{"x": 1}, {"y', "id: 7; name: torn; x: 1"),
        ("{}", "........ [100%]\n40 passed in 2.07s", "40 passed in 2.07s"),
        ("{}", "def total(lines):\n    return 1\n", "3 lines"),
        ("{}", "saved **twice**", "saved twice"),
        ("{}", "", "done"),
        ("{}", '{"error": "payment_declined", "message": "Declined."}', "error: payment_declined – Declined."),
        ("{}", '{"error": {"code": 403, "message": "no scope"}}', "error: 403 – no scope"),
        ("{}", '{"errors": ["a is missing", "b is wrong"]}', "error: a is missing; b is wrong"),
        ("{}", '{"success": false, "reason": "too late"}', "error: too late"),
        ("{}", "1 failed, 2 passed\nexit code 1", "error: 1 failed, 2 passed"),
        ("{}", 'Traceback (most recent call last):\n  File "x"\nValueError: bad', "error: ValueError: bad"),
    ],
)
def test_an_answer_is_told_in_words(arguments, answer, step):
    assert told(arguments, answer).partition(" → ")[2] == step


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        (
            '{"area": "Alfama", "max_price_eur": 140, "open": true, "none": null}',
            "area=Alfama, max_price_eur=140, open=yes",
        ),
        ('{"ids": [1, 2], "filters": {"stars": 4}, "people": [{"n": 1}]}', "ids=1/2, filters=stars: 4, people=1 item"),
        ('{"path": "a.py", "content": "one\\ntwo"}', "path=a.py, content=…"),
        ('{"command": "make all\\nmake check"}', "command=make all…"),
        ('{"user": "ada", "password": "hunter2", "api_key": "sk-1"}', "user=ada, password=…, api_key=…"),
    ],
)
def test_a_call_is_told_with_its_arguments(arguments, call):
    assert told(arguments, "ok") == f"f({call}) → ok"


def test_a_step_is_short():
    long = '{"' + '": "many words here", "'.join(f"key_{n}" for n in range(60)) + '": 1}'

    assert len(told(long, long)) <= 160


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("Okay! Let me check. I found 12 **open** orders.", "I found 12 open orders."),
        ("I'm sorry about that. The order `88-1` was lost.", "The order 88-1 was lost."),
        ("## Summary\n\nI moved the [docs](https://docs.example) to __init__.", "I moved the docs to __init__."),
        ("Here is what I did:\n\n* one thing\n* another", "Here is what I did: one thing; another"),
        ("Here are the totals:\n\n| a | b |\n|---|---|\n| 1 | 2 |", "Here are the totals"),
        ("Fixed. The header is back.", "Fixed. The header is back."),
        ("Could you send me the file?", ""),
        ("Please provide your order number.", ""),
    ],
)
def test_a_milestone_is_a_sentence_in_plain_words(said, step):
    assert milestone(said) == step


def test_a_description_keeps_the_words_and_drops_the_marks():
    ledger = read(
        talk("user: Lovely! Please fix the **login bug** in [auth](https://git.example/auth)", "agent: Done.")
    )

    assert ledger.descriptions == ["Fix the login bug in auth"]


def test_of_many_steps_the_failures_stay():
    lines = ["user: Check all files"]
    for n in range(20):
        lines += [
            f'call: check {{"path": "f{n}.py"}}',
            "error: broken header" if n == 9 else f"result: file {n} is well",
        ]

    steps = read(talk(*lines)).tasks[0].progress

    assert len(steps) <= 6
    assert any("broken header" in step for step in steps)
