"""Every method of the official Python SDK, synchronous and asynchronous, against the real application.

The transport hands each request to the WSGI application in place. A worker, sockets and odd paths: `test_sdk.py`,
`tests/sessions/test_users.py`.
"""

import asyncio
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from acontext import AcontextAsyncClient, AcontextClient
from acontext.errors import APIError
from acontext.event import DiskEvent, TextEvent
from acontext.messages import AcontextMessage, MessagePart
from django.db import connections

from acontext_site.wsgi import application
from sessions.models import ApiKey, Project, Session
from tasks.models import Preference, Progress
from tests.factories import PHONES, make_session, make_task, store

NIL = "00000000-0000-0000-0000-000000000000"
URL = "http://127.0.0.1/api/v1"


class InPlace(httpx.AsyncBaseTransport):
    """Answers an asynchronous client in a thread that works on the test's own connection, within its transaction."""

    wsgi = httpx.WSGITransport(app=application, raise_app_exceptions=False)

    def __init__(self) -> None:
        self.shared = connections["default"]
        self.shared.inc_thread_sharing()
        self.pool = ThreadPoolExecutor(1, initializer=connections.__setitem__, initargs=("default", self.shared))

    def answer(self, request: httpx.Request) -> httpx.Response:
        answer = self.wsgi.handle_request(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        )
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return await asyncio.get_running_loop().run_in_executor(self.pool, self.answer, request)

    async def aclose(self) -> None:
        self.pool.shutdown()
        self.shared.dec_thread_sharing()


class Waiting:
    """The asynchronous client with every call waited for, so that one test serves both."""

    def __init__(self, inner: Any, loop: asyncio.AbstractEventLoop) -> None:
        self.inner, self.loop = inner, loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if not callable(found):
            return Waiting(found, self.loop)
        return lambda *args, **kwargs: self.loop.run_until_complete(found(*args, **kwargs))


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, project: Project) -> Iterator[Any]:
    _, key = ApiKey.issue(project, name="sdk")
    if request.param == "sync":
        with httpx.Client(transport=InPlace.wsgi, base_url=URL) as http:
            yield AcontextClient(api_key=key, client=http)
        return
    with asyncio.Runner() as runner:
        http = httpx.AsyncClient(transport=InPlace(), base_url=URL)
        yield Waiting(AcontextAsyncClient(api_key=key, client=http), runner.get_loop())
        runner.run(http.aclose())


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project, user="anna", configs={"agent": "a", "draft": 1})
    store(session, *PHONES)
    return session


@pytest.fixture
def session_id(session: Session) -> str:
    return str(session.pk)


def refused(call: Any, *args: Any, **kwargs: Any) -> tuple[int, int | None]:
    with pytest.raises(APIError) as error:
        call(*args, **kwargs)
    assert error.value.message
    return error.value.status_code, error.value.code


def test_client_ping(client: Any) -> None:
    assert client.ping() == "pong"


def test_sessions_create(client: Any, project: Project) -> None:
    plain = client.sessions.create()
    assert (plain.user_id, plain.configs, plain.disable_task_tracking) == (None, None, False)
    wanted = str(uuid.uuid4())
    full = client.sessions.create(user="bert", disable_task_tracking=True, configs={"a": None}, use_uuid=wanted)
    assert (full.id, full.project_id, full.configs) == (wanted, str(project.pk), {"a": None})
    assert client.sessions.create(use_uuid=wanted) == full
    assert refused(client.sessions.create, use_uuid="x") == (400, 400)


def test_sessions_list(client: Any, session_id: str) -> None:
    others = [client.sessions.create(user="bert", configs={"agent": "b"}).id for _ in range(3)]
    assert [each.id for each in client.sessions.list().items] == [session_id, *others]
    first = client.sessions.list(limit=2, time_desc=True)
    assert ([each.id for each in first.items], first.has_more) == ([others[2], others[1]], True)
    rest = client.sessions.list(limit=2, time_desc=True, cursor=first.next_cursor)
    assert ([each.id for each in rest.items], rest.has_more, rest.next_cursor) == ([others[0], session_id], False, None)
    assert len(client.sessions.list(user="bert", filter_by_configs={"agent": "b"}).items) == 3
    assert client.sessions.list(user="anna", filter_by_configs={"agent": "b"}).items == []
    assert refused(client.sessions.list, cursor="x") == (400, 400)


def test_sessions_delete(client: Any, session_id: str) -> None:
    assert client.sessions.delete(session_id) is None
    assert refused(client.sessions.delete, session_id) == (404, 404)


def test_sessions_get_configs(client: Any, session_id: str) -> None:
    found = client.sessions.get_configs(session_id)
    assert (found.id, found.configs) == (session_id, {"agent": "a", "draft": 1})
    assert refused(client.sessions.get_configs, NIL) == (404, 404)


