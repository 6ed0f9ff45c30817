"""When an amount will be reached if things go on as they have (docs/cpd-rules.md, "Forecast").

A forecast is arithmetic, not a promise: what was counted so far, by the days that it took. Days of leave are left out
on both sides. It is made only for amounts that add up over time, and only after `FEWEST_DAYS`: one long course in the
first week says nothing about a year.
"""

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cpd.rules.types import Assessment, Enrolled, Finding, Leave, Measure, Outcome, Period, RuleKind

# Fewer days than this are no pace.
FEWEST_DAYS = 28
# Later than this is no date that anybody plans by.
FURTHEST = datetime.timedelta(days=20 * 366)
ADD_UP = frozenset(
    {
        RuleKind.MIN_TOTAL,
        RuleKind.MIN_CATEGORY,
        RuleKind.COMBINED_MIN,
        RuleKind.MIN_COUNT,
        RuleKind.YEARLY_MIN,
        RuleKind.SLIDING_MIN,
    }
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a requirement is reached at the present pace. `on` is None when that is further off than anybody plans."""

    requirement: str
    on: datetime.date | None
    end: datetime.date  # The last day to reach it.

    @property
    def is_late(self) -> bool:
        """Whether that is after the end."""
        return self.on is None or self.on > self.end


@dataclass(frozen=True, slots=True)
class _Amount:
    """What is still missing of one figure, and the days in which it is counted, the last of which is the end."""

    have: Decimal
    need: Decimal
    window: Period


def forecasts(assessment: Assessment, enrolled: Enrolled) -> dict[str, Forecast]:
    """Requirement id → forecast, for each amount of an open cycle that is not reached and has a pace."""
    found: dict[str, Forecast] = {}
    for finding in assessment.findings:
        amount = _open_amount(finding, assessment.as_of)
        if amount is None:
            continue
        forecast = _forecast(finding.requirement.id, amount, enrolled, assessment.as_of, assessment.record_begins)
        if forecast is not None:
            found[forecast.requirement] = forecast
    return found


def _open_amount(finding: Finding, as_of: datetime.date) -> _Amount | None:
    """What to forecast: the figure itself, or, where every year has its own, that of the year that is running."""
    rule = finding.requirement
    if rule.measure is Measure.ARTEFACTS:
        return None  # Accounts are written, and hours of practice entered, all at once: there is no pace.
    if rule.kind not in ADD_UP or rule.window == "lifetime" or finding.outcome in (Outcome.MET, Outcome.UNKNOWN):
        return None
    years = [part for part in finding.parts if part.period is not None and part.outcome is Outcome.NOT_YET]
    # Two pairs of years may both hold today: the one that ends first is asked for first.
    for part in sorted(years, key=lambda each: each.period.last if each.period else as_of):
        if part.have is not None and part.need is not None and part.period is not None and as_of in part.period:
            return _Amount(part.have, part.need, part.period)
    if finding.parts or finding.have is None or finding.need is None or finding.window is None:
        return None
    return _Amount(finding.have, finding.need, finding.window) if as_of in finding.window else None


def _forecast(
    requirement: str,
    amount: _Amount,
    enrolled: Enrolled,
    as_of: datetime.date,
    record_begins: datetime.date | None,
) -> Forecast | None:
    began = amount.window.first
    # The pace is that of the days on record: nobody is slow for what is written down elsewhere.
    for later in (enrolled.joined_on, record_begins):
        if later is not None and later > began:
            began = later
    days = _days_at_work(began, as_of, enrolled.leave)
    left = amount.need - amount.have
    if days < FEWEST_DAYS or amount.have <= 0 or left <= 0:
        return None
    still = math.ceil(left * days / amount.have)
    # Further off than the window is long is no date that anybody plans by.
    if still > min(FURTHEST.days, amount.window.days):
        return Forecast(requirement, None, amount.window.last)
    return Forecast(requirement, _day_after_work(as_of, still, enrolled.leave), amount.window.last)


def _days_at_work(first: datetime.date, last: datetime.date, leave: Iterable[Leave]) -> int:
    """Days from `first` to `last`, both included, without those of leave."""
    days = (last - first).days + 1
    for away in _apart(leave):
        begins, ends = max(first, away.first), min(last, away.last)
        if begins <= ends:
            days -= (ends - begins).days + 1
    return max(0, days)


def _day_after_work(today: datetime.date, days: int, leave: Iterable[Leave]) -> datetime.date:
    """The day on which so many days of work have passed since `today`."""
    day = today + datetime.timedelta(days=days)
    for away in _apart(leave):
        begins = max(away.first, today + datetime.timedelta(days=1))
        if begins <= away.last and begins <= day:
            day += away.last - begins + datetime.timedelta(days=1)
    return day


def _apart(leave: Iterable[Leave]) -> list[Leave]:
    """Leave in order of time, with days that are in two taken once."""
    apart: list[Leave] = []
    for away in sorted(leave, key=lambda each: (each.first, each.last)):
        if apart and away.first <= apart[-1].last:
            apart[-1] = Leave(apart[-1].first, max(apart[-1].last, away.last))
        else:
            apart.append(away)
    return apart
