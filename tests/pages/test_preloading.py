"""A page names its stylesheet in its headers; what has another, or none, does not."""

from django.test import Client
from django.urls import reverse

from sessions.models import Project
from tests.factories import make_session


def test_a_page_names_its_stylesheet(page: Client) -> None:
    answer = page.get(reverse("tasks:sessions"))
    assert answer["Link"] == "</static/css/all.css>; rel=preload; as=style"
    assert b'<link rel="stylesheet" href="/static/css/all.css">' in answer.content


def test_a_part_of_a_page_and_the_admin_do_not(page: Client, project: Project, django_user_model: type) -> None:
    session = make_session(project)
    part = page.get(reverse("tasks:session_live", args=[session.pk]), headers={"HX-Request": "true"})
    assert part.status_code == 200
    django_user_model.objects.update(is_staff=True, is_superuser=True)  # type: ignore[attr-defined]
    admin = page.get(reverse("admin:index"))
    assert admin.status_code == 200
    assert "Link" not in part
    assert "Link" not in admin


def test_what_is_no_page_is_left_alone(page: Client) -> None:
    answer = page.get(reverse("tasks:export_tasks"))
    assert answer.streaming
    assert "Link" not in answer
