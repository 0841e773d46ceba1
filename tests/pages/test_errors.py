"""Error pages look like the product and need nothing that may be broken."""

from collections.abc import Callable

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.views import defaults

from sessions.views import server_error


def test_what_is_missing_is_said_kindly(page: Client) -> None:
    response = page.get("/nothing/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_a_form_that_was_open_too_long(project: object, page: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = page.cookies
    response = strict.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Reload" in response.content.decode()


@pytest.mark.parametrize("view", [server_error, defaults.server_error])
def test_a_crash_needs_no_database_and_no_login(view: Callable[[HttpRequest], HttpResponse]) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-42"):
        response = view(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert ("r-42" in response.content.decode()) == (view is server_error)
    assert "extends" not in get_template("500.html").template.source  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "500"])
def test_every_error_leads_back(name: str) -> None:
    assert 'href="/"' in get_template(f"{name}.html").render({}, RequestFactory().get("/"))
