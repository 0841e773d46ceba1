"""The gate of an endpoint, shared by all processes: it rests after failures, and keeps to a rate."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from sessions.models import Project, Session
from tasks.endpoints import EndpointGate, public_address
from tasks.extraction.errors import Resting, Unavailable
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.models import Endpoint, ExtractionRun, Task
from tests.factories import PHONES, make_session, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.stories import later

pytestmark = pytest.mark.django_db
ADDRESS = "http://127.0.0.1:9/v1"


@pytest.fixture
def gate() -> EndpointGate:
    return another_gate()


def another_gate() -> EndpointGate:
    """The gate as another process has it."""
    gate = EndpointGate(ADDRESS, "m", timeout=30)
    gate.abilities()
    return gate


def rest_of(gate: EndpointGate) -> float:
    until = Endpoint.objects.get(**gate.key).resting_until
    return (until - timezone.now()).total_seconds() if until else 0.0


def end_rest() -> None:
    Endpoint.objects.update(resting_until=timezone.now() - timedelta(seconds=1))


def fail(gate: EndpointGate, *, retry_after: float | None = None) -> None:
    gate.enter()
    gate.failed(Unavailable("down", retry_after=retry_after))


def test_a_few_failures_do_not_make_it_rest(gate: EndpointGate) -> None:
    for _ in range(4):
        fail(gate)
    gate.enter()
    gate.answered()
    for _ in range(4):
        fail(gate)
    gate.enter()


def test_failures_in_a_row_make_it_rest_for_everyone_and_longer_each_time(gate: EndpointGate) -> None:
    for _ in range(5):
        fail(gate)
    assert 10 < rest_of(gate) <= 15
    with pytest.raises(Resting, match="rests after failures") as told:
        another_gate().enter()
    assert 10 < told.value.retry_after <= 15 * 1.3
    for longest in (30, 60, 120, 240, 300, 300):
        end_rest()
        fail(another_gate())
        assert longest * 0.8 < rest_of(gate) <= longest


def test_what_the_provider_asks_for_is_kept_at_once(gate: EndpointGate) -> None:
    fail(gate, retry_after=40)
    assert 35 < rest_of(gate) <= 40
    with pytest.raises(Resting):
        gate.enter()


def test_a_shorter_wait_does_not_shorten_a_longer_one(gate: EndpointGate) -> None:
    both = (gate, another_gate())
    for one in both:
        one.enter()
    both[0].failed(Unavailable("slow down", retry_after=100))
    both[1].failed(Unavailable("slow down", retry_after=10))
    assert rest_of(gate) > 90


def test_after_the_rest_one_call_tries_and_opens_it_for_all(gate: EndpointGate) -> None:
    fail(gate, retry_after=40)
    end_rest()
    gate.enter()
    with pytest.raises(Resting):
        another_gate().enter()
    gate.answered()
    another_gate().enter()
    assert Endpoint.objects.values("failures", "resting_until").get() == {"failures": 0, "resting_until": None}


def test_a_trial_that_fails_rests_again_and_one_that_dies_is_followed_by_another(gate: EndpointGate) -> None:
    fail(gate, retry_after=40)
    end_rest()
    fail(gate)
    assert 10 < rest_of(gate) <= 15
    end_rest()
    gate.enter()
    assert 30 < rest_of(gate) <= 35
    end_rest()
    another_gate().enter()


def test_an_answer_to_a_call_of_before_does_not_end_a_rest(gate: EndpointGate) -> None:
    early = another_gate()
    early.enter()
    fail(gate, retry_after=40)
    early.answered()
    with pytest.raises(Resting):
        gate.enter()


def test_calls_are_spaced_by_the_rate_and_far_ones_are_sent_away(gate: EndpointGate, settings) -> None:
    settings.LLM_REQUESTS_PER_MINUTE = 6
    gate.enter()
    with pytest.raises(Resting, match="rate limit is used up") as told:
        another_gate().enter()
    assert 7 < told.value.retry_after <= 10 * 1.3
    before = Endpoint.objects.get().next_call_at
    with pytest.raises(Resting):
        another_gate().enter()
    assert Endpoint.objects.get().next_call_at == before


def test_a_near_turn_is_waited_for(gate: EndpointGate, settings, monkeypatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("tasks.endpoints.time.sleep", waits.append)
    settings.LLM_REQUESTS_PER_MINUTE = 60
    for _ in range(3):
        another_gate().enter()
    assert 0 < waits[0] <= 1
    assert waits[0] < waits[1] <= 2


def test_without_a_rate_no_turn_is_kept(gate: EndpointGate, settings) -> None:
    for _ in range(20):
        gate.enter()
    assert Endpoint.objects.get().next_call_at is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_get_the_same_turn(settings) -> None:
    settings.LLM_REQUESTS_PER_MINUTE = 1

    def knock(_: int) -> int:
        try:
            another_gate().enter()
        except Resting:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(knock, range(16))) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_asked_with_a_transaction_open() -> None:
    gate = another_gate()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        gate.enter()


def test_no_secret_of_an_address_is_kept() -> None:
    assert public_address("https://me:pass@host:8443/v1?key=abc#x") == "https://host:8443/v1"
    assert public_address("") == ""


def waiting_sessions(project: Project, count: int) -> list[Session]:
    sessions = [make_session(project) for _ in range(count)]
    for session in sessions:
        store(session, *PHONES)
    return sessions


def test_a_resting_endpoint_costs_sessions_no_attempts(project: Project, llm: ScriptedLLM) -> None:
    waiting_sessions(project, 3)
    llm.will_answer(Reply(status=429, headers={"Retry-After": "40"}))
    for lease in claim_due(now=later()):
        extract(lease)
    assert len(llm.requests) == 1
    assert ExtractionRun.objects.count() == 1
    assert sorted(Session.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    now = timezone.now()
    for session in Session.objects.all():
        assert 30 < (session.retry_at - now).total_seconds() < 55
        assert session.extraction_error
    assert claim_due(now=now + timedelta(seconds=25)) == []

    end_rest()
    llm.will_answer(*[PHONE_TASKS] * 3)
    for lease in claim_due(now=later()):
        extract(lease)
    assert Task.objects.count() == 6


def test_a_repair_that_must_wait_keeps_what_is_right(project: Project, llm: ScriptedLLM, settings) -> None:
    settings.LLM_REQUESTS_PER_MINUTE = 1
    waiting_sessions(project, 1)
    wrong = {**PHONE_TASKS, "preferences": [{"statement": "The agent likes tables", "replaces": "", "message": 4}]}
    llm.will_answer(wrong)
    extract(claim_due(now=later())[0])
    run = ExtractionRun.objects.get()
    assert (run.status, run.calls, Task.objects.count()) == ("partial", 1, 2)


def test_calls_are_counted_also_when_the_rest_comes_between(project: Project, llm: ScriptedLLM, settings) -> None:
    settings.LLM_REQUESTS_PER_MINUTE = 1
    (session,) = waiting_sessions(project, 1)
    llm.will_answer("I am sorry")
    extract(claim_due(now=later())[0])
    run = ExtractionRun.objects.get()
    assert (run.status, run.calls, run.input_tokens) == ("failed", 1, 100)
    session.refresh_from_db()
    assert session.attempts == 0
