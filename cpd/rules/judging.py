"""One requirement at a time: what there is, what is needed, and what that is called (docs/cpd-rules.md, section 5)."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise

from cpd.rules.case import NO_JOINING, NO_TITLE, Case
from cpd.rules.counting import amount, fits
from cpd.rules.cycles import DAY, add_months, add_years
from cpd.rules.dates import deadline, lock, silence
from cpd.rules.types import (
    Finding,
    Measure,
    NotAsked,
    Outcome,
    Part,
    Period,
    Requirement,
    RuleKind,
)
from cpd.rules.words import in_words, span_in_words

# What only says what became of entries, or when to act; it is no amount that somebody could be short of.
INFORMING = frozenset(
    {RuleKind.MAX_CATEGORY, RuleKind.MAX_SHARE, RuleKind.ELIGIBILITY, RuleKind.LOCK, RuleKind.DEADLINE}
)

type Judge = Callable[[Case, Requirement], Finding | NotAsked]


def judge(case: Case, requirement: Requirement) -> Finding | NotAsked | None:
    """What is said of one requirement; None when it is not for this person's titles at all."""
    if requirement.only and not case.titles and requirement.kind not in INFORMING:
        return case.finding(requirement, Outcome.UNKNOWN, caveats=(NO_TITLE,))
    if not case.is_for(requirement):
        return None
    if requirement.counts_from is not None and case.cycle.last < requirement.counts_from:
        return NotAsked(requirement, f"It binds from {in_words(requirement.counts_from)}.")
    if case.enrolled.granted.get(requirement.id) == 0:
        return NotAsked(requirement, "Your body granted that it is not asked of you in this cycle.")
    if requirement.final_year_only:
        last_year = case.cycle.years[-1]
        if case.as_of < last_year.first:
            return NotAsked(requirement, f"It is asked for in the last year, from {in_words(last_year.first)}.")
        return IN_A_YEAR.get(requirement.kind, _amount)(case, requirement, last_year)
    if requirement.window == "cycle-year" and requirement.kind not in (RuleKind.DEADLINE, RuleKind.LOCK, *INFORMING):
        return _each_year(case, requirement)
    return JUDGES[requirement.kind](case, requirement)


def _amount(case: Case, requirement: Requirement, window: Period | None = None) -> Finding:
    """At least so much, or so many, in one window."""
    window = window or case.window(requirement)
    need, caveats = case.need(requirement)
    have, closed = case.have(requirement, window), case.is_over(window)
    if need is None:
        return case.finding(
            requirement, Outcome.UNKNOWN, window=window, is_closed=closed, have=have, caveats=caveats, due=window.last
        )
    is_met, on = case.reached(requirement, window, need)
    return case.finding(
        requirement,
        case.outcome(requirement, is_met, window),
        window=window,
        is_closed=closed,
        have=have,
        need=need,
        reached_on=on,
        caveats=caveats,
        due=window.last,
    )


def _each_year(case: Case, requirement: Requirement) -> Finding:
    """The same in every year of the cycle. A year that is over and short cannot be mended."""
    parts, now = [], None
    for year in case.years():
        single = IN_A_YEAR.get(requirement.kind, _amount)(case, requirement, year)
        # What is asked of a year that was joined midway, only the body can say.
        is_short = single.outcome is Outcome.NOT_MET
        outcome = Outcome.UNKNOWN if is_short and case.is_joined_within(year) else single.outcome
        parts.append(Part(span_in_words(year), outcome, single.have, single.need, year))
        if now is None or year.first <= case.as_of:
            now = single
    if now is None:
        return case.finding(requirement, Outcome.UNKNOWN, window=case.cycle.whole)
    return case.finding(
        requirement,
        _worst(case, parts),
        window=now.window,
        is_closed=case.is_over(case.cycle.whole),
        have=now.have,
        need=now.need,
        parts=tuple(parts),
        caveats=now.caveats,
        due=now.window.last if now.window else None,
    )


