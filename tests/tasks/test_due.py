"""When a session is due: the rule in Python, case by case, and that the sweep's SQL says the same."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies

from sessions.models import Project, Session
from tasks.extraction.due import reason_of
from tasks.extraction.limits import Limits
from tasks.extraction.queue import claim, claim_due
from tests.factories import make_project, make_session

NOW = timezone.now().replace(microsecond=0)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def waiting(**fields: Any) -> dict[str, Any]:
    """A session with two waiting messages, the last a second ago, in the middle of a turn."""
    return {"head_seq": 2, "last_message_at": ago(1), "pending_since": ago(2), "pending_tokens": 50} | fields


@pytest.mark.parametrize(
    ("fields", "configs", "reason"),
    [
        ({}, {}, None),
        ({"turn_ended": True, "last_message_at": ago(4.9)}, {}, None),
        ({"turn_ended": True, "last_message_at": ago(5)}, {}, "turn_end"),
        ({"turn_ended": True, "last_message_at": ago(2)}, {"extraction_turn_end_seconds": 1.5}, "turn_end"),
        ({"turn_ended": True}, {"extraction_turn_end_seconds": 0}, "turn_end"),
        ({"last_message_at": ago(19)}, {}, None),
        ({"last_message_at": ago(20)}, {}, "silence"),
        ({"last_message_at": ago(20)}, {"extraction_silence_seconds": 21}, None),
        # An agent that took 15 s for a step gets 30 s; one that took 600 s gets the longest wait.
        ({"last_message_at": ago(29), "step_seconds": 15}, {}, None),
        ({"last_message_at": ago(30), "step_seconds": 15}, {}, "silence"),
        ({"last_message_at": ago(20), "step_seconds": 2}, {}, "silence"),
        ({"last_message_at": ago(100), "step_seconds": 600}, {}, None),
        ({"last_message_at": ago(100), "step_seconds": 600}, {"extraction_max_wait_seconds": 100}, "silence"),
        ({"head_seq": 23}, {}, None),
        ({"head_seq": 24}, {}, "full"),
        ({"head_seq": 30, "cursor_seq": 20}, {"project_session_message_buffer_max_turns": 10}, "full"),
        ({"pending_tokens": 7_999}, {}, None),
        ({"pending_tokens": 8_000}, {}, "full"),
        ({"pending_tokens": 100}, {"extraction_buffer_tokens": 100}, "full"),
        ({"pending_since": ago(179)}, {}, None),
        ({"pending_since": ago(180)}, {}, "old"),
        ({"pending_since": ago(60)}, {"extraction_max_wait_seconds": 60}, "old"),
        ({"flush_seq": 1}, {}, "flush"),
        ({"flush_seq": 1, "cursor_seq": 1}, {}, None),
        ({"flush_seq": 2, "retry_at": NOW + timedelta(seconds=1)}, {}, None),
        ({"flush_seq": 2, "retry_at": NOW}, {}, "flush"),
        ({"flush_seq": 2, "disable_task_tracking": True}, {}, None),
        ({"flush_seq": 2, "pending_since": None}, {}, None),
        ({"last_message_at": ago(20)}, {"extraction_silence_seconds": "soon"}, "silence"),
        ({"last_message_at": ago(20)}, {"extraction_silence_seconds": 1e300}, "silence"),
        ({"head_seq": 24}, {"project_session_message_buffer_max_turns": 2.5}, "full"),
        ({"head_seq": 24}, [], "full"),
    ],
)
@pytest.mark.django_db
def test_the_rule_and_the_sweep_agree(
    project: Project, fields: dict[str, Any], configs: Any, reason: str | None
) -> None:
    project.configs = configs
    project.save()
    session = make_session(project, **waiting(**fields))
    assert reason_of(session, Limits.of(configs), NOW) == reason
    assert len(claim_due(now=NOW)) == (reason is not None)
    Session.objects.update(lease_until=None)
    assert (claim(session.pk, now=NOW) is not None) == (reason is not None)


numbers = strategies.one_of(
    strategies.integers(-1, 60), strategies.floats(-1, 60), strategies.sampled_from(["7", None, True, [3], 10**300])
)
names = ["extraction_turn_end_seconds", "extraction_silence_seconds", "extraction_max_wait_seconds"]
names += ["project_session_message_buffer_max_turns", "extraction_buffer_tokens"]
seconds = strategies.integers(0, 60).map(ago)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=strategies.fixed_dictionaries(
        {
            "turn_ended": strategies.booleans(),
            "last_message_at": seconds,
            "pending_since": seconds,
            "head_seq": strategies.integers(10, 40),
            "cursor_seq": strategies.integers(0, 10),
            "flush_seq": strategies.integers(0, 10),
            "pending_tokens": strategies.integers(0, 120),
            "step_seconds": strategies.floats(0, 60),
        }
    ),
    configs=strategies.dictionaries(strategies.sampled_from(names), numbers),
)
def test_whatever_is_stored_the_sweep_says_what_the_rule_says(
    db: None, fields: dict[str, Any], configs: dict[str, Any]
) -> None:
    project = make_project()
    project.configs = configs
    project.save()
    session = make_session(project, **fields)
    try:
        is_due = reason_of(session, Limits.of(configs), NOW) is not None
        assert [lease.session_id for lease in claim_due(now=NOW)] == [session.pk] * is_due
    finally:
        project.delete()
