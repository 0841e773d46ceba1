"""Files so small that they stand in their message: saved from its page, never shown, and only by members."""

import base64
import re

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Project, Session
from tests.factories import make_message, make_session, store
from tests.pages.test_results import CALL, PAPER, answer, words
from tests.pages.test_session_page import look

PDF = b"%PDF-1.7 a small report"
PAGE = b"<script>alert(1)</script>"


def attached(data: bytes, name: str, head: str = "data:application/pdf;base64,") -> dict[str, object]:
    return {"type": "file", "file": {"filename": name, "file_data": head + base64.b64encode(data).decode()}}


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


@pytest.mark.parametrize("head", ["data:application/pdf;base64,", "", "data:text/html;base64,"])
@pytest.mark.parametrize("data", [PDF, PAGE])
def test_a_file_in_a_message_is_saved_and_never_shown(page: Client, session: Session, data: bytes, head: str) -> None:
    store(session, {"role": "user", "content": [{"type": "text", "text": "See"}, attached(data, 'a".html', head)]})
    address = reverse("sessions:inline_file", args=[session.pk, 1, "1"])
    assert f'href="{address}" download="a&quot;.html"' in look(page, session)
    response = page.get(address)
    assert response.getvalue() == data
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: b=1", "\t\x7f", "比较.pdf", "../../etc/passwd", ""])
def test_a_file_may_be_called_anything(page: Client, session: Session, name: str) -> None:
    store(session, {"role": "user", "content": [attached(PDF, name)]})
    assert "/files/0/" in look(page, session)
    response = page.get(reverse("sessions:inline_file", args=[session.pk, 1, "0"]))
    assert response.getvalue() == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in response


def test_a_file_in_a_result_is_saved(page: Client, session: Session) -> None:
    note = {"type": "document", "title": "note", "source": {"type": "text", "media_type": "text/plain", "data": "Hé"}}
    store(session, CALL, answer(words("Two"), PAPER, note), format="anthropic")
    addresses = re.findall(r'href="([^"]*/files/[^"]*)"', look(page, session))
    assert [page.get(address).getvalue() for address in addresses] == [b"%PDF-1", "Hé".encode()]


def test_what_is_no_file_has_no_address(page: Client, session: Session) -> None:
    broken = {"type": "file", "file": {"filename": "a.pdf", "file_data": "!!"}}
    elsewhere = {"type": "file", "file": {"filename": "b.pdf", "file_id": "file-1"}}
    store(session, {"role": "user", "content": [{"type": "text", "text": "See"}, broken, elsewhere]})
    assert "/files/" not in look(page, session)
    for place in ("0", "1", "2", "3", "0-0", "-1", "x", "9" * 30):
        assert page.get(reverse("sessions:inline_file", args=[session.pk, 1, place])).status_code == 404


def test_another_projects_file_is_not_there(page: Client, other_project: Project) -> None:
    theirs = make_session(other_project)
    make_message(theirs)
    store(theirs, {"role": "user", "content": [attached(PDF, "a.pdf")]})
    assert page.get(reverse("sessions:inline_file", args=[theirs.pk, 2, "0"])).status_code == 404
