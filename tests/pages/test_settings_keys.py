"""API keys: made and shown once, replaced without cutting agents off, revoked."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions.errors import Unauthorized
from sessions.keys import usable_key
from sessions.models import ApiKey, Membership, Project
from tests.pages.test_settings import read

KEYS = "/settings/keys/"


def works(key: str) -> bool:
    """Whether the API lets a key in."""
    try:
        return bool(usable_key(ApiKey.digest_of(key)))
    except Unauthorized:
        return False


def secret_in(text: str) -> str:
    found = set(re.findall(r"sk-ac-[\w-]{20,}", text))
    assert len(found) == 1
    return found.pop()


@pytest.fixture
def key(project: Project) -> tuple[ApiKey, str]:
    return ApiKey.issue(project, name="travel agent")


def test_a_key_is_shown_once_and_works(page: Client, project: Project) -> None:
    response = page.post(reverse("sessions:add_key", args=[project.pk]), {"name": "travel agent", "days": "30"})
    assert "no-store" in response["Cache-Control"]
    secret = secret_in(read(response))
    assert works(secret)
    text = read(page.get(KEYS))
    assert secret not in text
    row = ApiKey.objects.get(project=project)
    assert (row.name, row.prefix) == ("travel agent", secret[:12])
    assert row.expires_at
    assert abs(row.expires_at - timezone.now() - timedelta(days=30)) < timedelta(minutes=1)
    assert f"{row.prefix}…" in text
    assert "works until" in text


def drawn_with(page: Client, action: str) -> dict[str, str]:
    """What the form of this action carries besides what a person fills in."""
    form = re.search(rf'action="{action}".*?</form>', page.get(KEYS).content.decode(), re.S)
    assert form
    return dict(re.findall(r'name="(once)" value="([0-9a-f-]{36})" autocomplete="off"', form[0]))


def test_a_form_that_is_sent_again_makes_no_other_key(page: Client, project: Project) -> None:
    add = reverse("sessions:add_key", args=[project.pk])
    data = {"name": "travel agent", "days": "0", **drawn_with(page, add)}
    secret = secret_in(read(page.post(add, data)))
    again = page.post(add, data, follow=True)
    assert "This form was sent before" in read(again)
    assert secret not in read(again)
    assert ApiKey.objects.count() == 1
    page.post(add, {**data, **drawn_with(page, add)})
    assert ApiKey.objects.count() == 2


@pytest.mark.parametrize("hours", ["0", "24"])
def test_a_successor_is_made_once(page: Client, project: Project, key: tuple[ApiKey, str], hours: str) -> None:
    address = reverse("sessions:rotate_key", args=[project.pk, key[0].pk])
    data = {"hours": hours, **drawn_with(page, address)}
    assert works(secret_in(read(page.post(address, data))))
    assert "This form was sent before" in read(page.post(address, data, follow=True))
    assert ApiKey.objects.count() == 2


def test_a_key_of_another_project_is_never_written_over(page: Client, project: Project, other_project: Project) -> None:
    theirs, secret = ApiKey.issue(other_project, name="their agent")
    data = {"name": "mine", "days": "0", "once": str(theirs.pk)}
    assert page.post(reverse("sessions:add_key", args=[project.pk]), data).status_code == 303
    theirs.refresh_from_db()
    assert (theirs.name, theirs.project_id) == ("their agent", other_project.pk)
    assert works(secret)


def test_a_key_needs_a_name(page: Client, project: Project) -> None:
    response = page.post(reverse("sessions:add_key", args=[project.pk]), {"name": " ", "days": "0"})
    assert response.status_code == 422
    assert "This field is required" in read(response)
    assert page.post(reverse("sessions:add_key", args=[project.pk]), {"name": "x", "days": "7"}).status_code == 422
    assert not ApiKey.objects.exists()


def test_a_successor_works_beside_the_old_key_for_the_grace(
    page: Client, project: Project, key: tuple[ApiKey, str]
) -> None:
    row, old = key
    response = page.post(reverse("sessions:rotate_key", args=[project.pk, row.pk]), {"hours": "24"})
    new = secret_in(read(response))
    assert works(old)
    assert works(new)
    assert [row.name for row in ApiKey.objects.all()] == ["travel agent", "travel agent"]
    row.refresh_from_db()
    assert row.expires_at
    assert abs(row.expires_at - timezone.now() - timedelta(hours=24)) < timedelta(minutes=1)
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    assert works(new)
    assert not works(old)


def test_without_grace_the_old_key_ends_at_once(page: Client, project: Project, key: tuple[ApiKey, str]) -> None:
    row, old = key
    new = secret_in(read(page.post(reverse("sessions:rotate_key", args=[project.pk, row.pk]), {"hours": "0"})))
    assert works(new)
    assert not works(old)


def test_a_grace_does_not_lengthen_a_life(page: Client, project: Project, key: tuple[ApiKey, str]) -> None:
    soon = timezone.now() + timedelta(minutes=5)
    ApiKey.objects.update(expires_at=soon)
    page.post(reverse("sessions:rotate_key", args=[project.pk, key[0].pk]), {"hours": "168"})
    assert ApiKey.objects.get(pk=key[0].pk).expires_at == soon


def test_a_revoked_key_is_refused_and_has_no_successor(page: Client, project: Project, key: tuple[ApiKey, str]) -> None:
    row, old = key
    response = page.post(reverse("sessions:revoke_key", args=[project.pk, row.pk]), follow=True)
    assert "is refused from now on" in read(response)
    assert not works(old)
    assert "Revoke now" not in read(page.get(KEYS))
    page.post(reverse("sessions:rotate_key", args=[project.pk, row.pk]), {"hours": "24"})
    assert ApiKey.objects.count() == 1


def test_a_key_is_reached_through_its_own_project_only(page: Client, project: Project, other_project: Project) -> None:
    theirs, _ = ApiKey.issue(other_project, name="their agent")
    for name in ("sessions:rotate_key", "sessions:revoke_key"):
        assert page.post(reverse(name, args=[project.pk, theirs.pk]), {"hours": "0"}).status_code == 404
    assert "their agent" not in read(page.get(KEYS))
    theirs.refresh_from_db()
    assert theirs.is_usable


def test_an_editor_makes_keys(page: Client, project: Project) -> None:
    Membership.objects.update(role="editor")
    assert page.post(reverse("sessions:add_key", args=[project.pk]), {"name": "x", "days": "0"}).status_code == 200
    assert ApiKey.objects.count() == 1
