"""Members and their roles; a project always has an owner."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from sessions.models import Membership, Project
from tests.pages.test_settings import read

PEOPLE = "/settings/people/"


@pytest.fixture
def bob(project: Project) -> Membership:
    person = User.objects.create_user("bob", email="bob@example.com")
    return Membership.objects.create(user=person, project=project, role="viewer")


@pytest.fixture
def alice(page: Client) -> Membership:
    return Membership.objects.get(user__username="alice")


def test_the_list_names_everyone_with_their_role(page: Client, bob: Membership) -> None:
    text = read(page.get(PEOPLE))
    assert "bob@example.com" in text
    assert '<option value="viewer" selected>Viewer</option>' in text


def test_someone_with_an_account_is_let_in(page: Client, project: Project) -> None:
    User.objects.create_user("carol")
    address = reverse("sessions:add_member", args=[project.pk])
    response = page.post(address, {"username": "carol", "role": "editor"}, follow=True)
    assert "carol is editor now" in read(response)
    assert Membership.objects.get(user__username="carol").role == "editor"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"username": "nobody", "role": "viewer"}, "There is no account named nobody."),
        ({"username": "bob", "role": "editor"}, "bob is viewer already."),
        ({"username": "gone", "role": "viewer"}, "There is no account named gone."),
        ({"username": "bob", "role": "king"}, "Select a valid choice"),
        ({"username": "", "role": "viewer"}, "This field is required"),
    ],
)
def test_who_cannot_be_let_in_is_said_beside_the_field(
    page: Client, project: Project, bob: Membership, form: dict[str, str], said: str
) -> None:
    User.objects.create_user("gone", is_active=False)
    response = page.post(reverse("sessions:add_member", args=[project.pk]), form)
    assert response.status_code == 422
    assert said in read(response)
    assert Membership.objects.count() == 2


def test_a_role_is_changed_and_a_member_removed(page: Client, project: Project, bob: Membership) -> None:
    page.post(reverse("sessions:set_role", args=[project.pk, bob.pk]), {"role": "owner"})
    bob.refresh_from_db()
    assert bob.role == "owner"
    response = page.post(reverse("sessions:remove_member", args=[project.pk, bob.pk]), follow=True)
    assert "bob sees this project no more" in read(response)
    assert [member.user.username for member in Membership.objects.all()] == ["alice"]


def test_the_last_owner_stays(page: Client, project: Project, alice: Membership, bob: Membership) -> None:
    for name, form in (("sessions:remove_member", {}), ("sessions:set_role", {"role": "viewer"})):
        response = page.post(reverse(name, args=[project.pk, alice.pk]), form, follow=True)
        assert "The last owner stays" in read(response)
        alice.refresh_from_db()
        assert alice.role == "owner"


def test_an_owner_leaves_when_there_is_another(
    page: Client, project: Project, alice: Membership, bob: Membership
) -> None:
    Membership.objects.filter(pk=bob.pk).update(role="owner")
    response = page.post(reverse("sessions:remove_member", args=[project.pk, alice.pk]), follow=True)
    assert "No project yet" in read(response)
    assert not Membership.objects.filter(pk=alice.pk).exists()


def test_a_role_that_does_not_exist_changes_nothing(page: Client, project: Project, bob: Membership) -> None:
    response = page.post(reverse("sessions:set_role", args=[project.pk, bob.pk]), {"role": "king"}, follow=True)
    assert "There is no such role" in read(response)
    bob.refresh_from_db()
    assert bob.role == "viewer"


def test_members_of_another_project_are_not_there(
    page: Client, project: Project, other_project: Project, django_user_model: type
) -> None:
    theirs = Membership.objects.create(
        user=django_user_model.objects.create_user("dave"), project=other_project, role="owner"
    )
    for name in ("sessions:set_role", "sessions:remove_member"):
        assert page.post(reverse(name, args=[project.pk, theirs.pk]), {"role": "viewer"}).status_code == 404
    assert "dave" not in read(page.get(PEOPLE))
