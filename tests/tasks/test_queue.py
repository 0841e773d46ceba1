"""Who gets the places: in turn over projects, no more than there are, and never one session twice."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sessions.models import Project, Session
from tasks.extraction.queue import PICKUP_SECONDS, Lease, claim, claim_due, release, renew
from tests.factories import make_project
from tests.fakes import ScriptedLLM

NOW = timezone.now()


def due(project: Project, count: int = 1, *, waits: float = 60) -> list[Session]:
    """Make sessions that are due, the first of which waits longest."""
    since = NOW - timedelta(seconds=waits)
    return Session.objects.bulk_create(
        Session(
            project=project,
            head_seq=2,
            turn_ended=True,
            last_message_at=since,
            pending_since=since + timedelta(milliseconds=number),
        )
        for number in range(count)
    )


def names(leases: list[Lease]) -> list[str]:
    by_id = dict(Session.objects.values_list("pk", "project__name"))
    return [by_id[lease.session_id] for lease in leases]


@pytest.mark.django_db
def test_no_more_are_leased_than_workers_can_take(project: Project, settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 3
    due(project, 10)
    assert len(claim_due(now=NOW)) == 3
    assert claim_due(now=NOW) == []


@pytest.mark.django_db
def test_a_place_that_becomes_free_is_given_again(project: Project, settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 3
    sessions = due(project, 10)
    first = claim_due(now=NOW)
    assert [lease.session_id for lease in first] == [session.pk for session in sessions[:3]]
    Session.objects.filter(pk=first[0].session_id).update(pending_since=None)
    release(first[0])
    assert [lease.session_id for lease in claim_due(now=NOW)] == [sessions[3].pk]


@pytest.mark.django_db
def test_projects_take_turns(settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 6
    for name, count in (("noisy", 50), ("quiet", 1), ("middling", 3)):
        due(make_project(name), count, waits={"noisy": 900, "quiet": 10, "middling": 60}[name])
    leased = names(claim_due(now=NOW))
    assert leased == ["noisy", "middling", "quiet", "noisy", "middling", "noisy"]


@pytest.mark.django_db
def test_what_a_project_has_at_work_counts_as_had(settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 4
    noisy, quiet = make_project("noisy"), make_project("quiet")
    due(noisy, 50)
    working = claim_due(now=NOW)
    assert len(working) == 4
    due(quiet, 2, waits=6)
    for lease in working[:2]:
        release(lease)
    assert names(claim_due(now=NOW)) == ["quiet", "quiet"]


@pytest.mark.django_db
def test_a_project_may_cap_itself(project: Project, other_project: Project, settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 8
    project.configs = {"extraction_concurrency": 2}
    project.save()
    due(project, 10, waits=600)
    due(other_project, 3)
    assert Counter(names(claim_due(now=NOW))) == {"Ours": 2, "Theirs": 3}
    due(other_project, 1)
    assert names(claim_due(now=NOW)) == ["Theirs"]


@pytest.mark.django_db
def test_a_lease_that_is_at_work_holds_its_place_and_an_expired_one_does_not(project: Project, settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 1
    due(project, 2)
    (lease,) = claim_due(now=NOW)
    renew(lease, now=NOW, seconds=600)
    later = NOW + timedelta(seconds=PICKUP_SECONDS + 1)
    assert claim_due(now=later) == []
    renew(lease, now=NOW, seconds=1)
    assert [again.session_id for again in claim_due(now=later)] == [lease.session_id]


@pytest.mark.django_db
def test_a_flush_takes_a_place_beyond_the_last(project: Project, settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 1
    first, second = due(project, 2)
    assert len(claim_due(now=NOW)) == 1
    assert claim(second.pk, now=NOW)
    assert claim(first.pk, now=NOW) is None


@pytest.mark.django_db
def test_a_paused_project_waits_and_others_do_not(project: Project, other_project: Project, llm: ScriptedLLM) -> None:
    due(project, 3)
    (session,) = due(other_project)
    until = NOW + timedelta(minutes=5)
    Project.objects.filter(pk=project.pk).update(extraction_paused_reason="no key", extraction_paused_until=until)
    assert [lease.session_id for lease in claim_due(now=NOW)] == [session.pk]
    paused = Session.objects.filter(project=project).first()
    assert claim(paused.pk, now=NOW) is None
    assert claim(paused.pk, now=NOW, despite_pause=True)
    assert len(claim_due(now=until)) == 4


@pytest.mark.django_db
def test_rules_are_not_paused(project: Project) -> None:
    due(project)
    until = NOW + timedelta(minutes=5)
    Project.objects.filter(pk=project.pk).update(extraction_paused_reason="no key", extraction_paused_until=until)
    assert len(claim_due(now=NOW)) == 1


@pytest.mark.django_db
def test_a_limit_is_kept(project: Project) -> None:
    due(project, 5)
    assert len(claim_due(now=NOW, limit=2)) == 2


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_share_the_sessions_out(project: Project, settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 200
    due(project, 100)
    claimed: list[Lease] = []

    def sweep() -> None:
        for _ in range(10):
            claimed.extend(claim_due(now=NOW, limit=5))

    at_once([sweep] * 4)
    ids = [lease.session_id for lease in claimed]
    assert len(ids) == len(set(ids))
    while more := claim_due(now=NOW):
        ids += [lease.session_id for lease in more]
    assert sorted(ids) == sorted(Session.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_sweep_beside_flushes_leases_each_session_once(project: Project, settings) -> None:
    settings.EXTRACTION_CONCURRENCY = 200
    sessions = due(project, 40)
    claimed: list[Lease] = []

    def flush_all() -> None:
        claimed.extend(lease for session in sessions if (lease := claim(session.pk, now=NOW)))

    def sweep() -> None:
        for _ in range(20):
            claimed.extend(claim_due(now=NOW, limit=2))

    at_once([flush_all, sweep, flush_all])
    assert Counter(lease.session_id for lease in claimed) == dict.fromkeys((session.pk for session in sessions), 1)


def at_once(works: list[Callable[[], None]]) -> None:
    """Run each in a thread of its own, from the same moment."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        start.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
