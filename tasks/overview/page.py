"""What the overview shows of a project in a range: what needs attention, the figures, and the pictures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.models import Project, Session
from tasks.models import Task
from tasks.overview import wording
from tasks.overview.attention import FAILING, SET_ASIDE, WAITING, Waiting, waiting, with_set_aside
from tasks.overview.counting import Figures
from tasks.overview.failures import failed_lately
from tasks.overview.memory import memory
from tasks.overview.pictures import Picture, Sheet
from tasks.overview.spans import RANGES, Span
from tasks.overview.wording import Change
from tasks.session_state import digest_of

# A page looks again soon while sessions wait, else now and then, and no more when nothing changed for so long.
BUSY_SECONDS, QUIET_SECONDS = 5, 30
PATIENCE = timedelta(minutes=30)


@dataclass(frozen=True)
class Tile:
    """One figure with how it changed."""

    name: str
    value: str
    hint: str
    change: Change | None = None
    note: str = ""
    # The same figure in the range before.
    before: str = ""


@dataclass(frozen=True)
class Concern:
    """Something to look at now, and the list that shows it."""

    level: str
    glyph: str
    count: int
    words: str
    address: str


@dataclass
class OverviewPage:
    """The overview of one project. Six queries, whatever the range: three for figures, three for what is wrong now."""

    project: Project
    span: Span

    @property
    def ranges(self) -> list[tuple[str, str]]:
        return [(key, wording.range_name(key)) for key in RANGES]

    @property
    def range_name(self) -> str:
        return wording.range_name(self.span.key)

    @cached_property
    def _figures(self) -> tuple[list[Figures], list[Figures]]:
        return memory.figures(self.project, self.span)

    @cached_property
    def total(self) -> Figures:
        return Figures.total(self._figures[0])

    @cached_property
    def before(self) -> Figures:
        return Figures.total(self._figures[1])

    @cached_property
    def waiting(self) -> Waiting:
        return waiting(self.project, self.span.now)

    @cached_property
    def set_aside(self) -> int:
        return with_set_aside(self.project)

    @cached_property
    def at_risk(self) -> int:
        risky = Task.objects.filter(~Q(risk=""), project=self.project, status=Task.Status.SUCCESS)
        return risky.filter(created_at__gte=self.span.start, created_at__lt=self.span.stop).count()

    @cached_property
    def failures(self) -> list[Task]:
        return list(failed_lately(self.project, self.span))

    @cached_property
    def lag_now(self) -> float | None:
        """Seconds that the oldest unread message waits; none when nothing waits."""
        since = self.waiting.since
        return max((self.span.now - since).total_seconds(), 0) if since else None

    @property
    def version(self) -> str:
        """A short text that changes whenever the page would look different."""
        figures = [each.told for stretches in self._figures for each in stretches]
        now = (
            self.at_risk,
            self.set_aside,
            self.waiting,
            self.span.start,
            self.span.stop,
            self.project.extraction_paused_reason,
        )
        failures = [(task.pk, task.updated_at) for task in self.failures]
        return digest_of(self.project.pk, figures, failures, *now)

    @property
    def poll_seconds(self) -> int:
        return BUSY_SECONDS if self.waiting.sessions and not self.project.extraction_paused_reason else QUIET_SECONDS

    @property
    def until(self) -> int:
        """When a page that has seen nothing new stops to look, in seconds since 1970."""
        return int((self.span.now + PATIENCE).timestamp())

    @cached_property
    def concerns(self) -> list[Concern]:
        """What needs attention, the worst first."""
        stretch = {"since": self.span.start.isoformat(), "until": self.span.stop.isoformat()}
        within = {"range": self.range_name}
        tasks, sessions = reverse("tasks:tasks"), reverse("tasks:sessions")
        found = [
            Concern(
                "error", "exclamation-triangle", self.waiting.failing,
                ngettext("session fails to extract", "sessions fail to extract", self.waiting.failing),
                f"{sessions}?state={FAILING}",
            ),
            Concern(
                "error", "exclamation-triangle", self.set_aside,
                ngettext(
                    "session has messages that could not be read",
                    "sessions have messages that could not be read",
                    self.set_aside,
                ),
                f"{sessions}?state={SET_ASIDE}",
            ),
            Concern(
                "warning", "clock", self.waiting.long,
                ngettext("session waits for long", "sessions wait for long", self.waiting.long),
                f"{sessions}?state={WAITING}",
            ),
            Concern(
                "error", "x-circle", self.total.failed,
                ngettext("failed task in %(range)s", "failed tasks in %(range)s", self.total.failed) % within,
                f"{tasks}?{urlencode({'status': 'failed', **stretch})}",
            ),
            Concern(
                "warning", "shield-exclamation", self.at_risk,
                ngettext("success at risk in %(range)s", "successes at risk in %(range)s", self.at_risk) % within,
                f"{tasks}?{urlencode({'status': 'success', 'risk': 'any', **stretch})}",
            ),
        ]  # fmt: skip
        return [concern for concern in found if concern.count]

    @property
    def tiles(self) -> list[Tile]:
        now, before = self.total, self.before
        return [
            Tile(
                _("Success rate"), wording.share(now.success_rate), _("Successes among the tasks that ended"),
                wording.change(now.success_rate, before.success_rate, better="up", is_share=True),
                before=wording.share(before.success_rate),
            ),
            Tile(
                _("Tasks"), wording.number(now.tasks), _("Requests of users"),
                wording.change(now.tasks, before.tasks),
                before=wording.number(before.tasks),
            ),
            Tile(
                _("Sessions"), wording.number(now.sessions), _("Sessions that began"),
                wording.change(now.sessions, before.sessions),
                before=wording.number(before.sessions),
            ),
            Tile(
                _("Messages"), wording.number(now.messages), _("Messages of the sessions that began"),
                wording.change(now.messages, before.messages),
                before=wording.number(before.messages),
            ),
            Tile(
                _("Turns per session"), wording.number(now.turns_per_session, 1),
                _("Messages of a session, on average"),
                wording.change(now.turns_per_session, before.turns_per_session),
                before=wording.number(before.turns_per_session, 1),
            ),
            Tile(
                _("Tasks per session"), wording.number(now.tasks_per_session, 1),
                _("Tasks for each session that began, on average"),
                wording.change(now.tasks_per_session, before.tasks_per_session),
                before=wording.number(before.tasks_per_session, 1),
            ),
        ]  # fmt: skip

    @property
    def ledger(self) -> list[Tile]:
        """What extraction took: time, calls, tokens, money."""
        now, before = self.total, self.before
        return [
            Tile(
                _("Lag now"), wording.seconds(self.lag_now) if self.lag_now is not None else _("none"),
                _("How long the oldest unread message waits"),
                note=ngettext("%(n)s session waits", "%(n)s sessions wait", self.waiting.sessions)
                % {"n": wording.number(self.waiting.sessions)},
            ),
            Tile(
                _("Lag p50"), wording.seconds(now.lag(0.5)), _("Half of the runs were done within this time"),
                wording.change(now.lag(0.5), before.lag(0.5), better="down"),
                before=wording.seconds(before.lag(0.5)),
            ),
            Tile(
                _("Lag p95"), wording.seconds(now.lag(0.95)), _("19 of 20 runs were done within this time"),
                wording.change(now.lag(0.95), before.lag(0.95), better="down"),
                before=wording.seconds(before.lag(0.95)),
            ),
            Tile(
                _("LLM calls"), wording.number(now.calls), _("Calls of an LLM by extraction"),
                wording.change(now.calls, before.calls), note=self._runs_note,
                before=wording.number(before.calls),
            ),
            Tile(
                _("Tokens"), wording.large_number(now.tokens),
                _("%(n)s tokens of input and output") % {"n": wording.number(now.tokens)},
                wording.change(now.tokens, before.tokens), note=self._cached_note,
                before=wording.number(before.tokens),
            ),
            Tile(
                _("Cost"), wording.cost(now.cost, now.unpriced_runs),
                _("As the price of each model was on the day of the run"),
                wording.change(float(now.cost), float(before.cost)), note=self._cost_note,
                before=wording.dollars(before.cost),
            ),
        ]  # fmt: skip

    @property
    def _runs_note(self) -> str:
        runs = ngettext("%(n)s run", "%(n)s runs", self.total.runs) % {"n": wording.number(self.total.runs)}
        failed = _(", %(n)s failed") % {"n": wording.number(self.total.failed_runs)}
        return runs + failed if self.total.failed_runs else runs

    @property
    def _cached_note(self) -> str:
        share = wording.share(self.total.cached_tokens / self.total.input_tokens) if self.total.input_tokens else ""
        return _("%(share)s of the input was cached") % {"share": share} if share else ""

    @property
    def _cost_note(self) -> str:
        if self.total.unpriced_runs:
            words = ngettext("%(n)s run is not priced", "%(n)s runs are not priced", self.total.unpriced_runs)
            return words % {"n": wording.number(self.total.unpriced_runs)}
        return _("no LLM was asked") if self.total.runs and not self.total.calls else ""

    @cached_property
    def _sheet(self) -> Sheet:
        return Sheet(self.span, *self._figures)

    @property
    def task_pictures(self) -> list[Picture]:
        return [self._sheet.success_rate(), self._sheet.statuses()]

    @property
    def ledger_pictures(self) -> list[Picture]:
        return [self._sheet.sessions(), self._sheet.lag(), self._sheet.tokens()]


def is_new(project: Project) -> bool:
    """Whether nothing was ever stored here, so that there is nothing to see but how to begin."""
    return not Session.objects.filter(project=project).exists()


def is_over(until: str, now: datetime) -> bool:
    """Whether a page has looked long enough for something new; nonsense is over at once."""
    return not until.isascii() or not until.isdigit() or now.timestamp() >= int(until[:12])
