"""The rules of a second reading, without a database: ledger, comparison, and what is kept of a person's words."""

import pytest

from tasks.extraction.ledger import Ledger
from tasks.extraction.operations import (
    Edit,
    Link,
    NewTask,
    Operations,
    PreferenceChange,
    ProgressNote,
    Risk,
    StatusChange,
)
from tasks.extraction.window import KnownPreference
from tasks.reextraction.comparison import Sketch, compare, pair, ranges, taken_over
from tasks.reextraction.rewriting import rewritten


def opens(alias: str, description: str, *seqs: int, status: str = "success") -> Operations:
    return Operations(
        new_tasks=[NewTask(alias=alias, description=description, request_seq=seqs[0])],
        links=[Link(task=alias, seqs=[seqs[0]], role="request"), Link(task=alias, seqs=list(seqs))],
        progress=[ProgressNote(task=alias, text=f"Began: {description}", evidence=[seqs[-1]])],
        status=[StatusChange(task=alias, status=status, basis="claimed", evidence=[seqs[-1]])],
    )


def works_on(handle: str, *seqs: int, status: str, description: str = "") -> Operations:
    return Operations(
        links=[Link(task=handle, seqs=list(seqs))],
        status=[StatusChange(task=handle, status=status, evidence=list(seqs))],
        edits=[Edit(task=handle, description=description, evidence=list(seqs))] if description else [],
    )


def prefers(op: str, statement: str = "", target: str = "", seq: int = 1) -> Operations:
    return Operations(preferences=[PreferenceChange(op=op, target=target, statement=statement, evidence=[seq])])


def sketch(key: str, *messages: int, **fields) -> Sketch:
    values = {"number": 1, "description": f"Task {key}", "status": "success", "request_seq": min(messages, default=0)}
    return Sketch(key, messages=frozenset(messages), **(values | fields))


def test_the_ledger_gives_handles_in_the_order_of_opening() -> None:
    ledger = Ledger()
    assert ledger.apply(opens("N1", "Plan the trip", 1, 2)) == {"N1": "T1"}
    assert ledger.apply(opens("N1", "Book the hotel", 3, 4)) == {"N1": "T2"}
    ledger.apply(works_on("T1", 5, 6, status="running", description="Plan the trip to Lisbon"))
    first, second = ledger.known_tasks()
    assert (first.handle, first.description, first.status, first.basis) == (
        "T1",
        "Plan the trip to Lisbon",
        "running",
        "",
    )
    assert (first.request_seq, first.last_seq, first.progresses) == (1, 6, ("Began: Plan the trip",))
    assert (second.handle, second.status, second.basis, second.last_seq) == ("T2", "success", "claimed", 4)


def test_the_ledger_tells_the_latest_progresses_only() -> None:
    ledger = Ledger()
    ledger.apply(opens("N1", "Count", 1))
    for number in range(9):
        ledger.apply(Operations(progress=[ProgressNote(task="T1", text=f"Step {number}", evidence=[1])]))
    assert ledger.known_tasks()[0].progresses == tuple(f"Step {number}" for number in range(3, 9))


def test_a_preference_is_said_once_and_updated_and_withdrawn() -> None:
    ledger = Ledger([KnownPreference("P7", "The user likes tea")])
    ledger.apply(prefers("add", "The user likes tea!"))
    ledger.apply(prefers("add", "The user wants tables"))
    assert [known.handle for known in ledger.known_preferences()] == ["P7", "PN1"]
    ledger.apply(prefers("update", "The user wants lists", "PN1", seq=5))
    ledger.apply(prefers("withdraw", target="P7"))
    assert ledger.known_preferences() == (KnownPreference("PN2", "The user wants lists"),)
    assert ledger.own_preferences() == list(ledger.known_preferences())


def test_a_risk_holds_until_the_status_is_said_anew() -> None:
    ledger = Ledger()
    ledger.apply(opens("N1", "Run the tests", 1))
    risky = works_on("T1", 2, status="success")
    risky.risks = [Risk(task="T1", kind="not_run", evidence=[2])]
    ledger.apply(risky)
    assert ledger.tasks["T1"].risk == "not_run"
    ledger.apply(works_on("T1", 3, status="success"))
    assert ledger.tasks["T1"].risk == ""


def test_what_is_said_beside_the_status_is_compared_too() -> None:
    now = [sketch("a", 1, 2, description="A", risk="not_run"), sketch("b", 3, description="B", status="pending")]
    then = [
        sketch("T1", 1, 2, description="A"),
        sketch("T2", 3, description="B", status="pending", situation="waiting"),
    ]
    found = compare(now, then, [], [])
    assert [[(d.field, d.before, d.after) for d in row.differences] for row in found.rows] == [
        [("risk", "not_run", "")],
        [("situation", "", "waiting")],
    ]


def test_a_kept_status_keeps_what_stands_beside_it() -> None:
    now = [sketch("a", 1, 2, is_kept=True, held=frozenset({"status"}), situation="waiting")]
    kept = compare(now, [sketch("x", 1, 2, risk="not_done")], [], []).rows[0].then
    assert kept is not None
    assert (kept.situation, kept.risk) == ("waiting", "")
    freed = compare([sketch("a", 1, 2, is_kept=True)], [sketch("x", 1, 2, risk="not_done")], [], []).rows[0].then
    assert freed is not None
    assert freed.risk == "not_done"


