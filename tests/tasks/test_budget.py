"""A day's budget: it stops extraction with a reason, drops nothing, and the next day or a person lets it go on."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from django.utils import timezone

from sessions.models import Project, Session
from tasks.extraction.budget import midnight, used_up
from tasks.extraction.queue import claim_due
from tasks.extraction.run import extract
from tasks.flush import flush
from tasks.models import ExtractionRun, Task
from tests.factories import PHONES, make_session, store
from tests.fakes import ScriptedLLM
from tests.tasks.answers import PHONE_TASKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(project: Project) -> Session:
    project.configs = {"extraction_daily_tokens": 1_000}
    project.save()
    session = make_session(project)
    store(session, *PHONES)
    return session


def spend(project: Project, at: datetime, tokens: int = 0, usd: str | None = None, **fields: Any) -> None:
    session = Session.objects.filter(project=project).first() or make_session(project)
    seq = ExtractionRun.objects.count() + 1
    values = {"trigger": "full", "extractor": "llm", "status": "ok", "from_seq": seq, "to_seq": seq} | fields
    ExtractionRun.objects.create(
        project=project,
        session=session,
        input_tokens=tokens,
        cost_usd=None if usd is None else Decimal(usd),
        started_at=at,
        generation=1,
        **values,
    )


def soon(seconds: float = 60) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def work_at(now: datetime) -> None:
    for lease in claim_due(now=now):
        extract(lease, clock=lambda: now)


NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("configs", "runs", "said"),
    [
        ({}, [(10**9, "900")], ""),
        ({"extraction_daily_tokens": 100}, [(99, "900")], ""),
        ({"extraction_daily_tokens": 100}, [(60, None), (40, None)], "100 tokens is used up (100 today)"),
        ({"extraction_daily_usd": 2}, [(10**9, "1.99")], ""),
        ({"extraction_daily_usd": 2}, [(0, "1.5"), (0, None), (0, "0.75")], "$2.00 is used up ($2.25 today)"),
        ({"extraction_daily_usd": 0}, [], "$0.00 is used up"),
        ({"extraction_daily_usd": "lots"}, [(0, "900")], ""),
        ({"extraction_daily_tokens": 100, "extraction_daily_usd": 1}, [(1, "5")], "$1.00 is used up"),
    ],
)
def test_what_counts(project: Project, configs: dict[str, Any], runs: list[Any], said: str) -> None:
    project.configs = configs
    project.save()
    for tokens, usd in runs:
        spend(project, NOON, tokens, usd)
    reason = used_up(project, NOON)
    assert said in reason
    assert bool(reason) == bool(said)


def test_a_day_is_a_utc_day_and_failed_runs_count(project: Project, other_project: Project) -> None:
    project.configs = {"extraction_daily_tokens": 100}
    project.save()
    spend(project, midnight(NOON) - timedelta(seconds=1), 500)
    spend(other_project, NOON, 500)
    assert used_up(project, NOON) == ""
    spend(project, midnight(NOON), 100, status="failed")
    assert used_up(project, NOON) != ""
    assert used_up(project, midnight(NOON) + timedelta(days=1)) == ""


def test_a_used_up_budget_pauses_until_midnight(session: Session, project: Project, llm: ScriptedLLM) -> None:
    now = soon()
    spend(project, now, 1_200)
    work_at(now)
    project.refresh_from_db()
    session.refresh_from_db()
    assert project.extraction_paused_reason == (
        "The daily budget of 1,000 tokens is used up (1,200 today). "
        "Extraction goes on at 00:00 UTC, or when extraction_daily_tokens is raised."
    )
    assert project.extraction_paused_until == midnight(now) + timedelta(days=1)
    assert (llm.requests, ExtractionRun.objects.count()) == ([], 1)
    assert (session.cursor_seq, session.attempts, session.lease_token, session.retry_at) == (0, 0, None, None)
    assert claim_due(now=project.extraction_paused_until - timedelta(seconds=1)) == []


def test_it_goes_on_the_next_day(session: Session, project: Project, llm: ScriptedLLM) -> None:
    now = soon()
    spend(project, now, 1_200)
    work_at(now)
    llm.will_answer(PHONE_TASKS)
    work_at(midnight(now) + timedelta(days=1))
    project.refresh_from_db()
    assert (project.extraction_paused_reason, project.extraction_paused_until) == ("", None)
    assert Task.objects.count() == 2


def test_it_goes_on_when_the_budget_is_raised(
    session: Session, project: Project, api: httpx.Client, llm: ScriptedLLM
) -> None:
    now = soon()
    spend(project, now, 1_200)
    work_at(now)
    assert claim_due(now=now) == []
    status = f"/session/{session.pk}/observing_status"
    assert "daily budget" in api.get(status).json()["data"]["error"]
    assert api.patch("/project/configs", json={"extraction_daily_tokens": 5_000}).status_code == 200
    assert api.get(status).json()["data"]["error"] is None
    llm.will_answer(PHONE_TASKS)
    work_at(now)
    assert Task.objects.count() == 2


def test_a_patch_that_does_not_help_pauses_again(
    session: Session, project: Project, api: httpx.Client, llm: ScriptedLLM
) -> None:
    now = soon()
    spend(project, now, 1_200)
    work_at(now)
    api.patch("/project/configs", json={"extraction_daily_tokens": 1_100})
    work_at(now)
    project.refresh_from_db()
    assert "1,100 tokens" in project.extraction_paused_reason
    assert llm.requests == []


def test_the_run_that_uses_it_up_is_the_last(session: Session, project: Project, llm: ScriptedLLM) -> None:
    project.configs = {"extraction_daily_tokens": 120}
    project.save()
    llm.will_answer(PHONE_TASKS)
    now = soon()
    work_at(now)
    assert Task.objects.count() == 2
    store(session, {"role": "user", "content": "Thanks"}, {"role": "assistant", "content": "You are welcome"})
    work_at(now)
    project.refresh_from_db()
    assert "120 tokens is used up (120 today)" in project.extraction_paused_reason
    assert len(llm.requests) == 1


def test_a_flush_does_not_get_round_it(session: Session, project: Project, llm: ScriptedLLM) -> None:
    spend(project, timezone.now(), 1_200)
    answer = flush(session, timeout=5)
    assert answer.status == 500
    assert answer.errmsg.startswith("The daily budget of 1,000 tokens is used up")
    assert claim_due(now=soon(1)) == []
    project.refresh_from_db()
    assert project.pause_reason == answer.errmsg


def test_the_rules_cost_nothing_and_go_on(session: Session, project: Project) -> None:
    spend(project, timezone.now(), 1_200)
    work_at(soon())
    assert Task.objects.count() == 2


def test_a_patch_during_a_run_is_not_undone_by_its_pause(session: Session, project: Project) -> None:
    from tasks.extraction.pausing import pause

    Project.objects.filter(pk=project.pk).update(configs={"extraction_daily_tokens": 9_000})
    pause(project, "used up", now=timezone.now(), until=soon())
    project.refresh_from_db()
    assert project.extraction_paused_reason == ""


def test_a_pause_that_is_over_is_not_shown(session: Session, project: Project, api: httpx.Client) -> None:
    now = timezone.now()
    Project.objects.update(extraction_paused_reason="no key", extraction_paused_at=now, extraction_paused_until=now)
    assert api.get(f"/session/{session.pk}/observing_status").json()["data"]["error"] is None
