"""A person corrects, merges, splits and moves in the pages; who may not, does not; all is undone by a press."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Membership, Project, Session
from tasks.models import Task
from tests.factories import make_message, make_session, make_task
from tests.pages.test_session_page import link
from tests.pages.test_task_marking import undo_address


@pytest.fixture
def session(project: Project) -> Session:
    """Two tasks: T1 of messages 1 to 3, T2 of 4."""
    session = make_session(project, title="Trip")
    for i in range(1, 5):
        make_message(session, f"Words {i}")
    link(make_task(session, "Book a room", status="success", basis="claimed"), 1, 2, 3)
    link(make_task(session, "Find a train"), 4)
    return session


@pytest.fixture
def first(session: Session) -> Task:
    return session.tasks.get(order=1)


@pytest.fixture
def send(page: Client, first: Task) -> Callable[..., str]:
    """Post one of the task's forms; return the page that follows."""

    def posted(name: str, *, code: int = 200, **fields: object) -> str:
        response = page.post(reverse(f"tasks:{name}", args=[first.pk]), fields, follow=True)
        assert response.status_code == code
        return response.content.decode()

    return posted


WAS = {"was_status": "success", "was_description": "Book a room"}
SAME = {**WAS, "status": "success", "description": "Book a room"}


def test_a_correction_is_marked_and_undone(page: Client, first: Task, send: Callable[..., str]) -> None:
    text = send("correct", **{**SAME, "status": "failed", "description": "Book two rooms", "reason": "Only one"})
    assert "corrected by alice" in text
    assert "Book two rooms" in text
    first.refresh_from_db()
    assert (first.status, first.description, first.reason, first.basis) == ("failed", "Book two rooms", "Only one", "")
    text = page.post(undo_address(text), {"next": first.get_absolute_url()}, follow=True).content.decode()
    assert "corrected by" not in text
    first.refresh_from_db()
    assert (first.status, first.description, first.basis) == ("success", "Book a room", "claimed")


def test_what_the_form_does_not_change_is_no_correction(first: Task, send: Callable[..., str]) -> None:
    assert "Nothing was changed" in send("correct", **SAME)
    send("correct", **{**SAME, "description": "Book two rooms"})
    assert list(first.changes.values_list("kind", flat=True)) == ["description"]
    # A reason says that the status is right as it is.
    send(
        "correct",
        **{**SAME, "description": "Book two rooms", "was_description": "Book two rooms", "reason": "I saw it"},
    )
    assert list(first.changes.values_list("kind", "after", "reason"))[-1] == ("status", "success", "I saw it")


def test_what_changed_meanwhile_is_told_and_not_overwritten(first: Task, send: Callable[..., str]) -> None:
    Task.objects.filter(pk=first.pk).update(status="failed", description="Book a suite")
    text = send("correct", code=409, **{**SAME, "status": "running", "description": "Book three rooms"})
    assert "changed meanwhile" in text
    assert "Book three rooms</textarea>" in text
    assert 'name="was_description" value="Book a suite"' in text
    first.refresh_from_db()
    assert (first.status, first.description) == ("failed", "Book a suite")


def test_a_status_that_did_not_change_does_not_stand_in_the_way(first: Task, send: Callable[..., str]) -> None:
    Task.objects.filter(pk=first.pk).update(status="failed")
    send("correct", **{**SAME, "description": "Book three rooms"})
    first.refresh_from_db()
    assert (first.status, first.description) == ("failed", "Book three rooms")


@pytest.mark.parametrize(
    "changed", [{"description": " "}, {"description": "x" * 401}, {"status": "done"}, {"status": ""}]
)
def test_what_a_task_cannot_be_is_told_beside_the_form(
    first: Task, send: Callable[..., str], changed: dict[str, str]
) -> None:
    assert 'role="alert"' in send("correct", code=422, **{**SAME, **changed})
    assert not first.changes.exists()


def test_a_task_is_merged_and_taken_apart_again(
    page: Client, session: Session, first: Task, send: Callable[..., str]
) -> None:
    into = session.tasks.get(order=2)
    text = send("merge", into=into.pk)
    assert "T1 is part of T2 now." in text
    assert "Find a train" in text
    page.post(undo_address(text))
    assert session.tasks.count() == 2
    assert "Words 3" in page.get(first.get_absolute_url()).content.decode()


def test_a_merged_task_leads_to_the_one_it_is_part_of(
    page: Client, session: Session, first: Task, other_project: Project, send: Callable[..., str]
) -> None:
    into, last = session.tasks.get(order=2), make_task(session, "Travel")
    send("merge", into=into.pk)
    page.post(reverse("tasks:merge", args=[into.pk]), {"into": last.pk})
    # It may be taken apart again: a browser is not to remember the way.
    response = page.get(f"{first.get_absolute_url()}?in=status%3Dfailed")
    assert (response.status_code, response["Location"]) == (302, f"{last.get_absolute_url()}?in=status%3Dfailed")
    response = page.get(first.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, last.get_absolute_url())
    theirs = make_session(other_project)
    merged = make_task(theirs, "Secret", merged_into=make_task(theirs, "Also secret"))
    assert page.get(merged.get_absolute_url()).status_code == 404