def _worst(case: Case, parts: Iterable[Part]) -> Outcome:
    """The outcome of all parts. Times of which too little can be known decide only when there are no others."""
    known = [
        part
        for part in parts
        if part.period is None
        or part.outcome is not Outcome.UNKNOWN
        or not (case.is_unrecorded(part.period) or case.is_joined_within(part.period))
    ]
    outcomes = {part.outcome for part in known} or {Outcome.UNKNOWN}
    order = (Outcome.NOT_MET, Outcome.DECLARE, Outcome.NOT_YET, Outcome.UNKNOWN)
    return next((worst for worst in order if worst in outcomes), Outcome.MET)


def _pairs(case: Case, requirement: Requirement) -> Finding:
    """At least so much in any two years that follow each other, the border of cycles included."""
    need, caveats = case.need(requirement)
    years = case.years()
    joined = case.enrolled.joined_on
    is_first = case.cycle.number == 1
    was_there = case.before is not None and (joined is None or joined <= case.before.last)
    if case.before is not None and was_there and not (is_first and requirement.not_in_first_year):
        years.insert(0, case.before.years[-1])
    parts: list[Part] = []
    now: Part | None = None
    for first, second in pairwise(years):
        both = Period(first.first, second.last)
        have = case.have(requirement, both)
        if need is None:
            outcome = Outcome.UNKNOWN
        else:
            is_met, _ = case.reached(requirement, both, need)
            outcome = case.outcome(requirement, is_met, both)
            crosses = case.before is not None and first == case.before.years[-1] and joined is None
            if outcome is Outcome.NOT_MET and (crosses or case.is_unrecorded(first)):
                # Nothing is on record of the year before: it may be that there was none, or that it is elsewhere.
                outcome = outcome if case.have(requirement, first) else Outcome.UNKNOWN
        parts.append(Part(span_in_words(both), outcome, have, need, both))
        if now is None or second.first <= case.as_of:
            now = parts[-1]
    if now is None:
        return case.finding(requirement, Outcome.UNKNOWN, window=case.cycle.whole, caveats=(NO_JOINING,))
    return case.finding(
        requirement,
        _worst(case, parts),
        window=now.period,
        is_closed=case.is_over(case.cycle.whole),
        have=now.have,
        need=need,
        parts=tuple(parts),
        caveats=caveats,
        due=now.period.last if now.period else None,
    )


def _balance(case: Case, requirement: Requirement) -> Finding:
    """Entries live so many months; what lives today must be enough, every day."""
    need, caveats = case.need(requirement)
    window = Period(add_months(case.as_of, -requirement.months) + DAY, case.as_of)
    have = case.have(requirement, window)
    if need is None:
        return case.finding(requirement, Outcome.UNKNOWN, window=window, have=have, caveats=caveats)
    is_met, _ = case.reached(requirement, window, need)
    began = [day for day in (case.enrolled.joined_on, case.recorded_from) if day is not None and day > window.first]
    parts, due, living = [], None, have
    for day, value in sorted(case.pieces(requirement, window)):
        lapses = add_months(day, requirement.months)
        living -= case.in_unit(requirement, value)
        parts.append(Part(f"Lapses on {in_words(lapses)}", Outcome.MET, case.in_unit(requirement, value), None, None))
        if due is None and is_met and living < need:
            due = lapses
    if began and not is_met:
        caveats += (
            f"Nothing from before {in_words(max(began))} is here: add what you did, or ask what is asked of you.",
        )
    # It must hold every day, so what is short today is short for good; unless there was no time to fill it.
    short = Outcome.NOT_YET if began else case.shortfall(requirement)
    return case.finding(
        requirement,
        Outcome.MET if is_met else short,
        window=window,
        is_closed=False,
        have=have,
        need=need,
        parts=tuple(parts),
        caveats=caveats,
        due=due,
    )


