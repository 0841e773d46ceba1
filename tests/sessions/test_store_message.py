"""Storing a message over HTTP: what is kept, what is refused, and that nothing is lost or stored half."""

import uuid
from datetime import timedelta

import httpx
import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from sessions.models import ApiKey, Message, Project, Session
from tests.factories import make_session


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def url(session: Session) -> str:
    return f"/session/{session.pk}/messages"


def test_a_message_is_stored_and_answered(api: httpx.Client, session: Session) -> None:
    answer = api.post(url(session), json={"blob": {"role": "user", "content": "Hi"}, "meta": {"a": 1}})
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    body = answer.json()
    assert body["code"] == 0
    data = body["data"]
    assert uuid.UUID(data["id"]).version == 4
    assert data["created_at"].endswith("Z")
    assert {
        key: data[key] for key in ("role", "meta", "parts", "parent_id", "task_id", "session_task_process_status")
    } == {
        "role": "user",
        "meta": {"a": 1},
        "parts": [{"type": "text", "text": "Hi"}],
        "parent_id": None,
        "task_id": None,
        "session_task_process_status": "pending",
    }
    row = Message.objects.get(pk=data["id"])
    assert (row.seq, row.session_id) == (1, session.pk)


def test_messages_are_numbered_without_gaps_and_chained(api: httpx.Client, session: Session) -> None:
    stored = [
        api.post(url(session), json={"blob": {"role": "user", "content": str(n)}}).json()["data"] for n in range(4)
    ]
    assert [data["parent_id"] for data in stored] == [None, *(data["id"] for data in stored[:3])]
    assert list(session.messages.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4]