def test_a_split_that_is_taken_back_leads_to_the_task_that_was_split(
    page: Client, first: Task, send: Callable[..., str]
) -> None:
    text = send("split", seq=[2, 3], description="Pay for it")
    new = Task.objects.get(description="Pay for it")
    response = page.post(undo_address(text), {"next": new.get_absolute_url()}, follow=True)
    assert response.redirect_chain[-1][0] == first.get_absolute_url()
    assert "as they were before" in response.content.decode()


def test_a_split_is_taken_back_from_the_history_of_either_task(
    page: Client, first: Task, send: Callable[..., str]
) -> None:
    send("split", seq=[2, 3], description="Pay for it")
    new = Task.objects.get(description="Pay for it")
    for task in (first, new):
        assert page.get(task.get_absolute_url()).content.decode().count("Take back</button>") == 1
    page.post(undo_address(page.get(new.get_absolute_url()).content.decode()))
    assert first.links.count() == 3
    assert "Take back" not in page.get(first.get_absolute_url()).content.decode()


def test_messages_become_a_task_of_their_own(page: Client, session: Session, send: Callable[..., str]) -> None:
    text = send("split", seq=[2, 3], description="Pay for it")
    assert "T3 is split off T1." in text
    assert "Pay for it" in text
    assert re.findall(r"Words \d", text) == ["Words 2", "Words 3"]
    page.post(undo_address(text))
    assert list(session.tasks.values_list("description", flat=True)) == ["Book a room", "Find a train"]


def test_messages_move_to_another_task(session: Session, send: Callable[..., str]) -> None:
    into = session.tasks.get(order=2)
    assert "belong to T2 now" in send("move", seq=[3], into=into.pk)
    assert set(into.links.values_list("message__seq", flat=True)) == {3, 4}


@pytest.mark.parametrize(
    ("name", "shown", "fields"),
    [
        ("split", "Pay for it", {"seq": [2], "description": "Pay for it"}),
        ("move", "Book a room", {"seq": [2]}),
        ("merge", "Find a train", {}),
    ],
)
def test_the_list_that_a_task_was_opened_from_stays_known(
    page: Client, session: Session, first: Task, name: str, shown: str, fields: dict[str, object]
) -> None:
    text = page.get(f"{first.get_absolute_url()}?in=user%3Danna").content.decode()
    assert text.count('name="in" value="user=anna"') == 3
    fields = {**fields, "into": session.tasks.get(order=2).pk, "in": "user=anna"}
    response = page.post(reverse(f"tasks:{name}", args=[first.pk]), fields)
    task = Task.objects.get(description=shown)
    assert response["Location"] == f"{task.get_absolute_url()}?in=user%3Danna"


def test_a_form_that_comes_back_still_knows_the_list(first: Task, send: Callable[..., str]) -> None:
    again = f'name="next" value="{first.get_absolute_url()}?in=status%3Dsuccess"'
    asked = {**SAME, "description": "Book a suite", "in": "status=success"}
    assert again in send("correct", code=409, **{**asked, "was_description": "Book a barn"})
    assert again in send("correct", code=422, **{**asked, "status": "done"})
    assert 'name="in"' not in send("correct", code=422, **{**SAME, "status": "done"})


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("merge", {}),
        ("merge", {"into": "nonsense"}),
        ("split", {"description": "New"}),
        ("split", {"seq": [2], "description": ""}),
        ("split", {"seq": [1, 2, 3], "description": "All"}),
        ("split", {"seq": ["x", "4"], "description": "Not its own"}),
        ("move", {"seq": [2]}),
    ],
)
def test_nonsense_changes_nothing_and_is_told(
    session: Session, send: Callable[..., str], name: str, fields: dict[str, object]
) -> None:
    assert "Nothing was changed" in send(name, **fields)
    assert session.tasks.get(order=1).links.count() == 3
    assert session.tasks.count() == 2


def test_a_task_of_another_session_is_none_to_merge_into(
    project: Project, other_project: Project, first: Task, send: Callable[..., str]
) -> None:
    for other in (make_task(make_session(project)), make_task(make_session(other_project))):
        assert "Nothing was changed" in send("merge", into=other.pk)
    assert first.merged_into is None


@pytest.mark.parametrize("name", ["correct", "merge", "split", "move"])
def test_who_may_not_does_not(page: Client, first: Task, other_project: Project, name: str) -> None:
    theirs = make_task(make_session(other_project))
    fields = {**SAME, "status": "failed", "seq": [1], "into": str(first.pk), "description": "Mine"}
    assert page.post(reverse(f"tasks:{name}", args=[theirs.pk]), fields).status_code == 404
    Membership.objects.update(role="viewer")
    assert page.post(reverse(f"tasks:{name}", args=[first.pk]), fields).status_code == 403
    text = page.get(first.get_absolute_url()).content.decode()
    assert reverse(f"tasks:{name}", args=[first.pk]) not in text
    assert not Task.objects.exclude(description__in=["Book a room", "Find a train", theirs.description]).exists()
