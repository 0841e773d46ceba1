"""The marks of a picture and the rows of its table as markup.

By hand and not by a template: five pictures of ninety days are 450 marks and as many rows, which a template takes
150 ms for and this 5. All texts are escaped here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from tasks.overview import charts
from tasks.overview.charts import Place

# Between the values that a mark tells: an en space and a break.
GAP = "\u2002 "


@dataclass(frozen=True)
class Told:
    """A value that a mark tells: the key of its series, its words, and its height where it is a point."""

    key: str
    words: str
    height: float | None = None
    is_alone: bool = False


def mark(name: str, place: Place, title: str, told: Sequence[Told], *, label: str, address: str = "") -> SafeString:
    """Draw one bucket's mark: a band to point at, points on its lines, and what it then tells.

    A point that no line leads to shows always. With an address the mark is a link; without, it is a stop for the
    keyboard.
    """
    about = f'class="mark" id="{escape(name)}" aria-label="{escape(label)}"'
    tag, opening = (
        ("a", f'<a {about} href="{escape(address)}">') if address else ("g", f'<g {about} tabindex="0" role="img">')
    )
    band = f'<rect x="{place.left}%" y="{charts.TOP}" width="{place.width}%" height="{charts.PLOT}"/>'
    points = "".join(
        f'<circle data-series="{escape(each.key)}" cx="{place.middle}%" cy="{each.height}" r="4"{_alone(each)}/>'
        for each in told
        if each.height is not None
    )
    values = GAP.join(_value(each) for each in told)
    texts = f'<text y="12">{escape(title)}</text><text y="30">{values}</text>'
    return mark_safe(f"{opening}{band}{points}{texts}</{tag}>")  # noqa: S308 (escaped above)


def _alone(told: Told) -> str:
    return ' data-alone=""' if told.is_alone else ""


def _value(told: Told) -> str:
    dot = f'<tspan class="dot" data-series="{escape(told.key)}">●</tspan> ' if told.key else ""
    return dot + escape(told.words)


def row(title: str, cells: Sequence[str]) -> SafeString:
    """Draw one row of the table that says what a picture shows."""
    rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return mark_safe(f'<tr><th scope="row">{escape(title)}</th>{rest}</tr>')  # noqa: S308 (escaped above)
