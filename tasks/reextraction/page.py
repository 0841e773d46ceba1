"""What the page of a proposal shows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tasks.models import Reextraction
from tasks.reextraction.comparison import Comparison, Row
from tasks.reextraction.sketching import preview
from tasks.reextraction.telling import cost_of
from tasks.session_state import digest_of

Status = Reextraction.Status


@dataclass
class ReextractionPage:
    """A proposal as its page shows it. Each part is fetched once, when the template first asks for it."""

    proposal: Reextraction
    may_change: bool

    @cached_property
    def version(self) -> str:
        """A short text that changes whenever the page would look different."""
        row = self.proposal
        return digest_of(row.status, row.done_seq, row.attempts, row.error, row.retry_at)

    @property
    def is_working(self) -> bool:
        return self.proposal.status == Status.WORKING

    @cached_property
    def comparison(self) -> Comparison:
        return preview(self.proposal)

    @property
    def different(self) -> list[Row]:
        """The tasks that something happens to."""
        return [row for row in self.comparison.rows if row.kind != "same" and (row.differences or row.kind != "kept")]

    @property
    def unchanged(self) -> list[Row]:
        return [row for row in self.comparison.rows if row not in self.different]

    @property
    def stored_since(self) -> int:
        """How many messages came in after those that were read."""
        return max(self.proposal.session.head_seq - self.proposal.to_seq, 0)

    @cached_property
    def cost(self) -> dict[str, Any]:
        return cost_of(self.proposal)
