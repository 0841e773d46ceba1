"""The sessions list, and what an empty project is told."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions import samples
from sessions.models import ApiKey, Message, Project, Session
from tests.factories import PHONES, make_message, make_session, make_task, store

HTMX = {"HX-Request": "true"}


def listing(page: Client, query: str = "", **headers: str) -> str:
    return page.get(reverse("tasks:sessions") + query, headers=headers).content.decode()


def quiet(project: Project) -> None:
    """Let all sessions be finished an hour ago."""
    past = timezone.now() - timedelta(hours=1)
    for session in Session.objects.filter(project=project):
        Session.objects.filter(pk=session.pk).update(cursor_seq=session.head_seq, last_message_at=past)


def test_a_row_says_what_was_asked_and_how_it_went(page: Client, project: Project) -> None:
    session = make_session(project, user="lena@example.com")
    store(session, *PHONES)
    for status in ("success", "success", "failed"):
        make_task(session, status=status)
    text = listing(page)
    assert "Research iPhone 15 specs" in text
    assert "lena@example.com" in text
    assert re.search(r'title="2 success"', text)
    assert re.search(r'title="1 failed"', text)
    assert "4 waiting" in text
    assert 'title="20' in text  # the exact time, on hover


def test_an_untitled_session_shows_its_short_id(page: Client, project: Project) -> None:
    session = make_session(project)
    assert str(session.pk)[:8] in listing(page)


def test_ten_more_rows_cost_no_more_queries(
    page: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def add(count: int) -> None:
        for i in range(count):
            make_task(make_session(project, user=f"user {i}", title=f"Request {i}"))

    add(2)
    with django_assert_num_queries(6):
        listing(page)
    add(10)
    with django_assert_num_queries(6):
        listing(page)


def walk(page: Client, query: str, link: str) -> tuple[list[list[str]], str]:
    """Follow the links to the end; return the titles of each page, and the last page."""
    pages = []
    while True:
        text = listing(page, query)
        pages.append(re.findall(r">\s*(Request number \d+)", text))
        following = re.search(rf'rel="{link}"[^>]* href="(\?[^"]+)"', text)
        if not following:
            return pages, query
        query = following[1].replace("&amp;", "&")


@pytest.mark.parametrize("sort", ["", "created", "messages", "failed"])
def test_pages_go_forth_and_back_without_gap_or_repetition(page: Client, project: Project, sort: str) -> None:
    titles = [f"Request number {i:03}" for i in range(120)]
    for i, title in enumerate(titles):
        make_session(project, title=title, head_seq=i // 7, cursor_seq=i // 7, failed_tasks=i // 50)
    pages, last = walk(page, f"?sort={sort}&time=24h", "next")
    assert [len(rows) for rows in pages] == [50, 50, 20]
    seen = [title for rows in pages for title in rows]
    assert sorted(seen) == titles
    if sort in {"", "created"}:
        assert seen == titles[::-1]
    elif sort == "messages":
        assert [int(title[-3:]) // 7 for title in seen] == sorted((i // 7 for i in range(120)), reverse=True)
    else:
        assert [int(title[-3:]) // 50 for title in seen] == sorted((i // 50 for i in range(120)), reverse=True)
    back, _ = walk(page, last, "prev")
    assert [title for rows in back[::-1] for title in rows][-120:] == seen
    assert "time=24h" in last


def test_a_cursor_of_one_order_is_none_of_another(page: Client, project: Project) -> None:
    for i in range(60):
        make_session(project, title=f"Request {i}")
    text = listing(page, "?sort=messages")
    following = re.search(r'rel="next"[^>]* href="\?([^"]+)"', text)
    assert following
    address = following[1].replace("&amp;", "&")
    assert page.get("/sessions/?" + address).status_code == 200
    assert page.get("/sessions/?" + address.replace("sort=messages", "sort=created")).status_code == 400


def test_a_cursor_of_something_else_is_a_bad_request(page: Client, project: Project) -> None:
    make_session(project)
    for query in ("?next=nonsense", "?previous=WyJkIiwgMV0", "?next=%00"):
        response = page.get(reverse("tasks:sessions") + query)
        assert response.status_code == 400
        assert "makes no sense" in response.content.decode()


def test_the_list_renews_itself_only_while_something_happens(page: Client, project: Project) -> None:
    session = make_session(project)
    make_message(session)
    text = listing(page)
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', text)
    assert address
    renew = address[1].replace("&amp;", "&")
    assert page.get(renew, headers=HTMX).status_code == 204
    quiet(project)
    response = page.get(renew, headers=HTMX)
    assert response.status_code == 200
    assert response.content.decode().lstrip().startswith("<tbody")
    assert "every 3s" not in response.content.decode()


def test_an_empty_project_is_told_how_to_begin(page: Client, project: Project) -> None:
    text = listing(page)
    assert "pip install acontext" in text
    assert "npm install @acontext/acontext" in text
    assert "http://testserver/api/v1" in text
    assert "Make an API key" in text
    assert "Load sample conversations" in text


def test_the_welcome_gives_way_to_the_first_session(page: Client, project: Project) -> None:
    address = re.search(r'hx-get="(\?[^"]+|/sessions/\?[^"]+)" hx-trigger="every 3s"', listing(page))
    assert address
    renew = address[1].replace("&amp;", "&")
    assert page.get(renew, headers=HTMX).status_code == 204
    make_session(project)
    assert page.get(renew, headers=HTMX)["HX-Refresh"] == "true"


def test_a_key_is_shown_once_inside_the_snippet(page: Client, project: Project) -> None:
    response = page.post(reverse("sessions:make_key", args=[project.pk]))
    key = re.search(r"sk-ac-[\w-]{20,}", response.content.decode())
    assert key
    assert "no-store" in response["Cache-Control"]
    row = ApiKey.objects.get(project=project)
    assert bytes(row.digest) == ApiKey.digest_of(key[0])
    assert "alice" in row.name
    assert key[0] not in page.get(reverse("sessions:connect")).content.decode()


def test_with_htmx_only_the_snippet_comes_back(page: Client, project: Project) -> None:
    text = page.post(reverse("sessions:make_key", args=[project.pk]), headers=HTMX).content.decode()
    assert text.lstrip().startswith('<div id="snippet"')
    assert "<html" not in text


def test_the_samples_are_stored_the_way_an_agent_stores(page: Client, project: Project) -> None:
    response = page.post(reverse("sessions:load_samples", args=[project.pk]), follow=True)
    assert "sample conversations are stored" in response.content.decode()
    conversations = samples.conversations()
    sessions = Session.objects.filter(project=project)
    assert sessions.count() == len(conversations) >= 4
    assert Message.objects.count() == sum(len(sample["messages"]) for sample in conversations)
    for session in sessions:
        assert list(session.messages.order_by("seq").values_list("seq", flat=True)) == [*range(1, session.head_seq + 1)]
        assert session.title
        assert session.pending_since
        assert session.end_user


def rows(text: str) -> list[str]:
    return re.findall(r'id="row-[^"]+" href="[^"]+" title="([^"]*)"', text)


def test_a_filter_keeps_what_it_says_and_can_be_left_out(page: Client, project: Project) -> None:
    make_task(make_session(project, user="lena", title="One"), status="failed")
    make_session(project, user="lena", title="Two")
    make_session(project, user="tom", title="Three")
    text = listing(page, "?user=lena&status=failed")
    assert rows(text) == ["One"]
    chips = re.findall(r'data-name="(\w+)" href="(\?[^"]*)"', text)
    assert chips == [("status", "?user=lena"), ("user", "?status=failed")]
    assert rows(listing(page, chips[0][1])) == ["Two", "One"]
    assert 'value="lena"' in text
    assert '<option value="failed" selected>' in text


def test_what_is_no_filter_is_told_beside_the_field_and_above_the_list(page: Client, project: Project) -> None:
    make_session(project, title="One")
    text = listing(page, "?configs={bad&status=lost")
    assert rows(text) == ["One"]
    assert text.count("This is not JSON.") == 2
    assert "It filters nothing." in text
    assert 'value="{bad"' in text
    assert '<details class="more-filters" open>' in text


def test_with_htmx_the_results_come_back_and_the_address_follows(page: Client, project: Project) -> None:
    make_session(project, user="lena", title="One")
    make_session(project, title="Two")
    response = page.get("/sessions/?q=&user=lena&status=&sort=", headers={**HTMX, "HX-Target": "results"})
    text = response.content.decode()
    assert text.lstrip().startswith('<div id="results"')
    assert rows(text) == ["One"]
    assert response["HX-Push-Url"] == "/sessions/?user=lena"
    restored = page.get("/sessions/?user=lena", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in restored.content.decode()


def test_nothing_found_says_what_to_do(page: Client, project: Project) -> None:
    text = listing(page, "?q=boat")
    assert "No session is like this" in text
    assert "pip install" not in text
    make_session(project, title="Sell the boat")
    assert "Leave a filter out" in listing(page, "?q=house")


def test_users_are_suggested_while_one_types(page: Client, project: Project, other_project: Project) -> None:
    for i in range(12):
        make_session(project, user=f"lena{i}@<b>")
    make_session(other_project, user="lena-secret")
    text = page.get("/sessions/users/?user=LENA").content.decode()
    assert text.count("<option") == 10
    assert "lena11@&lt;b&gt;" in text
    assert "secret" not in text
    for nothing in ("?user=", "", "?user=%00", "?user=zzz"):
        assert "<option" not in page.get("/sessions/users/" + nothing).content.decode()


def test_a_filtered_list_renews_itself_too(page: Client, project: Project) -> None:
    session = make_session(project, user="lena")
    make_message(session, "Sell the boat")
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', listing(page, "?user=lena&sort=messages"))
    assert address
    renew = address[1].replace("&amp;", "&")
    make_message(make_session(project), "Not hers")
    assert page.get(renew, headers=HTMX).status_code == 204
    make_message(session)
    text = page.get(renew, headers=HTMX).content.decode()
    assert text.lstrip().startswith("<tbody")
    assert rows(text) == ["Sell the boat"]


def test_filters_cost_a_fixed_number_of_queries(
    page: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    query = "?user=lena&status=failed&time=7d&q=Request&sort=messages"
    for count in (2, 20):
        for i in range(count):
            make_task(make_session(project, user="lena", title=f"Request {count} {i}"), status="failed")
        with django_assert_num_queries(9):
            listing(page, query)


def test_activity_moves_once_a_minute_at_most(page: Client, project: Project) -> None:
    session = make_session(project)
    past = timezone.now() - timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(active_at=past)
    make_message(session)
    session.refresh_from_db()
    first = session.active_at
    assert first > past
    make_message(session)
    session.refresh_from_db()
    assert session.active_at == first
    assert session.last_message_at
    assert session.last_message_at > first
