"""One requirement at a time: what there is, what is needed, and what that is called (docs/cpd-rules.md, section 5)."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict, Unpack

from cpd.rules.counting import GRAINS, Count, Share, amount, fits
from cpd.rules.cycles import DAY, add_months, add_years, rounded, share_of_cycle
from cpd.rules.types import (
    Artefact,
    Binding,
    Cite,
    Cycle,
    Enrolled,
    Finding,
    Measure,
    NotAsked,
    Outcome,
    Part,
    Period,
    ProRata,
    ProRataRule,
    Requirement,
    RuleKind,
    Version,
)

# What only says what became of entries, or when to act; it is no amount that somebody could be short of.
INFORMING = frozenset(
    {RuleKind.MAX_CATEGORY, RuleKind.MAX_SHARE, RuleKind.ELIGIBILITY, RuleKind.LOCK, RuleKind.DEADLINE}
)
ASK_FOR_IT = (ProRata.GRANTED, ProRata.UNKNOWN)
NO_TITLE = "Say which title you hold: the figure depends on it."
NO_FIGURE = "The figure for your title is not known here. Check with your regulator."
NO_JOINING = "Add the day you joined the register: the rule depends on which cycle this is."


class Known(TypedDict, total=False):
    """What else a finding may say: fields of `Finding`."""

    window: Period | None
    is_closed: bool
    have: Decimal | None
    need: Decimal | None
    reached_on: datetime.date | None
    parts: tuple[Part, ...]
    caveats: tuple[str, ...]
    due: datetime.date | None


@dataclass(slots=True)
class Case:
    """Everything that a judgement looks at."""

    version: Version
    enrolled: Enrolled
    cycle: Cycle
    as_of: datetime.date
    titles: frozenset[str]
    count: Count
    artefacts: Sequence[Artefact]
    before: Cycle | None  # The cycle before this one.

    def trusts(self, cite: Cite) -> bool:
        """Whether a figure of that grade counts for this person."""
        return cite.is_sure or self.enrolled.trusts_unsure

    # --- Figures -----------------------------------------------------------------------------------------------------

    def figure(self, requirement: Requirement) -> Decimal | None:
        """The usual figure for the titles held, the highest of several; None where it depends on a title not given."""
        if not requirement.values:
            return Decimal(1) if requirement.value is None else requirement.value
        values = [requirement.values[title] for title in self.titles if title in requirement.values]
        return max(values) if values else None

    def need(self, requirement: Requirement) -> tuple[Decimal | None, tuple[str, ...]]:
        """What is asked of this person in this cycle, and what is to be said about how it came to that."""
        if requirement.id in self.enrolled.granted:
            return self.enrolled.granted[requirement.id], ("Your body granted you this figure.",)
        figure = self.figure(requirement)
        if figure is None:
            return None, (NO_FIGURE if self.titles else NO_TITLE,)
        rule = self.version.pro_rata
        if requirement.kind is RuleKind.MIN_SHARE and requirement.share_of == "required":
            whole = self.required_total(requirement.window)
            if whole is None:
                return None, (NO_TITLE,)
            share = figure * whole
            return (rounded(share) if rule.whole else share), ()
        if not requirement.pro_rata:
            return figure, self._told_of_absence(rule) if requirement.kind is RuleKind.MIN_TOTAL else ()
        share = share_of_cycle(rule, self.enrolled, self.cycle)
        if share == 1:
            return figure, self._told_of_absence(rule)
        reduced = rounded(figure * share) if rule.whole else figure * share
        if rule.cite is None or not self.trusts(rule.cite):
            shown = f"{rounded(reduced * 100) / 100:f}".rstrip("0").rstrip(".")
            return figure, (f"For your part of this cycle it may be about {shown}: check with your regulator.",)
        return reduced, ("In proportion to your part of this cycle.",)

    def _told_of_absence(self, rule: ProRataRule) -> tuple[str, ...]:
        """Joining late, or leave, that changes nothing by itself is spoken of, or people wonder."""
        told = []
        joined = self.enrolled.joined_on
        if joined is not None and self.cycle.first < joined <= self.cycle.last and rule.joining in ASK_FOR_IT:
            told.append("You joined within this cycle: less may be asked of you. Ask, and enter what is granted.")
        if any(away.first <= self.cycle.last and away.last >= self.cycle.first for away in self.enrolled.leave):
            if rule.leave is ProRata.NONE:
                told.append("Leave does not lower it.")
            elif rule.leave in ASK_FOR_IT:
                told.append("Your leave may lower it. Ask, and enter what is granted.")
        return tuple(told)

    def required_total(self, window: str) -> Decimal | None:
        """What the requirement for the total of the same window asks of this person."""
        for requirement in self.version.requirements:
            if (
                requirement.kind is RuleKind.MIN_TOTAL
                and requirement.measure is Measure.CREDITS
                and requirement.window == window
                and self.is_for(requirement)
            ):
                return self.need(requirement)[0]
        return None

    def is_for(self, requirement: Requirement) -> bool:
        """Whether it is meant for one of the titles held."""
        return not requirement.only or not requirement.only.isdisjoint(self.titles)

    # --- Amounts -----------------------------------------------------------------------------------------------------

    def pieces(self, requirement: Requirement, period: Period) -> list[tuple[datetime.date, Decimal]]:
        """What counts towards it within `period`, by date. Amounts are exact to the grain."""
        measure = requirement.measure
        if measure is Measure.ARTEFACTS:
            return [
                (artefact.done_on, artefact.quantity)
                for artefact in self.artefacts
                if artefact.kind == requirement.artefact
                and artefact.done_on in period
                and requirement.where.marks <= artefact.marks
                and (not requirement.where.any_marks or not requirement.where.any_marks.isdisjoint(artefact.marks))
            ]
        shares = self.shares(requirement, period)
        if measure is Measure.CREDITS:
            return [(share.entry.done_on, Decimal(share.counted)) for share in shares if share.counted]
        if measure is Measure.PARTICIPATORY:
            return [(share.entry.done_on, Decimal(share.participatory)) for share in shares if share.participatory]
        if measure is Measure.REFLECTIONS:
            notes: dict[str, datetime.date] = {}
            for share in shares:
                if share.entry.note:
                    notes.setdefault(share.entry.note, share.entry.done_on)
            return [(day, Decimal(1)) for day in sorted(notes.values())]
        entries = {share.entry.key: share.entry.done_on for share in shares}
        return [(day, Decimal(1)) for day in entries.values()]

    def shares(self, requirement: Requirement, period: Period) -> list[Share]:
        """The entries that it is about, within `period`."""
        first, last, where = period.first, period.last, requirement.where
        return [
            share
            for share in self.count.shares
            if first <= share.entry.done_on <= last and (where.is_everything or fits(where, share))
        ]

    def have(self, requirement: Requirement, period: Period) -> Decimal:
        """How much there is, in the unit (or how many)."""
        return self.in_unit(requirement, sum((value for _, value in self.pieces(requirement, period)), Decimal(0)))

    @staticmethod
    def in_unit(requirement: Requirement, exact: Decimal) -> Decimal:
        """An exact amount as it is shown."""
        in_grains = requirement.measure in (Measure.CREDITS, Measure.PARTICIPATORY)
        return amount(int(exact)) if in_grains else exact

    def reached(self, requirement: Requirement, period: Period, need: Decimal) -> tuple[bool, datetime.date | None]:
        """Whether so much was reached within `period`, and on which day."""
        wanted = need * GRAINS if requirement.measure in (Measure.CREDITS, Measure.PARTICIPATORY) else need
        total = Decimal(0)
        if total >= wanted:
            return True, None
        for day, value in sorted(self.pieces(requirement, period)):
            total += value
            if total >= wanted:
                return True, day
        return False, None

    # --- Outcomes ----------------------------------------------------------------------------------------------------

    def outcome(self, requirement: Requirement, is_met: bool, *, is_closed: bool) -> Outcome:
        """The word for it. Recommended ones are never "not met"; a figure that is not sure cannot say so either."""
        if is_met:
            return Outcome.MET
        if not is_closed or requirement.binding is Binding.RECOMMENDED:
            return Outcome.NOT_YET
        return Outcome.NOT_MET if self.trusts(requirement.cite) else Outcome.UNKNOWN

    def is_over(self, period: Period) -> bool:
        """Whether it has ended."""
        return period.last < self.as_of

    def finding(self, requirement: Requirement, outcome: Outcome, **known: Unpack[Known]) -> Finding:
        """A finding, marked when its figure is not sure."""
        return Finding(requirement, outcome, counts=self.trusts(requirement.cite), **known)

    def window(self, requirement: Requirement) -> Period:
        """The days it looks at."""
        if requirement.window == "lifetime":
            return Period(datetime.date.min, self.cycle.last)
        if requirement.window.startswith("P"):
            years = int(requirement.window[1:-1])
            return Period(add_years(self.cycle.last + DAY, -years), self.cycle.last)
        return self.cycle.whole

    def years(self) -> list[Period]:
        """The years of the cycle in which something can be asked: not those before joining."""
        joined = self.enrolled.joined_on
        return [year for year in self.cycle.years if joined is None or year.last >= joined]


type Judge = Callable[[Case, Requirement], Finding | NotAsked]


def judge(case: Case, requirement: Requirement) -> Finding | NotAsked | None:
    """What is said of one requirement; None when it is not for this person's titles at all."""
    if not case.is_for(requirement):
        return None
    if requirement.counts_from is not None and case.cycle.last < requirement.counts_from:
        return NotAsked(requirement, f"It binds from {_day(requirement.counts_from)}.")
    if requirement.final_year_only and case.as_of < case.cycle.years[-1].first:
        return NotAsked(requirement, f"It is asked for in the last year, from {_day(case.cycle.years[-1].first)}.")
    if requirement.window == "cycle-year" and requirement.kind not in (RuleKind.DEADLINE, RuleKind.LOCK, *INFORMING):
        return _each_year(case, requirement)
    return JUDGES[requirement.kind](case, requirement)


