"""The gate of an LLM endpoint, the same for all processes: what it can do, when it rests, how often it may be asked.

All is in one row. It is read and written between transactions, never during one: the provider's answer may take long.
"""

import random
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from tasks.extraction.errors import Resting, Unavailable
from tasks.extraction.llm.abilities import Abilities
from tasks.extraction.operations import Keep, keep_nothing
from tasks.models import Endpoint

log = structlog.get_logger(__name__)
# The next permitted call is waited for when it is as near as this; a session further off is given back.
SHORT_WAIT_SECONDS = 2.0
# So many failures in a row, and the endpoint is left alone for a while, longer each time.
FAILURES_BEFORE_REST = 5
REST_SECONDS, LONGEST_REST_SECONDS = 15.0, 300.0

# One statement takes the next slot of the rate limit (GCRA without bursts), and of an endpoint whose rest has ended the
# one call that tries it: until that has come to something the others go on waiting.
ENTER = """
UPDATE tasks_endpoint AS e
SET next_call_at = CASE WHEN %(interval)s > 0
        THEN greatest(coalesce(e.next_call_at, now.at), now.at) + make_interval(secs => %(interval)s)
        ELSE NULL END,
    resting_until = CASE WHEN e.resting_until IS NULL THEN NULL ELSE now.at + make_interval(secs => %(trial)s) END
FROM (SELECT clock_timestamp() AS at) AS now
WHERE e.base_url = %(base_url)s AND e.model = %(model)s
    AND (e.resting_until IS NULL OR e.resting_until <= now.at)
    AND (%(interval)s = 0 OR e.next_call_at IS NULL OR e.next_call_at <= now.at + make_interval(secs => %(wait)s))
RETURNING extract(epoch FROM e.next_call_at - now.at) - %(interval)s, e.resting_until IS NOT NULL
"""


class EndpointGate:
    """Stands before a model at an address; `timeout` is a call's, in seconds. One for each client: it is not shared."""

    def __init__(self, base_url: str, model: str, *, timeout: float, keep: Keep = keep_nothing) -> None:
        self.key: dict[str, Any] = {"base_url": public_address(base_url), "model": model[:200]}
        self.timeout, self.keep = timeout, keep
        self.is_trial = False

    def abilities(self) -> Abilities:
        """Return what was learnt; nothing when the row is new, or was deleted to make it learn again."""
        return Abilities.of(Endpoint.objects.get_or_create(**self.key)[0].abilities)

    def remember(self, abilities: Abilities) -> None:
        log.info("endpoint.learnt", **self.key, **abilities.stored())
        self._row.update(abilities=abilities.stored(), updated_at=timezone.now())

    def enter(self) -> None:
        """Take the turn of a call, waiting for it if it is near; raises Resting otherwise, and what `keep` raises."""
        interval = 60 / settings.LLM_REQUESTS_PER_MINUTE if settings.LLM_REQUESTS_PER_MINUTE > 0 else 0.0
        times = {"interval": interval, "trial": self.timeout + 5, "wait": SHORT_WAIT_SECONDS}
        # Durable: refuses to run inside a transaction, which the call would keep open.
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(ENTER, {**self.key, **times})
            taken = cursor.fetchone()
        if taken is None:
            raise self._resting()
        wait, self.is_trial = taken
        self.keep(SHORT_WAIT_SECONDS + self.timeout)
        if wait and wait > 0:
            time.sleep(float(wait))

    def answered(self) -> None:
        """Forget the failures; the call that tried a resting endpoint ends its rest."""
        changes = {"failures": 0} | ({"resting_until": None} if self.is_trial else {})
        row = self._row if self.is_trial else self._row.filter(failures__gt=0)
        row.update(**changes)
        self.is_trial = False

    def failed(self, error: Unavailable) -> None:
        """Count a failure, and let the endpoint rest when it asks for that or keeps failing."""
        self._row.update(failures=F("failures") + 1)
        failures = self._row.values_list("failures", flat=True).first() or 1
        seconds = error.retry_after or 0.0
        if not seconds and (self.is_trial or failures >= FAILURES_BEFORE_REST):
            seconds = min(REST_SECONDS * 2 ** min(max(failures - FAILURES_BEFORE_REST, 0), 10), LONGEST_REST_SECONDS)
        if seconds:
            log.warning("endpoint.rests", **self.key, seconds=seconds, failures=failures, error=str(error))
            until = timezone.now() + timedelta(seconds=seconds)
            # A trial's own rest only kept the others away; what another call was told still holds.
            self._row.update(resting_until=until if self.is_trial else Greatest(F("resting_until"), until))
        self.is_trial = False

    @property
    def _row(self) -> QuerySet[Endpoint]:
        return Endpoint.objects.filter(**self.key)

    def _resting(self) -> Resting:
        """Say until when; spread, so that those who wait do not come back at one moment."""
        row, now = Endpoint.objects.get_or_create(**self.key)[0], timezone.now()
        rests = row.resting_until and row.resting_until > now
        until = row.resting_until if rests else row.next_call_at
        seconds = max((until - now).total_seconds(), 0.0) if until else 0.0
        why = "the LLM rests after failures" if rests else "the LLM's rate limit is used up"
        return Resting(
            f"{why}; it is asked again in {seconds:.0f} s",
            retry_after=max(seconds, 0.1) * random.uniform(1.0, 1.3),  # noqa: S311 (jitter, not a secret)
        )


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def public_address(url: str) -> str:
    """Return an address without what may be secret in it: the row is shown in the admin."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()[:500]
