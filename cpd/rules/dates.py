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
    heard = [
        (share.entry.done_on, share.entry.until or share.entry.done_on)
        for share in case.shares(requirement, Period(first, last))
    ]
    explained = _explanations(case, requirement)
    gaps = silences(heard, Period(first, last), requirement.months)
    parts = []
    for gap in gaps:
        is_explained = not silences(explained, gap, requirement.months)
        parts.append(Part(span_in_words(gap), Outcome.MET if is_explained else Outcome.DECLARE, period=gap))
    is_open = any(part.outcome is Outcome.DECLARE for part in parts)
    lately = max([first, *(min(end, last) for _, end in [*heard, *explained])])
    return case.finding(
        requirement,
        Outcome.DECLARE if is_open else Outcome.MET,
        window=case.cycle.whole,
        is_closed=case.is_over(case.cycle.whole),
        parts=tuple(parts),
        due=None if is_open or case.is_over(case.cycle.whole) else add_months(lately, requirement.months),
    )


def silences(heard: Iterable[tuple[datetime.date, datetime.date]], within: Period, months: int) -> list[Period]:
    """The times within a period, at least so many months long, in which nothing was heard."""
    found, lately = [], within.first
    for begins, ends in [*sorted(heard), (within.last, within.last)]:
        if ends < within.first or begins > within.last:
            continue
        if add_months(lately, months) <= begins:
            found.append(Period(lately, begins))
        lately = max(lately, ends)
    return found


def _explanations(case: Case, requirement: Requirement) -> list[tuple[datetime.date, datetime.date]]:
    """Times that are accounted for: by the person's own words, or by leave."""
    by_words = [
        (artefact.done_on, artefact.until or artefact.done_on)
        for artefact in case.artefacts
        if artefact.kind == requirement.artefact
    ]
    return by_words + [(leave.first, leave.last) for leave in case.enrolled.leave]


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
        if case.enrolled.joined_on is not None and due < case.enrolled.joined_on:
            continue  # Nobody asks it of those who are not there yet.
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