def test_sessions_update_configs(client: Any, session_id: str) -> None:
    assert client.sessions.update_configs(session_id, configs={"new": [1.5]}) is None
    assert client.sessions.get_configs(session_id).configs == {"new": [1.5]}
    client.sessions.update_configs(session_id, configs={})
    assert client.sessions.get_configs(session_id).configs == {}
    assert refused(client.sessions.update_configs, session_id, configs=None) == (400, 400)


def test_sessions_patch_configs(client: Any, session_id: str) -> None:
    patched = client.sessions.patch_configs(session_id, configs={"draft": None, "stage": {"n": 2}})
    assert patched == {"agent": "a", "stage": {"n": 2}}
    assert refused(client.sessions.patch_configs, NIL, configs={}) == (404, 404)


def test_sessions_copy(client: Any, session: Session, session_id: str) -> None:
    make_task(session, "Compare phones")
    copied = client.sessions.copy(session_id)
    assert (copied.old_session_id, copied.new_session_id != session_id) == (session_id, True)
    ours, theirs = (client.sessions.get_messages(each) for each in (copied.new_session_id, session_id))
    assert ours.items == theirs.items == PHONES
    assert client.sessions.get_tasks(copied.new_session_id).items[0].data.task_description == "Compare phones"
    assert refused(client.sessions.copy, NIL) == (404, 404)


def test_sessions_flush(client: Any) -> None:
    flushed = client.sessions.flush(client.sessions.create().id)
    assert (flushed.status, flushed.errmsg) == (200, "")
    assert refused(client.sessions.flush, NIL) == (404, 404)


def test_sessions_messages_observing_status(client: Any, session_id: str) -> None:
    status = client.sessions.messages_observing_status(session_id)
    assert (status.observed, status.in_process, status.pending) == (0, 0, 4)
    assert status.updated_at


def test_sessions_get_token_counts(client: Any, session_id: str) -> None:
    total = client.sessions.get_token_counts(session_id).total_tokens
    assert total == client.sessions.get_messages(session_id).this_time_tokens > 0


def test_sessions_get_tasks(client: Any, session: Session, session_id: str) -> None:
    task = make_task(session, "Compare phones", status="running")
    make_task(session, "Make a table")
    Progress.objects.create(task=task, text="Read the specs")
    Preference.objects.create(project_id=session.project_id, session=session, task=task, statement="Likes tables")
    page = client.sessions.get_tasks(session_id, limit=1)
    (first,) = page.items
    assert (first.order, first.status, first.is_planning, first.session_id) == (1, "running", False, session_id)
    assert (first.data.progresses, first.data.user_preferences) == (["Read the specs"], ["Likes tables"])
    assert [each.order for each in client.sessions.get_tasks(session_id, cursor=page.next_cursor).items] == [2]
    assert [each.order for each in client.sessions.get_tasks(session_id, time_desc=True).items] == [2, 1]


def test_sessions_get_session_summary(client: Any, session: Session, session_id: str) -> None:
    assert client.sessions.get_session_summary(session_id) == ""
    Progress.objects.create(task=make_task(session, "Compare phones"), text="Read the specs")
    summary = client.sessions.get_session_summary(session_id, limit=5)
    assert summary == '<task id="1" description="Compare phones">\n<progress>\n1. Read the specs\n</progress>\n</task>'


def test_sessions_store_message(client: Any) -> None:
    session_id = client.sessions.create().id
    first = client.sessions.store_message(session_id, blob=PHONES[0], meta={"a": {"b": [1]}})
    assert (first.role, first.meta, first.parent_id, first.task_id) == ("user", {"a": {"b": [1]}}, None, None)
    blob = AcontextMessage(role="assistant", parts=[MessagePart(type="text", text="Sure")], meta={"k": 1})
    second = client.sessions.store_message(session_id, blob=blob, format="acontext")
    assert (second.parent_id, second.parts[0].text, second.session_task_process_status) == (first.id, "Sure", "pending")
    assert refused(client.sessions.store_message, session_id, blob={"role": "user"}) == (400, 400)
    assert refused(client.sessions.store_message, NIL, blob=PHONES[0]) == (404, 404)


def test_sessions_get_messages(client: Any, session_id: str) -> None:
    client.sessions.add_event(session_id, TextEvent(text="deployed"))
    whole = client.sessions.get_messages(session_id, with_events=True, with_asset_public_url=False)
    assert (whole.items, whole.has_more, len(whole.ids), whole.metas) == (PHONES, False, 4, [{}] * 4)
    assert [event.data for event in whole.events] == [{"text": "deployed"}]
    assert whole.edit_at_message_id == whole.ids[-1]
    newest = client.sessions.get_messages(session_id, limit=1, time_desc=True, format="acontext")
    assert (newest.ids, newest.has_more) == (whole.ids[3:], True)
    older = client.sessions.get_messages(session_id, limit=1, time_desc=True, cursor=newest.next_cursor)
    assert older.ids == whole.ids[2:3]
    assert refused(client.sessions.get_messages, NIL) == (404, 404)
    assert refused(client.sessions.get_messages, session_id, limit=1, cursor="x") == (400, 400)


