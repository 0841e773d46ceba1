"""Events: what happened beside the messages, by themselves and with the pages of messages they belong to."""

import json
from collections.abc import Callable

import httpx
import pytest

from sessions.models import Project, Session, SessionEvent
from tests.factories import make_message, make_session


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


@pytest.fixture
def path(session: Session) -> str:
    return f"/session/{session.pk}/events"


def add(api: httpx.Client, session: Session, text: str) -> None:
    answer = api.post(f"/session/{session.pk}/events", json={"type": "text_event", "data": {"text": text}})
    assert answer.status_code == 200


def texts(events: list[dict]) -> list[str]:
    return [event["data"]["text"] for event in events]


def test_an_event_is_answered_and_kept(api: httpx.Client, project: Project, session: Session, path: str) -> None:
    answer = api.post(path, json={"type": "disk_event", "data": {"disk_id": "d", "path": "/a", "note": None}})
    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["session_id"], data["project_id"]) == (str(session.pk), str(project.pk))
    assert (data["type"], data["data"]) == ("disk_event", {"disk_id": "d", "path": "/a", "note": None})
    assert data["created_at"] == data["updated_at"]
    assert api.get(path).json()["data"] == {"items": [data], "has_more": False}


def test_data_comes_back_as_it_was_sent(api: httpx.Client, path: str) -> None:
    sent = '{"z":1.0,"a":[123456789012345678901234567890,1e-7,-0.0],"nul":"\\u0000","<&>":"\\ud83d\\ude00"}'
    created = api.post(path, content=b'{"type":"t","data":%s}' % sent.encode())
    listed = api.get(path)
    assert created.status_code == 200
    for shown in (created.json()["data"]["data"], listed.json()["data"]["items"][0]["data"]):
        assert json.dumps(shown, separators=(",", ":")) == json.dumps(json.loads(sent), separators=(",", ":"))
    assert '"z":1.0' in listed.text
    assert "123456789012345678901234567890" in listed.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"type":"t"}',
        b'{"type":"","data":{}}',
        b'{"type":null,"data":{}}',
        b'{"type":7,"data":{}}',
        b'{"type":"t","data":null}',
        b'{"type":"t","data":[]}',
        b'{"type":"t","data":"x"}',
        b'{"type":"\\u0000","data":{}}',
        b'{"type":"\\ud800","data":{}}',
        b'{"type":"t","data":{"a":"\\ud800"}}',
        b'{"type":"t","data":{"a":NaN}}',
        b'{"type":"t","data":{"a":1e999}}',
        b'{"type":"t","data":{"a":' + b"[" * 200 + b"]" * 200 + b"}}",
        b'{"type":"t","data":{"a":' + b"9" * 5000 + b"}}",
    ],
)
def test_a_bad_event_is_refused(api: httpx.Client, path: str, body: bytes) -> None:
    answer = api.post(path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert SessionEvent.objects.count() == 0


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=-1", "limit=x", "cursor=x", "time_desc=perhaps"])
def test_bad_queries_are_a_400(api: httpx.Client, path: str, query: str) -> None:
    assert api.get(f"{path}?{query}").status_code == 400


@pytest.mark.parametrize("time_desc", [False, True])
def test_paging_shows_every_event_once(api: httpx.Client, session: Session, path: str, time_desc: bool) -> None:
    expected = [f"e{number}" for number in range(7)]
    for text in expected:
        add(api, session, text)
    seen, cursor = [], ""
    while True:
        # An empty parameter counts as left out.
        params = {"limit": "3", "time_desc": str(time_desc).lower() if time_desc else "", "cursor": cursor}
        data = api.get(path, params=params).json()["data"]
        seen += texts(data["items"])
        if not data["has_more"]:
            break
        cursor = data["next_cursor"]
    assert seen == (expected[::-1] if time_desc else expected)
    assert len(api.get(path, params={"limit": ""}).json()["data"]["items"]) == 7


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_projects_session_is_not_found(other_api: httpx.Client, path: str, method: str) -> None:
    answer = other_api.request(method, path, json={"type": "t", "data": {}})
    assert (answer.status_code, answer.json()["msg"]) == (404, "session not found")


def test_events_go_with_their_session(api: httpx.Client, session: Session) -> None:
    add(api, session, "a")
    api.delete(f"/session/{session.pk}")
    assert SessionEvent.objects.count() == 0


def test_the_number_of_queries_does_not_grow(
    api: httpx.Client, session: Session, path: str, django_assert_num_queries: Callable
) -> None:
    api.get(path)
    for _ in range(2):
        add(api, session, "a")
        with django_assert_num_queries(3):
            api.get(path)


class TestWithMessages:
    @pytest.fixture(autouse=True)
    def _talk(self, api: httpx.Client, session: Session) -> None:
        """Before any message, then after each of five."""
        add(api, session, "e0")
        for number in range(1, 6):
            make_message(session, f"m{number}")
            add(api, session, f"e{number}")

    def read(self, api: httpx.Client, session: Session, **params: object) -> dict:
        answer = api.get(f"/session/{session.pk}/messages", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def test_they_come_only_when_asked_for(self, api: httpx.Client, session: Session) -> None:
        assert "events" not in self.read(api, session)
        assert "events" not in self.read(api, session, with_events="false")

    def test_all_messages_bring_all_events(self, api: httpx.Client, session: Session) -> None:
        data = self.read(api, session, with_events="true")
        assert texts(data["events"]) == ["e0", "e1", "e2", "e3", "e4", "e5"]
        assert data["events"][0]["project_id"] == str(session.project_id)

    @pytest.mark.parametrize(
        ("time_desc", "pages"),
        [
            ("false", [["e0", "e1"], ["e2", "e3"], ["e4", "e5"]]),
            ("true", [["e3", "e4", "e5"], ["e1", "e2"], ["e0"]]),
        ],
    )
    def test_the_pages_together_show_each_event_once(
        self, api: httpx.Client, session: Session, time_desc: str, pages: list
    ) -> None:
        seen, cursor = [], None
        while not seen or cursor:
            params = {"limit": 2, "time_desc": time_desc, "with_events": "true"}
            data = self.read(api, session, **params, **({"cursor": cursor} if cursor else {}))
            seen.append(texts(data["events"]))
            cursor = data.get("next_cursor")
        assert seen == pages

    def test_a_page_without_events_has_no_key(self, api: httpx.Client, session: Session) -> None:
        SessionEvent.objects.all().delete()
        assert "events" not in self.read(api, session, with_events="true")

    def test_a_session_without_messages_shows_its_events(self, api: httpx.Client, project: Project) -> None:
        empty = make_session(project)
        add(api, empty, "alone")
        assert texts(self.read(api, empty, with_events="true")["events"]) == ["alone"]

    def test_they_cost_one_query(
        self, api: httpx.Client, session: Session, django_assert_num_queries: Callable
    ) -> None:
        self.read(api, session)
        with django_assert_num_queries(4):
            self.read(api, session, with_events="true", limit=2)
