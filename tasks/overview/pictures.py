"""The overview's five pictures: what each shows, in words and in numbers; `charts` says where it goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tasks.overview import charts, drawing, wording
from tasks.overview.charts import Place, Tick
from tasks.overview.counting import Figures
from tasks.overview.drawing import Told
from tasks.overview.spans import Bucket, Span

SHARE_TOP = 1.0


@dataclass(frozen=True)
class Series:
    """One colour of a picture: `key` is what CSS knows it by, `path` how it runs."""

    key: str
    name: str
    path: str


@dataclass(frozen=True)
class Picture:
    """A picture ready to be drawn, with the table that says the same."""

    key: str
    title: str
    hint: str
    series: list[Series]
    marks: list[SafeString]
    ticks: list[tuple[Tick, str]]
    labels: list[tuple[Place, str, str]]
    columns: list[str]
    rows: list[SafeString]
    is_empty: bool

    box_height = charts.BOX
    height, top, plot = charts.HEIGHT, charts.TOP, charts.PLOT
    # Where the times stand, from the top.
    foot = charts.HEIGHT - 6

    @property
    def box_width(self) -> int:
        return len(self.marks) * charts.BUCKET


@dataclass(frozen=True)
class Row:
    """A series before it is drawn: its key, its name, its values, and how they are said.

    One without a key is told in words only.
    """

    key: str
    name: str
    values: Sequence[float | None]
    texts: list[str]

    @cached_property
    def alone(self) -> set[int]:
        """The values that only a point can show."""
        return charts.alone(self.values)


def counted(key: str, name: str, values: Sequence[float | None], digits: int = 0) -> Row:
    """Make a row of numbers."""
    return Row(key, name, values, wording.numbers(values, digits))


@dataclass
class Sheet:
    """The buckets of a range with their figures, on which pictures are drawn."""

    span: Span
    figures: Sequence[Figures]
    before: Sequence[Figures]

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        return [wording.times(self.span, bucket) for bucket in self.span.buckets]

    @cached_property
    def _places(self) -> list[Place]:
        return charts.places(len(self.span.buckets))

    @cached_property
    def _addresses(self) -> list[str]:
        return [_tasks_of(bucket) for bucket in self.span.buckets]

    def success_rate(self) -> Picture:
        """Draw the success rate, and faintly that of the range before."""
        now, before = ([each.success_rate for each in figures] for figures in (self.figures, self.before))
        rows = [
            Row("success", _("Success rate"), now, wording.shares(now)),
            Row("before", _("Before"), before, wording.shares(before)),
            counted("", _("Finished"), [each.success + each.failed for each in self.figures]),
        ]
        title, hint = _("Success rate"), _("Successes among the tasks that ended, by the time they began")
        return self._lines("rate", title, hint, rows, SHARE_TOP, wording.whole_share, is_linked=True)

    def statuses(self) -> Picture:
        """Stack the tasks of each bucket by status."""
        names = [
            ("success", _("Success")),
            ("running", _("Running")),
            ("pending", _("Pending")),
            ("failed", _("Failed")),
        ]
        rows = [counted(key, name, [getattr(each, key) for each in self.figures]) for key, name in names]
        title, hint = _("Tasks by status"), _("By the time a task began and the status it has now")
        return self._bars("statuses", title, hint, rows, is_linked=True)

    def sessions(self) -> Picture:
        """Draw how many sessions began, and say how long they were."""
        rows = [
            counted("sessions", _("Sessions"), [each.sessions for each in self.figures]),
            counted("", _("Messages"), [each.messages for each in self.figures]),
            counted("", _("Turns per session"), [each.turns_per_session for each in self.figures], 1),
        ]
        return self._bars("sessions", _("Sessions"), _("By the time a session began"), rows)

    def lag(self) -> Picture:
        """Draw how long a stored message waited until its run was finished: the median, and all but a twentieth."""
        half, most = ([each.lag(part) for each in self.figures] for part in (0.5, 0.95))
        unit, written = wording.unit_of(max((value for value in [*half, *most] if value is not None), default=0))
        half_shown, most_shown = ([None if v is None else v / unit for v in values] for values in (half, most))
        rows = [
            Row("median", "p50", half_shown, [wording.seconds(value) for value in half]),
            Row("most", "p95", most_shown, [wording.seconds(value) for value in most]),
            counted("", _("Runs"), [each.runs for each in self.figures]),
        ]
        title, hint = _("Extraction lag"), _("From storing a message to the end of its run")
        top = charts.ceiling([*half_shown, *most_shown])
        return self._lines("lag", title, hint, rows, top, lambda value: written % {"n": f"{value:g}"})

    def tokens(self) -> Picture:
        """Stack the tokens that LLMs were sent and answered with, and say what they cost."""
        rows = [
            counted("asked", _("Input"), [each.input_tokens - each.cached_tokens for each in self.figures]),
            counted("cached", _("Cached input"), [each.cached_tokens for each in self.figures]),
            counted("answered", _("Output"), [each.output_tokens for each in self.figures]),
            Row("", _("Cost"), [], [wording.cost(each.cost, each.unpriced_runs) for each in self.figures]),
        ]
        return self._bars("tokens", _("Tokens"), _("What LLMs were sent, and what they answered"), rows)

    def _bars(self, key: str, title: str, hint: str, rows: list[Row], *, is_linked: bool = False) -> Picture:
        drawn = [row.values for row in rows if row.key]
        top = charts.ceiling(sum(value or 0 for value in values) for values in zip(*drawn, strict=True))
        paths = charts.stacked(drawn, top)
        return self._picture(key, title, hint, rows, paths, top, wording.short_number, is_linked=is_linked)

    def _lines(
        self, key: str, title: str, hint: str, rows: list[Row], top: float, say: Callable[[float], str],
        *, is_linked: bool = False,
    ) -> Picture:  # fmt: skip
        paths = [charts.line(row.values, top) for row in rows if row.key]
        return self._picture(key, title, hint, rows, paths, top, say, is_linked=is_linked, has_points=True)

    def _picture(
        self, key: str, title: str, hint: str, rows: list[Row], paths: list[str], top: float,
        say: Callable[[float], str], *, is_linked: bool, has_points: bool = False,
    ) -> Picture:  # fmt: skip
        places, names = self._places, self._names
        drawn = [row for row in rows if row.key]
        marks, table = [], []
        for n, (place, (_short, full)) in enumerate(zip(places, names, strict=True)):
            said = [row.texts[n] for row in rows]
            label = f"{full}: " + ", ".join(f"{row.name} {text}" for row, text in zip(rows, said, strict=True))
            told = [_told(row, n, top if has_points else 0) for row in rows]
            address = self._addresses[n] if is_linked else ""
            marks.append(drawing.mark(f"{key}-{n}", place, full, told, label=label, address=address))
            table.append(drawing.row(full, said))
        return Picture(
            key=key,
            title=title,
            hint=hint,
            series=[Series(row.key, row.name, path) for row, path in zip(drawn, paths, strict=True)],
            marks=marks,
            ticks=[(tick, say(tick.value)) for tick in charts.ticks(top)],
            labels=[(places[n], charts.anchor(places[n].middle), names[n][0]) for n in charts.labelled(len(places))],
            columns=[row.name for row in rows],
            rows=table,
            is_empty=not any(value for row in drawn for value in row.values),
        )


def _told(row: Row, n: int, top: float) -> Told:
    if not row.key:
        return Told("", f"{row.name} {row.texts[n]}")
    value = row.values[n]
    if not top or value is None:
        return Told(row.key, row.texts[n])
    return Told(row.key, row.texts[n], charts.height_of(value, top), n in row.alone)


def _tasks_of(bucket: Bucket) -> str:
    stretch = {"since": bucket.start.isoformat(), "until": bucket.stop.isoformat()}
    return f"{reverse('tasks:tasks')}?{urlencode(stretch, safe=':')}"
