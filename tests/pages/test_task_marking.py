"""Marking tasks from the list and the board, one or many, and taking it back."""

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sessions.models import Membership, Project
from tasks.models import Task, TaskChange
from tasks.views import task_change_pages
from tests.factories import make_session, make_task


@pytest.fixture
def send(page: Client, project: Project) -> Callable[..., str]:
    """Mark tasks as the list's form does; return the page that follows."""

    def marked(**fields: object) -> str:
        response = page.post(reverse("tasks:mark", args=[project.pk]), fields, follow=True)
        assert response.status_code == 200
        return response.content.decode()

    return marked


def undo_address(text: str) -> str:
    found = re.search(r'action="(/projects/[^"]+/undo/[^"]+)"', text)
    assert found
    return found[1]


def statuses() -> dict[str, str]:
    return dict(Task.objects.values_list("description", "status"))


def test_chosen_tasks_are_marked_with_a_reason_and_taken_back(
    page: Client, project: Project, send: Callable[..., str]
) -> None:
    session = make_session(project)
    chosen = [make_task(session, f"Part {i}", status="success", basis="claimed") for i in range(3)]
    make_task(session, "Other")
    here = "/tasks/?status=success"
    text = send(task=[task.pk for task in chosen[:2]], status="failed", reason="Looked at it", next=here)
    assert "2 tasks are marked as failed." in text
    assert statuses() == {"Part 0": "failed", "Part 1": "failed", "Part 2": "success", "Other": "pending"}
    assert set(TaskChange.objects.values_list("reason", "person__username", "is_correction")) == {
        ("Looked at it", "alice", True)
    }
    text = page.post(undo_address(text), {"next": here}, follow=True).content.decode()
    assert "2 tasks are as they were before." in text
    assert set(Task.objects.filter(description__startswith="Part").values_list("status", "basis")) == {
        ("success", "claimed")
    }


def test_an_open_list_renews_itself_and_the_toast_goes_with_the_answer(page: Client, project: Project) -> None:
    task = make_task(make_session(project), status="running")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/tasks/"}
    response = page.post(
        reverse("tasks:mark", args=[project.pk]), {"task": task.pk, "status": "failed"}, headers=headers
    )
    assert (response["HX-Reswap"], response["HX-Trigger"]) == ("none", '{"tasks-changed": {}}')
    text = response.content.decode()
    assert "1 task is marked as failed." in text
    undo = re.search(r'hx-post="(/projects/[^"]+/undo/[^"]+)"', text)
    assert undo
    response = page.post(undo[1], headers=headers)
    assert "1 task is as it was before." in response.content.decode()
    assert response["HX-Trigger"] == '{"tasks-changed": {}}'
    assert statuses() == {"Fix the login bug": "running"}


def test_all_that_match_are_marked_and_no_other(project: Project, send: Callable[..., str]) -> None:
    session = make_session(project, user="anna")
    for i in range(60):
        make_task(session, f"Part {i}", status="running")
    make_task(session, "Done", status="success")
    make_task(make_session(project), "Not Anna's", status="running")
    text = send(all="1", asked="user=anna&status=running", status="pending")
    assert "60 tasks are marked as pending." in text
    assert {name for name, status in statuses().items() if status != "pending"} == {"Done", "Not Anna's"}


def test_how_many_match_is_said_when_all_are_chosen(
    page: Client,
    project: Project,
    other_project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = make_session(project)
    for i in range(60):
        make_task(session, f"Part {i}", status="running" if i else "failed")
    make_task(make_session(other_project), "Theirs", status="running")
    address = reverse("tasks:matching", args=[project.pk])
    list_page = page.get("/tasks/?status=running").content.decode()
    assert f'hx-get="{address}"' in list_page

    def told(**asked: str) -> str:
        return page.get(address, asked, headers={"HX-Request": "true"}).content.decode().strip()

    with django_assert_num_queries(4):
        assert told(all="1", asked="status=running") == "All <b>59</b> that match are chosen"
    assert told(all="1", asked="status=failed") == "<b>1</b> that matches is chosen"
    assert told(all="1", asked="q=part") == "All <b>60</b> that match are chosen"
    assert told(asked="status=running") == ""
    monkeypatch.setattr(task_change_pages, "MARKED_AT_ONCE", 20)
    assert told(all="1", asked="status=running") == "More match: the first <b>20</b> are chosen"
    Membership.objects.update(role="viewer")
    assert page.get(address, {"all": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"status": "failed"}, "choose tasks first"),
        ({"status": "failed", "task": ["nonsense", ""]}, "choose tasks first"),
        ({"status": "done", "all": "1"}, "Nothing is marked"),
        ({"status": "failed", "all": "1", "reason": "x" * 1001}, "Nothing is marked"),
        ({"status": "failed", "all": "1", "reason": "a\0b"}, "Nothing is marked"),
        ({}, "Nothing is marked"),
    ],
)
def test_nonsense_marks_nothing_and_is_told(
    project: Project, send: Callable[..., str], fields: dict[str, object], told: str
) -> None:
    make_task(make_session(project), "Part")
    assert told in send(**fields)
    assert statuses() == {"Part": "pending"}


