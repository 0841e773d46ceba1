"""Who works on which proposal. As with sessions, the row is the queue and a broker message only wakes a worker."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tasks.extraction.errors import LeaseLost
from tasks.extraction.queue import PICKUP_SECONDS
from tasks.models import Reextraction


@dataclass(frozen=True)
class Hold:
    """The right to work on one proposal until it is released or expires."""

    reextraction_id: uuid.UUID
    token: uuid.UUID


def is_due(now: datetime) -> Q:
    """Proposals that should be worked on now and that nobody has."""
    is_free = Q(lease_until=None) | Q(lease_until__lte=now)
    may_retry = Q(retry_at=None) | Q(retry_at__lte=now)
    return Q(status=Reextraction.Status.WORKING) & is_free & may_retry


def take_due(*, now: datetime | None = None, limit: int = 20) -> list[Hold]:
    """Take proposals that are due, oldest first. Two sweeps at once never take the same one."""
    now, token = now or timezone.now(), uuid.uuid4()
    due = Reextraction.objects.filter(is_due(now)).order_by("created_at")
    if not due.exists():
        return []
    with transaction.atomic():
        found = list(due.select_for_update(skip_locked=True, of=["self"]).values_list("pk", flat=True)[:limit])
        Reextraction.objects.filter(pk__in=found).update(lease_token=token, lease_until=_after(now, PICKUP_SECONDS))
    return [Hold(pk, token) for pk in found]


def take(reextraction_id: uuid.UUID, *, now: datetime | None = None) -> Hold | None:
    """Take this one proposal if it is due and free."""
    now = now or timezone.now()
    hold = Hold(reextraction_id, uuid.uuid4())
    taken = Reextraction.objects.filter(is_due(now), pk=reextraction_id).update(
        lease_token=hold.token, lease_until=_after(now, PICKUP_SECONDS)
    )
    return hold if taken else None


def keep(hold: Hold, *, seconds: float | None = None) -> None:
    """Hold the proposal for another while; raises LeaseLost when another has it, or when it was discarded."""
    until = _after(timezone.now(), seconds or settings.EXTRACTION_LEASE_SECONDS)
    mine = Reextraction.objects.filter(
        pk=hold.reextraction_id, lease_token=hold.token, status=Reextraction.Status.WORKING
    )
    if not mine.update(lease_until=until):
        raise LeaseLost(hold.reextraction_id)


def let_go(hold: Hold) -> None:
    """Give the proposal back. Nothing happens when another has it by now."""
    Reextraction.objects.filter(pk=hold.reextraction_id, lease_token=hold.token).update(
        lease_token=None, lease_until=None
    )


def _after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)
