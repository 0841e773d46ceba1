"""Any conversation is accounted for, quickly, with valid evidence."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.extraction.offline import OfflineExtractor
from tasks.extraction.window import KnownTask, Window
from tests.tasks.offline_talks import read, read_by_turn, talk

SAYINGS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["yes", "no", "thanks", "try again", "undo that", "Add a chart and fix the menu", "never mind", "what is it?"]
    ),
)
LINES = st.lists(st.tuples(st.sampled_from(["user", "agent", "system", "call", "result"]), SAYINGS), max_size=12)


@given(LINES)
@settings(max_examples=150, deadline=None)
def test_every_message_is_accounted_for_and_every_claim_has_evidence(lines):
    conversation = talk(*[f"{who}: {said}" for who, said in lines])
    if conversation:
        read(conversation)  # the ledger asserts both
        read_by_turn(conversation)


@pytest.mark.parametrize("filling", ["\n", "yes ", "please can you ", ", ", "`", "1.2.", "请帮我", "<pre>", "a_b "])
def test_a_huge_message_takes_no_time(filling):
    huge = filling * 40_000
    conversation = talk("user: Fix it", f"agent: {huge}", f"user: {huge}", "call: x {}", f"result: {huge}")
    start = time.process_time()

    read(conversation)

    assert time.process_time() - start < 1


def test_hundreds_of_known_tasks_do_not_slow_it_down():
    known = tuple(
        KnownTask(f"T{n}", f"Write chapter {n} about topic number {n}", "success", request_seq=n, last_seq=n)
        for n in range(1, 301)
    )
    messages = tuple(talk(*["user: old"] * 300, "user: Draw a map of the harbour", "agent: Here is the map."))[300:]
    start = time.process_time()

    operations = OfflineExtractor().propose(Window(messages, (), known))

    assert time.process_time() - start < 0.2
    assert [task.description for task in operations.new_tasks] == ["Draw a map of the harbour"]


def test_an_empty_message_is_accounted_for():
    assert read(talk("user: ", "agent: ")).unassigned == {1, 2}


def test_a_description_is_short_and_ends_with_a_sentence():
    told = "Write a report about the harbour. " + "It should mention the ships. " * 20

    description = read(talk(f"user: Hello! Please {told}")).descriptions[0]

    assert description.startswith("Write a report about the harbour.")
    assert len(description) <= 200
    assert description.endswith(".")
