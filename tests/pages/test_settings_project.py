"""The project itself: its name, how long sessions are kept, and how it ends."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions.models import Membership, Project, Session
from tests.factories import make_message, make_session
from tests.pages.test_settings import read

PROJECT = "/settings/project/"


def make_old(project: Project, days: float) -> Session:
    session = make_session(project)
    when = timezone.now() - timedelta(days=days)
    Session.objects.filter(pk=session.pk).update(created_at=when, last_message_at=when)
    return session


def test_the_project_is_renamed(page: Client, project: Project) -> None:
    address = reverse("sessions:rename_project", args=[project.pk])
    assert "is called Trips now" in read(page.post(address, {"project-name": "Trips"}, follow=True))
    assert Project.objects.get(pk=project.pk).name == "Trips"
    for name in ("", "x" * 201):
        assert page.post(address, {"project-name": name}).status_code == 422


def test_retention_says_first_what_it_will_delete(page: Client, project: Project, other_project: Project) -> None:
    for days in (40, 31, 10):
        make_old(project, days)
    make_old(other_project, 99)
    text = read(page.get(PROJECT, {"days": "30"}))
    assert "2 sessions are that old" in text
    assert "Delete after 30 days" in text
    assert Session.objects.filter(project=project).count() == 3
    assert "retention_days" not in Project.objects.get(pk=project.pk).configs
    assert "No session is that old yet" in read(page.get(PROJECT, {"days": "365"}))
    assert page.get(PROJECT, {"days": "0"}).status_code == 422


def test_retention_is_switched_on_and_off(page: Client, project: Project) -> None:
    address = reverse("sessions:set_retention", args=[project.pk])
    assert "30 days after its last message" in read(page.post(address, {"days": "30"}, follow=True))
    assert Project.objects.get(pk=project.pk).configs == {"retention_days": 30}
    assert "Keep all sessions" in read(page.get(PROJECT, {"days": ""}))
    assert "All sessions are kept." in read(page.post(address, {"days": ""}, follow=True))
    assert Project.objects.get(pk=project.pk).configs == {}
    assert page.post(address, {"days": "-1"}).status_code == 422


def test_all_sessions_go_when_the_name_is_typed(page: Client, project: Project, other_project: Project) -> None:
    for _ in range(3):
        make_message(make_session(project))
    kept = make_session(other_project)
    address = reverse("sessions:delete_all_sessions", args=[project.pk])
    response = page.post(address, {"empty-name": "Theirs"})
    assert response.status_code == 422
    assert "nothing was deleted" in read(response)
    assert Session.objects.filter(project=project).count() == 3
    assert "3 sessions are deleted" in read(page.post(address, {"empty-name": "Ours"}, follow=True))
    assert list(Session.objects.all()) == [kept]
    make_session(project)
    assert "1 session is deleted." in read(page.post(address, {"empty-name": "Ours"}, follow=True))


def test_the_project_goes_when_its_name_is_typed(page: Client, project: Project, other_project: Project) -> None:
    make_message(make_session(project))
    address = reverse("sessions:delete_project", args=[project.pk])
    assert page.post(address, {"delete-name": "ours"}).status_code == 422
    response = page.post(address, {"delete-name": "Ours"}, follow=True)
    assert "The project Ours is deleted" in read(response)
    assert list(Project.objects.all()) == [other_project]
    assert not Session.objects.exists()
    assert not Membership.objects.exists()


def test_another_project_is_made_and_gone_to(page: Client, project: Project) -> None:
    response = page.post(reverse("sessions:make_project"), {"new-name": "Second"}, follow=True)
    assert response.redirect_chain[0] == (reverse("sessions:connect"), 303)
    assert "The project Second is there" in read(response)
    made = Project.objects.get(name="Second")
    assert Membership.objects.get(project=made).role == "owner"
    assert "Of the project Second" in read(page.get(PROJECT))
    assert page.post(reverse("sessions:make_project"), {"new-name": " "}).status_code == 422


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_who_owns_nothing_makes_no_project(page: Client, role: str) -> None:
    Membership.objects.update(role=role)
    assert page.post(reverse("sessions:make_project"), {"new-name": "Second"}).status_code == 403
    assert Project.objects.count() == 1
