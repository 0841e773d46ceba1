"""Work on batches: a few sessions and what is left of the batch are one transaction, so nothing is lost or doubled."""

import time
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from sessions.deleting import delete_sessions
from sessions.errors import Problem
from sessions.models import Session
from tasks.models import Batch, Reextraction
from tasks.reextraction.proposing import propose

log = structlog.get_logger(__name__)
AT_ONCE = 100
RUNG_AT_ONCE = 20
# How long nobody else is asked to go on with a batch; each few sessions are done in less.
LEASE = timedelta(seconds=30)
Status = Reextraction.Status


def start(batch: Batch, **how: object) -> bool:
    """Begin, as somebody has confirmed; whether it had not begun before."""
    waiting = Batch.objects.filter(pk=batch.pk, started_at=None)
    return bool(waiting.update(started_at=timezone.now(), **how))


def stop(batch: Batch) -> None:
    """Leave alone what is not done yet. What was begun to be read again goes on."""
    Batch.objects.filter(pk=batch.pk, finished_at=None).update(finished_at=timezone.now())


def under_way() -> "QuerySet[Batch]":
    """Select the batches that somebody should go on with and nobody does now, the oldest first."""
    is_free = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
    return Batch.objects.filter(is_free, started_at__isnull=False, finished_at=None).order_by("started_at")


def to_ring_for() -> list[uuid.UUID]:
    """Return the batches that a worker should be asked to go on with; none of them again for a while."""
    found = list(under_way().values_list("pk", flat=True)[:RUNG_AT_ONCE])
    Batch.objects.filter(pk__in=found).update(lease_until=timezone.now() + LEASE)
    return found


def work(batch_id: uuid.UUID, *, seconds: float | None = None) -> None:
    """Go on with a batch: to its end, for so long, or as long as there is room for more readings.

    Safe beside itself: two who do it take turns, and neither does what the other has done.
    """
    until = time.monotonic() + seconds if seconds is not None else None
    while _some(batch_id):
        if until is not None and time.monotonic() >= until:
            break
    Batch.objects.filter(pk=batch_id).update(lease_until=None)


@transaction.atomic
def _some(batch_id: uuid.UUID) -> bool:
    """Do the next few; whether there is more to be done now."""
    started = Batch.objects.filter(pk=batch_id, started_at__isnull=False, finished_at=None)
    batch = started.select_for_update(of=["self"]).first()
    if batch is None:
        return False
    if batch.kind == Batch.Kind.DELETE:
        few = batch.left[:AT_ONCE]
        delete_sessions(Session.objects.filter(project=batch.project_id, pk__in=few))
    else:
        few = batch.left[: _room(batch)]
        _propose(batch, few)
    batch.left = batch.left[len(few) :]
    batch.lease_until = timezone.now() + LEASE
    if not batch.left:
        batch.finished_at = timezone.now()
        log.info("batch.finished", batch=str(batch.pk), kind=batch.kind, sessions=batch.total, skipped=batch.skipped)
    batch.save(update_fields=["left", "skipped", "problem", "lease_until", "finished_at"])
    return bool(few and batch.left)


def _room(batch: Batch) -> int:
    """How many more sessions may be read at once: workers serve agents' own sessions beside."""
    at_work = Reextraction.objects.filter(project=batch.project_id, status=Status.WORKING).count()
    return max(settings.EXTRACTION_CONCURRENCY - at_work, 0)


def _propose(batch: Batch, few: list[uuid.UUID]) -> None:
    """Begin to read these again; the sweep finds them. What cannot be read is counted, with the last reason."""
    sessions = Session.objects.filter(project=batch.project_id).in_bulk(few)
    batch.skipped += len(few) - len(sessions)
    for session in sessions.values():
        try:
            with transaction.atomic():
                proposal = propose(
                    session,
                    extractor=batch.extractor,
                    model=batch.model,
                    applies_at_once=batch.applies_at_once,
                    person=batch.person,
                )
                Reextraction.objects.filter(pk=proposal.pk).update(batch=batch)
        except Problem as problem:
            batch.skipped, batch.problem = batch.skipped + 1, str(problem)
