"""Who works on which session. The session row is the queue; a broker message only wakes a worker."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from sessions.models import Session
from tasks.extraction.due import LIMITS, REASON, parameters, reason_of
from tasks.extraction.errors import LeaseLost
from tasks.extraction.extractors import llm_is_configured
from tasks.extraction.limits import Limits

# A job that was rung for is taken up within this time, or the broker lost it and the session is offered again. There
# are no more leases than workers, so it never waits long behind others.
PICKUP_SECONDS = 15
# Names this queue among the advisory locks of the database.
SWEEP_LOCK = 7_304_001


@dataclass(frozen=True)
class Lease:
    """The right to extract one session until it is released or expires."""

    session_id: uuid.UUID
    token: uuid.UUID


# One statement by design. Raw SQL, because the projects that wait are found by skipping through the index, and each is
# asked for no more sessions than it may have: with 100,000 sessions due it reads a few hundred rows.
#
# `turn` is what makes it fair: the first session of each project comes before the second of any, and what a project has
# at work already counts as had. A sweep that runs beside another leaves it the field, so that both together do not take
# twice what there is room for; the rows' own locks make sure that no session is ever leased twice. Arrays, because the
# planner takes them for short, and the result of a LIMIT that it does not know for long.
CLAIM = f"""
WITH RECURSIVE at_work AS MATERIALIZED (
  SELECT project_id, count(*) AS n FROM agent_sessions_session WHERE lease_until > %(now)s GROUP BY project_id
),
room AS MATERIALIZED (
  SELECT LEAST(%(limit)s, %(most)s - COALESCE((SELECT sum(n) FROM at_work), 0))::int AS n
   WHERE pg_try_advisory_xact_lock({SWEEP_LOCK})
),
waiting AS (
  (SELECT project_id FROM agent_sessions_session
    WHERE pending_since IS NOT NULL AND (SELECT n FROM room) > 0
    ORDER BY project_id LIMIT 1)
  UNION ALL
  SELECT (SELECT s.project_id FROM agent_sessions_session AS s
           WHERE s.pending_since IS NOT NULL AND s.project_id > waiting.project_id
           ORDER BY s.project_id LIMIT 1)
    FROM waiting WHERE waiting.project_id IS NOT NULL
),
project AS MATERIALIZED (
  SELECT p.id, COALESCE(at_work.n, 0) AS at_work, limits.*
    FROM waiting
    JOIN agent_sessions_project AS p ON p.id = waiting.project_id
    LEFT JOIN at_work ON at_work.project_id = p.id
   CROSS JOIN LATERAL ({LIMITS}) AS limits
   WHERE NOT %(pauses_hold)s OR p.extraction_paused_until IS NULL OR p.extraction_paused_until <= %(now)s
),
offer AS MATERIALIZED (
  SELECT due.id, due.pending_since,
         limits.at_work + row_number() OVER (PARTITION BY limits.id ORDER BY due.pending_since) AS turn
    FROM project AS limits
   CROSS JOIN LATERAL (
     SELECT s.id, s.pending_since
       FROM agent_sessions_session AS s
      WHERE s.project_id = limits.id AND (s.lease_until IS NULL OR s.lease_until <= %(now)s) AND {REASON}
      ORDER BY s.pending_since
      LIMIT GREATEST(LEAST((SELECT n FROM room), limits.concurrency - limits.at_work), 0)::int
   ) AS due
),
free AS MATERIALIZED (
  SELECT s.id
    FROM agent_sessions_session AS s
   WHERE s.id = ANY(ARRAY(SELECT id FROM offer ORDER BY turn, pending_since LIMIT (SELECT n FROM room)))
     AND (s.lease_until IS NULL OR s.lease_until <= %(now)s)
     FOR UPDATE SKIP LOCKED
),
claimed AS (
  UPDATE agent_sessions_session SET lease_token = %(token)s, lease_until = %(until)s
   WHERE id = ANY(ARRAY(SELECT id FROM free))
  RETURNING id
)
SELECT id FROM offer WHERE id IN (SELECT id FROM claimed) ORDER BY turn, pending_since
"""  # noqa: S608 (constants)


def claim_due(*, now: datetime | None = None, limit: int | None = None) -> list[Lease]:
    """Lease due sessions, in turn from each project, as many as there is room for among those at work.

    Two sweeps at once never lease the same session. Of one project, those that wait longest come first.
    """
    now, token, most = now or timezone.now(), uuid.uuid4(), settings.EXTRACTION_CONCURRENCY
    values = parameters(now) | {
        "token": token,
        "until": now + timedelta(seconds=PICKUP_SECONDS),
        "most": most,
        "limit": most if limit is None else limit,
        # Only the LLM is paused: rules cost nothing.
        "pauses_hold": llm_is_configured(),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return [Lease(session_id, token) for (session_id,) in cursor.fetchall()]


def claim(session_id: uuid.UUID, *, now: datetime | None = None, despite_pause: bool = False) -> Lease | None:
    """Lease this one session if it is due and free, however many are at work."""
    now = now or timezone.now()
    session = Session.objects.select_related("project").filter(pk=session_id).first()
    if session is None or reason_of(session, Limits.of(session.project.configs), now) is None:
        return None
    until = session.project.extraction_paused_until
    if until is not None and until > now and llm_is_configured() and not despite_pause:
        return None
    lease = Lease(session_id, uuid.uuid4())
    free = Session.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=session_id)
    taken = free.update(lease_token=lease.token, lease_until=now + timedelta(seconds=PICKUP_SECONDS))
    return lease if taken else None


def renew(
    lease: Lease, *, to_seq: int | None = None, seconds: float | None = None, now: datetime | None = None
) -> None:
    """Keep the lease for another while, and say how far the run reads. Raises LeaseLost when another run has it.

    An expired lease that nobody took since is still this run's.
    """
    until = (now or timezone.now()) + timedelta(seconds=seconds or settings.EXTRACTION_LEASE_SECONDS)
    changes = {"lease_until": until} | ({"lease_to_seq": to_seq} if to_seq is not None else {})
    if not Session.objects.filter(pk=lease.session_id, lease_token=lease.token).update(**changes):
        raise LeaseLost(lease.session_id)


def release(lease: Lease) -> None:
    """Give the session back. Nothing happens when another run has it by now."""
    Session.objects.filter(pk=lease.session_id, lease_token=lease.token).update(
        lease_token=None, lease_until=None, lease_to_seq=0
    )
