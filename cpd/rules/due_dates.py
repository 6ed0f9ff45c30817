"""The days ahead that matter in one framework: the end of the cycle, and dates to act by.

What is due on the last day of the cycle is not said again: the end itself says it.
"""

import datetime
from dataclasses import dataclass

from cpd.rules.next_steps import NOT_TO_REACH
from cpd.rules.types import Assessment, Binding, CycleKind, Finding, Outcome, RuleKind, Version

# These are met today, and stop being met on a day that moves whenever something is done.
LAPSING = frozenset({RuleKind.ROLLING_BALANCE, RuleKind.MAX_GAP})
OPEN = frozenset({Outcome.NOT_YET, Outcome.DECLARE})


@dataclass(frozen=True, slots=True)
class DueDate:
    """One day, and what falls on it."""

    day: datetime.date
    findings: tuple[Finding, ...]  # Empty for a bare end of the cycle.
    is_cycle_end: bool = False

    @property
    def moves(self) -> bool:
        """Whether doing something puts it off: such a day is not worth a reminder two months before."""
        return not self.is_cycle_end and all(finding.requirement.kind in LAPSING for finding in self.findings)


def due_dates(assessment: Assessment, version: Version | None) -> tuple[DueDate, ...]:
    """The days from `assessment.as_of` on, in order of time; of each requirement the nearest."""
    today, cycle = assessment.as_of, assessment.cycle
    # A rolling window ends every day, and where nothing is asked nothing ends: neither is news.
    has_end = version is not None and version.cycle.kind is not CycleKind.ROLLING and bool(assessment.findings)
    end = cycle.last if cycle is not None and has_end and cycle.last >= today else None
    by_day: dict[datetime.date, list[Finding]] = {}
    for finding in assessment.findings:
        if finding.due is not None and finding.due >= today and finding.due != end and _is_to_do(finding):
            by_day.setdefault(finding.due, []).append(finding)
    dates = [DueDate(day, tuple(findings)) for day, findings in by_day.items()]
    if end is not None:
        dates.append(DueDate(end, (), is_cycle_end=True))
    return tuple(sorted(dates, key=lambda date: date.day))


def _is_to_do(finding: Finding) -> bool:
    rule = finding.requirement
    if rule.kind is RuleKind.LOCK:
        return True
    if rule.kind in NOT_TO_REACH or rule.binding is Binding.RECOMMENDED:
        return False
    return finding.outcome in OPEN or (rule.kind in LAPSING and finding.outcome is Outcome.MET)
