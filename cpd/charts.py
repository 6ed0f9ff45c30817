"""The months of a year as bars: geometry for an SVG that the server draws.

No script: it prints, follows dark mode, and has its figures in a table beside it.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from meducation.lib.dates import Span, duration, months_of

# Units of the SVG's own coordinates; text of 12 units stays readable on a phone.
WIDTH, HEIGHT = 400, 200
LEFT, TOP, BOTTOM = 34, 18, 26
NICE_HOURS = (1, 2, 4, 6, 8, 10, 12, 16, 20, 30, 40, 60, 80, 100, 200, 400, 800)


@dataclass(frozen=True, slots=True)
class Bar:
    """One month."""

    month: datetime.date
    minutes: int
    is_current: bool
    x: float
    y: float
    width: float
    height: float
    middle: float
    label_y: float

    @property
    def hours(self) -> str:
        """ "1.5": hours to the nearest tenth, for the number over the bar."""
        return f"{self.minutes / 60:.1f}".removesuffix(".0")

    @property
    def duration(self) -> str:
        """ "1 h 30 min", for the table."""
        return duration(self.minutes)


@dataclass(frozen=True, slots=True)
class Line:
    """One line across, and its number of hours."""

    y: float
    label_y: float
    hours: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the template draws."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    axis_y: float = HEIGHT - BOTTOM
    text_y: float = HEIGHT - 8


def months_chart(minutes: Mapping[datetime.date, int], *, span: Span, today: datetime.date) -> Chart:
    """The months of `span` with their minutes (0 for those not in the mapping)."""
    months = months_of(span)
    most_hours = max([value / 60 for value in minutes.values()], default=0)
    top = next((nice for nice in NICE_HOURS if nice >= most_hours), round(most_hours))
    room = HEIGHT - TOP - BOTTOM
    step = (WIDTH - LEFT) / len(months)
    bar_width = round(step * 0.62, 1)
    bars = []
    for index, month in enumerate(months):
        value = minutes.get(month, 0)
        height = round(room * (value / 60) / top, 1)
        bars.append(
            Bar(
                month=month,
                minutes=value,
                is_current=(month.year, month.month) == (today.year, today.month),
                x=round(LEFT + index * step + (step - bar_width) / 2, 1),
                y=round(TOP + room - height, 1),
                width=bar_width,
                height=height,
                middle=round(LEFT + (index + 0.5) * step, 1),
                label_y=round(TOP + room - height - 5, 1),
            )
        )
    lines = []
    for part in (0, 0.5, 1):
        y = round(TOP + room * (1 - part), 1)
        lines.append(Line(y=y, label_y=y + 4, hours=f"{top * part:g}"))
    return Chart(tuple(bars), tuple(lines))
