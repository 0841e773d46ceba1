"""Tasks across sessions and in one: what is found, how it is shown, what it costs."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project, Session
from tasks import task_filter
from tasks.models import TaskChange
from tests.factories import make_session, make_task

HTMX = {"HX-Request": "true"}


def test_the_list_has_order_status_description_and_created(page: Client, project: Project) -> None:
    session = make_session(project, title="Trip to Lisbon", user="jonas")
    make_task(session, "Book the hotel", status="failed", reason="The card was declined")
    text = page.get(reverse("tasks:tasks")).content.decode()
    for heading in ("Order", "Status", "Description", "Created"):
        assert re.search(rf"<th[^>]*>(<a[^>]*>)?{heading}<", text)
    for words in ("T1", "failed", "Book the hotel", "The card was declined", "Trip to Lisbon", "jonas", "just now"):
        assert words in text


def test_the_address_filters_by_status(page: Client, project: Project) -> None:
    session = make_session(project)
    make_task(session, "It works", status="success")
    make_task(session, "It broke", status="failed")
    for address in (reverse("tasks:tasks"), reverse("tasks:session_tasks", args=[session.pk])):
        text = page.get(address, {"status": "failed"}).content.decode()
        assert "It broke" in text
        assert "It works" not in text
    assert "No task is like this here" in page.get(reverse("tasks:tasks"), {"status": "running"}).content.decode()


def test_a_filter_is_kept_from_page_to_page(page: Client, project: Project) -> None:
    session = make_session(project)
    for i in range(60):
        make_task(session, f"Part {i}", status="success")
    following = re.search(r'rel="next"[^>]* href="\?([^"]+)"', page.get("/tasks/?status=success").content.decode())
    assert following
    assert "status=success" in following[1]


def test_the_tasks_of_a_session_stand_in_their_order(page: Client, project: Project) -> None:
    session = make_session(project)
    for i in range(1, 61):
        make_task(session, f"Part {i:02}")
    text = page.get(reverse("tasks:session_tasks", args=[session.pk])).content.decode()
    assert re.findall(r">(Part \d\d)<", text) == [f"Part {i:02}" for i in range(1, 51)]
    following = re.search(r'rel="next"[^>]* href="(\?[^"]+)"', text)
    assert following
    text = page.get(reverse("tasks:session_tasks", args=[session.pk]) + following[1]).content.decode()
    assert re.findall(r">(Part \d\d)<", text) == [f"Part {i:02}" for i in range(51, 61)]


@pytest.mark.parametrize("in_session", [True, False])
def test_ten_more_tasks_cost_no_more_queries(
    page: Client, project: Project, in_session: bool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = make_session(project)
    address = reverse("tasks:session_tasks", args=[session.pk]) if in_session else reverse("tasks:tasks")
    make_task(session)
    count = 5
    with django_assert_num_queries(count):
        page.get(address)
    for i in range(10):
        make_task(session if in_session else make_session(project, user=f"user {i}"))
    with django_assert_num_queries(count):
        page.get(address)


@pytest.fixture
def shown(page: Client) -> Callable[..., list[str]]:
    """Return the descriptions that a list shows."""

    def descriptions(query: str = "", address: str = "/tasks/") -> list[str]:
        response = page.get(f"{address}?{query}")
        assert response.status_code == 200
        return re.findall(r'class="row-link"[^>]*>([^<]+)<', response.content.decode())

    return descriptions


@pytest.fixture
def anna(project: Project) -> Session:
    """Anna's session and one of nobody, with one task of every kind, the newest last."""
    anna, nobody = make_session(project, user="anna@example.com"), make_session(project)
    make_task(nobody, "Old", status="success", created_at=timezone.now() - timedelta(days=40))
    make_task(anna, "Confirmed", status="success", basis="confirmed")
    make_task(anna, "Risky", status="success", basis="claimed", risk="not_run")
    # A risk of what did not succeed does not count.
    make_task(nobody, "Failed", status="failed", basis="shown", risk="not_run")
    make_task(nobody, "Given up", status="failed", situation="abandoned")
    corrected = make_task(anna, "Corrected 中文", status="running")
    TaskChange.objects.create(task=corrected, kind="status", before="failed", after="running", is_correction=True)
    make_task(nobody, "Next", status="pending")
    return anna


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=success", ["Risky", "Confirmed", "Old"]),
        ("status=running&status=pending", ["Next", "Corrected 中文"]),
        ("basis=confirmed", ["Confirmed"]),
        ("basis=none&status=failed", ["Given up"]),
        ("risk=any", ["Risky"]),
        ("risk=not_run", ["Risky"]),
        ("risk=not_done", []),
        ("situation=abandoned", ["Given up"]),
        ("corrected=1", ["Corrected 中文"]),
        ("user=anna%40example.com", ["Corrected 中文", "Risky", "Confirmed"]),
        ("user=ben", []),
        ("user=a%00b&status=pending", ["Next"]),
        ("q=RISK", ["Risky"]),
        ("q=中", ["Corrected 中文"]),
        ("q=%25", []),
        ("time=30d&status=success", ["Risky", "Confirmed"]),
        ("status=failed&situation=abandoned&basis=none&time=24h", ["Given up"]),
    ],
)
def test_filters_find_exactly(shown: Callable[..., list[str]], anna: Session, query: str, found: list[str]) -> None:
    assert shown(query) == found


