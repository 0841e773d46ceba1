"""A session is read a second time: worked on window by window, looked at, applied as a whole, or discarded."""

import pytest
from django.contrib.auth.models import User

from sessions.errors import Conflict, NotFound
from sessions.models import Project, Session
from tasks.corrections import correct_task
from tasks.extraction.queue import claim_due
from tasks.extraction.reading import ledger
from tasks.extraction.run import extract
from tasks.models import ExtractionRun, Preference, Reextraction, Task
from tasks.reextraction.applying import discard, exchange
from tasks.reextraction.proposing import propose
from tasks.reextraction.reading import replayed
from tasks.reextraction.sketching import preview
from tests.factories import PHONES, make_message, make_session, store
from tests.fakes import Reply, ScriptedLLM, answer
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.rereading import (
    ONE_TASK,
    again,
    extract_all,
    extract_all_with,
    extracted,
    finish,
    later,
    rows_of,
    snapshot,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(django_user_model: type[User]) -> User:
    return django_user_model.objects.create_user("bob")


@pytest.fixture
def session(project: Project) -> Session:
    return extracted(project)


def test_a_proposal_changes_nothing_until_it_is_applied(session: Session, llm: ScriptedLLM) -> None:
    before = snapshot()
    llm.will_answer(ONE_TASK)
    proposal = again(session)
    assert (proposal.status, proposal.extractor, proposal.done_seq) == ("ready", "llm", 4)
    assert snapshot() == before
    run = ExtractionRun.objects.get(reextraction=proposal)
    assert (run.trigger, run.status, run.model, run.calls, run.input_tokens) == ("again", "ok", "gpt-4.1", 1, 100)
    found = preview(proposal)
    assert [row.kind for row in found.rows] == ["changed", "gone"]
    assert found.preferences_added == ("The user compares before buying",)


def test_applying_exchanges_what_machines_said(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(ONE_TASK)
    proposal = exchange(again(session).pk)
    assert proposal.status == "applied"
    task = Task.objects.get()
    assert (task.order, task.description, task.status, task.basis, task.extractor) == (
        1,
        "Research the iPhone 15 and compare it",
        "failed",
        "claimed",
        "llm",
    )
    links = task.links.order_by("message__seq").values_list("message__seq", "role")
    assert list(links) == [(1, "request"), (2, "work"), (3, "work"), (4, "work")]
    run = ExtractionRun.objects.get(reextraction=proposal)
    assert set(task.changes.values_list("kind", "run")) == {("created", run.pk), ("status", run.pk)}
    assert [note.text for note in task.progresses.all()] == ["Compared both phones"]
    assert Preference.objects.get().statement == "The user compares before buying"
    assert task.created_at == session.messages.get(seq=1).created_at
    session.refresh_from_db()
    assert (session.generation, session.cursor_seq, session.pending_since, session.pending_tokens) == (1, 4, None, 0)
    assert claim_due(now=later()) == []


def test_the_rows_are_what_the_proposals_ledger_says(session: Session, llm: ScriptedLLM) -> None:
    store(session, {"role": "user", "content": "Add prices"}, {"role": "assistant", "content": "Added"})
    llm.will_answer(Reply("{", finish_reason="length"), PHONE_TASKS_FIRST, ADD_PRICES)
    proposal = again(session)
    known = replayed(proposal).known_tasks()
    exchange(proposal.pk)
    assert tuple(ledger(Session.objects.get())) == known
    assert known[1].last_seq == 6


def test_applied_twice_is_applied_once(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(ONE_TASK)
    proposal = again(session)
    exchange(proposal.pk)
    before = snapshot()
    exchange(proposal.pk)
    assert snapshot() == before


def test_a_proposal_that_is_not_ready_is_not_applied(session: Session) -> None:
    proposal = propose(session)
    with pytest.raises(Conflict, match="working"):
        exchange(proposal.pk)
    discard(proposal)
    with pytest.raises(Conflict, match="discarded"):
        exchange(proposal.pk)


def test_a_persons_words_survive(session: Session, llm: ScriptedLLM, person: User) -> None:
    first, second = Task.objects.order_by("order")
    llm.will_answer(PHONE_TASKS)
    proposal = again(session)
    correct_task(first, status="failed", reason="The chip is wrong", person=person)
    correct_task(second, description="Compare the phones in a table", person=person)
    assert [(row.kind, row.is_kept) for row in preview(proposal).rows] == [("kept", True), ("kept", True)]
    exchange(proposal.pk)
    assert list(Task.objects.order_by("order").values_list("pk", flat=True)) == [first.pk, second.pk]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.reason, first.description) == (
        "failed",
        "The chip is wrong",
        "Research iPhone 15 specs and summarize the key features",
    )
    assert (second.status, second.basis, second.description) == ("success", "claimed", "Compare the phones in a table")
    assert [note.text for note in first.progresses.all()] == ["Listed the A16 chip and the 48MP camera"]
    assert list(first.links.order_by("message__seq").values_list("message__seq", flat=True)) == [1, 2]
    assert first.changes.filter(is_correction=True, person=person).count() == 1
    run = ExtractionRun.objects.get(reextraction=proposal)
    assert (run.status, run.rejected[0]["problem"]) == ("partial", "it was corrected by hand")


def test_a_correction_without_a_counterpart_stays_and_is_numbered_by_its_request(
    session: Session, llm: ScriptedLLM, person: User
) -> None:
    second = Task.objects.get(order=2)
    correct_task(second, status="failed", person=person)
    llm.will_answer(
        answer(
            {"description": "Research the iPhone", "request": 1, "messages": [1]},
            {"description": "List the specs", "request": 1, "messages": [2]},
            no_task=[3, 4],
        )
    )
    exchange(again(session).pk)
    assert rows_of(session) == [
        (1, "Research the iPhone", "success"),
        (2, "List the specs", "success"),
        (3, second.description, "failed"),
    ]
    assert second.links.count() == 2


def test_a_run_that_is_at_work_loses(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(ONE_TASK)
    proposal = again(session)
    store(session, {"role": "user", "content": "Add prices"}, {"role": "assistant", "content": "Added"})
    (lease,) = claim_due(now=later())
    exchange(proposal.pk)
    before = snapshot()
    extract(lease)
    assert snapshot() == before
    llm.will_answer(answer({"description": "Add prices", "request": 5, "messages": [5, 6]}))
    extract_all()
    assert [description for _, description, _ in rows_of(session)] == [
        "Research the iPhone 15 and compare it",
        "Add prices",
    ]


def test_what_is_stored_between_preview_and_apply_is_extracted_afterwards_once(
    session: Session, llm: ScriptedLLM, person: User
) -> None:
    llm.will_answer(ONE_TASK)
    proposal = again(session)
    prices = answer({"description": "Add prices", "request": 5, "messages": [5, 6]})
    store(session, {"role": "user", "content": "Add prices"}, {"role": "assistant", "content": "Added"})
    llm.will_answer(prices)
    extract_all()
    assert [row.kind for row in preview(proposal).rows] == ["changed", "gone"]
    exchange(proposal.pk)
    session.refresh_from_db()
    assert (session.cursor_seq, session.pending_since is None) == (4, False)
    assert session.pending_tokens > 0
    llm.will_answer(prices)
    extract_all()
    assert [description for _, description, _ in rows_of(session)] == [
        "Research the iPhone 15 and compare it",
        "Add prices",
    ]
    read = ExtractionRun.objects.filter(from_seq=5).order_by("generation").values_list("generation", "status")
    assert list(read) == [(0, "ok"), (1, "ok")]


def test_a_later_task_that_a_person_corrected_is_not_doubled(session: Session, llm: ScriptedLLM, person: User) -> None:
    llm.will_answer(ONE_TASK)
    proposal = again(session)
    prices = answer(
        {
            "description": "Add prices",
            "request": 5,
            "messages": [5, 6],
            "progress": [{"text": "Added prices", "message": 6}],
        }
    )
    store(session, {"role": "user", "content": "Add prices"}, {"role": "assistant", "content": "Added"})
    llm.will_answer(prices)
    extract_all()
    later_task = Task.objects.get(description="Add prices")
    correct_task(later_task, status="failed", person=person)
    exchange(proposal.pk)
    llm.will_answer(prices)
    extract_all()
    assert rows_of(session) == [(1, "Research the iPhone 15 and compare it", "failed"), (2, "Add prices", "failed")]
    assert Task.objects.get(order=2).pk == later_task.pk
    assert later_task.progresses.count() == 1


def test_apply_at_once_needs_no_look(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(ONE_TASK)
    assert again(session, applies_at_once=True).status == "applied"
    assert rows_of(session) == [(1, "Research the iPhone 15 and compare it", "failed")]


def test_generations_do_not_collide(session: Session, llm: ScriptedLLM) -> None:
    for generation in (1, 2, 3):
        llm.will_answer(ONE_TASK)
        exchange(again(session).pk)
        session.refresh_from_db()
        assert session.generation == generation
    assert Task.objects.count() == 1
    assert ExtractionRun.objects.filter(from_seq=1).count() == 4


def test_a_preference_of_an_older_session_holds_again_when_this_one_no_longer_replaces_it(
    project: Project, llm: ScriptedLLM
) -> None:
    old = make_session(project, user="ada@example.com")
    make_message(old, "I like tea")
    extract_all_with(llm, answer(preferences=[{"statement": "The user likes tea", "replaces": "", "message": 1}]))
    tea = Preference.objects.get()
    new = make_session(project, user="ada@example.com")
    make_message(new, "I like coffee now")
    coffee = [{"statement": "The user likes coffee", "replaces": f"P{tea.pk}", "message": 1}]
    extract_all_with(llm, answer(preferences=coffee))
    tea.refresh_from_db()
    assert tea.status == "replaced"
    llm.will_answer(answer(no_task=[1]))
    exchange(again(new).pk)
    tea.refresh_from_db()
    assert (tea.status, tea.replaced_by, Preference.objects.count()) == ("active", None, 1)
    llm.will_answer(answer(preferences=coffee))
    exchange(again(new).pk)
    tea.refresh_from_db()
    assert (tea.status, tea.replaced_by.statement) == ("replaced", "The user likes coffee")


def test_what_a_newer_session_replaced_stays_replaced(project: Project, llm: ScriptedLLM) -> None:
    old = make_session(project, user="ada@example.com")
    make_message(old, "I like tea")
    tea = answer(preferences=[{"statement": "The user likes tea", "replaces": "", "message": 1}])
    extract_all_with(llm, tea)
    new = make_session(project, user="ada@example.com")
    make_message(new, "I like coffee now")
    replaces = f"P{Preference.objects.get().pk}"
    extract_all_with(
        llm, answer(preferences=[{"statement": "The user likes coffee", "replaces": replaces, "message": 1}])
    )
    llm.will_answer(answer(preferences=[{"statement": "The user is fond of tea", "replaces": "", "message": 1}]))
    exchange(again(old).pk)
    states = Preference.objects.order_by("statement").values_list("statement", "status")
    assert list(states) == [("The user is fond of tea", "replaced"), ("The user likes coffee", "active")]
    assert "coffee" not in llm.requests[-1]["messages"][1]["content"]


def test_a_preference_changes_from_window_to_window(project: Project, llm: ScriptedLLM) -> None:
    session = make_session(project, user="ada@example.com")
    store(session, *PHONES)
    extract_all_with(llm, PHONE_TASKS)
    proposal = propose(session)
    Reextraction.objects.update(window_limit=2)
    llm.will_answer(
        answer(no_task=[1, 2], preferences=[{"statement": "The user wants lists", "replaces": "", "message": 1}]),
        answer(
            {"description": "Compare", "request": 3, "messages": [3, 4]},
            preferences=[{"statement": "The user wants tables", "replaces": "PN1", "message": 3}],
        ),
    )
    Reextraction.objects.update(window_limit=2)
    finish(proposal)
    exchange(proposal.pk)
    states = Preference.objects.order_by("pk").values_list("statement", "status", "task__order")
    assert list(states) == [("The user wants lists", "replaced", 1), ("The user wants tables", "active", 1)]


def test_a_correction_of_a_task_that_was_exchanged_meanwhile_is_not_found(session: Session, person: User) -> None:
    task = Task.objects.first()
    exchange(again(session).pk)
    with pytest.raises(NotFound):
        correct_task(task, status="failed", person=person)


PHONE_TASKS_FIRST = answer(
    {"description": "Research", "request": 1, "messages": [1, 2], "progress": [{"text": "Looked it up", "message": 2}]},
    {"description": "Compare", "request": 3, "messages": [3], "status": "running"},
)
ADD_PRICES = answer(
    {"task": "T2", "description": "Compare with prices", "request": 5, "messages": [4, 5, 6]},
)
