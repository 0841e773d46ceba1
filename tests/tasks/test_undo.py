"""What a person did in one go is taken back in one go, and is no correction any more."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet

from sessions.errors import BadRequest, Conflict, NotFound
from sessions.models import Project
from tasks.corrections import MARKED_AT_ONCE, STANDING, Author, correct_task, mark_tasks, standing_of
from tasks.models import Task, TaskChange
from tasks.undoing import Undone, undo
from tests.factories import make_session, make_task

pytestmark = pytest.mark.django_db
ACT, LATER = uuid.uuid4(), uuid.uuid4()
RISKY = {
    "status": "success",
    "basis": "claimed",
    "reason": "The agent says so",
    "evidence": [2, 3],
    "risk": "not_run",
    "risk_evidence": [3],
}


@pytest.fixture
def person(django_user_model: type[User]) -> User:
    return django_user_model.objects.create_user("bob")


@pytest.fixture
def task(project: Project) -> Task:
    return make_task(make_session(project), "Fix it", **RISKY)


def all_tasks() -> QuerySet[Task]:
    return Task.objects.order_by("-created_at", "-id")


def test_an_undo_puts_back_all_that_a_status_stands_on(task: Task, project: Project, person: User) -> None:
    before = standing_of(task)
    assert mark_tasks(all_tasks(), status="failed", reason="It broke", person=person, act=ACT) == 1
    task.refresh_from_db()
    assert standing_of(task) == dict.fromkeys(STANDING, "") | {
        "status": "failed", "reason": "It broke", "evidence": [], "risk_evidence": [],
    }  # fmt: skip
    assert undo(project, ACT, author=Author(person)) == Undone(1, 0)
    task.refresh_from_db()
    assert standing_of(task) == before
    assert not TaskChange.objects.standing().exists()
    told = [(line.before, line.after, line.made_by) for line in task.changes.all()]
    assert told == [("success", "failed", "person bob"), ("failed", "success", "person bob")]


def test_taken_back_twice_is_taken_back_once(task: Task, project: Project, person: User) -> None:
    mark_tasks(all_tasks(), status="failed", reason="", person=person, act=ACT)
    undo(project, ACT, author=Author(person))
    assert undo(project, ACT, author=Author(person)) == Undone(0, 0)
    assert task.changes.count() == 2


def test_what_was_said_since_stays(task: Task, project: Project, person: User) -> None:
    make_task(task.session, "Another", status="running")
    mark_tasks(all_tasks(), status="failed", reason="", person=person, act=ACT)
    correct_task(task, status="success", reason="I tried it", person=person, act=LATER)
    assert undo(project, ACT, author=Author(person)) == Undone(1, 1)
    task.refresh_from_db()
    assert (task.status, task.reason) == ("success", "I tried it")
    assert Task.objects.get(description="Another").status == "running"
    # The later one first, then the earlier one too.
    assert undo(project, LATER, author=Author(person)) == Undone(1, 0)
    assert undo(project, ACT, author=Author(person)) == Undone(1, 0)
    task.refresh_from_db()
    assert (task.status, task.basis, task.risk) == ("success", "claimed", "not_run")


def test_status_and_description_said_together_go_together(task: Task, project: Project, person: User) -> None:
    correct_task(task, status="failed", description="Fix that", person=person, act=ACT)
    undo(project, ACT, author=Author(person))
    task.refresh_from_db()
    assert (task.status, task.description, task.basis) == ("success", "Fix it", "claimed")


def test_another_projects_act_is_not_there(task: Task, other_project: Project, person: User) -> None:
    mark_tasks(all_tasks(), status="failed", reason="", person=person, act=ACT)
    with pytest.raises(NotFound):
        undo(other_project, ACT, author=Author(person))
    with pytest.raises(NotFound):
        undo(task.project, uuid.uuid4(), author=Author(person))
    task.refresh_from_db()
    assert task.status == "failed"


def test_so_many_at_once_and_no_more(project: Project, person: User) -> None:
    session = make_session(project)
    rows = [Task(project=project, session=session, order=i, description=str(i)) for i in range(1, MARKED_AT_ONCE + 6)]
    Task.objects.bulk_create(rows)
    assert mark_tasks(Task.objects.order_by("order"), status="failed", reason="", person=person, act=ACT) == 1000
    assert set(Task.objects.filter(status="pending").values_list("order", flat=True)) == set(range(1001, 1006))


@pytest.mark.parametrize(("status", "reason"), [("done", ""), ("failed", "x" * 1001), ("failed", "a\0")])
def test_a_bad_word_marks_nothing(task: Task, person: User, status: str, reason: str) -> None:
    with pytest.raises(BadRequest):
        mark_tasks(all_tasks(), status=status, reason=reason, person=person, act=ACT)
    assert not task.changes.exists()


def test_nobody_overwrites_what_they_have_not_seen(task: Task, person: User) -> None:
    seen = {"status": "success", "description": "Fix it"}
    correct_task(task, description="Fix this", person=person, was=seen)
    with pytest.raises(Conflict):
        correct_task(task, status="failed", person=person, was=seen)
    task.refresh_from_db()
    assert (task.status, task.description) == ("success", "Fix this")
