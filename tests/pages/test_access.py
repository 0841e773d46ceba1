"""Who sees a page: nobody without logging in, and nobody what belongs to another project."""

import gzip
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Membership, Project
from tasks.models import ExtractionRun
from tests.factories import make_message, make_session, make_task

PAGES = [
    ("tasks:overview", []),
    ("tasks:sessions", []),
    ("tasks:session_users", []),
    ("tasks:session_news", []),
    ("tasks:task_news", []),
    ("tasks:matching", [uuid.uuid4()]),
    ("tasks:session", [uuid.uuid4()]),
    ("tasks:session_live", [uuid.uuid4()]),
    ("tasks:failed_call", [uuid.uuid4()]),
    ("tasks:session_cards", [uuid.uuid4()]),
    ("tasks:session_tasks", [uuid.uuid4()]),
    ("tasks:tasks", []),
    ("tasks:export_tasks", []),
    ("tasks:task", [uuid.uuid4()]),
    ("tasks:task_evidence", [uuid.uuid4()]),
    ("tasks:reextract", [uuid.uuid4()]),
    ("tasks:reextraction", [uuid.uuid4()]),
    ("tasks:reextraction_live", [uuid.uuid4()]),
    ("tasks:batch", [uuid.uuid4()]),
    ("tasks:batch_live", [uuid.uuid4()]),
    ("tasks:search", []),
    ("tasks:runs", []),
    ("tasks:run", [uuid.uuid4()]),
    ("tasks:users", []),
    ("tasks:user", [uuid.uuid4()]),
    ("sessions:connect", []),
    ("sessions:settings", []),
    ("sessions:settings_keys", []),
    ("sessions:settings_people", []),
    ("sessions:settings_project", []),
    ("tasks:settings_llm", []),
    ("sessions:raw_message", [uuid.uuid4(), 1]),
    ("sessions:inline_file", [uuid.uuid4(), 1, "0"]),
]
ACTIONS = [
    ("tasks:extract", [uuid.uuid4()]),
    ("tasks:mark", [uuid.uuid4()]),
    ("tasks:correct", [uuid.uuid4()]),
    ("tasks:merge", [uuid.uuid4()]),
    ("tasks:split", [uuid.uuid4()]),
    ("tasks:move", [uuid.uuid4()]),
    ("tasks:undo", [uuid.uuid4(), uuid.uuid4()]),
    ("tasks:bulk_sessions", [uuid.uuid4()]),
    ("tasks:start_batch", [uuid.uuid4()]),
    ("tasks:stop_batch", [uuid.uuid4()]),
    ("tasks:apply_reextraction", [uuid.uuid4()]),
    ("tasks:discard_reextraction", [uuid.uuid4()]),
    ("tasks:remove_preference", [1]),
    ("tasks:put_back_preference", [1]),
    ("sessions:make_key", [uuid.uuid4()]),
    ("sessions:load_samples", [uuid.uuid4()]),
    ("sessions:save_view", [uuid.uuid4()]),
    ("sessions:put_back_view", [uuid.uuid4()]),
    ("sessions:delete_view", [1]),
    ("sessions:choose_project", []),
    ("sessions:theme", []),
    ("sessions:make_project", []),
    ("sessions:save_extraction", [uuid.uuid4()]),
    ("sessions:add_key", [uuid.uuid4()]),
    ("sessions:rotate_key", [uuid.uuid4(), uuid.uuid4()]),
    ("sessions:revoke_key", [uuid.uuid4(), uuid.uuid4()]),
    ("sessions:add_member", [uuid.uuid4()]),
    ("sessions:set_role", [uuid.uuid4(), 1]),
    ("sessions:remove_member", [uuid.uuid4(), 1]),
    ("sessions:rename_project", [uuid.uuid4()]),
    ("sessions:set_retention", [uuid.uuid4()]),
    ("sessions:delete_all_sessions", [uuid.uuid4()]),
    ("sessions:delete_project", [uuid.uuid4()]),
    ("tasks:test_llm", [uuid.uuid4()]),
]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_a_stranger_is_sent_to_the_login_page(client: Client, db: None, name: str, args: list[object]) -> None:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(("name", "args"), ACTIONS)
def test_a_stranger_changes_nothing(client: Client, db: None, name: str, args: list[object]) -> None:
    response = client.post(reverse(name, args=args))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(("name", "args"), ACTIONS)
def test_an_action_is_not_a_link(page: Client, name: str, args: list[object]) -> None:
    assert page.get(reverse(name, args=args)).status_code == 405