def test_nothing_of_another_project_is_marked(
    project: Project, other_project: Project, send: Callable[..., str], page: Client
) -> None:
    theirs = make_task(make_session(other_project), "Theirs")
    send(task=theirs.pk, status="failed")
    send(all="1", asked=f"session={theirs.session_id}", status="failed")
    assert statuses() == {"Theirs": "pending"}
    address = reverse("tasks:mark", args=[other_project.pk])
    assert page.post(address, {"task": theirs.pk, "status": "failed"}).status_code == 404
    assert page.post(reverse("tasks:undo", args=[other_project.pk, uuid.uuid4()])).status_code == 404


def test_a_viewer_looks_and_marks_nothing(page: Client, project: Project) -> None:
    task = make_task(make_session(project), "Part")
    Membership.objects.update(role="viewer")
    for address in ("/tasks/", "/tasks/?view=board"):
        text = page.get(address).content.decode()
        assert "Part" in text
        assert reverse("tasks:mark", args=[project.pk]) not in text
        assert 'name="task"' not in text
    response = page.post(reverse("tasks:mark", args=[project.pk]), {"task": task.pk, "status": "failed"})
    assert response.status_code == 403
    assert page.post(reverse("tasks:undo", args=[project.pk, uuid.uuid4()])).status_code == 403
    assert statuses() == {"Part": "pending"}


def test_an_undo_of_nothing_says_so(page: Client, project: Project) -> None:
    text = page.post(reverse("tasks:undo", args=[project.pk, uuid.uuid4()]), follow=True).content.decode()
    assert "nothing to take back" in text


def test_a_mark_is_taken_back_from_the_history_of_any_of_its_tasks(
    page: Client, project: Project, send: Callable[..., str]
) -> None:
    session = make_session(project)
    tasks = [make_task(session, f"Part {i}", status="running") for i in range(3)]
    here = tasks[0].get_absolute_url()
    assert "Take back" not in page.get(here).content.decode()
    send(task=[task.pk for task in tasks], status="success")
    send(task=[tasks[0].pk], status="failed")
    # The newest alone: what it was said over cannot be taken back before.
    text = page.get(here).content.decode()
    assert text.count("Take back</button>") == 1
    assert "Take back in all 3 tasks" in page.get(tasks[1].get_absolute_url()).content.decode()
    page.post(undo_address(text), {"next": here})
    text = page.get(here).content.decode()
    assert "Take back in all 3 tasks</button>" in text
    text = page.post(undo_address(text), {"next": here}, follow=True).content.decode()
    assert set(statuses().values()) == {"running"}
    assert "Take back" not in text
    send(task=[tasks[0].pk], status="failed")
    TaskChange.objects.create(task=tasks[0], kind="status", before="failed", after="success")
    assert "Take back" not in page.get(here).content.decode()
    send(task=[tasks[0].pk], status="failed")
    Membership.objects.update(role="viewer")
    assert "Take back" not in page.get(here).content.decode()


def columns(text: str) -> dict[str, list[str]]:
    """The cards of each column of a board."""
    found = re.findall(r'<section class="column" data-column="(\w+)".*?</section>', text, re.DOTALL)
    parts = re.split(r'<section class="column"', text)[1:]
    return dict(zip(found, (re.findall(r'class="row-link"[^>]*>([^<]+)<', part) for part in parts), strict=True))


def test_a_board_has_a_column_for_each_status(page: Client, project: Project) -> None:
    session = make_session(project)
    for status in ("failed", "running", "failed"):
        make_task(session, f"It is {status}", status=status)
    assert columns(page.get("/tasks/?view=board").content.decode()) == {
        "pending": [],
        "running": ["It is running"],
        "success": [],
        "failed": ["It is failed", "It is failed"],
    }
    assert list(columns(page.get("/tasks/?view=board&status=failed").content.decode())) == ["failed"]


def test_a_column_gives_more_until_there_is_none_and_counts_to_a_bound(page: Client, project: Project) -> None:
    session = make_session(project)
    for i in range(52):
        make_task(session, f"Part {i:02}", status="failed")
    text = page.get("/tasks/?view=board&q=part").content.decode()
    assert re.search(r'class="count">50\+<', text)
    found = columns(text)["failed"]
    assert found[:2] == ["Part 51", "Part 50"]
    while more := re.search(r'href="\?([^"]+)" hx-get="\?([^"]+)"', text):
        assert more[1].replace("&amp;", "&") == "q=part&status=failed"
        text = page.get(f"/tasks/?{more[2].replace('&amp;', '&')}", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in text
        found += re.findall(r'class="row-link"[^>]*>([^<]+)<', text)
    assert found == [f"Part {i:02}" for i in range(51, -1, -1)]


def test_a_bad_cursor_of_a_column_is_a_bad_request(page: Client, project: Project) -> None:
    address = "/tasks/?view=board&column=failed&next=nonsense"
    assert page.get(address, headers={"HX-Request": "true"}).status_code == 400


def test_ten_times_the_cards_cost_no_more_queries(
    page: Client, project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = make_session(project)
    for status in ("pending", "running", "success", "failed"):
        make_task(session, status=status)
    with django_assert_num_queries(6):
        page.get("/tasks/?view=board")
    for i in range(10):
        other = make_session(project, user=f"user {i}")
        for status in ("pending", "running", "success", "failed"):
            make_task(other, status=status)
    with django_assert_num_queries(6):
        page.get("/tasks/?view=board")
