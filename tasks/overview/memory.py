"""Figures of stretches that are over, kept in this process, so that a page counts little however long its range.

What changes is always counted: the stretches of the last day. Of the others those are counted again, a few each time,
that were counted longest ago: what is corrected or deleted later shows after a few looks, and no look is slow.
"""

import threading
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

from sessions.models import Project
from tasks.overview.counting import Figures, count
from tasks.overview.spans import Bucket, Span

RECENT = timedelta(days=1)
COUNTED_AGAIN = 8
PLACES = 32
BUCKETS = 400


@dataclass
class Place:
    """What is remembered of one project in one time zone: figures, and when each was counted."""

    figures: dict[Bucket, Figures] = field(default_factory=dict)
    counted: dict[Bucket, float] = field(default_factory=dict)


class Memory:
    """The projects looked at last. Threads may count the same twice, and never wait for one another's counting."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[uuid.UUID, str], Place] = OrderedDict()
        self._lock = threading.Lock()

    def figures(self, project: Project, span: Span) -> tuple[list[Figures], list[Figures]]:
        """Return what happened in each bucket of the span, and in each of the span before. Three queries."""
        wanted = [*span.before, *span.buckets]
        known = self._known(project, span)
        is_over = {bucket for bucket in wanted if bucket.stop <= span.now - RECENT and bucket != span.before[-1]}
        remembered = sorted(is_over & known.figures.keys(), key=known.counted.__getitem__)
        kept = {bucket: known.figures[bucket] for bucket in remembered[COUNTED_AGAIN:]}
        due = [bucket for bucket in wanted if bucket not in kept]
        fresh = dict(zip(due, count(project, due), strict=True))
        self._remember(project, span, {bucket: fresh[bucket] for bucket in due if bucket in is_over})
        found = kept | fresh
        return [found[bucket] for bucket in span.buckets], [found[bucket] for bucket in span.before]

    def _known(self, project: Project, span: Span) -> Place:
        with self._lock:
            place = self._places.get((project.pk, span.zone.key), Place())
            return Place(dict(place.figures), dict(place.counted))

    def _remember(self, project: Project, span: Span, fresh: dict[Bucket, Figures]) -> None:
        now, key = time.monotonic(), (project.pk, span.zone.key)
        with self._lock:
            place = self._places.setdefault(key, Place())
            self._places.move_to_end(key)
            place.figures |= fresh
            place.counted |= dict.fromkeys(fresh, now)
            for bucket in sorted(place.counted, key=lambda bucket: bucket.start)[:-BUCKETS]:
                del place.figures[bucket], place.counted[bucket]
            while len(self._places) > PLACES:
                self._places.popitem(last=False)


memory = Memory()
