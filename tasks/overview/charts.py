"""The geometry of the overview's pictures: bars, lines, axes. Knows neither what is shown nor how it is coloured.

A picture stretches sideways and keeps its height: what lies across is a share of the width in percent, what goes up is
in pixels from the top. Bars and lines are drawn as one path for each series in a box of its own, `BOX` high.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Pixels: the line that tells values, the plot, the line of times.
TOP, PLOT, BOTTOM = 42, 128, 24
HEIGHT = TOP + PLOT + BOTTOM
BOX = 1_000
BUCKET = 100
BAR = 0.7
MOST_TICKS = 4
MOST_LABELS = 4
# A week's days, whose names are short, all have one.
ALL_LABELLED = 7

type Values = Sequence[float | None]


@dataclass(frozen=True)
class Tick:
    """A line across the plot, in pixels from the top of the picture, and the value it stands for."""

    y: float
    value: float


@dataclass(frozen=True)
class Place:
    """Where a bucket lies across the picture, in percent of its width."""

    left: float
    middle: float
    width: float


def places(count: int) -> list[Place]:
    """Divide the width among buckets."""
    width = 100 / count
    return [Place(round(n * width, 3), round((n + 0.5) * width, 3), round(width, 3)) for n in range(count)]


def ceiling(values: Iterable[float | None], *, least: float = 1) -> float:
    """Return a round number that none of the values exceeds, so that few round ticks divide the axis."""
    highest = max((value for value in values if value is not None), default=0)
    highest = max(highest, least)
    step = round_step(highest / MOST_TICKS)
    return step * math.ceil(round(highest / step, 9))


def round_step(least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20 … (or 0.1, 0.2, 0.5) that is not below."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def ticks(top: float) -> list[Tick]:
    """Return the lines of an axis from nothing up to a ceiling."""
    step = round_step(top / MOST_TICKS)
    count = round(top / step)
    return [Tick(height_of(n * step, top), round(n * step, 9)) for n in range(count + 1)]


def height_of(value: float, top: float) -> float:
    """Return where a value lies, in pixels from the top of the picture."""
    return round(TOP + PLOT * (1 - value / top), 1)


def stacked(series: Sequence[Values], top: float) -> list[str]:
    """Return a path for each series, whose bars stand on those of the series before."""
    paths = []
    floors = [0.0] * len(series[0])
    for values in series:
        steps = []
        for n, value in enumerate(values):
            if value:
                steps.append(_bar(n, floors[n], floors[n] + value, top))
                floors[n] += value
        paths.append("".join(steps))
    return paths


def _bar(n: int, low: float, high: float, top: float) -> str:
    left = n * BUCKET + BUCKET * (1 - BAR) / 2
    bottom, height = BOX * (1 - low / top), BOX * (high - low) / top
    return f"M{left:g} {bottom:.0f}h{BUCKET * BAR:g}v-{height:.0f}h-{BUCKET * BAR:g}z"


def line(values: Values, top: float) -> str:
    """Return a path through the values; where one is missing it breaks, and a lonely one is a point."""
    steps, pen = [], "M"
    for n, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x, y = (n + 0.5) * BUCKET, BOX * (1 - value / top)
        # A stretch of no length, which round ends make a point, wherever a line begins.
        steps.append(f"{pen}{x:g} {y:.0f}" + ("h0" if pen == "M" else ""))
        pen = "L"
    return "".join(steps)


def alone(values: Values) -> set[int]:
    """Return where a value has none beside it, so that no line leads there and only a point can show it."""
    around = [None, *values, None]
    return {
        n
        for n, (left, here, right) in enumerate(zip(around, values, around[2:], strict=False))
        if here is not None and left is None and right is None
    }


def labelled(count: int) -> list[int]:
    """Choose the buckets that get a label under them: evenly, the last always, and no more than fit a phone."""
    every = 1 if count <= ALL_LABELLED else math.ceil(count / MOST_LABELS)
    return [n for n in range(count) if (count - 1 - n) % every == 0]


def anchor(middle: float) -> str:
    """Return which end of a text stands at a place, so that it does not leave the picture."""
    edge = 6
    return "start" if middle < edge else "end" if middle > 100 - edge else "middle"
