"""Create, list, delete: what the contract says, and what the reference gets wrong and this server does not."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connections

from sessions.models import EndUser, Message, Project, Session
from tests.factories import make_message, make_session


def test_create_without_a_body(api: httpx.Client, project: Project) -> None:
    answer = api.post("/session")
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert uuid.UUID(data["id"]).version == 4
    assert data | {"id": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0,
        "project_id": str(project.pk),
        "user_id": None,
        "disable_task_tracking": False,
        "configs": None,
        "space_id": None,
        "created_at": 0,
        "updated_at": 0,
    }


def test_create_with_everything(api: httpx.Client) -> None:
    wanted = str(uuid.uuid4())
    body = {"user": "anna/1 ü", "disable_task_tracking": True, "configs": {"a": [1, None]}, "use_uuid": wanted}
    data = api.post("/session", json=body).json()["data"]
    assert (data["id"], data["configs"], data["disable_task_tracking"]) == (wanted, {"a": [1, None]}, True)
    assert EndUser.objects.get(pk=data["user_id"]).identifier == "anna/1 ü"


@pytest.mark.parametrize("body", [{}, {"user": None, "configs": None, "use_uuid": None}, {"user": "", "use_uuid": ""}])
def test_empty_fields_count_as_left_out(api: httpx.Client, body: dict) -> None:
    data = api.post("/session", json=body).json()["data"]
    assert (data["user_id"], data["configs"]) == (None, None)


def test_an_existing_uuid_returns_the_session_unchanged(api: httpx.Client) -> None:
    first = api.post("/session", json={"use_uuid": str(uuid.uuid4()), "configs": {"a": 1}}).json()["data"]
    again = api.post("/session", json={"use_uuid": first["id"], "configs": {"a": 2}, "user": "new"})
    assert (again.status_code, again.json()["data"]) == (200, first)
    assert EndUser.objects.count() == 0


def test_a_uuid_of_another_project_is_taken(api: httpx.Client, other_api: httpx.Client) -> None:
    theirs = other_api.post("/session").json()["data"]["id"]
    answer = api.post("/session", json={"use_uuid": theirs})
    assert (answer.status_code, answer.json()["msg"]) == (409, "session with this UUID already exists")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"use_uuid": "nope"}, "invalid UUID format for use_uuid"),
        ({"configs": [1]}, "configs"),
        ({"configs": "x"}, "configs"),
        ({"disable_task_tracking": "true"}, "disable_task_tracking"),
        ({"user": 7}, "user"),
        ({"user": "a\0b"}, "user: must not contain NUL"),
        ({"configs": {"a": "\0"}}, "configs"),
        ([], "body"),
    ],
)
def test_a_bad_body_is_refused(api: httpx.Client, body: object, said: str) -> None:
    answer = api.post("/session", json=body)
    assert answer.status_code == 400
    assert said in answer.json()["msg"]
    assert Session.objects.count() == 0


@pytest.mark.parametrize("content", [b"{", b"\xff", b"nope", b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(api: httpx.Client, content: bytes) -> None:
    answer = api.post("/session", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("time_desc", [False, True])
def test_paging_shows_every_session_once(api: httpx.Client, project: Project, time_desc: bool) -> None:
    expected = [str(make_session(project).pk) for _ in range(7)]
    seen, cursor = [], None
    while True:
        params = {"limit": 3, "time_desc": str(time_desc).lower()} | ({"cursor": cursor} if cursor else {})
        data = api.get("/session", params=params).json()["data"]
        seen += [item["id"] for item in data["items"]]
        cursor = data.get("next_cursor")
        assert data["has_more"] is (cursor is not None)
        if not cursor:
            break
    assert seen == (expected[::-1] if time_desc else expected)


def test_a_cursor_is_refused_in_the_other_direction(api: httpx.Client, project: Project) -> None:
    for _ in range(3):
        make_session(project)
    cursor = api.get("/session", params={"limit": 1}).json()["data"]["next_cursor"]
    answer = api.get("/session", params={"limit": 1, "cursor": cursor, "time_desc": "true"})
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert "direction" in answer.json()["msg"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=W10",
        "time_desc=maybe",
        "filter_by_configs=[]",
        "filter_by_configs=x",
        "filter_by_configs=%7B%22a%22:%22%5Cu0000%22%7D",
    ],
)
def test_bad_queries_are_a_400(api: httpx.Client, query: str) -> None:
    assert api.get(f"/session?{query}").status_code == 400


def test_listing_shows_nothing_of_another_project(api: httpx.Client, other_project: Project) -> None:
    make_session(other_project)
    assert api.get("/session").json()["data"]["items"] == []


def test_delete_leaves_nothing(api: httpx.Client, project: Project) -> None:
    session = make_session(project)
    make_message(session)
    answer = api.delete(f"/session/{session.pk}")
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": ""})
    assert (Session.objects.count(), Message.objects.count()) == (0, 0)
    assert api.delete(f"/session/{session.pk}").status_code == 404


@pytest.mark.parametrize("path", ["", "/messages", "/task", "/observing_status"])
def test_a_foreign_session_is_not_found(other_api: httpx.Client, project: Project, path: str) -> None:
    session = make_session(project)
    call = other_api.delete if not path else other_api.get
    answer = call(f"/session/{session.pk}{path}")
    assert (answer.status_code, answer.json()["msg"]) == (404, "session not found")


@pytest.mark.django_db(transaction=True)
def test_one_uuid_asked_for_at_once_makes_one_session(api: httpx.Client, project: Project) -> None:
    wanted = str(uuid.uuid4())

    def create(_: int) -> int:
        try:
            return api.post("/session", json={"use_uuid": wanted, "user": "same"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(create, range(8)))
    assert sorted(statuses) == [200] * 7 + [201]
    assert (Session.objects.count(), EndUser.objects.count()) == (1, 1)
