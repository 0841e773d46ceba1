"""Anthropic's own API: a forced tool, a cached prefix, its errors; and what happens without its package."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.checks import run_checks

from sessions.models import Project, Session
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.models import Endpoint, ExtractionRun, Task
from tests.factories import PHONES, make_session, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import FIRST_TASK, PHONE_TASKS
from tests.tasks.stories import later

pytestmark = pytest.mark.django_db


@pytest.fixture
def claude(llm: ScriptedLLM, settings) -> ScriptedLLM:
    settings.LLM_SDK = "anthropic"
    settings.LLM_API_KEY = "sk-ant-of-the-test"
    settings.LLM_BASE_URL = llm.url.removesuffix("/v1")
    settings.LLM_SIMPLE_MODEL = "claude-haiku-4-5"
    return llm


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    return session


def said(*blocks: dict[str, Any], stop_reason: str = "tool_use") -> Reply:
    usage = {
        "input_tokens": 50,
        "cache_read_input_tokens": 900,
        "cache_creation_input_tokens": 50,
        "output_tokens": 200,
    }
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": list(blocks),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": usage,
    }
    return Reply(raw=json.dumps(message).encode())


def called(arguments: Any = PHONE_TASKS) -> Reply:
    return said(
        {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "id": "toolu_1", "name": "record_tasks", "input": arguments},
    )


def failed(status: int, kind: str, words: str, **headers: str) -> Reply:
    body = {"type": "error", "error": {"type": kind, "message": words}, "request_id": "req_1"}
    return Reply(status=status, raw=json.dumps(body).encode(), headers=headers)


def read(session: Session) -> ExtractionRun:
    (lease,) = claim_due(now=later())
    extract(lease)
    session.refresh_from_db()
    return ExtractionRun.objects.order_by("started_at").first()


def test_one_call_with_a_forced_tool_and_a_cached_prefix(session: Session, claude: ScriptedLLM) -> None:
    claude.will_answer(called())
    run = read(session)
    (request,) = claude.requests
    path, headers = claude.calls[0]
    assert path == "/v1/messages"
    assert any("sk-ant-of-the-test" in value for value in headers.values())
    assert request["tool_choice"] == {"type": "tool", "name": "record_tasks"}
    assert request["tools"][0]["input_schema"]["required"] == ["tasks", "preferences", "no_task", "merges"]
    assert request["system"][-1]["cache_control"] == {"type": "ephemeral"}
    assert [message["role"] for message in request["messages"]] == ["user"]
    assert request["max_tokens"] == 4096
    assert (run.status, run.mode, run.calls, Task.objects.count()) == ("ok", "tool", 1, 2)
    assert (run.input_tokens, run.cached_tokens, run.output_tokens) == (1000, 900, 200)
    # 100 fresh at 1, 900 cached at 0.1, 200 out at 5 dollars a million.
    assert run.cost_usd == Decimal("0.00119")


def test_what_is_wrong_is_told_and_mended(session: Session, claude: ScriptedLLM) -> None:
    claude.will_answer(called({"tasks": "none"}), called())
    run = read(session)
    assert [message["role"] for message in claude.requests[1]["messages"]] == ["user", "assistant", "user"]
    assert (run.status, run.calls) == ("ok", 2)
    assert Endpoint.objects.get().abilities == {}


def test_a_model_that_cannot_be_made_to_call_is_asked_in_words_from_then_on(
    session: Session, project: Project, claude: ScriptedLLM
) -> None:
    claude.will_answer(
        failed(400, "invalid_request_error", "Thinking may not be enabled when tool_choice forces tool use."),
        said({"type": "text", "text": f"```json\n{json.dumps(PHONE_TASKS)}\n```"}, stop_reason="end_turn"),
    )
    assert read(session).mode == "plain"
    another = make_session(project)
    store(another, *PHONES)
    claude.will_answer(said({"type": "text", "text": json.dumps(PHONE_TASKS)}, stop_reason="end_turn"))
    read(another)
    assert ["tools" in request for request in claude.requests] == [True, False, False]
    assert Task.objects.count() == 4


def test_a_limit_of_the_model_is_learnt(session: Session, claude: ScriptedLLM) -> None:
    claude.will_answer(
        failed(
            400,
            "invalid_request_error",
            "max_tokens: 4096 > 2048, which is the maximum allowed number of output tokens for claude-x",
        ),
        called(),
    )
    read(session)
    assert [request["max_tokens"] for request in claude.requests] == [4096, 2048]
    assert Endpoint.objects.get().abilities == {"largest_limit": 2048}


@pytest.mark.parametrize("reply", [called({"tasks": []}), said({"type": "text", "text": "…"})])
def test_a_cut_off_answer_halves_the_window(session: Session, claude: ScriptedLLM, reply: Reply) -> None:
    reply.raw = reply.raw.replace(b'"stop_reason": "tool_use"', b'"stop_reason": "max_tokens"')
    claude.will_answer(reply, called(FIRST_TASK))
    read(session)
    assert list(ExtractionRun.objects.order_by("started_at").values_list("to_seq", "status")) == [
        (4, "failed"),
        (2, "ok"),
    ]


def test_a_refusal_halves_the_window(session: Session, claude: ScriptedLLM) -> None:
    claude.will_answer(said(stop_reason="refusal"), called())
    assert read(session).error == "the model refused"
    assert ExtractionRun.objects.count() == 2


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (failed(529, "overloaded_error", "Overloaded"), "answered 529: Overloaded"),
        (failed(429, "rate_limit_error", "Slow down", **{"retry-after": "20"}), "rate limit is reached"),
        (failed(500, "api_error", "Internal server error"), "answered 500"),
        (Reply(raw=b"<html>", content_type="text/html"), "no message"),
        (Reply(raw=b"{}"), "no message"),
        (Reply(raw=b'{"content": 7'), "not JSON"),
        (Reply({}, cut_after=0), "cannot be reached"),
        (Reply({}, wait=30), "within 2 s"),
    ],
)
def test_a_fault_of_the_provider_is_tried_again(
    session: Session, claude: ScriptedLLM, reply: Reply, words: str
) -> None:
    claude.will_answer(reply)
    run = read(session)
    assert words in run.error
    assert run.attempts[0]["error"].startswith("Unavailable: ")
    assert (session.attempts, session.window_limit) == (1, None)


@pytest.mark.parametrize(
    "reply",
    [
        failed(401, "authentication_error", "invalid x-api-key"),
        failed(403, "permission_error", "no"),
        failed(404, "not_found_error", "model: claude-x"),
        failed(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
    ],
)
def test_what_a_person_must_mend_pauses_the_project(
    session: Session, project: Project, claude: ScriptedLLM, reply: Reply
) -> None:
    claude.will_answer(reply)
    read(session)
    project.refresh_from_db()
    assert project.extraction_paused_reason


def test_without_the_package_it_says_how_to_install_it(
    session: Session, project: Project, claude: ScriptedLLM, monkeypatch
) -> None:
    monkeypatch.setattr("tasks.extraction.extractors.find_spec", lambda name: None)
    read(session)
    project.refresh_from_db()
    assert "pip install 'anthropic" in project.extraction_paused_reason
    assert claude.requests == []
    (problem,) = run_checks(tags=["llm"])
    assert problem.id == "tasks.E001"
    assert "pip install 'anthropic" in problem.hint


@pytest.mark.parametrize("address", ["127.0.0.1:11434", "localhost/v1", "http://", "ftp://host", "http://[::1"])
def test_an_address_that_is_none_is_told_at_the_start(settings, address: str) -> None:
    settings.LLM_BASE_URL = address
    assert [problem.id for problem in run_checks(tags=["llm"])] == ["tasks.E002"]


def test_an_address_that_is_none_pauses_and_sets_nothing_aside(session: Session, project: Project, settings) -> None:
    settings.LLM_BASE_URL = "http://[::1"
    read(session)
    project.refresh_from_db()
    assert "not an http or https address" in project.extraction_paused_reason
    assert (session.cursor_seq, session.window_limit) == (0, None)


def test_good_settings_pass_the_checks(claude: ScriptedLLM) -> None:
    assert run_checks(tags=["llm"]) == []
