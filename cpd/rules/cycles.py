"""Whose cycle is when: the six resolvers, and parts of a cycle (docs/cpd-rules.md, sections 2 and 6)."""

import calendar
import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from cpd.rules.types import Cycle, CycleKind, CycleRule, Enrolled, MonthDay, Period, ProRata, ProRataRule

DAY = datetime.timedelta(days=1)
NEW_YEAR = MonthDay(1, 1)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later (or earlier); the month's last where it is too short."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years later (or earlier); 29 February becomes the 28th."""
    return add_months(day, 12 * years)


def length_in_years(rule: CycleRule, titles: Iterable[str]) -> int:
    """How many years a cycle has; by title, the longest of those held."""
    lengths = [rule.years_by_title[title] for title in titles if title in rule.years_by_title]
    return max(lengths, default=rule.years)


def year_start(rule: CycleRule, titles: Iterable[str]) -> MonthDay:
    """The day on which a year of the cycle begins, for somebody with these titles."""
    found = [rule.starts_by_title[title] for title in sorted(titles) if title in rule.starts_by_title]
    return found[0] if found else rule.starts or NEW_YEAR


def cycle_containing(rule: CycleRule, enrolled: Enrolled, day: datetime.date) -> Cycle | None:
    """The cycle around `day`; None where it needs a date that the person has not given."""
    titles = enrolled.titles_on(day)
    years = length_in_years(rule, titles)
    if rule.kind is CycleKind.ROLLING:
        whole = Period(add_months(day, -rule.months) + DAY, day)
        return Cycle(whole, (whole,))
    if rule.kind in (CycleKind.CALENDAR_YEAR, CycleKind.ANNUAL_BLOCK):
        starts = NEW_YEAR if rule.kind is CycleKind.CALENDAR_YEAR else year_start(rule, titles)
        base, years = starts.of(day.year), 1
    elif rule.kind is CycleKind.FIXED_BLOCK and rule.first is not None:
        base = rule.first
    elif enrolled.anchor is None:
        return None
    else:
        base = enrolled.anchor if rule.anchor == "start" else enrolled.anchor + DAY
    cycle = _cycle(base, years, _block(base, years, day))
    if enrolled.joined_on is None:
        return cycle
    joined_in = add_years(base, _block(base, years, enrolled.joined_on) * years)
    first = first_cycle_starts(rule, enrolled) or joined_in
    number = round((cycle.first.year - first.year) / years) + 1
    return None if number < 1 else Cycle(cycle.whole, cycle.years, number)


def first_cycle_starts(rule: CycleRule, enrolled: Enrolled) -> datetime.date | None:
    """The day on which somebody's very first cycle starts, where that is not the one in which they joined.

    A block of one's own begins with the first whole year after joining; one that is everybody's is joined midway. What
    the person says of their present block decides, should the two not agree.
    """
    if rule.kind is not CycleKind.FIXED_BLOCK or rule.first is not None or enrolled.anchor is None:
        return None
    if enrolled.joined_on is None:
        return None
    years = length_in_years(rule, enrolled.titles_on(enrolled.joined_on))
    first = add_years(enrolled.anchor, _block(enrolled.anchor, years, enrolled.joined_on) * years)
    if first < enrolled.joined_on:
        first = add_years(first, years)
    return min(first, enrolled.anchor)


def earlier(rule: CycleRule, enrolled: Enrolled, cycle: Cycle) -> Cycle | None:
    """The cycle before."""
    return cycle_containing(rule, enrolled, cycle.first - DAY)


def _block(base: datetime.date, years: int, day: datetime.date) -> int:
    """Which block `day` is in: 0 for the one that starts on `base`, -1 for the one before."""
    index = (day.year - base.year) // years
    while add_years(base, index * years) > day:
        index -= 1
    while add_years(base, (index + 1) * years) <= day:
        index += 1
    return index


def _cycle(base: datetime.date, years: int, index: int) -> Cycle:
    """That block. Its edges are counted from `base`, or blocks from a 29 February would drift apart."""
    edges = [add_years(base, index * years + number) for number in range(years + 1)]
    parts = tuple(Period(edges[number], edges[number + 1] - DAY) for number in range(years))
    return Cycle(Period(edges[0], edges[-1] - DAY), parts)


# --- Part of a cycle -------------------------------------------------------------------------------------------------


def days_away(enrolled: Enrolled, period: Period) -> int:
    """Days of `period` on leave; a day in two leaves counts once."""
    away: set[datetime.date] = set()
    for leave in enrolled.leave:
        day, last = max(leave.first, period.first), min(leave.last, period.last)
        while day <= last:
            away.add(day)
            day += DAY
    return len(away)


def share_of_cycle(rule: ProRataRule, enrolled: Enrolled, cycle: Cycle) -> Decimal:
    """The part of the cycle's amounts that is asked of this person, from 0 to 1, before any rounding."""
    share, whole = Decimal(1), cycle.whole
    joined = enrolled.joined_on
    if joined is not None and whole.first < joined <= whole.last:
        if rule.joining is ProRata.MONTHS:
            share *= Decimal(_months(joined, whole.last)) / _months(whole.first, whole.last)
        elif rule.joining is ProRata.DAYS:
            share *= Decimal(Period(joined, whole.last).days) / whole.days
    if rule.leave in (ProRata.MONTHS, ProRata.DAYS) and enrolled.leave:
        at_work = Period(max(joined, whole.first), whole.last) if joined and joined <= whole.last else whole
        away = Decimal(days_away(enrolled, at_work)) / at_work.days
        if rule.leave is ProRata.MONTHS:
            months = _months(at_work.first, at_work.last)
            away = (away * months).to_integral_value(rounding="ROUND_FLOOR") / months
        share *= 1 - away
    if rule.part_time in (ProRata.MONTHS, ProRata.DAYS):
        share *= enrolled.working_share
    return share


def _months(first: datetime.date, last: datetime.date) -> int:
    """Calendar months from the one of `first` to the one of `last`, both included."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def rounded(amount: Decimal) -> Decimal:
    """To a whole number, half up."""
    return amount.to_integral_value(rounding=ROUND_HALF_UP)
