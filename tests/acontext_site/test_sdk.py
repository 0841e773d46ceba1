"""The official SDK, unmodified, against the real application, a real broker and a real worker."""

import asyncio
from collections.abc import Iterator

import pytest
from acontext import AcontextAsyncClient, AcontextClient
from acontext.errors import APIError

from sessions.models import ApiKey, Project
from tasks.models import ExtractionRun, Task
from tests.factories import PHONES
from tests.fakes import Reply, ScriptedLLM
from tests.servers import run_async, serving, sweeping, working
from tests.tasks.answers import PHONE_TASKS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address() -> Iterator[str]:
    with serving() as address:
        yield address + "/api/v1"


@pytest.fixture
def key(project: Project) -> str:
    return ApiKey.issue(project, name="sdk")[1]


@pytest.fixture
def client(address: str, key: str) -> Iterator[AcontextClient]:
    with AcontextClient(api_key=key, base_url=address) as client:
        yield client


def store_phones(client: AcontextClient) -> str:
    session = client.sessions.create()
    for blob in PHONES:
        client.sessions.store_message(session_id=session.id, blob=blob, format="openai")
    return session.id


def test_the_quick_start_prints_two_tasks_without_an_llm(client: AcontextClient) -> None:
    with working():
        session_id = store_phones(client)
        flushed = client.sessions.flush(session_id)
    assert (flushed.status, flushed.errmsg) == (200, "")
    tasks = client.sessions.get_tasks(session_id).items
    assert [(task.order, task.status) for task in tasks] == [(1, "success"), (2, "success")]
    assert "iPhone 15" in tasks[0].data.task_description
    assert "comparison table" in tasks[1].data.task_description


def test_the_quick_start_makes_one_llm_call(client: AcontextClient, llm: ScriptedLLM) -> None:
    llm.will_answer(PHONE_TASKS)
    with working():
        session_id = store_phones(client)
        client.sessions.flush(session_id)
    assert len(llm.requests) == 1
    tasks = client.sessions.get_tasks(session_id).items
    assert [task.data.task_description for task in tasks] == [
        "Research iPhone 15 specs and summarize the key features",
        "Create a comparison table with iPhone 14",
    ]
    assert tasks[0].data.progresses == ["Listed the A16 chip and the 48MP camera"]
    assert tasks[1].data.user_preferences == ["The user wants comparisons as tables"]
    assert "comparison table" in client.sessions.get_session_summary(session_id)


def test_messages_stored_while_no_worker_runs_are_extracted_once_when_one_starts(
    client: AcontextClient, settings: object
) -> None:
    settings.FLUSH_TIMEOUT_SECONDS = 0.5  # type: ignore[attr-defined]
    session_id = store_phones(client)
    flushed = client.sessions.flush(session_id)
    assert (flushed.status, flushed.errmsg) == (500, "4 messages still wait; extraction goes on")
    assert Task.objects.count() == 0
    settings.FLUSH_TIMEOUT_SECONDS = 20  # type: ignore[attr-defined]
    with working():
        assert client.sessions.flush(session_id).status == 200
    assert (Task.objects.count(), ExtractionRun.objects.count()) == (2, 1)


def test_flush_says_why_it_could_not(client: AcontextClient, llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=401, error="bad key"))
    with working():
        session_id = store_phones(client)
        flushed = client.sessions.flush(session_id)
    assert flushed.status == 500
    assert "bad key" in flushed.errmsg


def test_flush_outlasts_a_short_outage(client: AcontextClient, llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=503, headers={"Retry-After": "1"}), PHONE_TASKS)
    with working(), sweeping():
        session_id = store_phones(client)
        assert client.sessions.flush(session_id).status == 200
    assert (len(llm.requests), Task.objects.count()) == (2, 2)


def test_flush_of_an_empty_session_is_done_at_once(client: AcontextClient) -> None:
    assert client.sessions.flush(client.sessions.create().id).status == 200


def test_sessions_and_messages(client: AcontextClient) -> None:
    assert client.ping() == "pong"
    session = client.sessions.create(user="anna/1", configs={"team": {"name": "blue"}})
    assert session.configs == {"team": {"name": "blue"}}
    stored = client.sessions.store_message(session_id=session.id, blob=PHONES[0], meta={"a": 1})
    assert (stored.meta, stored.session_task_process_status) == ({"a": 1}, "pending")
    messages = client.sessions.get_messages(session.id)
    assert (messages.items, messages.ids, messages.metas) == ([PHONES[0]], [stored.id], [{"a": 1}])
    assert messages.this_time_tokens > 0
    own = client.sessions.get_messages(session.id, format="acontext").items[0]
    assert own["parts"] == [{"type": "text", "text": PHONES[0]["content"]}]
    assert own["meta"] == {"__user_meta__": {"a": 1}, "source_format": "openai"}
    status = client.sessions.messages_observing_status(session.id)
    assert (status.observed, status.in_process, status.pending) == (0, 0, 1)
    assert [found.id for found in client.sessions.list(user="anna/1").items] == [session.id]
    assert [found.id for found in client.sessions.list(filter_by_configs={"team": {"name": "blue"}}).items] == [
        session.id
    ]
    assert client.sessions.list(filter_by_configs={"team": {"name": "red"}}).items == []
    client.sessions.delete(session.id)
    with pytest.raises(APIError) as gone:
        client.sessions.get_messages(session.id)
    assert (gone.value.status_code, gone.value.message) == (404, "session not found")


def test_the_same_with_the_asynchronous_client(address: str, key: str) -> None:
    async def story() -> None:
        async with AcontextAsyncClient(api_key=key, base_url=address) as client:
            session = await client.sessions.create()
            await asyncio.gather(
                *(client.sessions.store_message(session_id=session.id, blob=PHONES[0]) for _ in range(64))
            )
            messages = await client.sessions.get_messages(session.id, format="acontext")
            parents = [item["parent_id"] for item in messages.items]
            assert parents == [None, *messages.ids[:-1]]
            assert len(set(messages.ids)) == 64

    run_async(story())


def test_a_wrong_key_is_refused(address: str) -> None:
    with AcontextClient(api_key="sk-ac-wrong", base_url=address) as client, pytest.raises(APIError) as refused:
        client.sessions.create()
    assert (refused.value.status_code, refused.value.message) == (401, "Unauthorized")
