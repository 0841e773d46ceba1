"""What the page of a batch shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count

from tasks.batches.choosing import sizes_of
from tasks.models import Batch, Reextraction
from tasks.session_state import digest_of


@dataclass
class BatchPage:
    """A batch as its page shows it. Each part is fetched once, when the template first asks for it."""

    batch: Batch

    @cached_property
    def sizes(self) -> Mapping[str, Any]:
        """What belongs to the sessions that are left."""
        return sizes_of(self.batch)

    @cached_property
    def proposals(self) -> Mapping[str, int]:
        """How many of its sessions' second readings are in each state."""
        if self.batch.kind != Batch.Kind.AGAIN:
            return {}
        found = Reextraction.objects.filter(batch=self.batch).order_by().values_list("status")
        return dict(found.annotate(n=Count("*")))

    @property
    def version(self) -> str:
        """A short text that changes whenever the page would look different."""
        row = self.batch
        return digest_of(row.started_at, row.finished_at, row.done, row.skipped, sorted(self.proposals.items()))

    @property
    def is_live(self) -> bool:
        """Whether the page should look again."""
        return self.batch.is_under_way or bool(self.proposals.get(Reextraction.Status.WORKING))
