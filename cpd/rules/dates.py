"""Rules about dates: silences, dates to act by, dates after which nothing is taken (docs/cpd-rules.md, section 5)."""

import datetime
from collections.abc import Iterable

from cpd.rules.case import Case
from cpd.rules.cycles import DAY, add_months
from cpd.rules.types import Finding, Outcome, Part, Period, Requirement
from cpd.rules.words import in_words, span_in_words


def silence(case: Case, requirement: Requirement) -> Finding:
    """No silence so long, or one that is explained: by an artefact, or by leave."""
    joined = case.enrolled.joined_on
    first = max(day for day in (case.cycle.first, joined, case.recorded_from) if day is not None)
    last = min(case.as_of, case.cycle.last)
    days: list[tuple[datetime.date, datetime.date | None]] = sorted(
        {
            (share.entry.done_on, share.entry.until or share.entry.done_on)
            for share in case.shares(requirement, Period(first, last))
        }
    )
    parts, heard = [], first
    for begins, ends in [*days, (last, None)]:
        if add_months(heard, requirement.months) <= begins:
            gap = Period(heard, begins)
            explained = _explained(case, requirement, gap)
            parts.append(Part(span_in_words(gap), Outcome.MET if explained else Outcome.DECLARE, period=gap))
        heard = max(heard, ends) if ends else heard
    open_gaps = [part for part in parts if part.outcome is Outcome.DECLARE]
    return case.finding(
        requirement,
        Outcome.DECLARE if open_gaps else Outcome.MET,
        window=case.cycle.whole,
        is_closed=case.is_over(case.cycle.whole),
        parts=tuple(parts),
        due=None if open_gaps or case.is_over(case.cycle.whole) else add_months(heard, requirement.months),
    )


def _explained(case: Case, requirement: Requirement, gap: Period) -> bool:
    by_artefact = any(
        artefact.kind == requirement.artefact
        and artefact.done_on <= gap.last
        and (artefact.until or artefact.done_on) >= gap.first
        for artefact in case.artefacts
    )
    return by_artefact or any(leave.first <= gap.last and leave.last >= gap.first for leave in case.enrolled.leave)


def due_day(requirement: Requirement, period: Period) -> datetime.date:
    """The last day to act, for that year or cycle."""
    base = period.first - DAY if requirement.due_from_start else period.last
    if requirement.due_on is not None:
        day = requirement.due_on.of(base.year)
        return day if day > base else requirement.due_on.of(base.year + 1)
    return base + datetime.timedelta(days=requirement.due_days or 0)


def deadline(case: Case, requirement: Requirement) -> Finding:
    """A date to act by. Whether it was done, only the person can say."""
    periods = list(case.years()) if requirement.window == "cycle-year" else [case.cycle.whole]
    if case.before is not None:
        last = case.before.years[-1] if requirement.window == "cycle-year" else case.before.whole
        joined = case.enrolled.joined_on
        if due_day(requirement, last) >= case.as_of and (joined is None or joined <= last.last):
            periods.insert(0, last)
    done = {
        _nearest(periods, artefact.done_on, requirement)
        for artefact in case.artefacts
        if artefact.kind == requirement.artefact
    }
    parts = []
    for period in periods:
        due = due_day(requirement, period)
        outcome = Outcome.MET if period in done else _undone(case, requirement, period, due)
        parts.append((due, Part(span_in_words(period), outcome, period=period)))
    waiting = [(due, part) for due, part in parts if part.outcome in (Outcome.DECLARE, Outcome.NOT_YET)]
    overdue = [part for due, part in waiting if due < case.as_of]
    ahead = [due for due, _ in waiting if due >= case.as_of]
    outcome = Outcome.DECLARE if overdue else Outcome.NOT_YET if waiting else Outcome.MET
    return case.finding(
        requirement,
        outcome,
        window=case.cycle.whole,
        is_closed=case.is_over(case.cycle.whole),
        parts=tuple(part for _, part in parts) if len(parts) > 1 else (),
        due=min(ahead, default=None),
    )


def _undone(case: Case, requirement: Requirement, period: Period, due: datetime.date) -> Outcome:
    """What is said of a date of which nothing is recorded."""
    if due >= case.as_of:
        return Outcome.NOT_YET
    if not requirement.artefact:
        return Outcome.MET  # There is nothing to record: the date has passed, and that is all we know.
    return Outcome.UNKNOWN if case.is_unrecorded(period) else Outcome.DECLARE


def _nearest(periods: Iterable[Period], day: datetime.date, requirement: Requirement) -> Period:
    """Which of the periods somebody means who acted on `day`."""
    from_start = requirement.due_from_start
    return min(periods, key=lambda period: abs(((period.first if from_start else period.last) - day).days))


def lock(case: Case, requirement: Requirement) -> Finding:
    """After it the body takes no more entries. What was written down here later may be missing there."""
    window = case.cycle.whole
    due = due_day(requirement, window)
    late = [
        share
        for share in case.shares(requirement, window)
        if share.entry.recorded_on is not None and share.entry.recorded_on > due
    ]
    return case.finding(
        requirement,
        Outcome.UNKNOWN if late else Outcome.MET,
        window=window,
        is_closed=case.is_over(window),
        due=due if due >= case.as_of else None,
        caveats=(
            (f"Written down here after {in_words(due)}: {len(late)}. They count if they were with the body by then.",)
            if late
            else ()
        ),
    )
