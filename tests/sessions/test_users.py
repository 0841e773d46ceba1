"""Users: listed, counted, deleted with all they have, under any identifier."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx
import pytest
from acontext import AcontextClient
from acontext.errors import APIError

from sessions.models import ApiKey, EndUser, Message, Project, Session
from tasks.models import Preference, Task
from tests.factories import make_message, make_session, make_task
from tests.servers import serving

IDENTIFIERS = [
    "anna",
    "anna@example.com",
    "team/anna",
    "/",
    "//a//",
    "ls",
    "ls/resources",
    "resources",
    "a/resources",
    "a/resources/resources",
    " spaced  out ",
    "ünïcödé 日本語 🦊",
    "100%",
    "%2F",
    "%252F",
    "a?b#c&d=e;f",
    "line\nbreak\ttab",
    "quote'\"\\",
    "x" * 3000,
]


def test_listing(api: httpx.Client, project: Project, other_project: Project) -> None:
    make_session(other_project, user="theirs")
    assert api.get("/user/ls").json()["data"] == {"items": [], "has_more": False}
    session = make_session(project, user="anna")
    (item,) = api.get("/user/ls").json()["data"]["items"]
    assert item.keys() == {"id", "project_id", "identifier", "created_at", "updated_at"}
    assert (item["id"], item["project_id"]) == (str(session.end_user_id), str(project.pk))
    assert item["identifier"] == "anna"


@pytest.mark.parametrize("time_desc", [False, True])
def test_paging_shows_every_user_once(api: httpx.Client, project: Project, time_desc: bool) -> None:
    expected = [f"u{number}" for number in range(7)]
    for name in expected:
        make_session(project, user=name)
    if time_desc:
        expected.reverse()
    params = {"time_desc": str(time_desc).lower()}
    for all_of_them in ({}, {"limit": 0}, {"limit": "", "cursor": "garbage"}):
        data = api.get("/user/ls", params=params | all_of_them).json()["data"]
        assert ([item["identifier"] for item in data["items"]], data["has_more"]) == (expected, False)
    seen, cursor = [], ""
    while True:
        data = api.get("/user/ls", params=params | {"limit": 3, "cursor": cursor}).json()["data"]
        seen += [item["identifier"] for item in data["items"]]
        if not data["has_more"]:
            break
        cursor = data["next_cursor"]
    assert seen == expected


@pytest.mark.parametrize("query", ["limit=201", "limit=-1", "limit=x", "limit=1&cursor=x", "time_desc=perhaps"])
def test_bad_queries_are_a_400(api: httpx.Client, query: str) -> None:
    answer = api.get(f"/user/ls?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, 400)


def test_the_number_of_queries_does_not_grow(
    api: httpx.Client, project: Project, django_assert_num_queries: Callable
) -> None:
    api.get("/user/ls")
    for number in range(3):
        make_session(project, user=f"u{number}")
        with django_assert_num_queries(2):
            api.get("/user/ls")


def test_resources_are_counted(api: httpx.Client, project: Project) -> None:
    for _ in range(2):
        make_session(project, user="anna")
    make_session(project, user="bert")
    answer = api.get("/user/anna/resources")
    assert answer.json()["data"] == {"counts": {"sessions_count": 2, "disks_count": 0, "skills_count": 0}}


@pytest.mark.parametrize("identifier", ["nobody", "%00", "%20"])
def test_an_unknown_user(api: httpx.Client, identifier: str) -> None:
    answer = api.get(f"/user/{identifier}/resources")
    assert (answer.status_code, answer.json()) == (404, {"code": 404, "msg": "user not found"})
    answer = api.delete(f"/user/{identifier}")
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": ""})


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/user/anna"), ("POST", "/user/anna"), ("POST", "/user/ls"), ("PUT", "/user/anna/resources")],
)
def test_other_methods(api: httpx.Client, method: str, path: str) -> None:
    answer = api.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, 405)


def test_deleting_takes_everything_along_and_nobody_elses(
    api: httpx.Client, other_api: httpx.Client, project: Project, other_project: Project
) -> None:
    for name in ("anna", "bert"):
        session = make_session(project, user=name)
        make_message(session)
        task = make_task(session)
        Preference.objects.create(
            project=project, end_user=session.end_user, session=session, task=task, statement="Brief answers"
        )
    theirs = make_session(other_project, user="anna")
    assert other_api.get("/user/bert/resources").status_code == 404
    assert other_api.delete("/user/bert").status_code == 200
    assert api.delete("/user/anna").status_code == 200
    assert api.get("/user/anna/resources").status_code == 404
    left = (Session.objects.filter(project=project), Message.objects, Task.objects, Preference.objects)
    assert [rows.count() for rows in left] == [1, 1, 1, 1]
    assert list(EndUser.objects.values_list("identifier", "project")) == [
        ("bert", project.pk),
        ("anna", theirs.project_id),
    ]


@pytest.mark.django_db(transaction=True)
class TestAnyIdentifier:
    """On a socket, because only there a path is bytes, as on every real server."""

    @pytest.fixture
    def key(self, project: Project) -> str:
        return ApiKey.issue(project, name="test")[1]

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with serving() as address:
            yield address + "/api/v1"

    def test_through_the_sdk(self, address: str, key: str) -> None:
        with AcontextClient(api_key=key, base_url=address) as client:
            for identifier in IDENTIFIERS:
                client.sessions.create(user=identifier)
            assert [user.identifier for user in client.users.list().items] == IDENTIFIERS
            for identifier in IDENTIFIERS:
                assert client.users.get_resources(identifier).counts.sessions_count == 1, identifier
                client.users.delete(identifier)
                with pytest.raises(APIError) as gone:
                    client.users.get_resources(identifier)
                assert gone.value.status_code == 404
            assert EndUser.objects.count() == Session.objects.count() == 0

    def test_bytes_that_are_no_text(self, address: str, key: str) -> None:
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as client:
            assert client.get("/user/%FF/resources").status_code == 404
            assert client.delete("/user/%FF").status_code == 200

    def test_percent_encoded_once(self, address: str, key: str) -> None:
        with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as client:
            for identifier in IDENTIFIERS:
                client.post("/session", json={"user": identifier})
                encoded = quote(identifier, safe="")
                answer = client.get(f"/user/{encoded}/resources")
                assert answer.json()["data"]["counts"]["sessions_count"] == 1, identifier
                assert client.delete(f"/user/{encoded}").status_code == 200
                assert not EndUser.objects.exists(), identifier
