"""A worker that dies, sleeps or is told twice, at any step: the session ends as if nothing had been.

The quick part of `make chaos`, in one process: death is an exception that passes through everything.
"""

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chaos.steps import STEPS
from sessions.models import Project, Session
from tasks import jobs
from tasks.extraction.queue import Lease, claim_due
from tasks.extraction.run import extract
from tasks.models import ExtractionRun, Preference, Progress, Task, TaskChange, TaskMessage
from tests.factories import PHONES, make_session, store
from tests.fakes import Reply, ScriptedLLM
from tests.tasks.answers import PHONE_TASKS

pytestmark = pytest.mark.django_db
# `release` runs in a `finally` that a killed process does not come to; here it must be kept from running.
IN_A_RUN = [step for step in STEPS if step.name not in ("lease-ring", "asking", "failing", "released")]


class Killed(BaseException):
    """`kill -9`, as far as one process can play it."""


@pytest.fixture
def session(project: Project, llm: ScriptedLLM) -> Session:
    session = make_session(project)
    store(session, *PHONES)
    return session


@pytest.fixture
def undisturbed(project: Project, session: Session, llm: ScriptedLLM) -> Any:
    """What comes of the same conversation when nothing happens."""
    other = make_session(project)
    store(other, *PHONES)
    Session.objects.filter(pk=session.pk).update(retry_at=later(10**6))
    llm.will_answer(PHONE_TASKS)
    go_on()
    Session.objects.filter(pk=session.pk).update(retry_at=None)
    llm.requests.clear()
    return written(other)


def later(seconds: float = 3600) -> Any:
    return timezone.now() + timedelta(seconds=seconds)


def go_on() -> None:
    """Do what sweep and workers do, after any lease is over, until nothing is due."""
    for hour in range(1, 10):
        for lease in claim_due(now=later(3600 * hour)):
            extract(lease)


def die(monkeypatch: pytest.MonkeyPatch, target: str, *, after: bool) -> None:
    """Let the process die at the next call of a step, once."""
    module, _, path = target.partition(":")
    *parents, name = path.split(".")
    holder: Any = importlib.import_module(module)
    for parent in parents:
        holder = getattr(holder, parent)
    whole = getattr(holder, name)

    def dying(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(holder, name, whole)
        if after:
            whole(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(holder, name, dying)
    monkeypatch.setattr("tasks.extraction.run.release", lambda lease: None)


def written(session: Session) -> dict[str, Any]:
    """Return all that extraction wrote of a session, but for ids and times."""
    session.refresh_from_db()
    of = {"task__session": session}
    return {
        "cursor": (session.cursor_seq, session.head_seq, session.pending_since, session.attempts, session.retry_at),
        "tasks": list(
            Task.objects.filter(session=session).order_by("order").values_list("order", "description", "status")
        ),
        "links": sorted(TaskMessage.objects.filter(**of).values_list("task__order", "message__seq", "role")),
        "steps": sorted(Progress.objects.filter(**of).values_list("task__order", "text")),
        "history": sorted(TaskChange.objects.filter(**of).values_list("task__order", "kind", "before", "after")),
        "wishes": sorted(Preference.objects.filter(session=session).values_list("statement", "status")),
        "runs": sorted(
            ExtractionRun.objects.filter(session=session).exclude(status="failed").values_list("from_seq", "to_seq")
        ),
    }


@pytest.mark.parametrize("step", IN_A_RUN, ids=lambda step: step.told)
@pytest.mark.parametrize("times", [1, 3])
def test_a_worker_killed_at_a_step_changes_nothing_in_the_end(
    session: Session, undisturbed: Any, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch, step: Any, times: int
) -> None:
    llm.will_answer(*[PHONE_TASKS] * (times + 1))
    for hour in range(times):
        die(monkeypatch, step.target, after=step.after)
        for lease in claim_due(now=later(3600 * hour + 60)):
            with pytest.raises(Killed):
                extract(lease)
        monkeypatch.undo()
    go_on()
    assert written(session) == undisturbed


def test_a_worker_killed_while_a_failure_is_noted_changes_nothing_in_the_end(
    session: Session, undisturbed: Any, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm.will_answer(Reply(status=503, error="away"), PHONE_TASKS)
    die(monkeypatch, "tasks.extraction.run:lock_for_commit", after=True)
    with pytest.raises(Killed):
        extract(claim_due(now=later(60))[0])
    monkeypatch.undo()
    assert ExtractionRun.objects.filter(session=session).count() == 0
    go_on()
    assert written(session) == undisturbed


def test_a_sweep_killed_between_lease_and_ring_is_made_up_for(
    session: Session, undisturbed: Any, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    Session.objects.filter(pk=session.pk).update(flush_seq=4)
    die(monkeypatch, "tasks.jobs:ring", after=False)
    with pytest.raises(Killed):
        jobs.sweep()
    assert claim_due() == []
    llm.will_answer(PHONE_TASKS)
    go_on()
    assert written(session) == undisturbed


def test_a_job_delivered_again_at_once_and_late_does_nothing(
    session: Session, undisturbed: Any, llm: ScriptedLLM
) -> None:
    (lease,) = claim_due(now=later(60))
    llm.will_answer(PHONE_TASKS)
    for _ in range(3):
        jobs.extract_session(str(lease.session_id), str(lease.token))
    store(session, {"role": "user", "content": "And an iPad?"})
    jobs.extract_session(str(lease.session_id), str(lease.token))
    session.refresh_from_db()
    assert (session.cursor_seq, session.head_seq, len(llm.requests)) == (4, 5, 1)


@pytest.mark.parametrize("step", ["tasks.extraction.run:read_window", "tasks.extraction.run:commit"])
def test_a_zombie_that_wakes_up_after_its_lease_writes_nothing(
    session: Session, undisturbed: Any, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It sleeps at the step; meanwhile another takes the lease, which is over, and does the work."""
    module, _, name = step.partition(":")
    holder = importlib.import_module(module)
    whole = getattr(holder, name)
    llm.will_answer(PHONE_TASKS, PHONE_TASKS)
    woken: list[Lease] = []

    def sleeping(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(holder, name, whole)
        (other,) = claim_due(now=later(3600))
        woken.append(other)
        extract(other)
        return whole(*args, **kwargs)

    monkeypatch.setattr(holder, name, sleeping)
    extract(claim_due(now=later(60))[0])
    assert len(woken) == 1
    assert written(session) == undisturbed


def test_a_lease_that_is_over_and_that_nobody_took_still_commits_once(
    session: Session, undisturbed: Any, llm: ScriptedLLM
) -> None:
    (lease,) = claim_due(now=later(60))
    Session.objects.update(lease_until=timezone.now() - timedelta(hours=1))
    llm.will_answer(PHONE_TASKS)
    extract(lease)
    go_on()
    assert written(session) == undisturbed
