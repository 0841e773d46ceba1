"""What each run cost and what was said in it."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from sessions.models import Project, Session
from tasks.extraction.operations import Usage
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.jobs import forget_exchanges
from tasks.models import ExtractionRun, ModelPrice
from tasks.prices import cost_of, price_of
from tests.factories import PHONES, make_session, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.stories import later

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    return session


def read() -> ExtractionRun:
    for lease in claim_due(now=later()):
        extract(lease)
    return ExtractionRun.objects.order_by("-started_at").first()


def test_a_run_tells_of_each_call_what_was_wrong_with_it(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=400, error="temperature is not supported"), "I am sorry", PHONE_TASKS)
    run = read()
    assert [sorted(attempt) for attempt in run.attempts] == [
        ["error", "mode", "ms"],
        ["cached_tokens", "input_tokens", "mode", "ms", "output_tokens", "problems"],
        ["cached_tokens", "input_tokens", "mode", "ms", "output_tokens"],
    ]
    assert run.attempts[0]["error"] == "Refused: temperature is not supported; scripted"
    assert run.attempts[1]["problems"] == ["the answer is not JSON"]
    assert (run.calls, run.mode, run.input_tokens, run.cached_tokens, run.output_tokens) == (3, "schema", 200, 80, 40)
    # gpt-4.1: 120 fresh at 2, 80 cached at 0.5, 40 out at 8 dollars a million.
    assert run.cost_usd == Decimal("0.0006")


def test_a_run_that_fails_has_its_calls_counted_and_priced(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer("no", "no", "no")
    run = read()
    (failed,) = ExtractionRun.objects.filter(from_seq=1, to_seq=4)
    assert (failed.status, failed.calls, failed.output_tokens) == ("failed", 3, 60)
    assert failed.cost_usd == Decimal("0.0009")
    assert [attempt["problems"] for attempt in failed.attempts] == [["the answer is not JSON"]] * 3
    assert run.status == "failed"


def test_what_was_said_is_kept_word_for_word(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer("I am sorry", PHONE_TASKS)
    exchange = read().exchange
    assert [message["role"] for message in exchange["asked"]] == ["system", "user", "user"]
    assert "Research iPhone 15 specs" in exchange["asked"][1]["content"]
    assert "These are wrong" in exchange["asked"][2]["content"]
    assert exchange["answered"] == ["I am sorry", json.dumps(PHONE_TASKS)]


def test_long_words_are_kept_by_head_and_tail() -> None:
    usage = Usage()
    usage.answered("a" * 50_000 + "b" * 50_000)
    (kept,) = usage.exchange["answered"]
    assert len(kept) < 61_000
    assert kept.startswith("aaa")
    assert kept.endswith("bbb")
    assert "40000 characters left out" in kept


def test_no_words_are_kept_where_the_installation_wants_none(session: Session, llm: ScriptedLLM, settings) -> None:
    settings.LLM_KEEP_EXCHANGES_DAYS = 0
    llm.will_answer(PHONE_TASKS)
    run = read()
    assert (run.exchange, run.calls) == (None, 1)


def test_the_rules_cost_nothing_and_say_nothing(session: Session) -> None:
    run = read()
    assert (run.extractor, run.calls, run.cost_usd, run.attempts, run.exchange) == ("offline", 0, None, [], None)


def test_old_words_are_forgotten_and_the_rest_stays(session: Session, llm: ScriptedLLM, settings) -> None:
    llm.will_answer(PHONE_TASKS)
    run = read()
    forget_exchanges()
    run.refresh_from_db()
    assert run.exchange
    ExtractionRun.objects.update(started_at=timezone.now() - timedelta(days=7, minutes=1))
    forget_exchanges()
    run.refresh_from_db()
    assert (run.exchange, run.calls, len(run.attempts)) == (None, 1, 1)


def test_words_kept_before_are_forgotten_when_none_are_wanted_any_more(session: Session, llm: ScriptedLLM, settings):
    llm.will_answer(PHONE_TASKS)
    run = read()
    settings.LLM_KEEP_EXCHANGES_DAYS = 0
    forget_exchanges()
    run.refresh_from_db()
    assert run.exchange is None


@pytest.mark.parametrize(
    ("model", "priced_as"),
    [
        ("gpt-4.1", "gpt-4.1"),
        ("gpt-4.1-2025-04-14", "gpt-4.1"),
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"),
        ("openai/gpt-4o-mini", "gpt-4o-mini"),
        ("openrouter/anthropic/Claude-Sonnet-4.5", "claude-sonnet-4"),
        ("special/gpt-4o", "special/"),
        ("claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("ft:gpt-4.1:us", None),
        ("qwen", None),
        ("gpt_4x1", None),
    ],
)
def test_a_model_is_priced_by_the_longest_beginning(model: str, priced_as: str | None) -> None:
    ModelPrice.objects.create(model="special/", input_usd=1, cached_usd=1, output_usd=1)
    ModelPrice.objects.create(model="gpt%", input_usd=1, cached_usd=1, output_usd=1)
    found = price_of(model)
    assert (found and found.model) == priced_as


def test_a_cost_is_exact_and_unknown_without_a_price() -> None:
    usage = Usage(calls=1, input_tokens=1_000_001, cached_tokens=1_000_000, output_tokens=3)
    assert cost_of("gpt-5-nano", usage) == Decimal("0.00500125")
    assert cost_of("some-local-model", usage) is None