def test_tasks_are_paired_by_messages_then_request_then_words() -> None:
    now = [sketch("a", 1, 2), sketch("b", 3, 4), sketch("c", 9)]
    then = [sketch("x", 3, 4, 5), sketch("y", 1), sketch("z", 20)]
    assert pair(now, then) == {"x": "b", "y": "a"}
    tie = [sketch("a", 1, 2), sketch("b", 3, 4)]
    assert pair(tie, [sketch("x", 1, 2, 3, 4, request_seq=3)]) == {"x": "b"}
    twice = [
        sketch("a", 1, 2, description="Add a dark mode"),
        sketch("b", 1, 2, number=2, description="Fix the login bug"),
    ]
    turned = [
        sketch("x", 1, 2, description="Fix the bug in the login"),
        sketch("y", 1, 2, number=2, description="Dark mode"),
    ]
    assert pair(twice, turned) == {"x": "b", "y": "a"}


def test_what_shares_too_little_is_two_tasks() -> None:
    assert pair([sketch("a", 1, 2, 3, 4)], [sketch("x", 4, 5, 6, 7)]) == {}
    assert pair([sketch("a", 1, 2, 3, 4)], [sketch("x", 1, 9, 10, 11)]) == {"x": "a"}


def test_the_comparison_names_what_is_added_gone_changed_and_the_same() -> None:
    now = [sketch("a", 1, 2, description="A"), sketch("b", 3, 4, description="B"), sketch("c", 9, description="C")]
    then = [
        sketch("T1", 1, 2, description="A"),
        sketch("T2", 3, 4, 5, description="B", status="failed", basis="shown"),
        sketch("T3", 6, 7, description="D"),
    ]
    found = compare(now, then, ["Likes tea", "Wants tables"], ["likes tea.", "Wants lists"])
    assert [(row.kind, row.shown.key) for row in found.rows] == [
        ("same", "T1"),
        ("changed", "T2"),
        ("added", "T3"),
        ("gone", "c"),
    ]
    assert [(d.field, d.before, d.after) for d in found.rows[1].differences] == [
        ("status", "success", "failed"),
        ("basis", "", "shown"),
        ("messages", "3-4", "3-5"),
    ]
    assert (found.preferences_added, found.preferences_gone) == (("Wants lists",), ("Wants tables",))
    assert (found.tasks_now, found.tasks_then, found.statuses_changed, found.changes_nothing) == (3, 3, 1, False)
    assert found.counts == {"changed": 1, "added": 1, "gone": 1, "kept": 0, "same": 1}


def test_equal_readings_change_nothing() -> None:
    assert compare([sketch("a", 1, description="A")], [sketch("T1", 1, description="A")], ["X"], ["x"]).changes_nothing


def test_what_a_person_set_stays_and_the_rest_is_taken_over() -> None:
    now = [sketch("a", 1, 2, status="failed", is_kept=True, held=frozenset({"status"}))]
    then = [sketch("T1", 1, 2, 3, description="Better words", basis="shown")]
    (row,) = compare(now, then, [], []).rows
    assert (row.kind, row.is_kept) == ("kept", True)
    assert [(d.field, d.after) for d in row.differences] == [("description", "Better words"), ("messages", "1-3")]
    assert row.then is not None
    assert row.then.status == "failed"


def test_a_kept_task_that_nothing_is_proposed_for_stays_as_it_is() -> None:
    found = compare([sketch("a", 1, is_kept=True, held=frozenset({"status"}))], [], [], [])
    assert [(row.kind, row.differences) for row in found.rows] == [("kept", ())]
    assert (found.tasks_now, found.tasks_then) == (1, 1)


@pytest.mark.parametrize("links_moved", [True, False])
def test_what_a_person_merged_stays_merged(links_moved: bool) -> None:
    held = frozenset({"messages"})
    now = [
        sketch("a", 1, 2, *([3, 4] if links_moved else []), is_kept=True, held=held),
        sketch("b", *([] if links_moved else [3, 4]), is_kept=True, held=held, root="a"),
    ]
    then = [sketch("T1", 1, 2), sketch("T2", 3, 4), sketch("T3", 5, 6)]
    assert taken_over(now, then) == {"T1": "a", "T2": "a"}
    assert [(row.kind, row.shown.key) for row in compare(now, then, [], []).rows] == [("kept", "a"), ("added", "T3")]


def test_steps_for_a_kept_task_say_its_status_once() -> None:
    steps = [
        opens("N1", "Plan the trip", 1, 2, status="running"),
        works_on("T1", 3, status="success", description="Plan the trip to Rome"),
        works_on("T1", 4, status="failed"),
    ]
    written = rewritten(steps, {"T1": "a"}, {"a": frozenset()})
    assert [dict(step.stands_for) for step in written] == [{"N1": "a"}, {}, {}]
    assert [[(c.task, c.status) for c in step.operations.status] for step in written] == [[], [], [("T1", "failed")]]
    assert [[(e.task, e.description) for e in step.operations.edits] for step in written] == [
        [("N1", "Plan the trip to Rome")],
        [],
        [],
    ]
    assert len(written[0].operations.links) == 2


def test_steps_leave_alone_what_is_held() -> None:
    steps = [opens("N1", "Plan the trip", 1, 2), opens("N1", "Book it", 3)]
    written = rewritten(steps, {"T1": "a"}, {"a": frozenset({"messages", "description"})})
    assert (written[0].operations.links, written[0].operations.edits) == ([], [])
    assert written[1].operations == steps[1]


def test_a_kept_task_without_a_status_of_its_own_is_pending_again() -> None:
    step = opens("N1", "Plan the trip", 1).model_copy(update={"status": []})
    (written,) = rewritten([step], {"T1": "a"}, {"a": frozenset()})
    assert [(change.task, change.status) for change in written.operations.status] == [("N1", "pending")]


@pytest.mark.parametrize(
    ("numbers", "said"), [([], ""), ([3], "3"), ([2, 1], "1-2"), ([1, 2, 3, 7, 9, 10], "1-3, 7, 9-10")]
)
def test_numbers_are_said_shortly(numbers: list[int], said: str) -> None:
    assert ranges(numbers) == said