def _day(day: datetime.date) -> str:
    return f"{day.day} {day:%B %Y}"


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
        case.outcome(requirement, is_met, is_closed=closed),
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
        parts.append(Part(_span(year), single.outcome, single.have, single.need, year))
        if case.as_of in year or now is None or (year.first <= case.as_of):
            now = single
    outcomes = [part.outcome for part in parts]
    outcome = next(
        (worst for worst in (Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.DECLARE, Outcome.NOT_YET) if worst in outcomes),
        Outcome.MET,
    )
    if outcome is Outcome.UNKNOWN and Outcome.NOT_YET in outcomes:
        outcome = Outcome.NOT_YET
    if now is None:
        return case.finding(requirement, Outcome.UNKNOWN, window=case.cycle.whole)
    return case.finding(
        requirement,
        outcome,
        window=now.window,
        is_closed=case.is_over(case.cycle.whole),
        have=now.have,
        need=now.need,
        parts=tuple(parts),
        caveats=now.caveats,
        due=now.window.last if now.window else None,
    )


def _span(period: Period) -> str:
    return f"{_day(period.first)} to {_day(period.last)}"


def _pairs(case: Case, requirement: Requirement) -> Finding:
    """At least so much in any two years that follow each other, the border of cycles included."""
    need, caveats = case.need(requirement)
    years = case.years()
    joined = case.enrolled.joined_on
    is_first = case.cycle.number == 1
    if case.before is not None and not (is_first and requirement.not_in_first_year):
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
            outcome = case.outcome(requirement, is_met, is_closed=case.is_over(both))
            crosses = case.before is not None and first == case.before.years[-1]
            if crosses and not is_met and joined is None and not case.have(requirement, first):
                # Nothing is on record of the year before: it may be that there was none, or that it is elsewhere.
                outcome = Outcome.UNKNOWN if case.is_over(both) else Outcome.NOT_YET
        parts.append(Part(_span(both), outcome, have, need, both))
        if now is None or second.first <= case.as_of:
            now = parts[-1]
    if now is None:
        return case.finding(requirement, Outcome.UNKNOWN, window=case.cycle.whole, caveats=(NO_JOINING,))
    outcomes = [part.outcome for part in parts]
    order = (Outcome.NOT_MET, Outcome.NOT_YET, Outcome.UNKNOWN)
    outcome = next((worst for worst in order if worst in outcomes), Outcome.MET)
    return case.finding(
        requirement,
        outcome,
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
    joined = case.enrolled.joined_on
    is_new = joined is not None and joined > window.first
    parts, due, living = [], None, have
    for day, value in sorted(case.pieces(requirement, window)):
        lapses = add_months(day, requirement.months)
        living -= case.in_unit(requirement, value)
        parts.append(Part(f"Lapses on {_day(lapses)}", Outcome.MET, case.in_unit(requirement, value), None, None))
        if due is None and is_met and living < need:
            due = lapses
    if is_new and not is_met:
        caveats += ("You joined less than the period ago: ask your council from when it counts.",)
    return case.finding(
        requirement,
        case.outcome(requirement, is_met, is_closed=not is_new),
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
                case.outcome(requirement, found.get(member.id, Decimal(0)) >= each, is_closed=closed),
                found.get(member.id, Decimal(0)),
                each,
            )
            for member in requirement.members
        )
        have = sum(part.outcome is Outcome.MET for part in parts)
        need = requirement.at_least or len(parts)
        if have >= need:
            parts = tuple(part for part in parts if part.outcome is Outcome.MET)
    else:
        parts, have, need = (), len(found), requirement.at_least
    return case.finding(
        requirement,
        case.outcome(requirement, have >= need, is_closed=closed),
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
    return case.finding(
        requirement,
        Outcome.MET if pieces else Outcome.DECLARE,
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
        return NotAsked(requirement, f"It is asked for in the cycle that starts on {_day(starts)}.")
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


def _gap(case: Case, requirement: Requirement) -> Finding:
    """No silence so long, or one that is explained: by an artefact, or by leave."""
    joined = case.enrolled.joined_on
    first = max(case.cycle.first, joined) if joined else case.cycle.first
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
            parts.append(Part(_span(gap), Outcome.MET if explained else Outcome.DECLARE, period=gap))
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
        case.outcome(requirement, whole > 0 and have >= need, is_closed=case.is_over(window)),
        window=window,
        is_closed=case.is_over(window),
        have=have,
        need=need,
        due=window.last,
    )


def _due(requirement: Requirement, period: Period) -> datetime.date:
    base = period.first - DAY if requirement.due_from_start else period.last
    if requirement.due_on is not None:
        day = requirement.due_on.of(base.year)
        return day if day > base else requirement.due_on.of(base.year + 1)
    return base + datetime.timedelta(days=requirement.due_days or 0)


def _deadline(case: Case, requirement: Requirement) -> Finding:
    """A date to act by. Whether it was done, only the person can say."""
    periods = list(case.years()) if requirement.window == "cycle-year" else [case.cycle.whole]
    if case.before is not None:
        last = case.before.years[-1] if requirement.window == "cycle-year" else case.before.whole
        joined = case.enrolled.joined_on
        if _due(requirement, last) >= case.as_of and (joined is None or joined <= last.last):
            periods.insert(0, last)
    done = {
        _nearest(periods, artefact.done_on, requirement)
        for artefact in case.artefacts
        if artefact.kind == requirement.artefact
    }
    parts = []
    for period in periods:
        due = _due(requirement, period)
        if period in done:
            outcome = Outcome.MET
        else:
            outcome = Outcome.DECLARE if due < case.as_of and requirement.artefact else Outcome.NOT_YET
            if not requirement.artefact and due < case.as_of:
                outcome = Outcome.MET  # Nothing is recorded about it: the date has passed, and that is all we know.
        parts.append((due, Part(_span(period), outcome, period=period)))
    waiting = [(due, part) for due, part in parts if part.outcome is not Outcome.MET]
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


def _nearest(periods: Iterable[Period], day: datetime.date, requirement: Requirement) -> Period:
    """Which of the periods somebody means who acted on `day`."""
    from_start = requirement.due_from_start
    return min(periods, key=lambda period: abs(((period.first if from_start else period.last) - day).days))


def _lock(case: Case, requirement: Requirement) -> Finding:
    """After it the body takes no more entries. What was written down here later may be missing there."""
    window = case.cycle.whole
    due = _due(requirement, window)
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
            (f"Written down here after {_day(due)}: {len(late)}. They count if they were with the body by then.",)
            if late
            else ()
        ),
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
    RuleKind.MAX_GAP: _gap,
    RuleKind.ELIGIBILITY: _left_out,
    RuleKind.DEADLINE: _deadline,
    RuleKind.LOCK: _lock,
}
