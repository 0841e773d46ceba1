"""What a project has spent on extraction today, and whether that is all it may."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Sum

from sessions.models import Project
from sessions.project_settings import DAILY_TOKENS, DAILY_USD
from tasks.extraction.limits import Limits
from tasks.extraction.pausing import pause
from tasks.models import ExtractionRun


def spent_today(project: Project, now: datetime) -> tuple[int, Decimal]:
    """Return tokens and US dollars of all runs since midnight UTC, failed ones too. An unknown cost counts as none."""
    runs = ExtractionRun.objects.filter(project=project, started_at__gte=midnight(now))
    sums = runs.aggregate(tokens=Sum(F("input_tokens") + F("output_tokens")), usd=Sum("cost_usd"))
    return sums["tokens"] or 0, sums["usd"] or Decimal(0)


def used_up(project: Project, now: datetime) -> str:
    """Return, in words for a person, that the day's budget is used up; empty when it is not, or when there is none."""
    limits = Limits.of(project.configs)
    if limits.daily_tokens is None and limits.daily_usd is None:
        return ""
    tokens, usd = spent_today(project, now)
    if limits.daily_tokens is not None and tokens >= limits.daily_tokens:
        said = f"{limits.daily_tokens:,} tokens is used up ({tokens:,} today)"
        return f"The daily budget of {said}. Extraction goes on at 00:00 UTC, or when {DAILY_TOKENS} is raised."
    if limits.daily_usd is not None and usd >= Decimal(str(limits.daily_usd)):
        said = f"${limits.daily_usd:,.2f} is used up (${usd:,.2f} today)"
        return f"The daily budget of {said}. Extraction goes on at 00:00 UTC, or when {DAILY_USD} is raised."
    return ""


def stop_when_used_up(project: Project, now: datetime) -> str:
    """Pause the project until midnight if its budget is used up; return the reason, empty when it may go on."""
    if reason := used_up(project, now):
        pause(project, reason, now=now, until=midnight(now) + timedelta(days=1))
    return reason


def midnight(now: datetime) -> datetime:
    """Return when this day began, by UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
