"""The sample conversations of an empty project: what a person sees first."""

import pytest

from sessions.formats import parse
from sessions.formats.openai import INSTRUCTIONS
from sessions.samples import conversations
from tasks.extraction.window import WindowMessage
from tests.tasks.offline_talks import Ledger, read, read_by_turn


def sample(number: int) -> list[WindowMessage]:
    messages = []
    for seq, blob in enumerate(conversations()[number - 1]["messages"], start=1):
        content = parse("openai", blob)
        is_system = content.facts.get("original_role") in INSTRUCTIONS
        messages.append(WindowMessage(seq, content.role, tuple(content.parts), is_system=is_system))
    return messages


def read_sample(number: int) -> list[Ledger]:
    return [read(sample(number)), read_by_turn(sample(number))]


def test_the_chinese_minutes_are_two_requests_and_a_wish():
    for ledger in read_sample(1):
        first, second = ledger.tasks
        assert first.description.startswith("帮我把这份会议纪要整理成三点")
        assert second.description == "再帮我翻译成英文。"
        assert [task.seqs for task in ledger.tasks] == [{1, 2}, {3, 4}]
        assert list(ledger.preferences.values()) == ["用户希望以后这类纪要都用正式语气，不要用表情符号"]


def test_the_refused_letter_failed_and_what_was_asked_instead_is_a_task():
    for ledger in read_sample(2):
        refused, instead = ledger.tasks
        assert (refused.status, refused.seqs) == ("failed", {1, 2})
        assert refused.reason.startswith("I can't help with that")
        assert (instead.status, instead.description) == ("success", "Show me how to recognise such letters.")


def test_the_support_case_waits_for_the_user():
    for ledger in read_sample(3):
        (task,) = ledger.tasks
        assert (task.status, task.reason) == ("running", "The agent waits for the user's answer.")
        assert task.description.startswith("My espresso machine arrived with a broken water tank.")
        assert "get_order(order=88-2041) → item: Espresso machine Uno, red" in task.progress[0]
        assert list(ledger.preferences.values()) == [
            "The user wants a replacement, not a refund",
            "The user wants the agent to write to them by e-mail only",
        ]


def test_the_trip_is_planned_and_the_hotel_not_booked():
    for ledger in read_sample(4):
        plan, hotel = ledger.tasks
        assert (plan.status, hotel.status) == ("success", "failed")
        assert hotel.description == "Book a hotel close to the Alfama, at most 140 € a night."
        declined = "payment_declined – The card on file was declined by the issuer."
        assert hotel.reason == f"The last tool call failed: {declined}"
        assert hotel.progress[0] == (
            "search_hotels(area=Alfama, max_price_eur=140, nights=3) → 1 hotel: Casa do Miradouro"
        )
        assert any(step.endswith(f"→ error: {declined}") for step in hotel.progress)
        assert list(ledger.preferences.values()) == [
            "The user wants a long weekend in Lisbon for 2 in early May",
            "The user is vegetarian",
            "The user would rather walk than take taxis",
            "The user wants at most 140 € a night",
        ]


def test_the_failing_test_was_fixed_and_another_written():
    for ledger in read_sample(5):
        fix, test = ledger.tasks
        assert (fix.status, test.status) == ("success", "success")
        assert test.description == "Can you also add a regression test for the customer with three items at 0.10?"
        assert any("1 failed, 6 passed" in step for step in fix.progress)
        assert any("40 passed" in step for step in fix.progress)
        assert "The user always wants amounts handled as Decimal, never as float" in ledger.preferences.values()


@pytest.mark.parametrize("number", range(1, 6))
def test_no_marks_and_no_json_reach_the_reader(number):
    for ledger in read_sample(number):
        for task in ledger.tasks:
            for text in (task.description, task.reason, *task.progress):
                assert not any(mark in text for mark in ("**", "`", '{"', '":', "|")), text
                assert len(text) <= 200
