"""Figures of stretches that are over, kept in this process, so that a page counts little however long its range.

What changes is always counted: the stretches of the last day, and those of tasks that were changed since the last look.
Of the others a few are counted again at each look, those that were counted longest ago and a minute at least: what is
deleted later shows after some looks, and no look is slow. A process that has just started reads what others have kept
in the database.
"""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sessions.models import Project
from tasks.models import Task
from tasks.overview import keeping
from tasks.overview.counting import Figures, count
from tasks.overview.spans import Bucket, Span

RECENT = timedelta(days=1)
COUNTED_AGAIN, AGAIN_AFTER_SECONDS = 4, 60
PLACES = 32
BUCKETS = 400
# More changes than this are not looked at one by one: all is counted anew.
MANY = 1_000


@dataclass
class Place:
    """What is remembered of one project in one time zone: figures, and when each was counted."""

    figures: dict[Bucket, Figures] = field(default_factory=dict)
    counted: dict[Bucket, float] = field(default_factory=dict)
    # Changes of tasks up to this moment are in the figures; none before the first look.
    looked_at: datetime | None = None

    def forget(self, buckets: Iterable[Bucket]) -> None:
        for bucket in buckets:
            self.figures.pop(bucket, None)
            self.counted.pop(bucket, None)


class Memory:
    """The projects looked at last. Threads may count the same twice, and never wait for one another's counting."""

    def __init__(self) -> None:
        self._places: OrderedDict[tuple[uuid.UUID, str], Place] = OrderedDict()
        self._lock = threading.Lock()

    def figures(self, project: Project, span: Span) -> tuple[list[Figures], list[Figures]]:
        """Return what happened in each bucket of the span, and in each of the span before.

        Four queries; a process that has just started asks one more, and two where there are figures to keep.
        """
        wanted = [*span.before, *span.buckets]
        known = self._known(project, span)
        changed = _changed(project, span, known)
        known.forget(changed)
        is_over = {bucket for bucket in wanted if bucket.stop <= span.now - RECENT and bucket != span.before[-1]}
        remembered = sorted(is_over & known.figures.keys(), key=known.counted.__getitem__)
        stale = time.monotonic() - AGAIN_AFTER_SECONDS
        again = {bucket for bucket in remembered[:COUNTED_AGAIN] if known.counted[bucket] <= stale}
        kept = {bucket: known.figures[bucket] for bucket in remembered if bucket not in again}
        due = [bucket for bucket in wanted if bucket not in kept]
        fresh = dict(zip(due, count(project, due), strict=True))
        over = {bucket: fresh[bucket] for bucket in due if bucket in is_over}
        self._remember(project, span, over, changed)
        news = {bucket: each for bucket, each in over.items() if known.figures.get(bucket) != each}
        if news or changed:
            keeping.keep(project, span, news, gone=changed)
        found = kept | fresh
        return [found[bucket] for bucket in span.buckets], [found[bucket] for bucket in span.before]

    def _known(self, project: Project, span: Span) -> Place:
        """Return a copy of what this process remembers, or else what is kept in the database."""
        with self._lock:
            if place := self._places.get((project.pk, span.zone.key)):
                return Place(dict(place.figures), dict(place.counted), place.looked_at)
        figures, looked_at = keeping.kept(project, span)
        with self._lock:
            place = Place(figures, dict.fromkeys(figures, time.monotonic()), looked_at)
            place = self._places.setdefault((project.pk, span.zone.key), place)
            return Place(dict(place.figures), dict(place.counted), place.looked_at)

    def _remember(
        self, project: Project, span: Span, fresh: Mapping[Bucket, Figures], changed: Iterable[Bucket]
    ) -> None:
        now, key = time.monotonic(), (project.pk, span.zone.key)
        with self._lock:
            place = self._places.setdefault(key, Place())
            self._places.move_to_end(key)
            place.forget(changed)
            place.figures |= fresh
            place.counted |= dict.fromkeys(fresh, now)
            place.looked_at = span.now - keeping.SLACK
            for bucket in sorted(place.counted, key=lambda bucket: bucket.start)[:-BUCKETS]:
                del place.figures[bucket], place.counted[bucket]
            while len(self._places) > PLACES:
                self._places.popitem(last=False)


def _changed(project: Project, span: Span, known: Place) -> list[Bucket]:
    """Return the remembered stretches of tasks that were changed since the last look. One query."""
    if known.looked_at is None:
        return []
    tasks = Task.all_objects.filter(
        project=project, updated_at__gte=known.looked_at, created_at__lt=span.now - RECENT
    ).order_by()
    # In two parts, as each has an index that finds it; without, all tasks would be read.
    standing, merged = tasks.filter(merged_into=None), tasks.filter(merged_into__isnull=False)
    parts = [part.values_list("created_at", flat=True)[:MANY] for part in (standing, merged)]
    moments = list(parts[0].union(parts[1], all=True).order_by()[:MANY])
    if len(moments) == MANY:
        return list(known.figures)
    return [bucket for bucket in known.figures if any(bucket.start <= moment < bucket.stop for moment in moments)]


memory = Memory()
