"""A login that has run out: the whole page goes to the login, and from there back to a page that can be looked at."""

import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

HERE = "http://testserver"
CORRECT = f"/tasks/{uuid.UUID(int=1)}/correct/"

pytestmark = pytest.mark.django_db


def led_back_to(address: str) -> str:
    assert urlsplit(address).path == reverse("login")
    return parse_qs(urlsplit(address).query)["next"][0]


@pytest.mark.parametrize(
    ("shown", "back"),
    [
        (f"{HERE}/tasks/?status=failed&q=a%26b#T3", "/tasks/?status=failed&q=a%26b"),
        (HERE, "/"),
        ("https://evil.example/tasks/", "/"),
        ("http://testserver@evil.example/tasks/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_is_told_to_leave_the_page(client: Client, method: str, shown: str, back: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": shown}
    response: HttpResponse = getattr(client, method)(reverse("tasks:task_news"), headers=headers)
    assert (response.status_code, response.content) == (200, b"")
    assert "Location" not in response
    assert led_back_to(response["HX-Redirect"]) == back


@pytest.mark.parametrize(
    ("referer", "back"),
    [(f"{HERE}/tasks/?page=2", "/tasks/?page=2"), ("https://evil.example/", "/"), (None, "/")],
)
def test_a_post_leads_back_to_where_it_was_sent_from(client: Client, referer: str | None, back: str) -> None:
    response = client.post(CORRECT, {"status": "success"}, headers={"Referer": referer} if referer else {})
    assert response.status_code == 302
    assert led_back_to(response["Location"]) == back


def test_a_page_leads_back_to_itself(client: Client) -> None:
    response = client.get("/tasks/?status=failed", headers={"Referer": f"{HERE}/runs/"})
    assert led_back_to(response["Location"]) == "/tasks/?status=failed"


def test_the_admin_keeps_its_own_login(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"


def test_what_only_takes_a_post_is_a_page_to_a_person_alone(page: Client) -> None:
    response = page.get(CORRECT)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Nothing was changed" in response.content.decode()
    assert page.get(CORRECT, headers={"HX-Request": "true"}).content == b""
