"""One task as page and dialog."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
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
    for heading in ("Why this status", "Progresses", "User Preferences", "History", "Messages", "Created", "Updated"):
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
    # The forms differ in where they return to.
    for heading in ("Why this status", "Progresses", "User Preferences", "History"):
        part_of = re.search(rf"<section>\s*<h2>{heading}.*?</section>", text, re.DOTALL)
        assert part_of
        assert part_of[0] in whole


def test_more_evidence_costs_no_more_queries(
    page: Client, task: Task, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(11):
        page.get(task.get_absolute_url())
    for i in range(10):
        Progress.objects.create(task=task, text=f"Step {i}", evidence=[1, 2])
        TaskChange.objects.create(task=task, kind="description", before="a", after="b")
    with django_assert_num_queries(11):
        page.get(task.get_absolute_url())


def test_evidence_is_shown_on_demand_and_only_to_members(page: Client, task: Task, other_project: Project) -> None:
    address = reverse("tasks:task_evidence", args=[task.pk])
    text = page.get(address, {"seq": [2, "nonsense", 99, -1]}).content.decode()
    assert "Booked" in text
    assert "Book a hotel" not in text
    assert "gone" in page.get(address, {"seq": 99}).content.decode()
    theirs = make_task(make_session(other_project))
    assert page.get(reverse("tasks:task_evidence", args=[theirs.pk]), {"seq": 1}).status_code == 404


@pytest.mark.parametrize("sort", ["", "updated"])
def test_previous_and_next_are_those_of_the_list(page: Client, project: Project, sort: str) -> None:
    session = make_session(project)
    failed = [make_task(session, f"Failed {i}", status="failed") for i in range(3)]
    make_task(session, "Fine", status="success")
    query = f"in={quote(f'status=failed&sort={sort}' if sort else 'status=failed')}"

    def neighbours(task: Task) -> dict[str, str]:
        text = page.get(f"{task.get_absolute_url()}?{query}").content.decode()
        found = re.findall(r'<a class="quiet" href="/tasks/([^/]+)/\?(in=[^"]+)"[^>]* rel="(\w+)"', text, re.DOTALL)
        assert {kept for _, kept, _ in found} <= {f"in={quote('status=failed' + (f'&sort={sort}' if sort else ''))}"}
        return {rel: Task.objects.get(pk=pk).description for pk, _, rel in found}

    assert neighbours(failed[2]) == {"next": "Failed 1"}
    assert neighbours(failed[1]) == {"prev": "Failed 2", "next": "Failed 0"}
    assert neighbours(failed[0]) == {"prev": "Failed 1"}
    # Marked meanwhile, it still knows where it stood.
    Task.objects.filter(pk=failed[1].pk).update(status="success")
    assert neighbours(failed[1]) == {"prev": "Failed 2", "next": "Failed 0"}


def test_without_a_list_there_are_no_neighbours(page: Client, project: Project) -> None:
    session = make_session(project)
    first, _ = make_task(session), make_task(session)
    assert "Neighbours" not in page.get(first.get_absolute_url()).content.decode()
    assert page.get(f"{first.get_absolute_url()}?in=status%3Dnope%26q%3D%00").status_code == 200


def test_neighbours_are_of_the_same_project(page: Client, project: Project, other_project: Project) -> None:
    task = make_task(make_session(project))
    make_task(make_session(other_project))
    assert "Neighbours" not in page.get(f"{task.get_absolute_url()}?in=").content.decode()


def test_a_large_message_is_named_and_not_read(page: Client, project: Project) -> None:
    session = make_session(project)
    make_message(session, "x" * 200_000)
    task = make_task(session)
    TaskMessage.objects.create(task=task, message=session.messages.get())
    text = page.get(task.get_absolute_url()).content.decode()
    assert "A large message" in text
    assert len(text) < 100_000
