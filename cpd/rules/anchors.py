"""The day of their cycle that a person tells us: whether it can be meant."""

import datetime
from collections.abc import Collection

from cpd.rules.cycles import DAY, add_years, cycle_containing, length_in_years
from cpd.rules.types import CycleKind, CycleRule, Enrolled, TitleHeld
from cpd.rules.words import in_words

# Nobody practising today was on a register before.
YEARS_BACK = 60
# A year in which every day of the year exists.
LEAP_YEAR = 2000
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def fault_of_past(day: datetime.date, today: datetime.date) -> str | None:
    """What is wrong with a day longer ago than anybody's working life."""
    return f"Check the year: this is more than {YEARS_BACK} years ago." if day < add_years(today, -YEARS_BACK) else None


def fault_of_future(day: datetime.date, today: datetime.date, *, years: int = 1) -> str | None:
    """What is wrong with a day further ahead than anybody plans."""
    if day <= add_years(today, years):
        return None
    length = "a year" if years == 1 else f"{years} years"
    return f"Check the year: this is more than {length} ahead."


def fault_of(rule: CycleRule, day: datetime.date, *, titles: Collection[str], today: datetime.date) -> str | None:
    """Why `day` cannot be the one that `rule` asks for, in a sentence that says what to do; None where it can.

    A day some cycles ago is none: cycles roll over by themselves.
    """
    if fault := fault_of_past(day, today):
        return fault
    if rule.anchor == "end":
        years = _longest(rule, titles)
        latest = add_years(today, years + 1)
        if day > latest:
            length = "one year" if years == 1 else f"{years} years"
            return f"Check the year: a cycle is {length} long, so yours ends before {in_words(latest)}."
    elif fault := fault_of_future(day, today):
        return f"{fault} Enter the day on which your present cycle started."
    return _fault_in_the_year(rule, day, titles)


def fault_of_passed(
    rule: CycleRule, day: datetime.date, *, titles: Collection[str], today: datetime.date
) -> str | None:
    """What to say of a day that was right some cycles ago: the one of the present cycle is probably meant.

    `titles` are those held now; None where the length of the cycle depends on them and none is known.
    """
    if rule.years_by_title and not titles:
        return None
    years = length_in_years(rule, titles)
    enrolled = Enrolled("", titles=(TitleHeld(frozenset(titles)),), anchor=day)
    present = cycle_containing(rule, enrolled, today)
    if present is None:
        return None
    if rule.anchor == "end" and add_years(day, years) < today:
        last = in_words(present.last)
        return f"This day has passed. If you renewed since, your present period ends on {last}: enter that."
    if rule.anchor == "start" and add_years(day, years) <= today:
        number = NUMBERS[years] if years < len(NUMBERS) else str(years)
        return (
            f"A cycle of {number} year{'s' if years > 1 else ''} that started on {in_words(day)} is over. "
            f"Your present one started on {in_words(present.first)}: enter that."
        )
    return None


def _longest(rule: CycleRule, titles: Collection[str]) -> int:
    """The years of the longest cycle that these titles allow; that any allows, where no title is known."""
    return max(
        (years for title, years in rule.years_by_title.items() if not titles or title in titles), default=rule.years
    )


def _fault_in_the_year(rule: CycleRule, day: datetime.date, titles: Collection[str]) -> str | None:
    """In blocks whose years begin on a day that is the same for everybody, only that day can be meant."""
    if rule.kind is not CycleKind.FIXED_BLOCK:
        return None
    starts = {start for title, start in rule.starts_by_title.items() if not titles or title in titles}
    if not starts and rule.starts is not None:
        starts = {rule.starts}
    is_end = rule.anchor == "end"
    begins = day + DAY if is_end else day
    if not starts or any(start.of(begins.year) == begins for start in starts):
        return None
    days = sorted(start.of(LEAP_YEAR) - (DAY if is_end else 0 * DAY) for start in starts)
    allowed = " or ".join(f"{each.day} {each:%B}" for each in days)
    return f"A cycle here {'ends' if is_end else 'starts'} on {allowed}. Enter that day of your year."