def test_the_first_request_becomes_the_title(api: httpx.Client, session: Session) -> None:
    for role, text in (("system", "You help"), ("user", "Fix  the\nlogin"), ("user", "Thanks")):
        api.post(url(session), json={"blob": {"role": role, "content": text}})
    session.refresh_from_db()
    assert session.title == "Fix the login"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_greeting_is_the_title_until_someone_asks(api: httpx.Client, session: Session, *, at_once: bool) -> None:
    said = ["Hello there!", "Hi, I'm Ben. How are you?", "Fix the login", "Hey", "And the logout"]
    titles = []
    if at_once:
        blobs = [{"blob": {"role": "user", "content": text}} for text in said]
        api.post(f"{url(session)}/bulk", json={"messages": blobs})
    else:
        for text in said:
            api.post(url(session), json={"blob": {"role": "user", "content": text}})
            titles.append(Session.objects.values_list("title", flat=True).get(pk=session.pk))
        assert titles == ["Hello there!", "Hello there!", "Fix the login", "Fix the login", "Fix the login"]
    session.refresh_from_db()
    assert session.title == "Fix the login"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "body: not JSON"),
        (b'{"blob": {"role": "user", "content": NaN}}', "body: not JSON"),
        (b"\xff\xfe", "body: not JSON"),
        (b"[]", "parameter error"),
        (b"{}", "blob: must be an object"),
        (b'{"blob": null}', "blob: must be an object"),
        (b'{"blob": [1]}', "blob: must be an object"),
        (b'{"blob": {"role": "user", "content": "x"}, "meta": [1]}', "meta"),
        (b'{"blob": {"role": "user", "content": "x"}, "meta": {"a": "\\u0000"}}', "meta: must not contain NUL"),
        (b'{"blob": {"role": "user", "content": "x"}, "format": "klingon"}', "unknown format 'klingon'"),
        (b'{"blob": {"role": "user", "content": "x"}, "format": 7}', "format"),
        (b'{"blob": {"role": "user"}}', "content: OpenAI user message must have content"),
        (b'{"blob": {"role": "user", "content": []}}', "must have content"),
        (b'{"blob": {"role": "user", "content": [{"type": "text", "text": "a"}, 7]}}', "content[1]: must be an object"),
        (b'{"blob": {"role": "robot", "content": "x"}}', "role: unknown role 'robot'"),
        (b'{"blob": {"content": "x"}}', "role: unknown role None"),
        (b'{"blob": {"role": "assistant", "tool_calls": [{}]}}', "tool_calls[0].function"),
        (b'{"blob": {"role": "user", "content": "x", "n": 1e400}}', "out of range"),
        (b'{"blob": {"role": "user", "content": ' + b"[" * 150 + b"]" * 150 + b"}}", "nested deeper than 100"),
        (b'{"blob": ' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_body_is_refused_with_its_reason(api: httpx.Client, session: Session, body: bytes, said: str) -> None:
    answer = api.post(url(session), content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert said in answer.json()["msg"]
    session.refresh_from_db()
    assert (session.head_seq, Message.objects.count()) == (0, 0)


def test_a_large_meta_is_refused(api: httpx.Client, session: Session) -> None:
    body = {"blob": {"role": "user", "content": "x"}, "meta": {"a": "b" * 70_000}}
    answer = api.post(url(session), json=body)
    assert (answer.status_code, answer.json()["msg"]) == (400, "meta size exceeds 64KB limit")


def test_a_body_over_the_limit_is_refused_before_it_is_read(
    api: httpx.Client, session: Session, settings: object
) -> None:
    settings.API_MAX_BODY_BYTES = 1000  # type: ignore[attr-defined]
    answer = api.post(url(session), json={"blob": {"role": "user", "content": "x" * 2000}})
    assert answer.status_code == 413
    assert "too large" in answer.json()["msg"]


@pytest.mark.parametrize(
    "text", ["nul \0 here", "emoji 😀", "中文", 'quote " back \\ slash', "<script>alert(1)</script>", ""]
)
def test_any_text_comes_back_as_it_was(api: httpx.Client, session: Session, text: str) -> None:
    blob = {"role": "user", "content": text}
    assert api.post(url(session), json={"blob": blob}).status_code == 201
    assert api.get(url(session)).json()["data"]["items"] == [blob]


def test_half_a_surrogate_pair_becomes_a_replacement_character(api: httpx.Client, session: Session) -> None:
    body = b'{"blob": {"role": "user", "content": "a\\ud800b \\ud83d\\ude00"}}'
    assert api.post(url(session), content=body).status_code == 201
    assert api.get(url(session)).json()["data"]["items"][0]["content"] == "a\ufffdb 😀"


def test_what_is_not_understood_is_kept_to_the_byte(api: httpx.Client, session: Session) -> None:
    blob = {
        "role": "assistant",
        "content": [{"type": "hologram", "size": 1.0, "big": 12345678901234567890123}],
        "annotations": [],
        "audio": None,
        "tool_calls": None,
    }
    assert api.post(url(session), json={"blob": blob}).status_code == 201
    assert '"size":1.0,"big":12345678901234567890123' in api.get(url(session)).text
    assert api.get(url(session)).json()["data"]["items"] == [blob]


def test_a_plain_message_is_not_kept_twice(api: httpx.Client, session: Session) -> None:
    api.post(url(session), json={"blob": {"role": "user", "content": "x"}})
    assert Message.objects.get().blob is None


def test_a_session_without_tracking_waits_for_nothing(api: httpx.Client, project: Project) -> None:
    session = make_session(project, disable_task_tracking=True)
    data = api.post(url(session), json={"blob": {"role": "user", "content": "x"}}).json()["data"]
    assert data["session_task_process_status"] == "disable_tracking"
    session.refresh_from_db()
    assert (session.pending_since, session.waiting_messages) == (None, 0)


def test_another_projects_session_is_not_found(other_api: httpx.Client, session: Session) -> None:
    answer = other_api.post(url(session), json={"blob": {"role": "user", "content": "x"}})
    assert (answer.status_code, answer.json()["msg"]) == (404, "session not found")
    assert Message.objects.count() == 0


@pytest.mark.parametrize("bad", ["abc", "00000000-0000-0000-0000-000000000000", "0b7a3f6e-5d0c-4c39-9b8e-6a1f2d3c4b5a"])
def test_a_session_that_is_not_there(api: httpx.Client, bad: str) -> None:
    answer = api.post(f"/session/{bad}/messages", json={"blob": {"role": "user", "content": "x"}})
    assert answer.status_code == (400 if bad == "abc" else 404)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "bearer KEY", "Bearer  KEY", "Basic KEY", "Bearer sk-ac-", "Bearer sk-ac-nope"],
)
@pytest.mark.parametrize("body", [b'{"blob": {"role": "user", "content": "x"}}', b"{"])
def test_without_a_usable_key_nothing_is_said_but_401(
    api: httpx.Client, session: Session, header: str | None, body: bytes
) -> None:
    key = api.headers["Authorization"].removeprefix("Bearer ")
    api.headers.pop("Authorization")
    headers = {} if header is None else {"Authorization": header.replace("KEY", key)}
    answer = api.post(url(session), content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"code": 401, "msg": "Unauthorized"})


def test_revoked_and_expired_keys_are_refused_at_once(api: httpx.Client, session: Session, project: Project) -> None:
    for field in ("revoked_at", "expires_at"):
        project.api_keys.update(revoked_at=None, expires_at=None)
        assert api.post(url(session), json={"blob": {"role": "user", "content": "x"}}).status_code == 201
        project.api_keys.update(**{field: timezone.now() - timedelta(minutes=1)})
        assert api.post(url(session), json={"blob": {"role": "user", "content": "x"}}).status_code == 401


def test_use_of_a_key_is_remembered(api: httpx.Client, session: Session) -> None:
    assert ApiKey.objects.get().last_used_at is None
    api.post(url(session), json={"blob": {"role": "user", "content": "x"}})
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_costs_no_message(api: httpx.Client, session: Session) -> None:
    assert api.post(url(session), json={"blob": {"role": "user", "content": "before"}}).status_code == 201
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert api.post(url(session), json={"blob": {"role": "user", "content": "after"}}).status_code == 201
    assert Message.objects.count() == 2
