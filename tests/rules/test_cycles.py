"""Whose cycle is when: docs/cpd-rules.md, sections 2, 3 and 6."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.rules.cycles import add_months, cycle_containing, share_of_cycle
from cpd.rules.engine import current_cycle, earlier_cycles, version_for
from cpd.rules.types import CycleKind, CycleRule, Leave, MonthDay, Outcome, ProRata, ProRataRule, Verdict, Version
from tests.rules.cases import HOUR, SURE, THREE_YEARS, day, enrolled, framework, judged, of_versions, rule

OWN_BLOCK = CycleRule(CycleKind.FIXED_BLOCK, SURE, years=5, anchor="start", asks="?", starts=MonthDay(1, 1))
LICENCE = CycleRule(
    CycleKind.LICENCE, SURE, years_by_title={"two": 2, "one": 1}, years=1, anchor="end", asks="When does it expire?"
)


@pytest.mark.parametrize(
    ("cycle", "who", "on", "first", "last"),
    [
        (CycleRule(CycleKind.CALENDAR_YEAR, SURE), {}, "2026-11-23", "2026-01-01", "2026-12-31"),
        (CycleRule(CycleKind.ANNUAL_BLOCK, SURE, starts=MonthDay(5, 1)), {}, "2026-04-30", "2025-05-01", "2026-04-30"),
        (CycleRule(CycleKind.ANNUAL_BLOCK, SURE, starts=MonthDay(5, 1)), {}, "2026-05-01", "2026-05-01", "2027-04-30"),
        (
            CycleRule(CycleKind.FIXED_BLOCK, SURE, years=3, first=day("2025-01-01")),
            {},
            "2024-12-31",
            "2022-01-01",
            "2024-12-31",
        ),
        (OWN_BLOCK, {"anchor": day("2023-01-01")}, "2027-12-31", "2023-01-01", "2027-12-31"),
        (OWN_BLOCK, {"anchor": day("2023-01-01")}, "2028-01-01", "2028-01-01", "2032-12-31"),
        (THREE_YEARS, {"anchor": day("2027-03-31")}, "2027-03-31", "2024-04-01", "2027-03-31"),
        (THREE_YEARS, {"anchor": day("2027-03-31")}, "2027-04-01", "2027-04-01", "2030-03-31"),
        (THREE_YEARS, {"anchor": day("2024-02-29")}, "2026-01-01", "2024-03-01", "2027-02-28"),
        (LICENCE, {"anchor": day("2027-12-31"), "titles": ("two",)}, "2026-05-01", "2026-01-01", "2027-12-31"),
        (LICENCE, {"anchor": day("2027-12-31"), "titles": ("one",)}, "2026-05-01", "2026-01-01", "2026-12-31"),
        (CycleRule(CycleKind.ROLLING, SURE), {}, "2026-07-01", "2025-07-02", "2026-07-01"),
    ],
    ids=[
        "calendar year",
        "last day of an annual block",
        "first day of an annual block",
        "the block before everybody's first",
        "last day of one's own block",
        "rolls over by itself",
        "the anchor is the last day",
        "the day after the anchor",
        "anchored on 29 February",
        "licence of two years",
        "licence of one year",
        "rolling",
    ],
)
def test_the_cycle_around_a_day(cycle: CycleRule, who: dict[str, object], on: str, first: str, last: str) -> None:
    titles = who.pop("titles", ())
    found = cycle_containing(cycle, enrolled(*titles, **who), day(on))  # type: ignore[misc]  # titles of the table
    assert found is not None
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_without_its_date_there_is_no_cycle_and_nothing_can_be_told() -> None:
    assessment = judged(framework(rule("min_total", value=35)), who=enrolled(anchor=None))
    assert assessment.cycle is None
    assert assessment.verdict is Verdict.UNKNOWN
    assert {finding.outcome for finding in assessment.findings} == {Outcome.UNKNOWN}


@given(
    st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 1, 1)),
    st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 1, 1)),
    st.integers(1, 5),
    st.sampled_from(["start", "end"]),
)
def test_each_day_is_in_one_cycle_and_cycles_follow_each_other(
    anchor: datetime.date, on: datetime.date, years: int, which: str
) -> None:
    cycle = CycleRule(CycleKind.INDIVIDUAL, SURE, years=years, anchor=which, asks="?")
    who = enrolled(anchor=anchor)
    found = cycle_containing(cycle, who, on)
    assert found is not None and on in found.whole
    after = cycle_containing(cycle, who, found.last + datetime.timedelta(days=1))
    assert after is not None and after.first == found.last + datetime.timedelta(days=1)
    assert [year.first for year in found.years] == sorted(year.first for year in found.years)
    assert found.years[0].first == found.first and found.years[-1].last == found.last
    assert len(found.years) == years


@pytest.mark.parametrize(
    ("joined", "on", "number"),
    [("2020-09-01", "2021-06-01", 1), ("2020-09-01", "2026-06-01", 2), ("2021-01-01", "2021-06-01", 1)],
    ids=["joined before the first full year", "the next", "joined on its first day"],
)
def test_the_first_block_of_ones_own_is_the_first_full_one(joined: str, on: str, number: int) -> None:
    found = cycle_containing(OWN_BLOCK, enrolled(anchor=day("2021-01-01"), joined_on=day(joined)), day(on))
    assert found is not None and found.number == number


def test_a_cycle_that_is_joined_midway_is_the_first() -> None:
    found = cycle_containing(THREE_YEARS, enrolled(joined_on=day("2025-06-01")), day("2026-01-01"))
    assert found is not None and found.number == 1


def test_earlier_cycles_go_back_to_joining() -> None:
    body = framework(rule("min_total", value=35))
    who = enrolled(joined_on=day("2019-05-01"))
    found = earlier_cycles(body, who, as_of=day("2026-11-23"), back_to=day("2010-01-01"))
    assert [cycle.first.isoformat() for cycle in found] == ["2021-04-01", "2018-04-01"]


# --- Versions --------------------------------------------------------------------------------------------------------

OLD = Version("old", THREE_YEARS, HOUR, (rule("min_total", value=50),), ends=day("2025-12-31"))
NEW = Version("new", THREE_YEARS, HOUR, (rule("min_total", value=30),), starts=day("2026-01-01"))
LAST = Version("last", THREE_YEARS, HOUR, (), starts=day("2026-01-01"), ends=day("2026-12-31"))


def test_a_cycle_is_judged_by_the_version_of_its_last_day() -> None:
    version = version_for(of_versions(OLD, NEW), enrolled(), day("2025-06-01"))
    assert version is NEW


def test_a_cycle_that_straddles_two_versions_says_so() -> None:
    assessment = judged(of_versions(OLD, NEW))
    assert assessment.version == "new"
    assert "1 January 2026" in assessment.caveats[0]


def test_a_cycle_that_ends_after_all_that_is_known_cannot_be_told() -> None:
    assessment = judged(of_versions(OLD, LAST))
    assert (assessment.verdict, assessment.version) == (Verdict.UNKNOWN, "")
    assert assessment.cycle is not None and assessment.cycle.last == day("2027-03-31")


def test_after_the_last_known_version_there_is_no_cycle_either() -> None:
    assert current_cycle(of_versions(OLD, LAST), enrolled(), day("2028-01-01")) is None


def test_activities_from_before_the_first_version_count_by_it() -> None:
    from tests.rules.cases import entry

    assessment = judged(of_versions(NEW), entry("2025-01-01", 10))
    assert assessment.counted == 10
    assert "not known here" in assessment.caveats[0]


# --- Part of a cycle -------------------------------------------------------------------------------------------------

MONTHS = ProRataRule(joining=ProRata.MONTHS, leave=ProRata.DAYS, part_time=ProRata.DAYS, cite=SURE)


@pytest.mark.parametrize(
    ("who", "share"),
    [
        ({}, 1),
        ({"joined_on": day("2024-04-01")}, 1),
        ({"joined_on": day("2025-04-15")}, Decimal(24) / 36),
        ({"joined_on": day("2020-01-01")}, 1),
        ({"leave": (Leave(day("2025-01-01"), day("2025-06-30")),)}, 1 - Decimal(181) / 1095),
        (
            {"leave": (Leave(day("2025-01-01"), day("2025-06-30")), Leave(day("2025-06-01"), day("2025-06-30")))},
            1 - Decimal(181) / 1095,
        ),
        ({"working_share": Decimal("0.5")}, Decimal("0.5")),
    ],
    ids=[
        "all of it",
        "joined on the first day",
        "joined a year late",
        "joined long ago",
        "leave",
        "two leaves",
        "half",
    ],
)
def test_the_share_of_a_cycle(who: dict[str, object], share: Decimal) -> None:
    person = enrolled(**who)
    cycle = cycle_containing(THREE_YEARS, person, day("2026-01-01"))
    assert cycle is not None
    assert share_of_cycle(MONTHS, person, cycle) == share


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2026-01-31", 1, "2026-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2026-03-31", -1, "2026-02-28")],
)
def test_months_are_added_to_the_last_day_there_is(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months).isoformat() == end
