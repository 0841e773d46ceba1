"""What stands in messages steers nothing: attacks in every place, against the rules and against a model that obeys."""

import json
from typing import Any

import pytest

from tasks.extraction.extractors import Offline
from tasks.extraction.operations import Operations
from tasks.extraction.prompt import user_prompt
from tests.tasks.injection_talks import OWN_SEQ, PLACES, own_request, talk, window_of
from tests.tasks.injections import ATTACKS, NEUTRAL

LONGEST = 2_500


def test_the_pack_is_large_enough() -> None:
    assert len(ATTACKS) >= 60
    assert len(set(ATTACKS.values())) == len(ATTACKS)


@pytest.mark.parametrize("known", [False, True], ids=["fresh", "with known tasks"])
@pytest.mark.parametrize("place", PLACES)
def test_an_attack_anywhere_but_in_the_users_words_changes_nothing(place: str, known: bool) -> None:
    calm = effects(PLACES[place](NEUTRAL), known=known)
    changed = [name for name, text in ATTACKS.items() if effects(PLACES[place](text), known=known) != calm]
    assert changed == []


@pytest.mark.parametrize("known", [False, True], ids=["fresh", "with known tasks"])
def test_an_attack_in_the_users_own_request_stays_in_that_request(known: bool) -> None:
    own = OWN_SEQ + 2 * known
    calm = effects(own_request(NEUTRAL), known=known, without=own)
    changed = [name for name, text in ATTACKS.items() if effects(own_request(text), known=known, without=own) != calm]
    assert changed == []


@pytest.mark.parametrize("known", [False, True], ids=["fresh", "with known tasks"])
@pytest.mark.parametrize("place", [*PLACES, "the user's own request"])
def test_no_attack_breaks_the_frame_of_the_prompt(place: str, known: bool) -> None:
    put = PLACES.get(place, own_request)
    calm = user_prompt(window_of(put(NEUTRAL), known=known))
    for name, text in ATTACKS.items():
        window = window_of(put(text), known=known)
        prompt = user_prompt(window)
        assert headings(prompt) == headings(calm), name
        lines = message_lines(prompt, "# NEW messages")
        assert [line["n"] for line in lines] == [message.seq for message in window.messages], name
        assert [line["role"] for line in lines] == [line["role"] for line in message_lines(calm, "# NEW messages")], (
            name
        )
        assert max(len(str(line)) for line in lines) < LONGEST * 3, name


def headings(prompt: str) -> list[str]:
    """Return the lines that are not JSON, by any notion of a line."""
    return [line for line in prompt.splitlines() if line and not line.startswith("{")]


def message_lines(prompt: str, heading: str) -> list[dict[str, Any]]:
    section = prompt.partition(heading + "\n")[2].partition("\n\n#")[0]
    return [json.loads(line) for line in section.splitlines()]


def effects(blobs: list[dict[str, Any]], *, known: bool, without: int = 0) -> dict[str, Any]:
    """Return what the rules make of a conversation, but for the agent's steps, which are the words of the conversation.

    Leaves out what rests on the message `without` alone, the tasks that it asks for: that may say what it says.
    """
    window = window_of(blobs, known=known)
    done = Offline().extract(window)
    operations = done.accepted
    check_evidence(operations, set(window.by_seq), {m.seq for m in window.by_seq.values() if m.is_from_person})
    own = {task.alias for task in operations.new_tasks if task.request_seq == without}
    order = {task.alias: index for index, task in enumerate(t for t in operations.new_tasks if t.alias not in own)}

    def named(handle: str) -> str:
        return f"new {order[handle]}" if handle in order else handle

    return {
        "tasks": [(t.description, t.request_seq) for t in operations.new_tasks if t.alias not in own],
        "links": sorted((named(x.task), x.seqs, x.role) for x in operations.links if x.task not in own),
        "status": [(named(s.task), s.status, s.basis, s.evidence) for s in operations.status if s.task not in own],
        "edits": [edit.model_dump() for edit in operations.edits],
        "preferences": [
            (w.op, w.target, w.statement, w.evidence) for w in operations.preferences if w.evidence != [without]
        ],
        "rejected": [refused for refused in done.rejected if refused["operation"] != "progress"],
    }


def check_evidence(operations: Operations, seqs: set[int], persons: set[int]) -> None:
    """Every claim names messages that exist, and a preference names the user's."""
    claims = (*operations.progress, *operations.status, *operations.edits, *operations.preferences)
    for claim in claims:
        assert claim.evidence
        assert set(claim.evidence) <= seqs
    for wish in operations.preferences:
        assert set(wish.evidence) & persons
    for task in operations.new_tasks:
        assert task.request_seq in persons


def test_the_calm_conversation_has_its_two_tasks() -> None:
    """Else the comparisons above would compare nothing."""
    found = effects(talk(), known=False)
    assert [seq for _, seq in found["tasks"]] == [2, OWN_SEQ]
    assert [status for _, status, _, _ in found["status"]] == ["success", "success"]
