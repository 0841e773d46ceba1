"""What came to the head of a list since its first page was drawn is offered, and nothing else is answered."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project, Session
from tasks.models import Task
from tests.factories import make_message, make_session, make_task

HTMX = {"HX-Request": "true"}


def look_of(text: str) -> str:
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every 5s"', text)
    return unescape(found[1]) if found else ""


def poll_of(text: str) -> str:
    """Where a live list looks again."""
    found = re.search(r'<tbody id="session-rows" hx-get="([^"]+)"', text)
    return unescape(found[1]) if found else ""


def drawn(page: Client, address: str) -> str:
    """Draw a page; return where it looks for news."""
    return look_of(page.get(address).content.decode())


def news(page: Client, look: str) -> str:
    """Look for news; return what the page is answered, empty for nothing."""
    response = page.get(look, headers=HTMX)
    assert response.status_code in (200, 204)
    return response.content.decode()


def made_long_ago(project: Project, **fields: str) -> Session:
    session = make_session(project, **fields)
    past = timezone.now() - timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(active_at=past, created_at=past)
    return session


def test_a_quiet_list_is_told_of_new_sessions_once(page: Client, project: Project, other_project: Project) -> None:
    made_long_ago(project)
    look = drawn(page, "/sessions/")
    assert news(page, look) == ""
    make_session(other_project)
    assert news(page, look) == ""
    make_session(project)
    told = news(page, look)
    assert "1 new session" in told
    assert 'href="/sessions/"' in told
    again = look_of(told)
    assert news(page, again) == ""
    make_session(project)
    assert "2 new sessions" in news(page, again)


def test_a_session_that_goes_on_is_news_and_not_new(page: Client, project: Project) -> None:
    old = made_long_ago(project)
    made_long_ago(project)
    look, by_creation = drawn(page, "/sessions/"), drawn(page, "/sessions/?sort=created")
    make_message(old)
    assert "1 session with news" in news(page, look)
    assert news(page, by_creation) == ""


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("?user=lena", {"user": "lena"}),
        ("?q=boat", {"title": "Sell the boat"}),
        ("?sort=created", {}),
        ("?time=24h", {}),
    ],
)
def test_only_what_fits_the_filters_is_news(page: Client, project: Project, query: str, fields: dict[str, str]) -> None:
    made_long_ago(project, **fields)
    look = drawn(page, f"/sessions/{query}")
    if fields:
        make_session(project, user="tom", title="Sell the house")
        assert news(page, look) == ""
    make_session(project, **fields)
    told = news(page, look)
    assert "1 new session" in told
    assert f'href="/sessions/{query}"' in told


def test_nothing_found_may_become_something(page: Client, project: Project) -> None:
    made_long_ago(project)
    look = drawn(page, "/sessions/?q=boat")
    make_session(project, title="Sell the boat")
    assert "1 new session" in news(page, look)


def test_a_live_list_a_ranking_and_a_later_page_do_not_look(page: Client, project: Project) -> None:
    for _ in range(60):
        made_long_ago(project)
    text = page.get("/sessions/").content.decode()
    following = re.search(r'rel="next" href="\?([^"]+)"', text)
    assert following
    assert look_of(text)
    assert drawn(page, "/sessions/?" + unescape(following[1])) == ""
    assert drawn(page, "/sessions/?sort=messages") == ""
    make_message(make_session(project))
    assert drawn(page, "/sessions/") == ""


def test_a_list_that_was_live_looks_when_it_is_quiet(page: Client, project: Project) -> None:
    session = make_session(project)
    make_message(session)
    renew = re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', page.get("/sessions/").content.decode())
    assert renew
    past = timezone.now() - timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(cursor_seq=1, last_message_at=past)
    text = page.get(unescape(renew[1]), headers=HTMX).content.decode()
    make_session(project)
    assert "1 new session" in news(page, look_of(text))


def test_looking_costs_a_count_whatever_came(
    page: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made_long_ago(project)
    look = drawn(page, "/sessions/")
    for _ in range(120):
        make_session(project)
    # Who asks, what they may see, and what came.
    with django_assert_num_queries(4):
        assert "99+ new sessions" in news(page, look)


@pytest.mark.parametrize("query", ["", "?status=pending", "?view=board", "?q=login"])
def test_a_list_of_tasks_is_told_of_new_ones(page: Client, project: Project, query: str) -> None:
    session = make_session(project)
    make_task(session)
    look = drawn(page, f"/tasks/{query}")
    assert news(page, look) == ""
    make_task(session)
    told = news(page, look)
    assert "1 new task" in told
    assert f'href="/tasks/{query}"' in told
    assert news(page, look_of(told)) == ""


def test_in_the_order_of_change_changed_tasks_are_news(page: Client, project: Project) -> None:
    task = make_task(make_session(project))
    look = drawn(page, "/tasks/?sort=updated")
    Task.objects.filter(pk=task.pk).update(updated_at=timezone.now())
    assert "1 task is new or changed" in news(page, look)
    assert news(page, drawn(page, "/tasks/")) == ""


def test_an_empty_list_of_tasks_looks_too_and_one_of_a_session_does_not(page: Client, project: Project) -> None:
    session = make_session(project)
    look = drawn(page, "/tasks/")
    make_task(session)
    assert "1 new task" in news(page, look)
    assert drawn(page, f"/sessions/{session.pk}/tasks/") == ""


@pytest.mark.parametrize("address", ["/sessions/news/", "/tasks/news/"])
def test_without_htmx_it_is_the_list_and_nonsense_is_refused(page: Client, project: Project, address: str) -> None:
    assert page.get(address).status_code == 302
    assert page.get(f"{address}?newer=soon", headers=HTMX).status_code == 400


def test_loading_what_is_new_leaves_the_address_as_it_is(page: Client, project: Project) -> None:
    make_session(project)
    headers = {**HTMX, "HX-Target": "results", "HX-Current-URL": "http://testserver/sessions/"}
    response = page.get("/sessions/", headers=headers)
    assert "HX-Push-Url" not in response
    assert "HX-Push-Url" in page.get("/sessions/?q=boat", headers=headers)


def test_a_live_list_tells_what_was_made_since_its_rows_were_drawn(page: Client, project: Project) -> None:
    old = made_long_ago(project)
    make_message(make_session(project))
    poll = poll_of(page.get("/sessions/").content.decode())
    assert "data-news" not in page.get("/sessions/").content.decode()
    make_message(old)
    assert "data-news" not in news(page, poll)
    make_session(project)
    assert 'data-news="1 new session"' in news(page, poll)
    make_session(project)
    told = news(page, poll)
    assert 'data-news="2 new sessions"' in told
    # What is drawn now is seen.
    assert "data-news" not in news(page, poll_of(told))


def test_a_live_ranking_tells_of_no_new_sessions_for_it_has_no_head(page: Client, project: Project) -> None:
    make_message(make_session(project))
    poll = poll_of(page.get("/sessions/?sort=failed").content.decode())
    make_session(project)
    assert "data-news" not in news(page, poll)


def test_a_live_list_is_asked_for_what_is_no_moment(page: Client, project: Project) -> None:
    make_message(make_session(project))
    assert page.get("/sessions/?seen=x&newer=yesterday", headers=HTMX).status_code == 400
