"""What the command palette finds: a few of each kind, and nothing of another project."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project, Session
from tasks.models import Task
from tasks.search.indexing import catch_up
from tests.factories import make_session, make_task, store

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project, user="lena@example.com", title="Invoices of March")
    store(session, {"role": "user", "content": "Which <b>invoices</b> are open? 发票在哪里"})
    make_task(session, "List the open invoices", status="failed")
    catch_up(seconds=10)
    return session


def found(page: Client, words: str) -> dict[str, str]:
    """Return the addresses of what is found, with their words."""
    response = page.get(reverse("tasks:palette"), {"q": words})
    assert response.status_code == 200
    options = re.findall(
        r'<a [^>]*role="option" [^>]*href="([^"]+)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL
    )
    return {address: " ".join(re.sub("<[^>]+>", " ", words).split()) for address, words in options}


def test_words_find_tasks_messages_and_users(page: Client, session: Session) -> None:
    task = Task.objects.get()
    options = found(page, "invoic")
    assert options[task.get_absolute_url()] == "List the open invoices failed"
    assert f"{session.get_absolute_url()}?find=invoic&amp;message=1#m1" in options
    assert reverse("tasks:search") + "?q=invoic" in options
    assert any("&amp;message=1#m1" in address for address in found(page, "发票"))
    assert reverse("tasks:user", args=[session.end_user_id]) in found(page, "lena")
    assert reverse("tasks:user", args=[session.end_user_id]) in found(page, "EXAMPLE.com")


def test_the_beginning_of_an_id_finds_its_row(page: Client, session: Session) -> None:
    task = Task.objects.get()
    for words in (str(session.pk), str(session.pk)[:8], session.pk.hex[:4].upper()):
        assert session.get_absolute_url() in found(page, words)
    assert task.get_absolute_url() in found(page, str(task.pk)[:13])


ODD = ["", " ", "\0", "a\0b", "%", "_", "'", "\\", "-" * 500, "f" * 33, "\N{GRINNING FACE}", "{}", "&|!"]


@pytest.mark.parametrize("words", ODD)
def test_anything_may_be_typed(page: Client, session: Session, words: str) -> None:
    found(page, words)


def test_the_wildcards_of_a_database_are_letters(page: Client, session: Session) -> None:
    assert reverse("tasks:user", args=[session.end_user_id]) not in found(page, "len%com")


def test_what_is_found_stays_text(page: Client, session: Session) -> None:
    text = page.get(reverse("tasks:palette"), {"q": "<b>invoices"}).content.decode()
    assert "<b>" not in text


def test_nothing_of_another_project_is_found(page: Client, other_project: Project) -> None:
    theirs = make_session(other_project, user="lena@example.com", title="Invoices of March")
    store(theirs, {"role": "user", "content": "Which invoices are open?"})
    task = make_task(theirs, "List the open invoices")
    catch_up(seconds=10)
    for words in ("invoices", "lena", str(theirs.pk), str(task.pk)):
        assert all(address.startswith("/search/") for address in found(page, words)), words


def test_a_person_in_no_project_finds_nothing(client: Client, django_user_model: type) -> None:
    client.force_login(django_user_model.objects.create_user("carol"))
    assert all(address.startswith("/search/") for address in found(client, str(uuid.uuid4())))


def test_ten_times_the_rows_cost_no_more_queries(
    page: Client, project: Project, session: Session, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for i in range(8):
        more = make_session(project, user=f"lena {i}")
        store(more, {"role": "user", "content": "Which invoices are open?"})
        make_task(more, "List the open invoices")
    catch_up(seconds=10)
    with django_assert_max_num_queries(11):
        options = found(page, "invoices")
    assert len(options) == 11
