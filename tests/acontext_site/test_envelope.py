"""Every answer of the API is the envelope, also those that no endpoint made."""

import httpx
import pytest
from django.utils import translation

from acontext_site.wsgi import application
from sessions.models import Project
from tests.factories import make_session


def test_health_needs_no_key(db: None) -> None:
    with httpx.Client(transport=httpx.WSGITransport(app=application), base_url="http://127.0.0.1") as client:
        answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "ok"})


def test_ping(api: httpx.Client) -> None:
    assert api.get("/ping").json() == {"code": 0, "msg": "pong"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PUT", "/session", 405),
        ("GET", "/session/x/flush", 405),
        ("POST", "/ping", 405),
        ("GET", "/session/", 404),
        ("PATCH", "/session/x/messages", 405),
    ],
)
def test_unknown_routes_and_methods(api: httpx.Client, method: str, path: str, status: int) -> None:
    answer = api.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, status)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json()["msg"]


def test_agents_are_answered_in_one_language_whatever_page_the_thread_drew_last(api: httpx.Client) -> None:
    translation.activate("zh-hans")
    answer = api.patch("/project/configs", json={"project_session_message_buffer_max_turns": "many"})
    assert answer.status_code == 400
    assert answer.json()["msg"].isascii()


def test_a_fault_of_ours_is_an_envelope_too(api: httpx.Client, project: Project, monkeypatch, caplog) -> None:
    monkeypatch.setattr("sessions.api.observing_status", lambda session: 1 / 0)
    answer = api.get(f"/session/{make_session(project).pk}/observing_status")
    assert (answer.status_code, answer.json()) == (500, {"code": 500, "msg": "internal server error"})
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "path", ["/ping", "/session", "/session/x/messages", "/session/x/task", "/session/x/observing_status"]
)
def test_everything_needs_a_key(api: httpx.Client, path: str) -> None:
    del api.headers["Authorization"]
    answer = api.get(path)
    assert (answer.status_code, answer.json()) == (401, {"code": 401, "msg": "Unauthorized"})


def test_the_documents_need_no_key_and_no_other_host(db: None) -> None:
    with httpx.Client(transport=httpx.WSGITransport(app=application), base_url="http://127.0.0.1/api/v1") as client:
        docs = client.get("/docs")
        assert docs.status_code == 200
        assert "http://" not in docs.text
        assert "https://" not in docs.text
        assert "default-src 'self'" in docs.headers["content-security-policy"]
        assert client.get("/openapi.json").json()["info"]["title"] == "Acontext Site"
