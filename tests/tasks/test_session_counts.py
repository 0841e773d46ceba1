"""A session's counts of its tasks, whoever changes a task and by whatever path."""

import threading

import pytest
from django.db import connection
from django.db.models import F

from sessions.models import Project, Session
from tasks.copying import copy_session
from tasks.corrections import correct_task
from tasks.merging import merge_into
from tasks.models import Task
from tests.factories import make_session, make_task

NAMES = ("success_tasks", "running_tasks", "pending_tasks", "failed_tasks", "risky_tasks")


def counts(session: Session) -> tuple[int, ...]:
    """Success, running, pending, failed, at risk."""
    found: tuple[int, ...] = Session.objects.values_list(*NAMES).get(pk=session.pk)
    return found


def test_a_session_begins_with_none(project: Project) -> None:
    assert counts(make_session(project)) == (0, 0, 0, 0, 0)


def test_each_status_is_counted(project: Project) -> None:
    session, other = make_session(project), make_session(project)
    for status in ("success", "success", "running", "pending", "failed", "failed", "failed"):
        make_task(session, status=status)
    make_task(session, status="success", risk="not_run")
    make_task(session, status="failed", risk="not_run")
    make_task(other, status="running")
    assert counts(session) == (3, 1, 1, 4, 1)
    assert counts(other) == (0, 1, 0, 0, 0)


def test_a_change_moves_a_task_from_one_count_to_another(project: Project) -> None:
    session = make_session(project)
    task = make_task(session, status="success", risk="not_done")
    make_task(session)
    correct_task(task, status="failed")
    assert counts(session) == (0, 0, 1, 1, 0)
    correct_task(task, description="Something else")
    assert counts(session) == (0, 0, 1, 1, 0)


def test_a_statement_about_many_tasks_counts_each_in_its_session(project: Project) -> None:
    sessions = [make_session(project) for _ in range(3)]
    Task.objects.bulk_create(
        Task(project=project, session=session, order=order, description="x", status="pending")
        for session in sessions
        for order in (1, 2)
    )
    assert {counts(session) for session in sessions} == {(0, 0, 2, 0, 0)}
    Task.objects.filter(order=2).update(status="failed")
    assert {counts(session) for session in sessions} == {(0, 0, 1, 1, 0)}
    Task.objects.filter(session=sessions[0]).delete()
    assert [counts(session) for session in sessions] == [(0, 0, 0, 0, 0), (0, 0, 1, 1, 0), (0, 0, 1, 1, 0)]


def test_a_merged_task_counts_no_more(project: Project) -> None:
    session = make_session(project)
    one, two = make_task(session, status="failed"), make_task(session, status="failed")
    merge_into(two, one)
    assert counts(session) == (0, 0, 0, 1, 0)
    Task.all_objects.filter(pk=two.pk).update(merged_into=None)
    assert counts(session) == (0, 0, 0, 2, 0)


def test_what_changes_no_count_leaves_the_sessions_row_alone(project: Project) -> None:
    session = make_session(project)
    make_task(session)

    def place() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ctid FROM agent_sessions_session WHERE id = %s", [session.pk])
            return cursor.fetchone()

    before = place()
    Task.objects.update(description="Something else", updated_at=F("updated_at"))
    assert place() == before


def test_a_copy_counts_its_own_tasks(project: Project) -> None:
    session = make_session(project)
    make_task(session, status="failed")
    make_task(session, status="success", risk="not_run")
    copied = copy_session(project, session.pk)
    assert counts(Session.objects.exclude(pk=session.pk).get()) == counts(session) == (1, 0, 0, 1, 1), copied


def test_a_session_goes_with_its_tasks(project: Project) -> None:
    session = make_session(project)
    make_task(session)
    session.delete()
    assert not Task.all_objects.exists()


@pytest.mark.django_db(transaction=True)
def test_corrections_at_once_are_all_counted() -> None:
    project = Project.objects.create(name="Ours")
    session = make_session(project)
    tasks = [make_task(session) for _ in range(8)]

    def correct(task: Task) -> None:
        correct_task(task, status="failed")
        connection.close()

    threads = [threading.Thread(target=correct, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(session) == (0, 0, 0, 8, 0)
