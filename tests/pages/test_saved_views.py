"""Saved views: a name for the address of a list, and nothing that the address does not say."""

import re

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sessions.models import Membership, Project, SavedView
from sessions.saved_views import LONGEST_QUERY, MOST, query_of
from tests.factories import make_session, make_task

SESSIONS = "/sessions/"


@pytest.fixture(autouse=True)
def _some_session(project: Project) -> None:
    make_session(project, title="Sell the boat")


def save(page: Client, project: Project, name: str, query: str, *, of: str = "sessions") -> str:
    """Save a view and return where that leads."""
    values = {"page": of, "name": name, "query": query}
    response = page.post(reverse("sessions:save_view", args=[project.pk]), values)
    assert response.status_code == 303
    return str(response["Location"])


def names(page: Client, address: str = SESSIONS) -> list[str]:
    """The names above the list at an address, the current one in brackets."""
    text = page.get(address).content.decode()
    nav = re.search(r'aria-label="Saved views">(.*?)</nav>', text, re.DOTALL)
    links = re.findall(r"<a [^>]*?(aria-current)?[^>]*?>([^<]+)</a>", nav[1]) if nav else []
    current = re.findall(r'aria-current="page">([^<]+)<', nav[1]) if nav else []
    return [f"[{name}]" if name in current else name for _, name in links]


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("", ""),
        ("state=failing", "state=failing"),
        ("user=b&state=failing", "state=failing&user=b"),
        ("state=failing&next=abc&previous=def&seen=123", "state=failing"),
        ("state=&user=", ""),
        ("b=2&a=2&b=1", "a=2&b=2&b=1"),
        ("q=%E4%B8%AD+%26&x=%00", "q=%E4%B8%AD+%26&x=%00"),
    ],
)
def test_an_address_has_one_spelling(address: str, query: str) -> None:
    assert query_of(QueryDict(address)) == query
    assert query_of(QueryDict(query)) == query


def test_a_view_leads_to_the_address_it_was_saved_at(page: Client, project: Project) -> None:
    assert save(page, project, "Failing", "state=failing&seen=1&next=zz") == "/sessions/?state=failing"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.created_by.username) == ("Failing", "state=failing", "alice")
    assert names(page) == ["[All]", "Failing"]
    assert names(page, "/sessions/?state=failing") == ["All", "[Failing]"]
    assert names(page, "/sessions/?state=waiting") == ["All", "Failing"]
    # A place within the pages, and what was seen, are no other view.
    assert names(page, "/sessions/?state=failing&seen=77&user=") == ["All", "[Failing]"]


def test_views_stand_in_the_order_of_their_names(page: Client, project: Project) -> None:
    for name in ("beta", "Alpha", "Über"):
        save(page, project, name, f"user={name}")
    assert names(page) == ["[All]", "Alpha", "beta", "Über"]


def test_a_known_name_leads_to_the_new_address(page: Client, project: Project) -> None:
    save(page, project, "Mine", "user=a")
    assert "stands above the list now" in page.get(SESSIONS).content.decode()
    save(page, project, "Mine", "user=b")
    assert [view.query for view in SavedView.objects.all()] == ["user=b"]


def undone(page: Client) -> str:
    """Press the undo of the toast on the next page, and return what was told with it."""
    text = page.get(SESSIONS).content.decode()
    undo = re.search(r'<p>([^<]*)</p>\s*<form method="post" action="([^"]*put-back[^"]*)"', text)
    assert undo
    page.post(undo[2].replace("&amp;", "&"))
    return undo[1]


def test_a_view_that_was_replaced_can_be_put_back(page: Client, project: Project) -> None:
    save(page, project, "Mine", "user=a&q=boat+%26+oar")
    page.get(SESSIONS)
    save(page, project, "Mine", "user=b")
    assert "“Mine” leads here now" in undone(page)
    assert [(view.name, view.query) for view in SavedView.objects.all()] == [("Mine", "q=boat+%26+oar&user=a")]
    # What was undone can be done again.
    assert "“Mine” leads here now" in undone(page)
    assert [view.query for view in SavedView.objects.all()] == ["user=b"]


def test_a_view_that_was_renamed_gets_its_name_back(page: Client, project: Project) -> None:
    save(page, project, "Mine", "user=a")
    page.get(SESSIONS)
    save(page, project, "Lena's", "user=a")
    assert "“Mine” is called “Lena&#x27;s” now." in undone(page)
    assert [(view.name, view.query) for view in SavedView.objects.all()] == [("Mine", "user=a")]


def test_saving_the_same_once_more_has_nothing_to_undo(page: Client, project: Project) -> None:
    save(page, project, "Mine", "user=a")
    save(page, project, "Mine", "user=a")
    text = page.get(SESSIONS).content.decode()
    assert "stands above the list now" in text
    assert "put-back" not in text


def test_a_known_address_gets_the_new_name(page: Client, project: Project) -> None:
    save(page, project, "Mine", "user=a")
    text = page.get("/sessions/?user=a").content.decode()
    assert "Change this view" in text
    assert 'value="Mine"' in text
    save(page, project, "Lena's", "user=a")
    assert [view.name for view in SavedView.objects.all()] == ["Lena's"]


