"""Celery's units of work. Each loads by id, calls one function, and may run twice or late without harm."""

import uuid

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from tasks.extraction.accounting import forget_old_exchanges
from tasks.extraction.queue import Lease, claim_due, release
from tasks.extraction.run import extract

log = structlog.get_logger(__name__)


@shared_task(name="tasks.jobs.extract_session")
def extract_session(session_id: str, lease_token: str) -> None:
    """Extract a session under a lease that the sweep or a flush has taken, then ring for the next."""
    extract(Lease(uuid.UUID(session_id), uuid.UUID(lease_token)))
    # Here too, so that a place that has become free need not wait for the scheduler's next second.
    ring_for_due()


@shared_task(name="tasks.jobs.sweep")
def sweep() -> None:
    """Look for due sessions; the scheduler does so each second."""
    ring_for_due()


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
