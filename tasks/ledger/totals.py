"""What some runs come to: calls, tokens, cost. Bounded, so that a year's ledger costs no more than a day's."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from tasks.models import ExtractionRun

MOST = 5_000


@dataclass(frozen=True)
class Totals:
    """Sums over the newest `MOST` runs. `cost_usd` leaves out `unpriced` runs, whose model has no price."""

    runs: int
    failed: int
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: Decimal
    unpriced: int

    @property
    def are_partial(self) -> bool:
        """Whether there are more runs than were summed up."""
        return self.runs >= MOST


def totals_of(runs: "QuerySet[ExtractionRun]") -> Totals:
    """Sum up the newest of these runs. One query, which names no column that the ledger's indexes lack."""
    newest = runs.order_by("-started_at")[:MOST]
    sums = newest.aggregate(
        runs=Count("*"),
        failed=Count("status", filter=Q(status=ExtractionRun.Status.FAILED)),
        # Before the sums, which take the names of their columns.
        unpriced=Count("status", filter=Q(cost_usd=None, calls__gt=0)),
        calls=Sum("calls", default=0),
        input_tokens=Sum("input_tokens", default=0),
        cached_tokens=Sum("cached_tokens", default=0),
        output_tokens=Sum("output_tokens", default=0),
        cost_usd=Sum("cost_usd", default=Decimal(0)),
    )
    return Totals(**sums)
