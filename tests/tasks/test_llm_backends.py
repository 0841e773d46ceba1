"""Any back end: how it is asked until it is known what it can do, and that this is asked only once."""

from collections.abc import Iterator

import pytest

from sessions.models import Project, Session
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.models import Endpoint, ExtractionRun, Task
from tests import backends
from tests.backends import form_of
from tests.factories import PHONES, make_session, store
from tests.fakes import Reply, ScriptedLLM, answer
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.stories import later

pytestmark = pytest.mark.django_db

# The ways in which each is asked for its first session, and what is remembered of it.
KNOWN = {
    backends.openai: (["schema"], {}),
    backends.openai_reasoning: (["schema"] * 2, {"takes_temperature": False}),
    backends.azure: (["schema", "tool"], {"mode": "tool"}),
    backends.deepseek: (["schema", "tool", "required tool", "json"], {"mode": "json"}),
    backends.lm_studio: (["schema", "tool", "required tool"], {"mode": "required tool"}),
    backends.ollama: (["schema", "schema", "json"], {"mode": "json"}),
    backends.vllm: (["schema"], {}),
    backends.llama_cpp: (["schema", "tool"], {"mode": "tool"}),
    backends.hermes: (["schema", "tool"], {"mode": "tool"}),
    backends.mistral: (["schema"] * 2, {"limit_name": "max_tokens"}),
    backends.gemini: (["schema", "tool", "required tool", "json"], {"mode": "json"}),
    backends.openrouter: (["schema", "tool"], {"mode": "tool"}),
    backends.gemma: (["schema"] * 2, {"takes_system": False}),
    backends.streaming_only: (["schema"] * 2, {"streams": True}),
    backends.small_output: (["schema"] * 2, {"largest_limit": 2048}),
}


@pytest.fixture
def backend(request: pytest.FixtureRequest, llm: ScriptedLLM) -> Iterator[ScriptedLLM]:
    llm.behaves = request.param
    return llm


def read_another(project: Project) -> Session:
    """Store a conversation of four messages and do what the workers do until nothing is due."""
    session = make_session(project)
    store(session, *PHONES)
    for _ in range(10):
        for lease in claim_due(now=later()):
            extract(lease)
    return session


@pytest.mark.parametrize("backend", KNOWN, ids=lambda one: one.__name__, indirect=True)
def test_a_back_end_is_learnt_once(project: Project, backend: ScriptedLLM) -> None:
    ways, remembered = KNOWN[backend.behaves]
    first = read_another(project)
    assert [form_of(request) for request in backend.requests] == ways
    assert Endpoint.objects.get().abilities == remembered

    second = read_another(project)
    assert [form_of(request) for request in backend.requests] == [*ways, ways[-1]]

    for session in (first, second):
        assert list(Task.objects.filter(session=session).order_by("order").values_list("order", "status")) == [
            (1, "success"),
            (2, "success"),
        ]
    runs = ExtractionRun.objects.order_by("started_at").values_list("status", "calls", "mode")
    assert list(runs) == [("ok", len(ways), ways[-1]), ("ok", 1, ways[-1])]


@pytest.mark.parametrize("backend", [backends.lm_studio], indirect=True)
def test_an_endpoint_whose_row_is_deleted_is_learnt_again(project: Project, backend: ScriptedLLM) -> None:
    read_another(project)
    Endpoint.objects.all().delete()
    read_another(project)
    assert [form_of(request) for request in backend.requests] == ["schema", "tool", "required tool"] * 2


def test_what_a_person_writes_into_the_row_is_heeded(project: Project, llm: ScriptedLLM) -> None:
    Endpoint.objects.create(base_url=llm.url, model="gpt-4.1", abilities={"mode": "json", "faults": "many", "x": 1})
    llm.will_answer(PHONE_TASKS)
    read_another(project)
    assert form_of(llm.requests[0]) == "json"


@pytest.mark.parametrize("backend", [backends.gemma], indirect=True)
def test_rules_stand_before_the_messages_where_no_system_may_speak(project: Project, backend: ScriptedLLM) -> None:
    read_another(project)
    (message,) = backend.requests[-1]["messages"]
    assert message["role"] == "user"
    assert message["content"].index("You read a conversation") < message["content"].index("# NEW messages")


def generation_failed(written: str) -> Reply:
    return backends.refused(
        "Failed to validate JSON. Please adjust your prompt.", code="json_validate_failed", failed_generation=written
    )


