"""Endpoints that break: nothing is lost, nothing is stuck, and each fault gets the error that helps."""

import json
import time

import pytest
from django.utils import timezone

from sessions.models import Project, Session
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.models import Endpoint, ExtractionRun, Task
from tests.backends import TEXT, refused
from tests.factories import PHONES, make_session, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import FIRST_TASK, PHONE_TASKS
from tests.tasks.stories import later

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    return session


def read(session: Session) -> ExtractionRun:
    """Run the session once; return the run."""
    (lease,) = claim_due(now=later())
    extract(lease)
    session.refresh_from_db()
    return ExtractionRun.objects.order_by("started_at").first()


def said(error: object) -> Reply:
    """An error in the body of an answer with status 200."""
    return Reply(raw=json.dumps({"error": error}).encode())


UNAVAILABLE = {
    "HTML with status 200": (Reply(raw=b"<html><h1>Bad gateway</h1></html>", content_type="text/html"), "Bad gateway"),
    "an empty body": (Reply(raw=b""), "not JSON: nothing"),
    "a number": (Reply(raw=b"42"), "no completion"),
    "no choices": (Reply(raw=b'{"choices": []}'), "without a choice"),
    "choices that are null": (Reply(raw=b'{"choices": null, "usage": null}'), "without a choice"),
    "a body cut short": (Reply(PHONE_TASKS, cut_after=40), "cannot be reached"),
    "a connection reset": (Reply(PHONE_TASKS, cut_after=0), "cannot be reached"),
    "truncated JSON": (Reply(raw=b'{"choices": [{"message": {"con'), "not JSON"),
    "a stream that ends early": (Reply(raw=b'data: {"choices": [{"delta": {"content": "{"}}]}\n\n'), "before its end"),
    "an error in an answer": (said({"code": 502, "message": "Provider returned error"}), "answered 502: Provider"),
    "an error of no shape": (said("oops"), "oops"),
    "a choice with an error": (
        Reply(raw=b'{"choices": [{"error": {"code": 503, "message": "gone"}, "message": {}}]}'),
        "answered 503: gone",
    ),
    "a fault of the provider": (Reply(status=503, raw=b"upstream connect error"), "answered 503: upstream"),
    "overload": (Reply(status=529, error="Overloaded"), "answered 529: Overloaded"),
}