def test_the_overviews_addresses_cut_time_to_the_second(shown: Callable[..., list[str]], project: Project) -> None:
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    for seconds in (-1, 0, 59, 60):
        make_task(make_session(project), f"At {seconds}", created_at=noon + timedelta(seconds=seconds))
    stretch = f"since={noon.isoformat()}&until={(noon + timedelta(minutes=1)).isoformat()}".replace("+", "%2B")
    assert shown(stretch) == ["At 59", "At 0"]


def test_a_session_filters_and_sorts_its_own(shown: Callable[..., list[str]], anna: Session, project: Project) -> None:
    address = reverse("tasks:session_tasks", args=[anna.pk])
    assert shown("", address) == ["Confirmed", "Risky", "Corrected 中文"]
    assert shown(f"session={anna.pk}") == ["Corrected 中文", "Risky", "Confirmed"]
    assert shown("risk=any", address) == ["Risky"]
    anna.tasks.filter(order=1).update(updated_at=timezone.now() + timedelta(hours=1))
    assert shown("sort=updated", address)[0] == "Confirmed"
    assert shown("sort=updated")[0] == "Confirmed"


def test_recently_updated_tasks_are_paged_without_gap(page: Client, project: Project) -> None:
    session, now = make_session(project), timezone.now()
    for i in range(120):
        make_task(session, f"Part {i:03}", updated_at=now - timedelta(minutes=i // 3))
    found, query = [], "?sort=updated"
    while query:
        text = page.get(f"/tasks/{query}").content.decode()
        found += re.findall(r">(Part \d+)<", text)
        following = re.search(r'rel="next"[^>]* href="([^"]+)"', text)
        query = following[1].replace("&amp;", "&") if following else ""
    assert len(found) == len(set(found)) == 120
    assert {found[i] for i in range(3)} == {"Part 000", "Part 001", "Part 002"}


def test_each_filter_that_is_on_can_be_left_out(page: Client, anna: Session) -> None:
    text = page.get("/tasks/?status=failed&status=success&risk=any&time=7d").content.decode()
    chips = dict(re.findall(r'class="filter-on" data-name="(\w+)" href="([^"]+)"', text))
    assert list(chips) == ["status", "risk", "time"]
    assert chips["risk"].replace("&amp;", "&") == "?status=success&status=failed&time=7d"
    assert chips["status"].replace("&amp;", "&") == "?status=success&risk=any&time=7d"


def test_what_is_not_understood_is_told(page: Client, anna: Session) -> None:
    text = page.get("/tasks/", {"risk": "<b>high</b>"}).content.decode()
    assert "left out: risk=&lt;b&gt;high" in text
    assert "Risky" in text


@pytest.mark.parametrize("query", ["next=nonsense", "previous=%00", "next=WyJhIiwxXQ"])
def test_a_cursor_of_something_else_is_a_bad_request(page: Client, project: Project, query: str) -> None:
    assert page.get(f"/tasks/?{query}").status_code == 400


def test_htmx_gets_the_rows_and_the_shortest_address(page: Client, anna: Session) -> None:
    response = page.get("/tasks/?q=&status=failed&basis=&sort=", headers=HTMX)
    text = response.content.decode()
    assert text.lstrip().startswith('<div id="results"')
    assert "<html" not in text
    assert response["HX-Push-Url"] == "/tasks/?status=failed"
    assert "HX-Request" in response["Vary"]
    # Going back asks by htmx too, for the whole page.
    back = page.get("/tasks/?status=failed", headers={**HTMX, "HX-History-Restore-Request": "true"})
    text = back.content.decode()
    assert "<html" in text
    # Nothing in it goes elsewhere by itself: htmx would take it out of the page that it restores.
    assert text.count('id="list-actions"') == 1
    assert 'id="list-actions" class="actions" hx-swap-oob' not in text
    assert 'id="filters-set" class="filters-set" hx-swap-oob' not in text


def test_no_task_of_another_project_is_found(page: Client, other_project: Project, anna: Session) -> None:
    theirs = make_session(other_project, user="anna@example.com")
    make_task(theirs, "Secret", status="failed", basis="confirmed", situation="waiting")
    for query in ("", "user=anna%40example.com", f"session={theirs.pk}", "q=secret", "situation=waiting"):
        assert "Secret" not in page.get(f"/tasks/?{query}").content.decode().replace("q=secret", "")
    assert page.get(reverse("tasks:session_tasks", args=[theirs.pk])).status_code == 404


def test_words_are_looked_for_in_the_first_so_many(
    shown: Callable[..., list[str]], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, now = make_session(project), timezone.now()
    for i in range(6):
        make_task(session, f"Part {i}", created_at=now - timedelta(days=i), updated_at=now - timedelta(days=9 - i))
    monkeypatch.setattr(task_filter, "LOOKED_THROUGH", 2)
    assert shown("q=part") == ["Part 0", "Part 1", "Part 2"]
    assert shown("q=part&sort=updated") == ["Part 5", "Part 4", "Part 3"]
    assert len(shown("q=part", reverse("tasks:session_tasks", args=[session.pk]))) == 3
    monkeypatch.undo()
    assert len(shown("q=part")) == 6
