"""The one thing worth doing next, over all of a person's frameworks (docs/cpd-rules.md, "Next step").

Chosen by rule, in this order, so that everybody can tell why it says what it says:

1. a binding requirement that is not met, or a date to act by: the one whose date is nearest;
2. a date or a title without which a framework cannot be judged;
3. reading that waits to be logged;
4. activities that have no category where the body has categories;
5. declarations, in the last `ACT_WITHIN` days of a cycle;
6. activities without a reflection where the body counts reflections;
7. nothing done for `SILENCE` days;
8. what may bind, is not reached, and is not sure: to be checked with the regulator;
9. what is recommended and not reached;
10. enough.
"""

import datetime
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from cpd.rules.types import Assessment, Binding, Finding, Outcome, Requirement, RuleKind, Verdict, Version

# So many days before its date, a declaration or a date to act by is spoken of: earlier, there is nothing to do.
ACT_WITHIN = 90
SILENCE = 30
# These take something away or close the book; nothing can be done to reach them.
NOT_TO_REACH = frozenset({RuleKind.MAX_CATEGORY, RuleKind.MAX_SHARE, RuleKind.ELIGIBILITY, RuleKind.LOCK})
# What enough depends on: who is in a scheme wants its certificate.
BINDING = frozenset({Binding.MANDATORY, Binding.SCHEME})


class StepKey(StrEnum):
    """What the step is about."""

    REQUIREMENT = "requirement"
    ANCHOR = "anchor"
    TITLE = "title"
    READING = "reading"
    PLACE = "place"
    DECLARE = "declare"
    REFLECT = "reflect"
    LOG = "log"
    CHECK = "check"
    ADVICE = "advice"
    ENOUGH = "enough"
    LOOK = "look"  # Nothing of all this: some cannot be told, or only the body's own time can pass.


@dataclass(frozen=True, slots=True)
class Place:
    """One framework somebody answers to, as far as a next step goes."""

    key: str  # The enrolment's id.
    name: str
    assessment: Assessment
    version: Version | None = None
    needs_anchor: bool = False
    needs_title: bool = False
    unplaced: int = 0  # Activities of the cycle without a category, where there are categories.
    without_reflection: int = 0  # Activities of the cycle without one, where the body counts them.


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, in parts; a template makes the sentence. `target` is the name of an address."""

    key: StepKey
    target: str
    place: Place | None = None
    finding: Finding | None = None
    on: datetime.date | None = None
    count: int = 0

    @property
    def requirement(self) -> Requirement | None:
        """What it is about."""
        return self.finding.requirement if self.finding else None

    @property
    def full(self) -> tuple[str, ...]:
        """Names of the caps that are used up: what goes there no longer brings a total nearer."""
        if self.place is None or self.finding is None or self.finding.requirement.kind is not RuleKind.MIN_TOTAL:
            return ()
        return tuple(
            finding.requirement.name
            for finding in self.place.assessment.findings
            if finding.requirement.kind in (RuleKind.MAX_CATEGORY, RuleKind.MAX_SHARE)
            and finding.counts
            and finding.have is not None
            and finding.need is not None
            and finding.have >= finding.need
        )

    @property
    def left(self) -> Decimal:
        """How much of the requirement is missing."""
        return self.finding.left if self.finding else Decimal(0)


def next_step(
    places: Sequence[Place], *, today: datetime.date, waiting: int, last_done_on: datetime.date | None
) -> Step | None:
    """The next step; None for somebody with no framework. `waiting` is how many readings wait to be logged."""
    if not places:
        return None
    return (
        _nearest(_open(places, today, BINDING), StepKey.REQUIREMENT)
        or _missing_fact(places)
        or (Step(StepKey.READING, "cpd:reading-inbox", count=waiting) if waiting else None)
        or _first_with(places, "unplaced", StepKey.PLACE, "cpd:activity-list")
        or _declaration(places, today)
        or _first_with(places, "without_reflection", StepKey.REFLECT, "cpd:activity-list")
        or _silence(last_done_on, today)
        or _to_check(places, today)
        or _nearest(_open(places, today, {Binding.RECOMMENDED}), StepKey.ADVICE)
        or _enough(places)
    )


def last_day_of(finding: Finding, assessment: Assessment) -> datetime.date | None:
    """The last day on which something can be done about a finding."""
    if finding.due is not None:
        return finding.due
    window = finding.window or (assessment.cycle.whole if assessment.cycle else None)
    return window.last if window else None


def can_be_worked_on(finding: Finding) -> bool:
    """Whether something is missing now that could be done. What every year asks for anew may be done for this one."""
    rule = finding.requirement
    if not finding.counts or rule.kind in NOT_TO_REACH:
        return False
    if rule.kind is RuleKind.ROLLING_BALANCE:
        # It is asked for every day, so that it is never too late.
        return finding.outcome in (Outcome.NOT_YET, Outcome.NOT_MET)
    running = [part.outcome for part in finding.parts if part.period is not None and part.period == finding.window]
    if running:
        return Outcome.NOT_YET in running
    return finding.outcome is Outcome.NOT_YET


def _open(
    places: Iterable[Place], today: datetime.date, bindings: Container[Binding]
) -> Iterator[tuple[datetime.date, Place, Finding]]:
    """What can still be reached and is not, with the last day for it."""
    for place in places:
        for finding in place.assessment.findings:
            last = last_day_of(finding, place.assessment)
            if finding.requirement.binding not in bindings or not can_be_worked_on(finding) or last is None:
                continue
            is_early = finding.requirement.kind is RuleKind.DEADLINE and (last - today).days > ACT_WITHIN
            if last >= today and not is_early:
                yield last, place, finding


def _nearest(found: Iterable[tuple[datetime.date, Place, Finding]], key: StepKey) -> Step | None:
    """The first of those with the nearest date: of one day, in the order of the framework's own file."""
    nearest = min(found, key=lambda each: each[0], default=None)
    if nearest is None:
        return None
    last, place, finding = nearest
    return Step(key, _where_to_do(finding), place=place, finding=finding, on=last)


