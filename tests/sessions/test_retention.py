"""Old sessions go when their project says so: all that belongs to them, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from acontext_site.celery import app
from sessions import deleting
from sessions.deleting import delete_sessions
from sessions.jobs import delete_old_sessions, delete_sessions_until
from sessions.models import Message, Project, Session
from tasks.models import Task
from tests.factories import make_message, make_session, make_task

pytestmark = pytest.mark.django_db


def make_old(project: Project, days: float, **fields: Any) -> Session:
    session = make_session(project, **fields)
    make_task(session)
    make_message(session)
    when = timezone.now() - timedelta(days=days)
    Session.objects.filter(pk=session.pk).update(created_at=when, last_message_at=when)
    return session


def test_only_what_is_old_enough_goes_with_all_that_belongs_to_it(project: Project, other_project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(configs={"retention_days": 30})
    make_old(project, 31)
    talked_lately = make_old(project, 31)
    Session.objects.filter(pk=talked_lately.pk).update(last_message_at=timezone.now())
    kept = {talked_lately, make_old(project, 29), make_old(other_project, 99)}
    delete_old_sessions()
    assert set(Session.objects.all()) == kept
    assert {task.session for task in Task.objects.all()} == kept
    assert {message.session for message in Message.objects.all()} == kept


@pytest.mark.parametrize("configs", [{}, {"retention_days": None}, {"retention_days": 0}, {"retention_days": "30"}])
def test_it_is_off_unless_the_project_says_a_number_of_days(project: Project, configs: dict[str, Any]) -> None:
    Project.objects.filter(pk=project.pk).update(configs=configs)
    make_old(project, 9_999)
    delete_old_sessions()
    assert Session.objects.count() == 1


def test_a_session_without_messages_is_as_old_as_its_beginning(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(configs={"retention_days": 1})
    session = make_session(project)
    Session.objects.filter(pk=session.pk).update(created_at=timezone.now() - timedelta(days=2))
    delete_old_sessions()
    assert not Session.objects.exists()


def test_many_go_a_few_at_a_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleting, "AT_ONCE", 2)
    for _ in range(5):
        make_session(project)
    assert delete_sessions(Session.objects.filter(project=project), seconds=0) == 2
    assert delete_sessions(Session.objects.filter(project=project)) == 3


def test_what_came_after_the_asking_stays(project: Project) -> None:
    make_session(project)
    moment = timezone.now()
    later = make_session(project)
    delete_sessions_until(str(project.pk), moment.isoformat())
    assert list(Session.objects.all()) == [later]


def test_the_scheduler_knows_the_job() -> None:
    assert app.conf.beat_schedule["delete_old_sessions"]["task"] in app.tasks