def test_both_lists_have_views_of_their_own(page: Client, project: Project) -> None:
    save(page, project, "Failed", "state=failing")
    assert save(page, project, "Failed", "status=failed", of="tasks") == "/tasks/?status=failed"
    assert SavedView.objects.count() == 2
    assert names(page) == ["[All]", "Failed"]


def test_a_deleted_view_can_be_put_back(page: Client, project: Project) -> None:
    save(page, project, "Failing", "state=failing")
    response = page.post(reverse("sessions:delete_view", args=[SavedView.objects.get().pk]))
    assert response["Location"] == "/sessions/?state=failing"
    undo = re.search(r'action="([^"]*put-back[^"]*)"', page.get(SESSIONS).content.decode())
    assert undo
    assert names(page) == []
    page.post(undo[1].replace("&amp;", "&"))
    assert names(page, "/sessions/?state=failing") == ["All", "[Failing]"]


def test_with_nothing_asked_for_there_is_nothing_to_save(page: Client, project: Project) -> None:
    assert "Save this view" not in page.get(SESSIONS).content.decode()
    assert "Save this view" in page.get("/sessions/?state=failing").content.decode()


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\0b"])
def test_a_name_that_cannot_be_is_told(page: Client, project: Project, name: str) -> None:
    assert save(page, project, name, "state=failing") == "/sessions/?state=failing"
    assert "A view needs a name" in page.get(SESSIONS).content.decode()
    assert not SavedView.objects.exists()


def test_what_is_too_long_or_too_much_is_told(page: Client, project: Project) -> None:
    save(page, project, "Long", "user=" + "x" * LONGEST_QUERY)
    assert not SavedView.objects.exists()
    SavedView.objects.bulk_create(
        SavedView(project=project, page="sessions", name=f"{i}", query=f"user={i}") for i in range(MOST)
    )
    save(page, project, "One more", "state=failing")
    assert "delete one first" in page.get(SESSIONS).content.decode()
    save(page, project, "Renamed", "user=3")
    assert SavedView.objects.filter(name="Renamed", query="user=3").exists()
    assert SavedView.objects.count() == MOST


def test_a_list_that_has_no_views_is_a_bad_request(page: Client, project: Project) -> None:
    values = {"page": "users", "name": "x", "query": ""}
    assert page.post(reverse("sessions:save_view", args=[project.pk]), values).status_code == 400


def test_views_cost_one_query_however_many_there_are(
    page: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 20):
        for i in range(count):
            SavedView.objects.create(project=project, page="sessions", name=f"{count} {i}", query=f"user={count}{i}")
        with django_assert_num_queries(6):
            page.get(SESSIONS)


def test_a_viewer_sees_views_and_changes_none(page: Client, project: Project) -> None:
    save(page, project, "Failing", "state=failing")
    Membership.objects.update(role=Membership.Role.VIEWER)
    assert names(page, "/sessions/?state=failing") == ["All", "[Failing]"]
    assert "Change this view" not in page.get("/sessions/?state=failing").content.decode()
    pk = SavedView.objects.get().pk
    values = {"page": "sessions", "name": "x", "query": "user=x"}
    assert page.post(reverse("sessions:save_view", args=[project.pk]), values).status_code == 403
    assert page.post(reverse("sessions:put_back_view", args=[project.pk])).status_code == 403
    assert page.post(reverse("sessions:delete_view", args=[pk])).status_code == 403
    assert SavedView.objects.get().name == "Failing"


def test_another_projects_views_are_not_there(page: Client, other_project: Project) -> None:
    view = SavedView.objects.create(project=other_project, page="sessions", name="Theirs", query="user=x")
    assert names(page) == []
    values = {"page": "sessions", "name": "x", "query": "user=x"}
    assert page.post(reverse("sessions:save_view", args=[other_project.pk]), values).status_code == 404
    assert page.post(reverse("sessions:delete_view", args=[view.pk])).status_code == 404
    assert SavedView.objects.count() == 1


def test_without_views_there_is_no_row_of_them(page: Client, project: Project) -> None:
    make_session(project, title="Sell the boat")
    for address in ("/sessions/", "/sessions/?q=boat", "/tasks/?status=failed"):
        assert 'aria-label="Saved views"' not in page.get(address).content.decode()
    # What is asked for can be the first.
    assert "Save this view" in page.get("/sessions/?q=boat").content.decode()
    SavedView.objects.create(project=project, page="sessions", name="Boats", query="q=boat")
    assert 'aria-label="Saved views"' in page.get("/sessions/").content.decode()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/sessions/", ""),
        ("/sessions/?q=boat&status=failed&sort=created", "2 are set"),
        ("/tasks/?status=failed&status=success&risk=any", "3 are set"),
        ("/runs/?status=failed", "1 is set"),
    ],
)
def test_the_line_of_filters_says_how_many_are_set(page: Client, project: Project, address: str, told: str) -> None:
    make_task(make_session(project))
    text = page.get(address).content.decode()
    found = re.search(r'id="filters-set"[^>]*>([^<]*)<', text)
    assert found
    assert found[1] == told
    if "/runs/" not in address:
        text = page.get(address, headers={"HX-Request": "true"}).content.decode()
        assert re.search(rf'id="filters-set"[^>]* hx-swap-oob="true">{told}<', text)
