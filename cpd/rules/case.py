"""Everything that a judgement looks at: one person, one cycle, all that was done and counted."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict, Unpack

from cpd.rules.counting import GRAINS, Count, Share, amount, fits
from cpd.rules.cycles import DAY, add_years, rounded, share_of_cycle
from cpd.rules.types import (
    Artefact,
    Binding,
    Cite,
    Cycle,
    Enrolled,
    Finding,
    Measure,
    Outcome,
    Part,
    Period,
    ProRata,
    ProRataRule,
    Requirement,
    RuleKind,
    Version,
)
from cpd.rules.words import amount_in_words

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
    recorded_from: datetime.date | None = None  # The first day that the record here speaks of; None: all of it.

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
            in_unit = requirement.measure in (Measure.CREDITS, Measure.PARTICIPATORY)
            shown = amount_in_words(reduced, self.version.unit if in_unit else None)
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
                is_sure = rule.cite is not None and rule.cite.is_sure
                told.append("Leave does not lower it." if is_sure else "As far as we know, leave does not lower it.")
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
                (max(artefact.done_on, period.first), self._within(artefact, period))
                for artefact in self.artefacts
                if artefact.kind == requirement.artefact
                and (artefact.until or artefact.done_on) >= period.first
                and artefact.done_on <= period.last
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

    def _within(self, artefact: Artefact, period: Period) -> Decimal:
        """The quantity of an artefact that falls into `period`: hours of a time that crosses its edge, by days."""
        if artefact.until is None or artefact.until <= artefact.done_on:
            return artefact.quantity
        first, last = max(artefact.done_on, period.first), min(artefact.until, period.last)
        whole = (artefact.until - artefact.done_on).days + 1
        return artefact.quantity * ((last - first).days + 1) / whole

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
        # A need in proportion may be one that no decimal can write: seven twelfths of twenty hours are 700 minutes.
        in_grains = requirement.measure in (Measure.CREDITS, Measure.PARTICIPATORY)
        wanted = round(need * GRAINS, 6) if in_grains else round(need, 6)
        total = Decimal(0)
        if total >= wanted:
            return True, None
        for day, value in sorted(self.pieces(requirement, period)):
            total += value
            if total >= wanted:
                return True, day
        return False, None

    # --- Outcomes ----------------------------------------------------------------------------------------------------

    def outcome(self, requirement: Requirement, is_met: bool, period: Period) -> Outcome:
        """The word for it. "Not met" is never said of advice, of a figure that is not sure, or of unrecorded times."""
        if is_met:
            return Outcome.MET
        if not self.is_over(period):
            return Outcome.NOT_YET
        return self.shortfall(requirement, is_known=not self.is_unrecorded(period))

    def shortfall(self, requirement: Requirement, *, is_known: bool = True) -> Outcome:
        """The word for something that is short, and cannot be mended any more."""
        if requirement.binding is Binding.RECOMMENDED:
            return Outcome.NOT_YET
        return Outcome.NOT_MET if is_known and self.trusts(requirement.cite) else Outcome.UNKNOWN

    def is_unrecorded(self, period: Period) -> bool:
        """Whether it is over, and too little of it can be known: the rest may be recorded elsewhere.

        The record here covers less than half of it, or the rules that were in force then are not known.
        """
        if not self.is_over(period):
            return False
        if self.version.starts is not None and period.last < self.version.starts:
            return True
        if self.recorded_from is None:
            return False
        covered = (period.last - self.recorded_from).days + 1
        return covered * 2 < period.days

    def is_over(self, period: Period) -> bool:
        """Whether it has ended."""
        return period.last < self.as_of

    def is_joined_within(self, period: Period) -> bool:
        """Whether the person joined the register midway through it."""
        joined = self.enrolled.joined_on
        return joined is not None and period.first < joined <= period.last

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
