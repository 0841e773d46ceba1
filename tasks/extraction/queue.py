"""Which sessions are due, and who works on them. The session row is the queue; a broker message only wakes a worker."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from sessions.models import Session
from tasks.extraction.errors import LeaseLost
from tasks.models import ExtractionRun

Trigger = ExtractionRun.Trigger
# After this long a paused project is tried again, in case the provider was at fault and not the setting.
PAUSE_SECONDS = 300
# A job that was rung for is taken up within this time, or the broker lost it and the session is offered again.
PICKUP_SECONDS = 15


@dataclass(frozen=True)
class Lease:
    """The right to extract one session until it is released or expires."""

    session_id: uuid.UUID
    token: uuid.UUID


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


def is_due(now: datetime) -> Q:
    """Sessions that a run should read now and that no run has."""
    return has_reason(now) & (Q(lease_until=None) | Q(lease_until__lte=now))


def has_reason(now: datetime) -> Q:
    """Sessions with something to read, for one of the reasons of `trigger_of`, whoever is at work on them."""
    quiet_turn = Q(turn_ended=True, last_message_at__lte=now - _seconds(settings.EXTRACTION_TURN_END_SECONDS))
    silent = Q(last_message_at__lte=now - _seconds(settings.EXTRACTION_SILENCE_SECONDS))
    full = Q(head_seq__gte=F("cursor_seq") + settings.EXTRACTION_BUFFER_MESSAGES)
    heavy = Q(pending_tokens__gte=settings.EXTRACTION_BUFFER_TOKENS)
    old = Q(pending_since__lte=now - _seconds(settings.EXTRACTION_MAX_WAIT_SECONDS))
    flushed = Q(flush_seq__gt=F("cursor_seq"))
    paused = ~Q(project__extraction_paused_reason="") & Q(
        project__extraction_paused_at__gt=now - _seconds(PAUSE_SECONDS)
    )
    may_retry = Q(retry_at=None) | Q(retry_at__lte=now)
    reason = flushed | ((quiet_turn | silent | full | heavy | old) & ~paused)
    return Q(pending_since__isnull=False) & may_retry & reason


def trigger_of(session: Session, now: datetime) -> str:
    """Name the reason for which a due session is due."""
    if session.flush_seq > session.cursor_seq:
        return Trigger.FLUSH
    waiting = session.head_seq - session.cursor_seq
    if waiting >= settings.EXTRACTION_BUFFER_MESSAGES or session.pending_tokens >= settings.EXTRACTION_BUFFER_TOKENS:
        return Trigger.FULL
    if session.pending_since and session.pending_since <= now - _seconds(settings.EXTRACTION_MAX_WAIT_SECONDS):
        return Trigger.OLD
    return Trigger.TURN_END if session.turn_ended else Trigger.SILENCE


def claim_due(*, now: datetime | None = None, limit: int = 100) -> list[Lease]:
    """Lease due sessions, those that wait longest first. Two sweeps at once never lease the same one."""
    now, token = now or timezone.now(), uuid.uuid4()
    with transaction.atomic():
        due = Session.objects.filter(is_due(now)).order_by("pending_since")
        found = list(due.select_for_update(skip_locked=True, of=["self"]).values_list("pk", flat=True)[:limit])
        Session.objects.filter(pk__in=found).update(lease_token=token, lease_until=now + _seconds(PICKUP_SECONDS))
    return [Lease(session_id, token) for session_id in found]


def claim(session_id: uuid.UUID, *, now: datetime | None = None) -> Lease | None:
    """Lease this one session if it is due and free."""
    now = now or timezone.now()
    lease = Lease(session_id, uuid.uuid4())
    due = Session.objects.filter(is_due(now), pk=session_id)
    taken = Session.objects.filter(pk__in=due).update(
        lease_token=lease.token, lease_until=now + _seconds(PICKUP_SECONDS)
    )
    return lease if taken else None


def renew(lease: Lease, *, to_seq: int | None = None, seconds: float | None = None) -> None:
    """Keep the lease for another while, and say how far the run reads. Raises LeaseLost when another run has it.

    An expired lease that nobody took since is still this run's.
    """
    until = timezone.now() + _seconds(seconds or settings.EXTRACTION_LEASE_SECONDS)
    changes = {"lease_until": until} | ({"lease_to_seq": to_seq} if to_seq is not None else {})
    if not Session.objects.filter(pk=lease.session_id, lease_token=lease.token).update(**changes):
        raise LeaseLost(lease.session_id)


def release(lease: Lease) -> None:
    """Give the session back. Nothing happens when another run has it by now."""
    Session.objects.filter(pk=lease.session_id, lease_token=lease.token).update(
        lease_token=None, lease_until=None, lease_to_seq=0
    )