def test_what_belongs_to_another_project_is_not_there(page: Client, other_project: Project) -> None:
    session = make_session(other_project)
    make_message(session)
    task = make_task(session)
    for name, args in [
        ("tasks:session", [session.pk]),
        ("tasks:session_live", [session.pk]),
        ("tasks:session_tasks", [session.pk]),
        ("tasks:task", [task.pk]),
        ("sessions:raw_message", [session.pk, 1]),
    ]:
        assert page.get(reverse(name, args=args)).status_code == 404, name
    for name, pk in [
        ("tasks:extract", session.pk),
        ("sessions:make_key", other_project.pk),
        ("sessions:load_samples", other_project.pk),
    ]:
        assert page.post(reverse(name, args=[pk])).status_code == 404, name
    assert page.post(reverse("sessions:choose_project"), {"project": other_project.pk}).status_code == 400


def test_the_lists_hold_nothing_of_another_project(page: Client, other_project: Project) -> None:
    make_task(make_session(other_project, title="Their secret plan"), "Their secret task")
    assert "secret" not in page.get(reverse("tasks:sessions")).content.decode()
    assert "secret" not in page.get(reverse("tasks:tasks")).content.decode()


def test_a_viewer_looks_and_does_not_change(page: Client, project: Project) -> None:
    Membership.objects.update(role=Membership.Role.VIEWER)
    session = make_session(project)
    assert page.get(session.get_absolute_url()).status_code == 200
    for name, pk in [
        ("tasks:extract", session.pk),
        ("sessions:make_key", project.pk),
        ("sessions:load_samples", project.pk),
    ]:
        response = page.post(reverse(name, args=[pk]))
        assert response.status_code == 403, name
        assert "You may not do that" in response.content.decode()


def test_a_viewer_is_offered_nothing_that_is_refused(page: Client, project: Project) -> None:
    session = make_session(project)
    make_message(session)
    run = ExtractionRun.objects.create(
        project=project, session=session, from_seq=1, to_seq=1, trigger="flush", extractor="llm", status="failed",
        error="no answer",
    )  # fmt: skip
    looked_at = {
        reverse("sessions:connect"): ["Make an API key", "Load sample conversations"],
        run.get_absolute_url(): ["Try now"],
    }
    why = "You can look at this project; its owners can let you change it."
    for address, offers in looked_at.items():
        text = page.get(address).content.decode()
        assert all(offer in text for offer in offers)
        assert why not in text
    Membership.objects.update(role=Membership.Role.VIEWER)
    for address, offers in looked_at.items():
        text = page.get(address).content.decode()
        assert not [offer for offer in offers if offer in text]
        assert why in text


def test_a_person_in_no_project_is_told_so(client: Client, django_user_model: type) -> None:
    client.force_login(django_user_model.objects.create_user("newcomer"))
    for name in ("tasks:overview", "tasks:sessions", "tasks:tasks", "tasks:users", "sessions:connect"):
        assert client.get(reverse(name)).status_code == 200
    assert "No project yet" in client.get(reverse("tasks:sessions")).content.decode()


def test_another_project_can_be_chosen(page: Client, project: Project, other_project: Project) -> None:
    Membership.objects.create(user=Membership.objects.get().user, project=other_project)
    make_session(other_project, title="Sell the boat")
    assert "Sell the boat" not in page.get(reverse("tasks:sessions")).content.decode()
    response = page.post(reverse("sessions:choose_project"), {"project": other_project.pk}, follow=True)
    assert "Sell the boat" in response.content.decode()


def test_the_menu_leads_on_in_the_project_that_a_page_shows(page: Client, other_project: Project) -> None:
    Membership.objects.create(user=Membership.objects.get().user, project=other_project)
    theirs = make_session(other_project, title="Sell the boat")
    task = make_task(theirs)
    for address in (theirs.get_absolute_url(), task.get_absolute_url()):
        page.session.flush()
        page.force_login(Membership.objects.first().user)  # type: ignore[union-attr]
        # Not by a part that asks in the background.
        page.get(address, headers={"HX-Request": "true"})
        assert "Sell the boat" not in page.get(reverse("tasks:sessions")).content.decode()
        page.get(address)
        assert "Sell the boat" in page.get(reverse("tasks:sessions")).content.decode()


def test_the_theme_is_remembered_and_leads_nowhere_else(page: Client) -> None:
    response = page.post(reverse("sessions:theme"), {"theme": "dark", "next": "https://evil.example/"})
    assert response.status_code == 303
    assert response["Location"] == reverse("tasks:sessions")
    assert 'data-theme="dark"' in page.get(reverse("tasks:sessions")).content.decode()
    assert page.post(reverse("sessions:theme"), {"theme": "neon"}).status_code == 400


def test_pages_travel_compressed_and_files_do_not(page: Client, project: Project) -> None:
    for _ in range(20):
        make_session(project, title="A conversation with a title of its own")
    accepting = {"Accept-Encoding": "gzip, br"}
    answer = page.get(reverse("tasks:sessions"), headers=accepting)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    plain = page.get(reverse("tasks:sessions"))
    assert "Content-Encoding" not in plain
    assert len(answer.content) * 4 < len(plain.content)
    assert "A conversation with a title" in gzip.decompress(answer.content).decode()