def test_sessions_get_messages_edited(client: Any, session_id: str) -> None:
    whole = client.sessions.get_messages(session_id)
    strategies: list[Any] = [
        {"type": "remove_tool_result", "params": {"keep_recent_n_tool_results": 1, "gt_token": 5, "keep_tools": ["f"]}},
        {"type": "remove_tool_call_params", "params": {"keep_recent_n_tool_calls": 1}},
        {"type": "middle_out", "params": {"token_reduce_to": 60}},
        {"type": "token_limit", "params": {"limit_tokens": 40}},
    ]
    edited = client.sessions.get_messages(session_id, edit_strategies=strategies)
    assert edited.this_time_tokens <= 40 < whole.this_time_tokens
    assert len(edited.items) == len(edited.ids) == len(edited.metas) < 4
    pinned = client.sessions.get_messages(
        session_id, edit_strategies=strategies, pin_editing_strategies_at_message=whole.ids[1]
    )
    assert pinned.edit_at_message_id == whole.ids[1]
    assert pinned.ids[-2:] == whole.ids[2:]
    bad = [{"type": "token_limit", "params": {}}]
    assert refused(client.sessions.get_messages, session_id, edit_strategies=bad) == (400, 400)


def test_sessions_patch_message_meta(client: Any, session_id: str) -> None:
    stored = client.sessions.store_message(session_id, blob=PHONES[0], meta={"a": 1, "b": 2})
    assert client.sessions.patch_message_meta(session_id, stored.id, meta={"a": None, "c": 3}) == {"b": 2, "c": 3}
    assert client.sessions.get_messages(session_id).metas[-1] == {"b": 2, "c": 3}
    assert refused(client.sessions.patch_message_meta, session_id, NIL, meta={}) == (404, 404)


def test_sessions_add_event(client: Any, session_id: str, project: Project) -> None:
    event = client.sessions.add_event(session_id, DiskEvent(disk_id="d", path="/a.txt", note="kept"))
    assert (event.type, event.data) == ("disk_event", {"disk_id": "d", "path": "/a.txt", "note": "kept"})
    assert (event.session_id, event.project_id) == (session_id, str(project.pk))
    assert refused(client.sessions.add_event, NIL, TextEvent(text="x")) == (404, 404)


def test_sessions_get_events(client: Any, session_id: str) -> None:
    for text in "abc":
        client.sessions.add_event(session_id, TextEvent(text=text))
    first = client.sessions.get_events(session_id, limit=2)
    assert ([event.data["text"] for event in first.items], first.has_more) == (["a", "b"], True)
    rest = client.sessions.get_events(session_id, limit=2, cursor=first.next_cursor)
    assert ([event.data["text"] for event in rest.items], rest.has_more) == (["c"], False)
    assert [event.data["text"] for event in client.sessions.get_events(session_id, time_desc=True).items] == [
        "c",
        "b",
        "a",
    ]
    assert refused(client.sessions.get_events, session_id, cursor="x") == (400, 400)


def test_users_list(client: Any, session: Session) -> None:
    client.sessions.create(user="bert")
    assert [user.identifier for user in client.users.list().items] == ["anna", "bert"]
    page = client.users.list(limit=1, time_desc=True)
    assert ([user.identifier for user in page.items], page.has_more) == (["bert"], True)
    rest = client.users.list(limit=1, time_desc=True, cursor=page.next_cursor)
    assert [user.identifier for user in rest.items] == ["anna"]


def test_users_get_resources(client: Any, session: Session) -> None:
    counts = client.users.get_resources("anna").counts
    assert (counts.sessions_count, counts.disks_count, counts.skills_count) == (1, 0, 0)
    assert refused(client.users.get_resources, "nobody") == (404, 404)


def test_users_delete(client: Any, session_id: str) -> None:
    assert client.users.delete("anna") is None
    assert refused(client.sessions.get_configs, session_id) == (404, 404)
    assert client.users.delete("anna") is None


def test_project_get_configs(client: Any) -> None:
    configs = client.project.get_configs()
    assert (configs.task_success_criteria, configs.model_extra) == (None, {"encryption_enabled": False})


def test_project_update_configs(client: Any) -> None:
    configs = client.project.update_configs({"task_success_criteria": "tests pass", "mine": 1})
    assert (configs.task_success_criteria, configs.model_extra) == ("tests pass", {"mine": 1})
    assert client.project.update_configs({"task_success_criteria": None}).task_success_criteria is None
    assert refused(client.project.update_configs, {"task_success_criteria": 1}) == (400, 400)
    assert refused(client.project.update_configs, {}) == (400, 400)


@pytest.mark.parametrize("kind", [AcontextClient, AcontextAsyncClient])
def test_no_method_is_left_out(kind: Any) -> None:
    client = kind(api_key="sk-ac-x", base_url=URL)
    methods = {"client_ping"}
    for noun in ("sessions", "users", "project"):
        methods |= {f"{noun}_{name}" for name in dir(getattr(client, noun)) if not name.startswith("_")}
    assert {method for method in methods if f"test_{method}" not in globals()} == set()
    assert len(methods) == 23