def _coverage(case: Case, requirement: Requirement, window: Period | None = None) -> Finding:
    """Each member of a set, or so many different ones."""
    window = window or case.window(requirement)
    closed = case.is_over(window)
    found = _covered(case, requirement, window)
    if requirement.members:
        each = requirement.value if requirement.value is not None else Decimal(1)
        parts = tuple(
            Part(
                member.label,
                case.outcome(requirement, found.get(member.id, Decimal(0)) >= each, window),
                found.get(member.id, Decimal(0)),
                each,
            )
            for member in requirement.members
        )
        have = sum(part.outcome is Outcome.MET for part in parts)
        need = int(case.enrolled.granted.get(requirement.id, requirement.at_least or len(parts)))
        if have >= need:
            parts = tuple(part for part in parts if part.outcome is Outcome.MET)
    else:
        parts, have, need = (), len(found), requirement.at_least
    return case.finding(
        requirement,
        case.outcome(requirement, have >= need, window),
        window=window,
        is_closed=closed,
        have=Decimal(have),
        need=Decimal(need),
        parts=parts,
        due=window.last,
    )


def _covered(case: Case, requirement: Requirement, window: Period) -> dict[str, Decimal]:
    """How much, or how many, there is of each member."""
    found: dict[str, Decimal] = {}
    by_credits = requirement.measure is Measure.CREDITS and requirement.value is not None
    prefix = f"{requirement.dimension}/"
    for share in case.shares(requirement, window):
        if case.version.unit is not None and not share.counted:
            continue
        if requirement.dimension == "category":
            members = [share.category] if share.category else []
        elif requirement.dimension == "kind":
            members = [share.entry.kind]
        else:
            members = [mark.removeprefix(prefix) for mark in share.entry.marks if mark.startswith(prefix)]
        for member in members:
            value = amount(share.counted) if by_credits else Decimal(1)
            found[member] = found.get(member, Decimal(0)) + value
    if requirement.dimension in ("category", "artefact"):
        # Some bodies file the same thing as an activity or as an artefact: an audit done, an audit written up.
        categories = {category.id for category in case.version.categories}
        for artefact in case.artefacts:
            if artefact.done_on in window and (requirement.dimension == "artefact" or artefact.kind in categories):
                found[artefact.kind] = found.get(artefact.kind, Decimal(0)) + 1
    if requirement.members:
        known = {member.id for member in requirement.members}
        found = {member: value for member, value in found.items() if member in known}
    return found


def _attest(case: Case, requirement: Requirement, window: Period | None = None) -> Finding:
    """The person's own declaration."""
    window = window or case.window(requirement)
    pieces = case.pieces(requirement, window)
    missing = Outcome.DECLARE
    if case.is_unrecorded(window):
        missing = Outcome.UNKNOWN
    elif window.first > case.as_of:
        missing = Outcome.NOT_YET
    return case.finding(
        requirement,
        Outcome.MET if pieces else missing,
        window=window,
        is_closed=case.is_over(window),
        reached_on=min(pieces)[0] if pieces else None,
        due=window.last,
    )


def _lifetime(case: Case, requirement: Requirement) -> Finding:
    """Once, whenever."""
    window = Period(datetime.date.min, case.as_of)
    finding = _amount(case, requirement, window)
    outcome = finding.outcome if finding.outcome is Outcome.MET or finding.need is None else Outcome.NOT_YET
    return case.finding(
        requirement,
        outcome,
        have=finding.have,
        need=finding.need,
        reached_on=finding.reached_on,
        caveats=finding.caveats,
    )


def _every_nth(case: Case, requirement: Requirement) -> Finding | NotAsked:
    """In the first of so many cycles, and then in every nth."""
    number, every = case.cycle.number, requirement.every
    if number is None:
        first = add_years(case.cycle.first, -len(case.cycle.years) * (every - 1))
        finding = _amount(case, requirement, Period(first, case.cycle.last))
        if finding.outcome is Outcome.MET:
            return finding
        return case.finding(
            requirement, Outcome.UNKNOWN, have=finding.have, need=finding.need, caveats=(*finding.caveats, NO_JOINING)
        )
    if number < requirement.first or (number - requirement.first) % every:
        ahead = (
            requirement.first - number if number < requirement.first else every - (number - requirement.first) % every
        )
        starts = add_years(case.cycle.first, len(case.cycle.years) * ahead)
        return NotAsked(requirement, f"It is asked for in the cycle that starts on {in_words(starts)}.")
    return _amount(case, requirement, case.cycle.whole)


