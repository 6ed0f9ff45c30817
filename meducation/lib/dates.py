"""Days, years and lengths of time, as people write them."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date

    def __contains__(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last


def long_date(day: datetime.date) -> str:
    """ "Monday 9th December 2013": the form of the byline."""
    return f"{day:%A} {day.day}{ORDINALS.get(day.day, 'th')} {day:%B} {day.year}"


def day_month_year(day: datetime.date) -> str:
    """ "9 December 2013": as everywhere but in the byline."""
    return f"{day.day} {day:%B %Y}"


def iso_day(text: str | None) -> str:
    """ "9 December 2013" from "2013-12-09", as JSON has it; empty when there is none."""
    return day_month_year(datetime.date.fromisoformat(text)) if text else ""


def site_day(moment: datetime.datetime | None = None) -> datetime.date:
    """The day it is (or was, at `moment`) by the site's calendar, in which everything public is dated."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def duration(minutes: int) -> str:
    """ "14 min", "1 h", "1 h 20 min". `minutes` is a whole number of at least 0."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def nearest_minutes(milliseconds: int) -> int:
    """Whole minutes, half a minute counting as one: the same rule as the timer's in the browser."""
    return (milliseconds + 30_000) // 60_000


def time_read(milliseconds: int) -> str:
    """Time in words, no more exact than anybody needs: "40 s", "7 min"."""
    return f"{milliseconds // 1000} s" if milliseconds < 60_000 else duration(nearest_minutes(milliseconds))


def year_containing(day: datetime.date, *, first_month: int) -> Span:
    """The twelve months around `day` that begin on the first of `first_month` (1 to 12)."""
    year = day.year if day.month >= first_month else day.year - 1
    first = datetime.date(year, first_month, 1)
    return Span(first, datetime.date(year + 1, first_month, 1) - datetime.timedelta(days=1))


def months_of(span: Span) -> list[datetime.date]:
    """The first day of each month that begins within `span`."""
    months, month = [], span.first.replace(day=1)
    while month <= span.last:
        months.append(month)
        month = (month + datetime.timedelta(days=32)).replace(day=1)
    return months
