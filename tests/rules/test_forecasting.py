"""When an amount is reached at the present pace: hand-made findings, no database."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from cpd.rules.forecasting import Forecast, forecasts
from cpd.rules.types import (
    Assessment,
    Binding,
    Cite,
    Confidence,
    Cycle,
    Enrolled,
    Finding,
    Leave,
    Outcome,
    Part,
    Period,
    Requirement,
    RuleKind,
    Verdict,
)

CITE = Cite((), Confidence.A, datetime.date(2026, 11, 1))
YEAR = Period(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


def day(month: int, of_month: int, year: int = 2026) -> datetime.date:
    return datetime.date(year, month, of_month)


def rule(kind: RuleKind = RuleKind.MIN_TOTAL, **more: Any) -> Requirement:
    return Requirement("total", kind, "CPD", "At least 100 hours.", Binding.MANDATORY, CITE, **more)


def finding(have: int, need: int = 100, **more: Any) -> Finding:
    known: dict[str, Any] = {"requirement": rule(), "outcome": Outcome.NOT_YET, "window": YEAR, "due": YEAR.last}
    return Finding(**known | {"have": Decimal(have), "need": Decimal(need)} | more)


def forecast(found: Finding, as_of: datetime.date, enrolled: Enrolled | None = None) -> Forecast | None:
    assessment = Assessment("x", "1", Cycle(YEAR, (YEAR,)), as_of, Verdict.NOT_YET, findings=(found,))
    return forecasts(assessment, enrolled or Enrolled("x")).get("total")


def test_half_in_a_hundred_days_takes_a_hundred_more() -> None:
    as_of = day(4, 10)  # The hundredth day of 2026.
    assert forecast(finding(50), as_of) == Forecast("total", as_of + datetime.timedelta(days=100), YEAR.last)


def test_part_of_a_day_takes_the_whole_day() -> None:
    found = forecast(finding(99), day(4, 10))
    assert found is not None and found.on == day(4, 12)  # 1.01 days.


def test_what_is_reached_after_the_end_is_flagged() -> None:
    found = forecast(finding(25), day(4, 10))
    assert found is not None and found.is_late and found.on == day(4, 10) + datetime.timedelta(days=300)


def test_what_is_further_off_than_the_window_is_long_gets_no_date() -> None:
    found = forecast(finding(10), day(4, 10))
    assert found is not None and found.is_late and found.on is None


def test_the_last_day_of_the_window_is_in_time() -> None:
    # 73 days, 20 of 100: 292 days more, which is 31 December.
    found = forecast(finding(20), day(3, 14))
    assert found is not None and (found.on, found.is_late) == (YEAR.last, False)


def test_days_of_leave_are_left_out_before_and_after_today() -> None:
    leave = (
        Leave(day(1, 1), day(2, 19)),  # 50 of the hundred days.
        Leave(day(2, 10), day(2, 15)),  # Within the first: counted once.
        Leave(day(4, 20), day(4, 29)),  # Ten days to come.
    )
    found = forecast(finding(50), day(4, 10), Enrolled("x", leave=leave))
    assert found is not None and found.on == day(4, 10) + datetime.timedelta(days=50 + 10)


def test_leave_that_has_begun_goes_on() -> None:
    away = (Leave(day(4, 1), day(4, 20)),)  # Ten days of it are past.
    found = forecast(finding(45), day(4, 10), Enrolled("x", leave=away))
    # 90 days at work, 45 of 100: 110 more, and the ten days of leave that are left.
    assert found is not None and found.on == day(4, 10) + datetime.timedelta(days=110 + 10)


def test_the_pace_is_counted_from_joining() -> None:
    found = forecast(finding(50), day(4, 10), Enrolled("x", joined_on=day(2, 20)))
    assert found is not None and found.on == day(4, 10) + datetime.timedelta(days=50)


@pytest.mark.parametrize(
    ("found", "as_of"),
    [
        (finding(0), day(4, 10)),  # Nothing is no pace.
        (finding(50), day(1, 27)),  # 27 days are too few.
        (finding(100, outcome=Outcome.MET), day(4, 10)),
        (finding(50, outcome=Outcome.UNKNOWN), day(4, 10)),
        (finding(50), day(1, 2, 2027)),  # Its window is over.
        (finding(50, requirement=rule(RuleKind.MAX_CATEGORY)), day(4, 10)),
        (finding(50, requirement=rule(RuleKind.ROLLING_BALANCE)), day(4, 10)),
        (finding(50, requirement=rule(window="lifetime")), day(4, 10)),
        (finding(50, window=None), day(4, 10)),
    ],
)
def test_without_a_pace_there_is_no_date(found: Finding, as_of: datetime.date) -> None:
    assert forecast(found, as_of) is None


def test_twenty_eight_days_are_a_pace() -> None:
    assert forecast(finding(50), day(1, 28)) is not None


def test_too_far_off_is_late_and_has_no_date() -> None:
    found = forecast(finding(1, need=10_000), day(4, 10))
    assert found is not None and found.on is None and found.is_late


def test_where_every_year_asks_anew_the_running_year_is_forecast() -> None:
    last_year = Period(day(1, 1, 2025), day(12, 31, 2025))
    parts = (
        Part("2025", Outcome.NOT_MET, Decimal(3), Decimal(25), last_year),
        Part("2026", Outcome.NOT_YET, Decimal(10), Decimal(25), YEAR),
    )
    found = forecast(
        finding(10, need=25, requirement=rule(RuleKind.YEARLY_MIN), outcome=Outcome.NOT_MET, parts=parts), day(4, 10)
    )
    assert found is not None and found.on == day(4, 10) + datetime.timedelta(days=150)


def test_of_two_pairs_of_years_the_one_that_ends_first_is_forecast() -> None:
    earlier = Period(day(1, 1, 2025), day(12, 31))
    later = Period(day(1, 1), day(12, 31, 2027))
    parts = (
        Part("later", Outcome.NOT_YET, Decimal(5), Decimal(10), later),
        Part("earlier", Outcome.NOT_YET, Decimal(9), Decimal(10), earlier),
    )
    found = forecast(finding(5, need=10, requirement=rule(RuleKind.SLIDING_MIN), parts=parts), day(4, 10))
    assert found is not None and found.end == earlier.last


def test_a_year_that_is_done_needs_no_forecast() -> None:
    parts = (
        Part("2026", Outcome.MET, Decimal(30), Decimal(25), YEAR),
        Part("2027", Outcome.NOT_YET, Decimal(0), Decimal(25), Period(day(1, 1, 2027), day(12, 31, 2027))),
    )
    found = finding(30, need=25, requirement=rule(RuleKind.YEARLY_MIN), parts=parts)
    assert forecast(found, day(4, 10)) is None