def test_a_generation_that_failed_says_nothing_of_the_endpoint(project: Project, llm: ScriptedLLM) -> None:
    """Groq's 400 is about what the model wrote this time."""
    for _ in range(3):
        llm.will_answer(generation_failed("{"), generation_failed(""), PHONE_TASKS)
        read_another(project)
    assert {form_of(request) for request in llm.requests} == {"schema"}
    assert (Endpoint.objects.get().abilities, Task.objects.count()) == ({}, 6)


def test_a_failed_generation_that_is_right_is_taken(project: Project, llm: ScriptedLLM) -> None:
    llm.will_answer(generation_failed(f'<function=record_tasks>{{"arguments": {backends.TEXT}}}</function>'))
    read_another(project)
    assert (len(llm.requests), Task.objects.count()) == (1, 2)


def test_one_answer_of_no_form_by_chance_teaches_nothing(project: Project, llm: ScriptedLLM) -> None:
    for _ in range(3):
        llm.will_answer("", PHONE_TASKS)
        read_another(project)
    assert {form_of(request) for request in llm.requests} == {"schema"}
    assert Endpoint.objects.get().abilities == {}


def test_a_model_that_never_answers_in_form_is_asked_the_best_way_again(project: Project, llm: ScriptedLLM) -> None:
    llm.behaves = lambda request: Reply("I would rather not.")
    read_another(project)
    ways = [form_of(request) for request in llm.requests]
    assert ways[:7] == ["schema", "schema", "json", "json", "plain", "plain", "schema"]
    assert Task.objects.count() == 0


def test_reasoning_that_takes_all_the_room_gets_more_for_good(project: Project, llm: ScriptedLLM) -> None:
    used_up = {"prompt_tokens": 100, "completion_tokens": 4096}
    llm.will_answer(Reply("<think>On and on", finish_reason="length", usage=used_up), PHONE_TASKS, PHONE_TASKS)
    read_another(project)
    read_another(project)
    assert [request["max_completion_tokens"] for request in llm.requests] == [4096, 16384, 16384]
    assert ExtractionRun.objects.order_by("started_at").first().output_tokens == 4096 + 20


def test_a_large_window_has_room_for_a_large_answer(project: Project, llm: ScriptedLLM) -> None:
    session = make_session(project)
    store(session, *PHONES * 10)
    llm.will_answer(answer({"description": "Research iPhone 15 specs", "request": 1, "messages": list(range(1, 41))}))
    for lease in claim_due(now=later()):
        extract(lease)
    assert llm.requests[0]["max_completion_tokens"] == 6400


def test_with_a_small_context_the_answer_gets_the_room_that_is_left(project: Project, llm: ScriptedLLM) -> None:
    llm.will_answer(
        backends.refused(
            "This model's maximum context length is 4096 tokens. However, you requested 5296 tokens (1200 in the "
            "messages, 4096 in the completion). Please reduce the length of the messages or completion."
        ),
        PHONE_TASKS,
    )
    read_another(project)
    assert [request["max_completion_tokens"] for request in llm.requests] == [4096, 2880]
    assert (Task.objects.count(), Endpoint.objects.get().abilities) == (2, {})


def read_once(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    extract(claim_due(now=later())[0])
    session.refresh_from_db()
    return session


def test_an_endpoint_that_refuses_everything_waits_for_a_person(project: Project, llm: ScriptedLLM) -> None:
    llm.behaves = lambda request: Reply(status=400, error="Bad Request")
    session = read_once(project)
    ways = [form_of(request) for request in llm.requests]
    assert ways == ["schema", "tool", "required tool", "json", "plain", "plain"]
    project.refresh_from_db()
    assert "refuses every request: Bad Request" in project.extraction_paused_reason
    assert (session.cursor_seq, session.window_limit) == (0, None)
    assert Endpoint.objects.get().abilities == {}


def test_messages_that_alone_are_refused_make_the_window_smaller(project: Project, llm: ScriptedLLM) -> None:
    bad = Reply(status=400, error="Bad Request")
    llm.will_answer(bad, bad, bad, bad, bad, Reply("yes"))
    llm.behaves = backends.openai
    session = read_once(project)
    assert "Are you there?" in llm.requests[5]["messages"][-1]["content"]
    project.refresh_from_db()
    assert project.extraction_paused_reason == ""
    statuses = ExtractionRun.objects.filter(session=session).order_by("started_at")
    # The back end answers for the whole conversation, also when it is asked for the half of it.
    assert list(statuses.values_list("from_seq", "to_seq", "status")) == [(1, 4, "failed"), (1, 2, "partial")]
    assert Endpoint.objects.get().abilities == {}
