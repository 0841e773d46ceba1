"""Tasks across sessions and in one, and one task as page and dialog."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange, TaskMessage
from tests.factories import make_message, make_session, make_task

HTMX = {"HX-Request": "true"}


def test_the_list_has_order_status_description_and_created(page: Client, project: Project) -> None:
    session = make_session(project, title="Trip to Lisbon", user="jonas")
    make_task(session, "Book the hotel", status="failed", reason="The card was declined")
    text = page.get(reverse("tasks:tasks")).content.decode()
    for heading in ("Order", "Status", "Description", "Created"):
        assert re.search(rf"<th[^>]*>{heading}</th>", text)
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
    assert "No task is running here" in page.get(reverse("tasks:tasks"), {"status": "running"}).content.decode()


def test_a_filter_is_kept_from_page_to_page(page: Client, project: Project) -> None:
    session = make_session(project)
    for i in range(60):
        make_task(session, f"Part {i}", status="success")
    following = re.search(r'rel="next" href="\?([^"]+)"', page.get("/tasks/?status=success").content.decode())
    assert following
    assert "status=success" in following[1]


def test_the_tasks_of_a_session_stand_in_their_order(page: Client, project: Project) -> None:
    session = make_session(project)
    for i in range(1, 61):
        make_task(session, f"Part {i:02}")
    text = page.get(reverse("tasks:session_tasks", args=[session.pk])).content.decode()
    assert re.findall(r">(Part \d\d)<", text) == [f"Part {i:02}" for i in range(1, 51)]
    following = re.search(r'rel="next" href="(\?[^"]+)"', text)
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
    count = 5 if in_session else 4
    with django_assert_num_queries(count):
        page.get(address)
    for i in range(10):
        make_task(session if in_session else make_session(project, user=f"user {i}"))
    with django_assert_num_queries(count):
        page.get(address)


@pytest.fixture
def task(project: Project, page: Client) -> Task:
    session = make_session(project, title="Trip to Lisbon")
    request, work = make_message(session, "Book a hotel"), make_message(session, "Booked", role="assistant")
    task = make_task(
        session, "Book a hotel in Alfama", status="success", basis="confirmed", reason="She thanked", evidence=[2]
    )
    TaskMessage.objects.create(task=task, message_id=request.id, role="request")
    TaskMessage.objects.create(task=task, message_id=work.id)
    run = ExtractionRun.objects.create(
        project=project,
        session=session,
        from_seq=1,
        to_seq=2,
        trigger="flush",
        extractor="llm",
        model="m-1",
        status="ok",
    )
    Progress.objects.create(task=task, text="Found a room", evidence=[2], run=run)
    Preference.objects.create(
        project=project, session=session, task=task, statement="The user walks", evidence=[1], run=run
    )
    TaskChange.objects.create(
        task=task, kind="status", before="running", after="success", reason="She thanked", run=run
    )
    return task


def test_a_task_shows_all_that_is_said_of_it_with_its_evidence(page: Client, task: Task) -> None:
    text = page.get(task.get_absolute_url()).content.decode()
    for heading in ("Task Description", "Progresses", "User Preferences", "History", "Messages", "Created", "Updated"):
        assert heading in text
    for words in ("Book a hotel in Alfama", "confirmed by the user", "She thanked", "Found a room", "The user walks"):
        assert words in text
    address = task.session.get_absolute_url()
    assert f'href="{address}?at=2#m2"' in text
    assert f'href="{address}?at=1#m1"' in text
    assert "m-1" in text
    assert "user_preferences" in text


def test_the_dialog_and_the_page_show_the_same(page: Client, task: Task) -> None:
    whole = page.get(task.get_absolute_url()).content.decode()
    part = page.get(task.get_absolute_url(), headers=HTMX)
    text = part.content.decode()
    assert text.lstrip().startswith('<article class="task-detail"')
    assert "<html" not in text
    assert "HX-Request" in part["Vary"]
    body = re.search(r"<section>.*</section>", text, re.DOTALL)
    assert body
    assert body[0] in whole


def test_more_evidence_costs_no_more_queries(
    page: Client, task: Task, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(8):
        page.get(task.get_absolute_url())
    for i in range(10):
        Progress.objects.create(task=task, text=f"Step {i}", evidence=[1, 2])
        TaskChange.objects.create(task=task, kind="description", before="a", after="b")
    with django_assert_num_queries(8):
        page.get(task.get_absolute_url())