def _first_cycle(case: Case, requirement: Requirement) -> Finding | NotAsked:
    """Only in the first cycle after joining."""
    if case.cycle.number is None:
        finding = _amount(case, requirement, case.cycle.whole)
        if finding.outcome is Outcome.MET:
            return finding
        return case.finding(
            requirement, Outcome.UNKNOWN, have=finding.have, need=finding.need, caveats=(*finding.caveats, NO_JOINING)
        )
    if case.cycle.number != 1:
        return NotAsked(requirement, "It was asked for in your first cycle only.")
    return _amount(case, requirement, case.cycle.whole)


def _left_out(case: Case, requirement: Requirement) -> Finding:
    """Eligibility: how many entries of the cycle it keeps from counting."""
    window = case.cycle.whole
    shares = [share for share in case.count.shares if share.entry.done_on in window]
    kept = sum(fits(requirement.where, share) for share in shares)
    took = case.trusts(requirement.cite) and kept < len(shares)
    return case.finding(
        requirement,
        Outcome.NOT_YET if took else Outcome.MET,
        window=window,
        is_closed=case.is_over(window),
        have=Decimal(kept),
        need=Decimal(len(shares)),
    )


def _capped(case: Case, requirement: Requirement) -> Finding:
    """A cap: how much of the part counts, and whether it took anything away."""
    window = case.window(requirement)
    shares = case.shares(requirement, window)
    took = any(reason.requirement == requirement.id for share in shares for reason in share.reasons)
    return case.finding(
        requirement,
        Outcome.NOT_YET if took else Outcome.MET,
        window=window,
        is_closed=case.is_over(window),
        have=amount(sum(share.counted for share in shares)),
        need=cap_of(case, requirement),
    )


def cap_of(case: Case, requirement: Requirement) -> Decimal | None:
    """How much of a part may count at most; None where it depends on a title not given."""
    if requirement.kind is RuleKind.MAX_SHARE:
        share = case.figure(requirement)
        total = case.required_total(requirement.window)
        return None if share is None or total is None else share * total
    return case.need(requirement)[0]


def _share(case: Case, requirement: Requirement) -> Finding:
    """A part of the required total, or of what was achieved."""
    if requirement.share_of == "required":
        return _amount(case, requirement)
    window = case.window(requirement)
    share = case.figure(requirement)
    if share is None:
        return case.finding(requirement, Outcome.UNKNOWN, window=window, caveats=(NO_TITLE,))
    whole = sum(piece.counted for piece in case.count.shares if piece.entry.done_on in window)
    have = case.have(requirement, window)
    need = amount(int(share * whole))
    return case.finding(
        requirement,
        case.outcome(requirement, whole > 0 and have >= need, window),
        window=window,
        is_closed=case.is_over(window),
        have=have,
        need=need,
        due=window.last,
    )


IN_A_YEAR: dict[RuleKind, Callable[[Case, Requirement, Period], Finding]] = {
    RuleKind.ATTEST: _attest,
    RuleKind.COVERAGE: _coverage,
}
JUDGES: dict[RuleKind, Judge] = {
    RuleKind.MIN_TOTAL: _amount,
    RuleKind.MIN_CATEGORY: _amount,
    RuleKind.COMBINED_MIN: _amount,
    RuleKind.MIN_COUNT: _amount,
    RuleKind.ARTEFACT: _amount,
    RuleKind.MIN_SHARE: _share,
    RuleKind.MAX_SHARE: _capped,
    RuleKind.MAX_CATEGORY: _capped,
    RuleKind.YEARLY_MIN: _each_year,
    RuleKind.SLIDING_MIN: _pairs,
    RuleKind.ROLLING_BALANCE: _balance,
    RuleKind.COVERAGE: _coverage,
    RuleKind.ATTEST: _attest,
    RuleKind.ONCE_ONLY: _lifetime,
    RuleKind.EVERY_NTH_CYCLE: _every_nth,
    RuleKind.FIRST_CYCLE_ONLY: _first_cycle,
    RuleKind.MAX_GAP: silence,
    RuleKind.ELIGIBILITY: _left_out,
    RuleKind.DEADLINE: deadline,
    RuleKind.LOCK: lock,
}
