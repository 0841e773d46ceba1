"""Figures kept in the database, so that a process that has just started need not count ninety days anew."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q

from sessions.models import Project
from tasks.models import KeptFigures
from tasks.overview.counting import Figures
from tasks.overview.spans import Bucket, Span

# Twice the longest range, and what the range of hours shows with the one before it.
DAYS_KEPT, HOURS_KEPT = timedelta(days=190), timedelta(days=3)
LONGEST_HOUR = timedelta(hours=2)
# A change may become visible so long after the time that it bears.
SLACK = timedelta(minutes=2)
PLAIN = tuple(own.name for own in fields(Figures) if own.name not in ("cost", "lags"))


def kept(project: Project, span: Span) -> tuple[dict[Bucket, Figures], datetime | None]:
    """Return the figures that are kept in the days or hours of the span's time zone, and when the last look was.

    Changes of tasks since then may be missing in them. One query.
    """
    rows = KeptFigures.objects.filter(project=project, zone=span.zone.key)
    found, looked_at = {}, None
    for row in rows:
        bucket = Bucket(row.start.astimezone(span.zone), row.stop.astimezone(span.zone))
        found[bucket] = figures_of(row.figures)
        looked_at = max(looked_at or row.counted_at, row.counted_at)
    return found, looked_at


def keep(project: Project, span: Span, figures: Mapping[Bucket, Figures], *, gone: Sequence[Bucket]) -> None:
    """Keep figures in the place of what was kept of the same stretches, and let go of others.

    Those are `gone`, which no longer hold, and those that no range shows any more. Two queries.
    """
    own = KeptFigures.objects.filter(project=project, zone=span.zone.key)
    hours_past = Q(stop__lt=span.now - HOURS_KEPT) & Q(stop__lt=F("start") + LONGEST_HOUR)
    own.filter(Q(start__in=[bucket.start for bucket in gone]) | Q(stop__lt=span.now - DAYS_KEPT) | hours_past).delete()
    KeptFigures.objects.bulk_create(
        (
            KeptFigures(
                project=project,
                zone=span.zone.key,
                start=bucket.start,
                stop=bucket.stop,
                figures=plain(each),
                counted_at=span.now - SLACK,
            )
            for bucket, each in figures.items()
        ),
        update_conflicts=True,
        unique_fields=["project", "zone", "start", "stop"],
        update_fields=["figures", "counted_at"],
    )


def plain(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON can say them."""
    counted = {name: value for name in PLAIN if (value := getattr(figures, name))}
    return counted | {"cost": str(figures.cost), "lags": list(figures.lags.items())}


def figures_of(value: Mapping[str, Any]) -> Figures:
    """Read what `plain` returned."""
    counted = {name: value.get(name, 0) for name in PLAIN}
    return Figures(**counted, cost=Decimal(value["cost"]), lags=Counter(dict(value["lags"])))
