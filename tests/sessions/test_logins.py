"""Who is logged in: found as Django keeps it, and nobody by a cookie that was not given out."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session as Login
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions.models import Project

PAGE = "tasks:sessions"


def is_let_in(client: Client) -> bool:
    answer = client.get(reverse(PAGE))
    assert answer.status_code in (200, 302)
    return answer.status_code == 200


def test_someone_logs_in_and_out(project: Project) -> None:
    User.objects.create_user("ada", password="a long password of hers")
    client = Client()
    assert not is_let_in(client)
    client.post(reverse("login"), {"username": "ada", "password": "wrong"})
    assert not is_let_in(client)
    client.post(reverse("login"), {"username": "ada", "password": "a long password of hers"})
    assert is_let_in(client)
    stolen = Client()
    stolen.cookies.update(client.cookies)
    assert is_let_in(stolen)
    client.post(reverse("logout"))
    assert not is_let_in(client)
    assert not is_let_in(stolen)


def test_a_login_ends_with_its_time(page: Client) -> None:
    assert is_let_in(page)
    Login.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_let_in(page)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_whoever_is_shut_out_is_so_at_once(page: Client, change: dict[str, object]) -> None:
    User.objects.update(**change)
    assert not is_let_in(page)


def test_someone_who_is_gone_is_not_let_in(page: Client) -> None:
    User.objects.all().delete()
    assert not is_let_in(page)


@pytest.mark.parametrize("key", ['"aaaaaaaaaaaa\\000b"', '"aaaaaaaaaaaa\\377b"', "x" * 4_000, "short", "", '"'])
@pytest.mark.django_db
def test_a_cookie_that_nobody_was_given_is_no_login(key: str) -> None:
    answer = Client().get(reverse(PAGE), headers={"cookie": f"sessionid={key}"})
    assert answer.status_code == 302
