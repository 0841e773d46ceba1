"""Extract now, and what the page says of what waits, is read, and was read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sessions.models import Membership, Project, Session
from tasks.conversation.outcome import outcome_words
from tasks.extraction.expected import expected
from tasks.extraction.limits import Limits
from tasks.models import ExtractionRun
from tests.factories import PHONES, make_message, make_session, store
from tests.pages.test_session_page import HTMX, end, look

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def waiting(**fields: Any) -> Session:
    told = {"head_seq": 3, "pending_since": NOW, "last_message_at": NOW, **fields}
    return Session(**told)


@pytest.mark.parametrize(
    ("session", "why", "seconds"),
    [
        (waiting(), "silence", 20),
        (waiting(turn_ended=True), "turn_end", 5),
        (waiting(pending_since=NOW - timedelta(seconds=170)), "old", 10),
        (waiting(flush_seq=3), "flush", 0),
        (waiting(head_seq=100), "full", 0),
        (waiting(step_seconds=30), "silence", 60),
        (waiting(retry_at=NOW + timedelta(seconds=90)), "silence", 90),
    ],
)
def test_when_what_waits_is_read_and_why(session: Session, why: str, seconds: int) -> None:
    found = expected(session, Limits.of({}), NOW)
    assert found is not None
    assert (found.why, (found.at - NOW).total_seconds()) == (why, seconds)


@pytest.mark.parametrize("fields", [{"pending_since": None}, {"disable_task_tracking": True}])
def test_nothing_waits(fields: dict[str, Any]) -> None:
    assert expected(waiting(**fields), Limits.of({}), NOW) is None


def test_the_button_answers_at_once_and_the_page_follows(page: Client, session: Session) -> None:
    make_message(session)
    response = page.post(reverse("tasks:extract", args=[session.pk]), {"from": 1, "to": 1, "follows": 1}, headers=HTMX)
    text = response.content.decode()
    assert response.status_code == 200
    assert 'hx-trigger="every 1s"' in text
    session.refresh_from_db()
    assert session.flush_seq == 1
    assert session.is_leased
    assert "Reading begins" in text


def test_without_javascript_the_button_leads_back(page: Client, session: Session) -> None:
    make_message(session)
    response = page.post(reverse("tasks:extract", args=[session.pk]))
    assert response["Location"] == session.get_absolute_url()
    assert "What waits is read now" in look(page, session)


def test_a_viewer_is_not_offered_it(page: Client, session: Session) -> None:
    Membership.objects.update(role=Membership.Role.VIEWER)
    assert "Extract now" not in look(page, session)
    assert page.post(reverse("tasks:extract", args=[session.pk])).status_code == 403


def test_what_waits_says_for_what_and_how_long(page: Client, session: Session) -> None:
    store(session, *PHONES[:2])
    text = look(page, session)
    assert "2 messages wait to be read." in text
    assert "The turn has ended" in text
    assert 'class="countdown"' in text


def test_a_run_at_work_says_what_it_reads(page: Client, session: Session) -> None:
    store(session, *PHONES)
    Session.objects.filter(pk=session.pk).update(
        lease_until=timezone.now() + timedelta(minutes=1), lease_to_seq=4, cursor_seq=1
    )
    text = look(page, session)
    assert "Reading 3 messages, #2 to #4…" in text
    assert '<progress class="reading" max="4" value="1"' in text


def test_what_a_run_changed_is_said(page: Client, session: Session) -> None:
    make_message(session)
    run = ExtractionRun.objects.create(
        project=session.project, session=session, from_seq=1, to_seq=1, trigger="flush", extractor="llm", status="ok",
        accepted={"new_tasks": [{}, {}], "progress": [{}], "links": [{}]},
    )  # fmt: skip
    end(session)
    assert "Read just now: 2 new tasks, 1 progress." in look(page, session)
    ExtractionRun.objects.update(finished_at=timezone.now() - timedelta(minutes=1))
    text = look(page, session)
    assert "Read just now" not in text
    assert "2 new tasks, 1 progress" in text
    for accepted in ([], {}, {"links": [{}]}, {"new_tasks": "x"}):
        run.accepted = accepted
        assert outcome_words(run) == "nothing changed"


def test_a_failing_session_says_what_to_do(page: Client, session: Session) -> None:
    make_message(session)
    Session.objects.filter(pk=session.pk).update(
        extraction_error="The LLM refused the key", retry_at=timezone.now() + timedelta(seconds=40)
    )
    text = look(page, session)
    assert "The LLM refused the key" in text
    assert "Next try at" in text
    assert reverse("tasks:settings_llm") in text
    assert "Try now" in text
