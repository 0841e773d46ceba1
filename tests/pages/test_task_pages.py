"""One task as page and dialog."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sessions.models import Project
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange, TaskMessage
from tests.factories import make_message, make_session, make_task

HTMX = {"HX-Request": "true"}


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