def _where_to_do(finding: Finding) -> str:
    """The address where the requirement is worked on."""
    rule = finding.requirement
    if rule.artefact:
        return "cpd:artefact-create"
    if rule.kind in (RuleKind.DEADLINE, RuleKind.MAX_GAP) or rule.dimension == "artefact":
        return "cpd:enrolment-detail"
    return "cpd:activity-create"


def _missing_fact(places: Iterable[Place]) -> Step | None:
    for place in places:
        if place.needs_title:
            return Step(StepKey.TITLE, "cpd:enrolment-update", place=place)
        if place.needs_anchor:
            return Step(StepKey.ANCHOR, "cpd:enrolment-update", place=place)
    return None


def _first_with(places: Iterable[Place], fact: str, key: StepKey, target: str) -> Step | None:
    for place in places:
        if count := getattr(place, fact):
            return Step(key, target, place=place, count=count)
    return None


def _declaration(places: Iterable[Place], today: datetime.date) -> Step | None:
    wanted = [
        (last, place, finding)
        for place in places
        for finding in place.assessment.findings
        if finding.outcome is Outcome.DECLARE
        and finding.counts
        and (last := last_day_of(finding, place.assessment)) is not None
        and 0 <= (last - today).days <= ACT_WITHIN
    ]
    return _nearest(wanted, StepKey.DECLARE)


def _to_check(places: Iterable[Place], today: datetime.date) -> Step | None:
    """What may bind and is not met, of which we are not sure: nobody has enough before they have looked."""
    wanted = [
        (last, place, finding)
        for place in places
        for finding in place.assessment.findings
        if not finding.counts
        and finding.requirement.binding in BINDING
        and finding.requirement.kind not in (*NOT_TO_REACH, RuleKind.DEADLINE)
        and finding.outcome in (Outcome.NOT_YET, Outcome.DECLARE)
        and (last := last_day_of(finding, place.assessment)) is not None
        and last >= today
    ]
    step = _nearest(wanted, StepKey.CHECK)
    return None if step is None else replace(step, target="cpd:enrolment-detail")


def _silence(last_done_on: datetime.date | None, today: datetime.date) -> Step | None:
    if last_done_on is None:
        return Step(StepKey.LOG, "cpd:activity-create")
    days = (today - last_done_on).days
    return Step(StepKey.LOG, "cpd:activity-create", count=days) if days >= SILENCE else None


def _enough(places: Sequence[Place]) -> Step:
    """Enough of everything that can be counted; LOOK where that cannot be said."""
    verdicts = {place.assessment.verdict for place in places}
    if Verdict.ENOUGH in verdicts and verdicts <= {Verdict.ENOUGH, Verdict.NO_AMOUNT}:
        return Step(StepKey.ENOUGH, "cpd:requirements")
    return Step(StepKey.LOOK, "cpd:requirements")
