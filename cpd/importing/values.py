"""Cells into days, minutes and kinds. What can be read in two ways is not read: its owner is asked."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
# An hour after a day says nothing of the day.
CLOCK = re.compile(r"[T\s,]+(?:at\s+)?\d{1,2}[:.]\d{2}.*$", re.IGNORECASE)
ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMERIC = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
DAY_MONTH = re.compile(WEEKDAYS + r"(\d{1,2})(?:st|nd|rd|th)?[-\s./]+([a-z]+)\.?[-\s./,]+(\d{4}|\d{2})", re.IGNORECASE)
MONTH_DAY = re.compile(WEEKDAYS + r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE)
NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
PLAIN = re.compile(NUMBER)
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
COLONS = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")
ISO_LENGTH = re.compile(r"PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d+S)?", re.IGNORECASE)
IN_WORDS = re.compile(
    rf"(?:({NUMBER})\s*(?:h|hr|hrs|hour|hours|std)\b\.?)?\s*(?:,|and|&)?\s*(?:({NUMBER})\s*(?:m|min|mins|minute|minutes)\b\.?)?",
    re.IGNORECASE,
)
JOINED = re.compile(rf"({NUMBER})\s*h(?:rs?|ours?)?\s*({NUMBER})(?:\s*m(?:ins?|inutes?)?)?", re.IGNORECASE)
# A year of two figures is of this century.
CENTURY = 2000
# So long that any sum of minutes stays a number of the database.
MOST_MINUTES = 2_000_000


class Order(StrEnum):
    """Which comes first in 01/02/2025."""

    DAY = "dmy"
    MONTH = "mdy"


class Measure(StrEnum):
    """What a plain number says."""

    MINUTES = "minutes"
    HOURS = "hours"
    POINTS = "points"


@dataclass(frozen=True)
class Numeric:
    """A day in figures only, whose order is not certain."""

    first: int
    second: int
    year: int

    @property
    def orders(self) -> set[Order]:
        """The ways in which it is a day."""
        return {order for order in Order if self.day(order) is not None}

    def day(self, order: Order) -> datetime.date | None:
        """The day, read in one way; None where there is none."""
        day, month = (self.first, self.second) if order == Order.DAY else (self.second, self.first)
        return _date(self.year, month, day)


def read_day(cell: str) -> datetime.date | Numeric | None:
    """The day a cell names; Numeric where the order of its figures matters; None where it names none."""
    text = CLOCK.sub("", " ".join(cell.split()))
    if found := ISO.fullmatch(text):
        return _date(int(found[1]), int(found[3]), int(found[4]))
    if found := COMPACT.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := NUMERIC.fullmatch(text):
        return Numeric(int(found[1]), int(found[3]), _year(found[4]))
    if (found := DAY_MONTH.fullmatch(text)) and (month := MONTHS.get(found[2].lower())):
        return _date(_year(found[3]), month, int(found[1]))
    if (found := MONTH_DAY.fullmatch(text)) and (month := MONTHS.get(found[1].lower())):
        return _date(int(found[3]), month, int(found[2]))
    return None


def day_of(cell: str, order: Order | None) -> datetime.date | None:
    """The day a cell names, its figures read in `order`; None where it names none, or one that could be two."""
    day = read_day(cell)
    if not isinstance(day, Numeric):
        return day
    if order is not None:
        return day.day(order)
    return day.day(Order.DAY) if day.first == day.second else None


def _year(figures: str) -> int:
    return int(figures) + (CENTURY if len(figures) == 2 else 0)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def is_plain_number(cell: str) -> bool:
    """Whether a cell is a number that does not say of what."""
    text = cell.strip()
    return bool(PLAIN.fullmatch(text) or THOUSANDS.fullmatch(text))


def minutes_of(cell: str, measure: Measure | None, minutes_a_point: int | None = None) -> int | None:
    """Whole minutes, halves rounded up; None where the cell says no length of time, or not of what.

    A cell with a unit of its own ("1h 30m", "90 minutes", "1:30") means that; a plain number means what `measure` says.
    """
    text = " ".join(cell.split())
    exact = _with_unit(text)
    if exact is None and measure is not None and is_plain_number(text):
        factor = {Measure.MINUTES: 1, Measure.HOURS: 60, Measure.POINTS: minutes_a_point}[measure]
        exact = _number(text, whole=measure == Measure.MINUTES) * factor if factor is not None else None
    if exact is None or exact > MOST_MINUTES:
        return None
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _with_unit(text: str) -> Decimal | None:
    if found := COLONS.fullmatch(text):
        return Decimal(int(found[1]) * 60 + int(found[2])) + Decimal(int(found[3] or 0)) / 60
    if found := ISO_LENGTH.fullmatch(text):
        return Decimal(int(found[1] or 0) * 60 + int(found[2] or 0))
    if found := JOINED.fullmatch(text):
        return _number(found[1]) * 60 + _number(found[2])
    if text and (found := IN_WORDS.fullmatch(text)) and (found[1] or found[2]):
        return _number(found[1] or "0") * 60 + _number(found[2] or "0")
    return None


def _number(figures: str, *, whole: bool = False) -> Decimal:
    """A number with a point or a comma. Whole minutes over a thousand may have one as well: "1,440"."""
    if THOUSANDS.fullmatch(figures) and (whole or figures.count(",") > 1):
        return Decimal(figures.replace(",", ""))
    return Decimal(figures.replace(",", "."))


def tags_of(cell: str) -> list[str]:
    """The words of a cell that are divided by semicolons, commas or bars; each once."""
    words = (" ".join(part.split()) for part in re.split(r"[;,|\n]", cell))
    return list(dict.fromkeys(word for word in words if word))


def kind_of(words: str, chosen: Mapping[str, str], synonyms: Mapping[str, tuple[str, ...]]) -> str | None:
    """The kind that a person's word for it means: as they chose, else as its synonyms have it; None for neither."""
    plain = " ".join(words.casefold().split())
    if plain in chosen:
        return chosen[plain]
    for kind, names in synonyms.items():
        if any(re.search(rf"\b{re.escape(name)}", plain) for name in names):
            return kind
    return None
