"""How the store learns what pace an agent has: the slowest step of late, inside of turns."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sessions.models import Project, Session
from tests.factories import make_session, store

pytestmark = pytest.mark.django_db
USER = {"role": "user", "content": "Do it"}
CALL = {
    "role": "assistant",
    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "run", "arguments": "{}"}}],
}
RESULT = {"role": "tool", "tool_call_id": "c", "content": "ok"}
ANSWER = {"role": "assistant", "content": "Done"}


@pytest.fixture
def session(project: Project) -> Session:
    return make_session(project)


def after(seconds: float, session: Session, blob: dict[str, object]) -> float:
    """Store a message so long after the last one; return the pace that was learnt."""
    Session.objects.filter(pk=session.pk).update(last_message_at=timezone.now() - timedelta(seconds=seconds))
    store(session, blob)
    session.refresh_from_db()
    return session.step_seconds


def test_a_session_begins_without_a_pace(session: Session) -> None:
    store(session, USER)
    session.refresh_from_db()
    assert session.step_seconds == 0


def test_the_slowest_step_counts_and_fades(session: Session) -> None:
    store(session, USER)
    assert 30 <= after(30, session, CALL) < 35
    slow = after(10, session, RESULT)
    assert 27 <= slow < 31.5
    for _ in range(10):
        store(session, CALL)
    session.refresh_from_db()
    assert session.step_seconds == pytest.approx(slow * 0.9**10, rel=0.01)


def test_what_a_person_waits_does_not_count(session: Session) -> None:
    store(session, USER, ANSWER)
    before = after(100, session, USER)
    assert before < 5
    # Nor what passes before the user speaks into a turn.
    assert after(100, session, USER) == before
    assert after(100, session, CALL) >= 100


def test_an_answer_after_an_ended_turn_is_no_step(session: Session) -> None:
    store(session, USER, ANSWER)
    session.refresh_from_db()
    assert after(100, session, ANSWER) == session.step_seconds < 5


def test_an_agent_that_was_away_has_no_pace(session: Session) -> None:
    store(session, USER, CALL)
    assert after(601, session, RESULT) < 5


def test_a_store_stays_a_cheap_update(session: Session) -> None:
    """Each update after the first is HOT: no index of the session is written."""
    store(session, USER)

    def updates() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'agent_sessions_session'"
            )
            return cursor.fetchone()

    before = updates()
    store(session, *[CALL, RESULT] * 10)
    after = updates()
    assert after[0] - before[0] == 20
    assert after[1] - before[1] >= 18
