"""A session is deleted by who may change it, after it was said what goes."""

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Membership, Message, Project, Session
from tasks.models import Task
from tests.factories import PHONES, make_session, make_task, store
from tests.pages.test_session_page import HTMX, look


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project, title="Phones")
    store(session, *PHONES)
    make_task(session)
    return session


def test_what_goes_is_said_first(page: Client, session: Session) -> None:
    address = reverse("tasks:delete_session", args=[session.pk])
    assert address in look(page, session)
    for headers in ({}, HTMX):
        text = page.get(address, headers=headers).content.decode()
        assert "4 messages" in text
        assert "1 task with its history" in text
    assert Session.objects.filter(pk=session.pk).exists()


def test_a_session_goes_with_all_that_belongs_to_it(page: Client, session: Session) -> None:
    response = page.post(reverse("tasks:delete_session", args=[session.pk]))
    assert response.status_code == 303
    assert response["Location"] == reverse("tasks:sessions")
    assert not Message.objects.exists()
    assert not Task.all_objects.exists()


def test_a_viewer_does_not_delete(page: Client, session: Session) -> None:
    Membership.objects.update(role=Membership.Role.VIEWER)
    address = reverse("tasks:delete_session", args=[session.pk])
    assert address not in look(page, session)
    assert page.post(address).status_code == 403
    assert Session.objects.filter(pk=session.pk).exists()
