"""The sessions list, and what an empty project is told."""

import re
from datetime import timedelta

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


def test_pages_go_forth_and_back_without_gap_or_repetition(page: Client, project: Project) -> None:
    titles = [f"Request number {i:03}" for i in range(120)]
    for title in titles:
        make_session(project, title=title)
    seen: list[str] = []
    query = ""
    pages = []
    while True:
        text = listing(page, query)
        pages.append(re.findall(r">\s*(Request number \d+)", text))
        seen += pages[-1]
        following = re.search(r'rel="next" href="(\?[^"]+)"', text)
        if not following:
            break
        query = following[1].replace("&amp;", "&")
    assert seen == titles[::-1]
    assert [len(rows) for rows in pages] == [50, 50, 20]
    back = re.search(r'rel="prev" href="(\?[^"]+)"', text)
    assert back
    assert re.findall(r">\s*(Request number \d+)", listing(page, back[1])) == pages[1]


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
    assert "hx-trigger" not in response.content.decode()


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
