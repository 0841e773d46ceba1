"""Extracting a session again through the pages: asked for, watched, looked at, applied or discarded."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Membership, Project, Session
from tasks.models import Reextraction, Task, TaskChange
from tasks.reextraction.proposing import propose
from tests.factories import PHONES, make_message, make_session, make_task, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import PHONE_TASKS
from tests.tasks.rereading import ONE_TASK, extract_all, finish

HTMX = {"HX-Request": "true"}


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    extract_all()
    return session


def begin(page: Client, session: Session, **fields: str) -> Reextraction:
    response = page.post(reverse("tasks:reextract", args=[session.pk]), {"extractor": "llm", **fields})
    proposal = Reextraction.objects.get(session=session, status="working")
    assert (response.status_code, response["Location"]) == (303, address(proposal))
    return proposal


def address(proposal: Reextraction, name: str = "reextraction") -> str:
    return reverse(f"tasks:{name}", args=[proposal.pk])


def test_a_session_is_read_again_looked_at_and_applied(page: Client, session: Session, llm: ScriptedLLM) -> None:
    text = page.get(session.get_absolute_url()).content.decode()
    assert "Extract again" in text
    assert "A language model is configured now" in text
    form = page.get(reverse("tasks:reextract", args=[session.pk]), headers=HTMX).content.decode()
    assert "<html" not in form
    assert 'placeholder="gpt-4.1"' in form
    proposal = begin(page, session, model="gpt-4o")
    assert "0 of 4 messages are read" in page.get(address(proposal)).content.decode()
    assert "Reading it again" in page.get(session.get_absolute_url()).content.decode()
    llm.will_answer(ONE_TASK)
    finish(proposal)
    assert llm.requests[0]["model"] == "gpt-4o"
    text = page.get(address(proposal)).content.decode()
    assert "What would change" in text
    assert "2 → 1" in text
    assert "<ins>Compared both phones</ins>" in text
    assert "The user compares before buying" in text
    assert 'data-kind="gone"' in text
    assert "See what would change" in page.get(session.get_absolute_url()).content.decode()
    response = page.post(address(proposal, "apply_reextraction"), follow=True)
    assert response.redirect_chain[0] == (session.get_absolute_url(), 303)
    text = response.content.decode()
    assert "are replaced by what was read again" in text
    assert "Research the iPhone 15 and compare it" in text
    assert "A language model is configured now" not in text
    assert "This was applied" in page.get(address(proposal)).content.decode()
    assert page.post(address(proposal, "apply_reextraction")).status_code == 303
    assert Task.objects.count() == 1


def test_progress_is_polled_and_ends_in_the_preview(page: Client, session: Session, llm: ScriptedLLM) -> None:
    proposal = begin(page, session)
    text = page.get(address(proposal)).content.decode()
    found = re.search(r'id="reextraction" hx-get="([^"]+)"', text)
    assert found
    assert page.get(found[1], headers=HTMX).status_code == 204
    llm.will_answer(Reply(status=500))
    finish(proposal)
    text = page.get(found[1], headers=HTMX).content.decode()
    assert "the LLM answered 500" in text
    assert "Next try at" in text
    assert "<html" not in text
    llm.will_answer(ONE_TASK)
    finish(proposal)
    text = page.get(found[1], headers=HTMX).content.decode()
    assert "What would change" in text
    assert 'hx-trigger="every' not in text


def test_a_failed_reading_can_be_tried_again(page: Client, session: Session, llm: ScriptedLLM) -> None:
    proposal = begin(page, session, model="gpt-oops")
    llm.will_answer(Reply(status=404, error="no such model"))
    finish(proposal)
    text = page.get(address(proposal)).content.decode()
    assert "no such model" in text
    assert 'name="model" value="gpt-oops"' in text
    assert begin(page, session, model="gpt-oops").pk == proposal.pk


def test_what_is_discarded_leaves_the_session_as_it_is(page: Client, session: Session) -> None:
    before = list(Task.objects.order_by("pk").values())
    proposal = finish(propose(session, extractor="offline"))
    assert "Nothing would change" in page.get(address(proposal)).content.decode()
    response = page.post(address(proposal, "discard_reextraction"), follow=True)
    assert "the session is as it was" in response.content.decode()
    assert list(Task.objects.order_by("pk").values()) == before
    assert "This was discarded" in page.get(address(proposal)).content.decode()
    response = page.post(address(proposal, "apply_reextraction"), follow=True)
    assert "Nothing was applied" in response.content.decode()


def test_a_second_request_leads_to_the_first_or_says_why_not(page: Client, session: Session, llm: ScriptedLLM) -> None:
    proposal = begin(page, session)
    assert address(proposal) in page.get(reverse("tasks:reextract", args=[session.pk])).content.decode()
    response = page.post(reverse("tasks:reextract", args=[session.pk]), {"extractor": "offline"})
    assert response.status_code == 422
    assert Reextraction.objects.count() == 1


@pytest.mark.parametrize("fields", [{}, {"extractor": "magic"}, {"extractor": "llm", "model": "x" * 201}])
def test_a_bad_form_is_said_in_words(page: Client, session: Session, llm: ScriptedLLM, fields: dict[str, str]) -> None:
    response = page.post(reverse("tasks:reextract", args=[session.pk]), fields)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert Reextraction.objects.count() == 0


def test_without_an_llm_only_the_rules_can_be_chosen(page: Client, session: Session) -> None:
    text = page.get(reverse("tasks:reextract", args=[session.pk])).content.decode()
    assert 'value="offline"' in text
    assert 'value="llm"' not in text
    assert "A language model is configured now" not in page.get(session.get_absolute_url()).content.decode()


def test_an_empty_session_is_not_read_again(page: Client, project: Project) -> None:
    response = page.post(reverse("tasks:reextract", args=[make_session(project).pk]), {"extractor": "offline"})
    assert response.status_code == 422
    assert "no message that may be read" in response.content.decode()


def test_messages_stored_since_are_mentioned(page: Client, session: Session) -> None:
    proposal = finish(propose(session))
    make_message(session, "Thanks")
    assert "1 message was stored since" in page.get(address(proposal)).content.decode()


def test_another_projects_proposal_is_not_there(page: Client, other_project: Project) -> None:
    session = make_session(other_project)
    make_message(session)
    proposal = propose(session)
    for name in ("reextraction", "reextraction_live"):
        assert page.get(address(proposal, name)).status_code == 404
    for name in ("apply_reextraction", "discard_reextraction"):
        assert page.post(address(proposal, name)).status_code == 404
    for method in (page.get, page.post):
        assert method(reverse("tasks:reextract", args=[session.pk])).status_code == 404
        assert method(reverse("tasks:reextract", args=[uuid.uuid4()])).status_code == 404


def test_a_viewer_looks_and_does_not_decide(page: Client, session: Session) -> None:
    Membership.objects.update(role=Membership.Role.VIEWER)
    proposal = finish(propose(session))
    text = page.get(address(proposal)).content.decode()
    assert "Nothing would change" in text
    assert "Discard" not in text
    assert "Extract again" not in page.get(session.get_absolute_url()).content.decode()
    for name in ("apply_reextraction", "discard_reextraction"):
        assert page.post(address(proposal, name)).status_code == 403
    for method in (page.get, page.post):
        assert method(reverse("tasks:reextract", args=[session.pk])).status_code == 403


def test_more_tasks_cost_no_more_queries(page: Client, session: Session, django_assert_max_num_queries) -> None:
    proposal = finish(propose(session))
    for number in range(20):
        task = make_task(session, f"Part {number}")
        TaskChange.objects.create(task=task, kind="status", after="failed", is_correction=True)
    with django_assert_max_num_queries(14):
        assert "kept for a person" in page.get(address(proposal)).content.decode()


def test_a_task_says_who_read_it(page: Client, session: Session, llm: ScriptedLLM) -> None:
    task = Task.objects.get(order=1)
    assert "offline rules" in page.get(task.get_absolute_url()).content.decode()
    llm.will_answer(PHONE_TASKS)
    proposal = finish(propose(session))
    page.post(address(proposal, "apply_reextraction"))
    assert "a language model" in page.get(Task.objects.get(order=1).get_absolute_url()).content.decode()
    assert "offline rules" not in page.get(session.get_absolute_url()).content.decode()
