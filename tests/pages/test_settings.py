"""Settings of extraction: shown to all members, changed by editors, stored as the API stores them."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sessions.models import ApiKey, Membership, Project
from sessions.project_settings import SETTINGS

TABS = [
    "sessions:settings",
    "tasks:settings_llm",
    "sessions:settings_keys",
    "sessions:settings_people",
    "sessions:settings_project",
]
BUFFER = "project_session_message_buffer_max_turns"
ONE_OWNER = [
    ("sessions:add_member", []), ("sessions:set_role", [1]), ("sessions:remove_member", [1]),
    ("sessions:rename_project", []), ("sessions:set_retention", []), ("sessions:delete_all_sessions", []),
    ("sessions:delete_project", []),
]  # fmt: skip
AN_EDITOR = [
    ("sessions:save_extraction", []), ("sessions:add_key", []), ("sessions:rotate_key", [uuid.uuid4()]),
    ("sessions:revoke_key", [uuid.uuid4()]), ("tasks:test_llm", []),
]  # fmt: skip


def read(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def be(role: str) -> None:
    Membership.objects.update(role=role)


@pytest.mark.parametrize("name", TABS)
def test_every_member_sees_every_tab(page: Client, name: str) -> None:
    for role in Membership.Role.values:
        be(role)
        response = page.get(reverse(name))
        assert response.status_code == 200
        assert ("You are a viewer" in read(response)) == (role == "viewer")


@pytest.mark.parametrize("name", TABS)
def test_a_person_in_no_project_is_told_so(client: Client, django_user_model: type, name: str) -> None:
    client.force_login(django_user_model.objects.create_user("newcomer"))
    assert "No project yet" in read(client.get(reverse(name)))


@pytest.mark.parametrize(("name", "args"), ONE_OWNER + AN_EDITOR)
def test_a_viewer_changes_nothing(page: Client, project: Project, name: str, args: list[object]) -> None:
    be("viewer")
    assert page.post(reverse(name, args=[project.pk, *args])).status_code == 403


@pytest.mark.parametrize(("name", "args"), ONE_OWNER)
def test_an_editor_does_not_do_what_is_the_owners(
    page: Client, project: Project, name: str, args: list[object]
) -> None:
    be("editor")
    assert page.post(reverse(name, args=[project.pk, *args])).status_code == 403
    assert Project.objects.filter(pk=project.pk).exists()


@pytest.mark.parametrize(("name", "args"), ONE_OWNER + AN_EDITOR)
def test_another_project_is_not_there(page: Client, other_project: Project, name: str, args: list[object]) -> None:
    assert page.post(reverse(name, args=[other_project.pk, *args])).status_code == 404
    assert page.post(reverse(name, args=[uuid.uuid4(), *args])).status_code == 404


def test_a_viewer_has_no_buttons(page: Client) -> None:
    be("viewer")
    for name in TABS:
        main = read(page.get(reverse(name))).partition("<main")[2]
        assert 'data-variant="danger"' not in main
        assert 'data-variant="primary"' not in main
    assert '<fieldset class="plain-fieldset" disabled>' in read(page.get(reverse("sessions:settings")))


def test_the_form_stores_as_the_api_does(page: Client, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(configs={"mine": 1, "task_failure_criteria": "It crashed"})
    form = {"task_success_criteria": "The tests pass\r\nand the user agrees ✓", BUFFER: "12"}
    response = page.post(reverse("sessions:save_extraction", args=[project.pk]), form, follow=True)
    assert "Saved." in read(response)
    assert Project.objects.get(pk=project.pk).configs == {
        "mine": 1,
        "task_success_criteria": "The tests pass\nand the user agrees ✓",
        BUFFER: 12,
    }
    text = read(page.get(reverse("sessions:settings")))
    assert "and the user agrees ✓" in text
    assert re.search(rf'name="{BUFFER}" value="12"', text)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("task_success_criteria", "ü" * 1001, "exceeds max length (2000 chars)"),
        (BUFFER, "0", "must be an integer from"),
        (BUFFER, "many", "Enter a whole number."),
        (BUFFER, "1.5", "Enter a whole number."),
        (BUFFER, "9" * 30, "must be an integer from"),
        ("task_failure_criteria", "a\0b", "Null characters are not allowed."),
    ],
)
def test_an_error_stands_beside_its_field(page: Client, project: Project, field: str, value: str, said: str) -> None:
    response = page.post(reverse("sessions:save_extraction", args=[project.pk]), {field: value})
    assert response.status_code == 422
    invalid = re.findall(r'<div class="field" data-invalid>(.*?)</div>', read(response))
    assert len(invalid) == 1
    assert f'name="{field}"' in invalid[0]
    assert said in invalid[0]
    assert Project.objects.get(pk=project.pk).configs == {}


def test_every_known_setting_has_a_field_with_its_meaning(page: Client) -> None:
    text = read(page.get(reverse("sessions:settings")))
    for setting in SETTINGS.values():
        assert f'name="{setting.name}"' in text
        assert setting.meaning in text
    assert 'placeholder="24"' in text


def test_the_form_is_of_the_project_that_was_looked_at(page: Client, project: Project, other_project: Project) -> None:
    Membership.objects.create(user=Membership.objects.get().user, project=other_project, role="owner")
    page.post(reverse("sessions:choose_project"), {"project": other_project.pk})
    page.post(reverse("sessions:save_extraction", args=[project.pk]), {BUFFER: "3"})
    assert Project.objects.get(pk=project.pk).configs == {BUFFER: 3}
    assert Project.objects.get(pk=other_project.pk).configs == {}


@pytest.mark.parametrize(("name", "queries"), list(zip(TABS, [4, 5, 5, 5, 4], strict=True)))
def test_ten_more_of_all_cost_no_more_queries(
    page: Client, project: Project, name: str, queries: int, django_user_model: type,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with django_assert_num_queries(queries):
        page.get(reverse(name))
    for i in range(10):
        ApiKey.issue(project, name=f"key {i}")
        Membership.objects.create(user=django_user_model.objects.create_user(f"user {i}"), project=project)
    with django_assert_num_queries(queries):
        page.get(reverse(name))
