"""Flush: until everything stored before is read, or the reason why it is not."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from acontext_site.celery import app
from sessions.models import Project, Session
from sessions.tracking import stop_tracking
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.flush import Flushed, flush
from tasks.models import ExtractionRun, Task
from tests.factories import PHONES, make_message, make_session, store
from tests.fakes import Reply, ScriptedLLM
from tests.servers import working
from tests.tasks.answers import PHONE_TASKS

DONE = Flushed(200)


@pytest.fixture
def session(project: Project) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    return session


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens at the broker's address; Celery would rather believe the environment's."""
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    before, pools = app.conf.broker_url, (app._pool, app.amqp._producer_pool)
    app.conf.broker_url, app._pool, app.amqp._producer_pool = "redis://127.0.0.1:1", None, None
    yield
    app.conf.broker_url, (app._pool, app.amqp._producer_pool) = before, pools


@pytest.mark.django_db
def test_nothing_stored_is_done(project: Project) -> None:
    assert flush(make_session(project), timeout=0) == DONE


@pytest.mark.django_db
def test_without_a_broker_the_sweep_picks_it_up(session: Session, no_broker: None) -> None:
    assert flush(session, timeout=0.2) == Flushed(500, "4 messages still wait; extraction goes on")
    session.refresh_from_db()
    assert (session.lease_token, session.flush_seq) == (None, 4)
    (lease,) = claim_due(now=timezone.now())
    extract(lease)
    assert ExtractionRun.objects.get().trigger == "flush"
    assert flush(session, timeout=0) == DONE


@pytest.mark.django_db(transaction=True)
def test_more_than_a_window_is_read_to_its_end(project: Project, session: Session) -> None:
    for number in range(96):
        make_message(session, f"Message {number}")
    with working():
        assert flush(session, timeout=20) == DONE
    session.refresh_from_db()
    assert session.cursor_seq == 100
    assert ExtractionRun.objects.count() >= 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_cost_one_run(session: Session) -> None:
    answers: list[Flushed] = []

    def one() -> None:
        answers.append(flush(session, timeout=20))
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(6)]
    with working():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [DONE] * 6
    assert (ExtractionRun.objects.count(), Task.objects.count()) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_resting_session_of_a_paused_project_is_tried_at_once(
    session: Session, project: Project, llm: ScriptedLLM
) -> None:
    later = timezone.now() + timedelta(minutes=5)
    Session.objects.update(retry_at=later, attempts=3, extraction_error="the LLM refuses this key")
    Project.objects.update(extraction_paused_reason="the LLM refuses this key", extraction_paused_until=later)
    llm.will_answer(PHONE_TASKS)
    with working():
        assert flush(session, timeout=20) == DONE
    project.refresh_from_db()
    assert (project.extraction_paused_reason, len(llm.requests)) == ("", 1)


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_is_still_down_is_said_at_once(session: Session, llm: ScriptedLLM) -> None:
    llm.will_answer(Reply(status=429, headers={"Retry-After": "60"}, error="slow down"))
    with working():
        answer = flush(session, timeout=20)
    assert answer.status == 500
    assert "rate limit" in answer.errmsg
    assert len(llm.requests) == 1


@pytest.mark.django_db
def test_what_is_no_longer_tracked_is_not_read(session: Session) -> None:
    stop_tracking(session)
    assert flush(session, timeout=0) == DONE
    assert claim_due(now=timezone.now() + timedelta(hours=1)) == []
    assert set(session.messages.values_list("extraction", flat=True)) == {"disable_tracking"}
    make_message(session, "One more")
    session.refresh_from_db()
    assert (session.waiting_messages, session.cursor_seq, session.pending_since) == (0, 5, None)


@pytest.mark.django_db
def test_a_run_at_work_when_tracking_stops_writes_nothing(session: Session, llm: ScriptedLLM) -> None:
    from tasks.extraction import run

    (lease,) = claim_due(now=timezone.now() + timedelta(minutes=1))
    llm.will_answer(PHONE_TASKS)
    read = run.read_window

    def slow(*args, **options):
        window = read(*args, **options)
        stop_tracking(session)
        return window

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "read_window", slow)
        extract(lease)
    assert (Task.objects.count(), ExtractionRun.objects.count()) == (0, 0)
    session.refresh_from_db()
    assert session.lease_token is None


@pytest.mark.django_db
def test_a_session_switched_off_by_hand_is_left_alone(session: Session) -> None:
    (lease,) = claim_due(now=timezone.now() + timedelta(minutes=1))
    Session.objects.update(disable_task_tracking=True)
    extract(lease)
    assert ExtractionRun.objects.count() == 0
    assert claim_due(now=timezone.now() + timedelta(hours=1)) == []
