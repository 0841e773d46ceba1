"""Celery's units of work. Each loads by id, calls one function, and may run twice or late without harm."""

import uuid

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from tasks.batches.working import to_ring_for
from tasks.batches.working import work as work_on_batch
from tasks.extraction.accounting import forget_old_exchanges
from tasks.extraction.queue import Lease, claim_due, release
from tasks.extraction.run import extract
from tasks.models import Reextraction
from tasks.reextraction.queue import Hold, let_go, take, take_due
from tasks.reextraction.run import work
from tasks.search.indexing import catch_up, forget_empty

log = structlog.get_logger(__name__)
# A job is not to hold a worker's thread for long; the next ring goes on.
SEARCH_SECONDS = 20.0


@shared_task(name="tasks.jobs.extract_session")
def extract_session(session_id: str, lease_token: str) -> None:
    """Extract a session under a lease that the sweep or a flush has taken, then ring for the next."""
    extract(Lease(uuid.UUID(session_id), uuid.UUID(lease_token)))
    # Here too, so that a place that has become free need not wait for the scheduler's next second.
    ring_for_due()


@shared_task(name="tasks.jobs.sweep")
def sweep() -> None:
    """Look for due sessions, due proposals and batches under way; the scheduler does so each second."""
    ring_for_due()
    for hold in take_due():
        _ring_again(hold)
    for batch_id in to_ring_for():
        go_on(batch_id)


def ring_for_due() -> None:
    """Lease due sessions, as many as workers have room for, and ring for each."""
    leases = claim_due()
    is_reachable = True
    for lease in leases:
        if is_reachable:
            is_reachable = ring(lease)
        else:
            release(lease)


@shared_task(name="tasks.jobs.forget_exchanges")
def forget_exchanges() -> None:
    """Delete the words of exchanges that are older than `LLM_KEEP_EXCHANGES_DAYS`."""
    if forgotten := forget_old_exchanges():
        log.info("exchanges.forgotten", runs=forgotten)


def ring(lease: Lease) -> bool:
    """Ask a worker to take the lease up. Without a broker the lease is given back and the next sweep tries again."""
    try:
        extract_session.apply_async((str(lease.session_id), str(lease.token)), retry=False)
    except OperationalError as error:
        log.warning("broker.unreachable", error=str(error))
        release(lease)
        return False
    return True


@shared_task(name="tasks.jobs.index_for_search")
def index_for_search() -> None:
    """Let search know what is new; the scheduler rings every other second, whoever else is at it."""
    catch_up(SEARCH_SECONDS)


@shared_task(name="tasks.jobs.forget_empty_blocks")
def forget_empty_blocks() -> None:
    """Take blocks of which all entries are deleted out of the way of every search."""
    forget_empty()


@shared_task(name="tasks.jobs.extract_again")
def extract_again(reextraction_id: str, token: str) -> None:
    """Work on a proposal that the sweep or a request has taken."""
    work(Hold(uuid.UUID(reextraction_id), uuid.UUID(token)))


def begin(proposal: Reextraction) -> None:
    """Ask a worker to take up a new proposal now; the next sweep does it otherwise."""
    if hold := take(proposal.pk):
        _ring_again(hold)


def _ring_again(hold: Hold) -> None:
    try:
        extract_again.apply_async((str(hold.reextraction_id), str(hold.token)), retry=False)
    except OperationalError as error:
        log.warning("broker.unreachable", error=str(error))
        let_go(hold)


@shared_task(name="tasks.jobs.go_on_with_batch")
def go_on_with_batch(batch_id: str) -> None:
    """Go on with a change of many sessions."""
    work_on_batch(uuid.UUID(batch_id))


def go_on(batch_id: uuid.UUID) -> None:
    """Ask a worker to go on with a batch. Without a broker a later sweep asks again."""
    try:
        go_on_with_batch.apply_async((str(batch_id),), retry=False)
    except OperationalError as error:
        log.warning("broker.unreachable", error=str(error))
