"""When a worker counts as deaf: jobs wait, it has nothing in hand, and it has heard nothing for a while."""

from collections.abc import Iterator

import pytest

from acontext_site.celery import app
from acontext_site.supervisor.deafness import DEAF_AFTER_LOOKS, Ear
from tasks.jobs import sweep


@pytest.fixture
def waiting_job() -> Iterator[None]:
    """A job in this test run's queue that nobody takes."""
    sweep.apply_async()
    yield
    with app.connection_for_write() as connection:
        connection.default_channel.queue_purge(app.conf.task_default_queue)


def looks(ear: Ear, times: int) -> list[bool]:
    return [ear.is_deaf() for _ in range(times)]


def test_an_idle_worker_that_leaves_jobs_waiting_is_deaf(waiting_job: None) -> None:
    assert looks(Ear(app), DEAF_AFTER_LOOKS) == [False] * (DEAF_AFTER_LOOKS - 1) + [True]


def test_a_worker_that_hears_is_not_deaf(waiting_job: None) -> None:
    ear = Ear(app)
    for _ in range(DEAF_AFTER_LOOKS + 1):
        looks(ear, DEAF_AFTER_LOOKS - 1)
        ear.hear()
        assert not ear.is_deaf()


def test_a_worker_with_a_job_in_hand_is_not_deaf(waiting_job: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("celery.worker.state.reserved_requests", {"a job"})
    assert True not in looks(Ear(app), DEAF_AFTER_LOOKS + 1)


def test_where_nothing_waits_nobody_is_deaf() -> None:
    assert True not in looks(Ear(app), DEAF_AFTER_LOOKS + 1)


def test_without_a_broker_nobody_is_deaf(waiting_job: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
        assert True not in looks(Ear(app), DEAF_AFTER_LOOKS + 1)