@pytest.mark.parametrize(("reply", "words"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_a_fault_of_the_provider_is_tried_again_and_then_all_is_there(
    session: Session, llm: ScriptedLLM, reply: Reply, words: str
) -> None:
    llm.will_answer(reply)
    run = read(session)
    assert words in run.error
    assert (run.status, run.calls, run.attempts[0]["mode"]) == ("failed", 1, "schema")
    assert run.attempts[0]["error"].startswith("Unavailable: ")
    assert (session.attempts, session.window_limit, session.cursor_seq) == (1, None, 0)
    llm.will_answer(PHONE_TASKS)
    read(session)
    assert (session.cursor_seq, Task.objects.count(), Endpoint.objects.get().failures) == (4, 2, 0)


@pytest.mark.parametrize(
    "reply",
    [Reply(PHONE_TASKS, wait=30), Reply(PHONE_TASKS, drip=0.05)],
    ids=["silent", "byte by byte"],
)
def test_a_slow_endpoint_is_given_up_after_the_time_that_a_call_may_take(
    session: Session, llm: ScriptedLLM, settings, reply: Reply
) -> None:
    settings.LLM_RESPONSE_TIMEOUT = 0.5
    llm.will_answer(reply)
    started = time.monotonic()
    run = read(session)
    assert "within 0.5 s" in run.error
    assert time.monotonic() - started < 25


UNUSABLE = {
    "endless repetition": (Reply('{"tasks": [' + "{}, " * 3_000, finish_reason="length"), "cut off"),
    "a refusal": (Reply(None, message={"refusal": "I can't help with that."}), "refused: I can't"),
    "a filter": (Reply(None, finish_reason="content_filter"), "filter stopped"),
    "a filter before": (
        refused("The response was filtered due to Azure OpenAI's content management policy.", code="content_filter"),
        "filter refused",
    ),
    "too long": (refused("prompt is too long: 213456 tokens > 200000 maximum"), "too long for the LLM"),
    "too large": (Reply(status=413, raw=b"<h1>Payload too large</h1>"), "too long for the LLM: Payload too large"),
    "too long, said with 500": (refused("the request exceeds the available context size", status=500), "too long"),
    "too long, said with 429": (refused("Request too large for gpt-4o: Limit 30000", status=429), "too long"),
}


@pytest.mark.parametrize(("reply", "words"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_no_answer_can_be_had_for_is_read_in_halves(
    session: Session, llm: ScriptedLLM, reply: Reply, words: str
) -> None:
    llm.will_answer(reply, Reply(FIRST_TASK))
    run = read(session)
    assert words in run.error
    windows = ExtractionRun.objects.order_by("started_at").values_list("from_seq", "to_seq", "status")
    assert list(windows) == [(1, 4, "failed"), (1, 2, "ok")]
    assert Endpoint.objects.get().failures == 0


MISCONFIGURED = {
    "no credit": Reply(status=402, error="Insufficient Balance"),
    "no quota": refused("You exceeded your current quota", status=429, code="insufficient_quota"),
    "a key that is refused with 400": refused("API key not valid. Please pass a valid API key.", code=400),
    "a model that is refused with 400": refused("gpt-9 is not a valid model ID", code=400),
    "a model that is gone": Reply(status=410, error="This model has been retired"),
    "an address that is none": Reply(status=404, raw=b"<html>404 page not found</html>"),
    "rules for data": refused("No endpoints found matching your data policy", status=404),
}


@pytest.mark.parametrize("reply", MISCONFIGURED.values(), ids=MISCONFIGURED)
def test_what_a_person_must_mend_pauses_the_project(
    session: Session, project: Project, llm: ScriptedLLM, reply: Reply
) -> None:
    llm.will_answer(reply)
    run = read(session)
    project.refresh_from_db()
    assert project.extraction_paused_reason == run.error
    assert run.attempts[0]["error"].startswith("Misconfigured: ")
    assert (len(llm.requests), session.cursor_seq) == (1, 0)


def test_a_key_that_an_endpoint_quotes_is_kept_nowhere(session: Session, llm: ScriptedLLM, settings) -> None:
    settings.LLM_API_KEY = "sk-very-secret-key"
    llm.will_answer(Reply(status=401, error="Incorrect API key provided: sk-very-secret-key"))
    run = read(session)
    assert "Incorrect API key provided: …" in run.error
    row = json.dumps([run.error, run.attempts, run.exchange, session.extraction_error, str(Endpoint.objects.values())])
    assert "sk-very-secret" not in row
    assert llm.calls[0][1]["authorization"] == "Bearer sk-very-secret-key"


def test_an_answer_of_a_megabyte_is_refused_and_asked_for_again(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(TEXT[:-1] + " " * 1_000_000 + "}", PHONE_TASKS)
    run = read(session)
    assert (run.status, run.calls, Task.objects.count()) == ("ok", 2, 2)
    assert run.attempts[0]["problems"] == [f"the answer is too long: {len(TEXT) + 1_000_000} characters"]
    assert len(json.dumps(run.exchange)) < 100_000
    assert len(json.dumps(llm.requests[1])) < 100_000


def test_a_wrong_content_type_does_no_harm(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(PHONE_TASKS, content_type="text/plain"))
    assert read(session).status == "ok"


def test_a_stream_that_nobody_asked_for_is_read(session: Session, llm: ScriptedLLM) -> None:
    pieces = [{"choices": [{"delta": {"content": TEXT}}]}, {"choices": [{"delta": {}, "finish_reason": "stop"}]}]
    body = ": keep-alive\n\n" + "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces)
    llm.will_answer(Reply(raw=body.encode(), content_type="text/event-stream"))
    assert read(session).status == "ok"


def test_nul_and_halves_of_pairs_reach_no_column(session: Session, llm: ScriptedLLM) -> None:
    broken = json.loads(TEXT)
    broken["tasks"][0]["description"] += "\0\ud83d"
    llm.will_answer(Reply(status=500, error="a\0b\ud83d"), json.dumps(broken))
    assert "a" in read(session).error
    read(session)
    assert Task.objects.get(order=1).description.endswith("key features?")


def test_what_is_right_already_outlives_an_outage_during_the_repair(session: Session, llm: ScriptedLLM) -> None:
    wrong = {**PHONE_TASKS, "preferences": [{"statement": "The agent likes tables", "replaces": "", "message": 4}]}
    llm.will_answer(wrong, Reply(status=503))
    run = read(session)
    assert (run.status, run.calls, len(run.rejected), Task.objects.count()) == ("partial", 2, 1, 2)


def test_the_next_try_waits_as_the_provider_says(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=429, headers={"Retry-After": "40"}, error="Slow down"))
    read(session)
    rest = (Endpoint.objects.get().resting_until - timezone.now()).total_seconds()
    assert 30 < rest <= 40
