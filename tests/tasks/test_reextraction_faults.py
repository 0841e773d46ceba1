"""What may come between: workers that die, outages, wrong models, messages without an answer, a session that goes."""

import pytest
from django.utils import timezone

from sessions.errors import BadRequest, Conflict, NotFound
from sessions.models import Message, Project, Session
from tasks.models import Endpoint, Reextraction
from tasks.reextraction.applying import discard, exchange
from tasks.reextraction.proposing import propose
from tasks.reextraction.queue import take, take_due
from tasks.reextraction.run import work, work_on_window
from tests.factories import PHONES, make_message, make_session, store
from tests.fakes import Reply, ScriptedLLM, answer
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.rereading import ONE_TASK, again, extract_all_with, extracted, finish, later, rows_of, snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(project: Project) -> Session:
    return extracted(project)


def test_an_interruption_costs_one_window(project: Project, llm: ScriptedLLM, monkeypatch) -> None:
    session = make_session(project)
    store(session, *PHONES)
    extract_all_with(llm, PHONE_TASKS)
    proposal = propose(session)
    Reextraction.objects.update(window_limit=2)
    hold = take(proposal.pk)
    llm.will_answer(answer({"description": "Research", "request": 1, "messages": [1, 2]}))
    assert hold
    assert work_on_window(hold)
    # The worker is gone here: nobody gives the proposal back.
    assert take_due(now=timezone.now()) == []
    (second,) = take_due(now=later())
    llm.will_answer(answer({"description": "Compare", "request": 3, "messages": [3, 4]}))
    work(second)
    proposal.refresh_from_db()
    assert (proposal.status, [(step["from_seq"], step["to_seq"]) for step in proposal.steps]) == (
        "ready",
        [(1, 2), (3, 4)],
    )
    work(hold)
    exchange(proposal.pk)
    assert [description for _, description, _ in rows_of(session)] == ["Research", "Compare"]
    assert '"task": "T1"' in llm.requests[-1]["messages"][1]["content"]


def test_an_outage_delays_and_loses_nothing(session: Session, llm: ScriptedLLM, project: Project) -> None:
    llm.will_answer(Reply(status=500), Reply(status=429, headers={"Retry-After": "7"}))
    proposal = propose(session)
    for attempts in (1, 2):
        finish(proposal)
        assert (proposal.status, proposal.attempts, proposal.lease_token) == ("working", attempts, None)
        assert proposal.error
        assert take_due(now=timezone.now()) == []
        Endpoint.objects.update(resting_until=None)
    llm.will_answer(ONE_TASK)
    assert (finish(proposal).status, proposal.error, proposal.attempts) == ("ready", "", 0)
    project.refresh_from_db()
    assert project.extraction_paused_reason == ""


def test_a_wrong_model_fails_the_proposal_alone_and_it_can_be_taken_up(
    session: Session, llm: ScriptedLLM, project: Project
) -> None:
    llm.will_answer(Reply(status=404, error="no such model"))
    proposal = again(session, model="gpt-oops")
    assert (proposal.status, "no such model" in proposal.error) == ("failed", True)
    assert llm.requests[0]["model"] == "gpt-oops"
    project.refresh_from_db()
    assert project.extraction_paused_reason == ""
    llm.will_answer(ONE_TASK)
    assert again(session, model="gpt-oops").pk == proposal.pk
    proposal.refresh_from_db()
    assert proposal.status == "ready"
    discard(proposal)
    llm.will_answer(ONE_TASK)
    assert again(session, model="gpt-4o").pk != proposal.pk


def test_a_message_that_no_answer_can_be_had_for_is_set_aside_when_applied(session: Session, llm: ScriptedLLM) -> None:
    Message.objects.filter(seq=4).update(extraction="failed", extraction_error="an older fault")
    cut_off = Reply("{", finish_reason="length")
    llm.will_answer(
        answer({"description": "Research", "request": 1, "messages": [1]}),
        cut_off,
        cut_off,
        answer({"description": "Compare", "request": 3, "messages": [3, 4]}),
    )
    proposal = propose(session)
    Reextraction.objects.update(window_limit=1)
    assert finish(proposal).status == "ready"
    states = session.messages.order_by("seq").values_list("extraction", flat=True)
    assert list(states) == ["", "", "", "failed"]
    exchange(proposal.pk)
    assert list(states.all()) == ["", "failed", "", ""]
    assert "cut off" in session.messages.get(seq=2).extraction_error


def test_a_proposal_for_a_deleted_session_ends_quietly(session: Session, llm: ScriptedLLM) -> None:
    proposal = propose(session)
    hold = take(proposal.pk)
    assert hold
    session.delete()
    work(hold)
    assert (Reextraction.objects.count(), len(llm.requests)) == (0, 0)
    with pytest.raises(NotFound):
        exchange(proposal.pk)
    with pytest.raises(NotFound):
        propose(session)


def test_what_is_discarded_while_it_is_worked_on_stops(session: Session, llm: ScriptedLLM) -> None:
    before = snapshot()
    proposal = propose(session)
    hold = take(proposal.pk)
    assert hold
    discard(proposal)
    work(hold)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.steps, len(llm.requests), snapshot()) == ("discarded", [], 0, before)


def test_one_proposal_at_a_time(session: Session, llm: ScriptedLLM) -> None:
    first = propose(session)
    assert propose(session).pk == first.pk
    with pytest.raises(Conflict, match="working"):
        propose(session, extractor="offline")
    discard(first)
    assert propose(session, extractor="offline").pk != first.pk


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"extractor": "magic"}, "must be one of"),
        ({"extractor": "llm"}, "no LLM is configured"),
        ({"extractor": "offline", "model": "gpt-4.1"}, "have none"),
        ({"extractor": "offline", "model": "\0"}, "have none"),
    ],
)
def test_what_cannot_be_read_with_is_refused(session: Session, options: dict, problem: str) -> None:
    with pytest.raises(BadRequest, match=problem):
        propose(session, **options)


def test_a_session_without_readable_messages_is_refused(project: Project) -> None:
    session = make_session(project, disable_task_tracking=True)
    make_message(session)
    with pytest.raises(BadRequest, match="no message"):
        propose(session)
