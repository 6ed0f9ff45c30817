"""What the rules found, in words: amounts, outcomes, what is left. Presentation only, for pages, mail and calendars."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from cpd.rules.next_steps import NOT_TO_REACH, Step
from cpd.rules.types import (
    Assessment,
    Binding,
    Confidence,
    Cycle,
    CycleKind,
    CycleRule,
    Finding,
    Framework,
    Measure,
    Outcome,
    Part,
    Rate,
    Requirement,
    RuleKind,
    Unit,
    Verdict,
    Version,
)
from meducation.lib.dates import day_month_year, duration

CHECK_WITH_REGULATOR = "Check with your regulator"
OUTCOMES = {
    Outcome.MET: "Met",
    Outcome.NOT_YET: "Not yet",
    Outcome.NOT_MET: "Not met, the time is over",
    Outcome.DECLARE: "Needs your declaration",
    Outcome.UNKNOWN: "Cannot tell",
}
# The same of one year of several, or of one member of a set, where there is little room.
SHORT_OUTCOMES = OUTCOMES | {Outcome.NOT_MET: "Not met", Outcome.DECLARE: "To declare"}
NOT_BEGUN = "Not begun"
NOTHING_LEFT_OUT, SOME_LEFT_OUT = "Nothing left out", "Some not counted"
BINDINGS = {Binding.RECOMMENDED: "Recommended", Binding.SCHEME: "For this body’s certificate"}

GRADES = {
    Confidence.A: "the body’s own page, the law, or several independent bodies that agree",
    Confidence.B: "a secondary source or an old page",
    Confidence.C: "general knowledge, or sources that conflict",
}


class Named(Protocol):
    """Something that is counted: a framework's own unit, or ours below."""

    @property
    def name(self) -> str:
        """For one."""

    @property
    def plural(self) -> str:
        """For any other number."""

    @property
    def is_time(self) -> bool:
        """Whether it is hours, said as hours and minutes."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What is counted where it is not the framework's unit."""

    name: str
    plural: str
    is_time: bool = False


HOURS = Thing("hour", "hours", is_time=True)
ACTIVITIES = Thing("activity", "activities")
REFLECTIONS = Thing("reflection", "reflections")


def amount(value: Decimal | int | None, unit: Named | None = None) -> str:
    """ "7 h 30 min", "7.5 credits", "1 point"; a bare "5" without a unit."""
    if value is None:
        return ""
    value = Decimal(value)
    if unit is not None and unit.is_time:
        return duration(_minutes(value))
    figure = number(value)
    if unit is None:
        return figure
    return f"{figure} {unit.name if value == 1 else unit.plural}"


def number(value: Decimal) -> str:
    """ "7.5", "1,250": at most two places, none that say nothing."""
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    return f"{whole:,}" if rounded == whole else f"{rounded:,}".rstrip("0")


def _minutes(hours: Decimal) -> int:
    """Whole minutes; something is never said to be nothing."""
    minutes = int((hours * 60).to_integral_value(ROUND_HALF_UP))
    return 1 if hours > 0 and not minutes else minutes


def unit_of(requirement: Requirement, version: Version | None) -> Named | None:
    """What the figures of a requirement count; None for a plain number."""
    if requirement.artefact:
        kind = next((each for each in version.artefacts if each.id == requirement.artefact), None) if version else None
        asked = next((each for each in kind.fields if each.id == kind.quantity), None) if kind else None
        return HOURS if asked is not None and asked.kind == "hours" else None
    if requirement.kind in (RuleKind.COVERAGE, RuleKind.MAX_GAP, RuleKind.ATTEST, RuleKind.DEADLINE, RuleKind.LOCK):
        return None
    if requirement.measure is Measure.ENTRIES:
        return ACTIVITIES
    if requirement.measure is Measure.REFLECTIONS:
        return REFLECTIONS
    if requirement.measure is Measure.ARTEFACTS:
        return None
    return version.unit if version else None


# --- One requirement -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a requirement, or of a part of it. `mark` names the sign that stands beside the word."""

    mark: str
    word: str
    left: str = ""  # What is missing, first and in words: "7 h 30 min to go".
    figure: str = ""  # "27 h 30 min of 35 h".
    note: str = ""  # What the figure of the running year does not say.
    have: float | None = None  # For the bar; None where there is nothing to draw.
    need: float | None = None


def said_of(finding: Finding, version: Version | None) -> Said:
    """A finding in words."""
    rule = finding.requirement
    if rule.kind in NOT_TO_REACH:
        return _taken_away(finding, version)
    word = outcome_word(finding)
    if rule.kind is RuleKind.DEADLINE and finding.due is not None and finding.outcome is not Outcome.MET:
        return Said(finding.outcome.value, word, left=f"By {day_month_year(finding.due)}")
    if finding.have is None or finding.need is None or rule.kind in (RuleKind.ATTEST, RuleKind.DEADLINE):
        return Said(finding.outcome.value, word)
    unit = unit_of(rule, version)
    if finding.need == 1 and not finding.have:
        # "1 to go" says it all: "0 of 1" and an empty bar beside it are the same again.
        return Said(finding.outcome.value, word, left=_left(finding, unit), note=_note(finding))
    return Said(
        finding.outcome.value,
        word,
        left=_left(finding, unit),
        figure=_figure(finding.have, finding.need, unit),
        note=_note(finding),
        have=float(min(finding.have, finding.need)),
        need=float(finding.need),
    )


def step_words(step: Step) -> str:
    """What the next step is about, before its date: "7 h 30 min to go", "to be done"."""
    if step.finding is None or step.place is None:
        return ""
    finding = step.finding
    is_single = finding.need == 1 and unit_of(finding.requirement, step.place.version) is None
    if is_single or finding.requirement.kind is RuleKind.DEADLINE:
        return "to be done"
    return said_of(finding, step.place.version).left or "to be done"


def line_of(finding: Finding, version: Version | None) -> str:
    """A finding in one line: "Practice hours, 450 h to go"."""
    said = said_of(finding, version)
    rest = said.left or said.word
    return f"{finding.requirement.name}, {rest[:1].lower()}{rest[1:]}"


def said_of_part(part: Part, finding: Finding, version: Version | None, *, today: datetime.date | None = None) -> Said:
    """A year, a pair of years, a member of a set, or a gap, in words; a year after `today` has not begun."""
    rule = finding.requirement
    if today is not None and part.period is not None and part.period.first > today and not part.have:
        return Said("none", NOT_BEGUN)
    unit = unit_of(rule, version)
    if rule.kind is RuleKind.ROLLING_BALANCE:
        return Said("none", "", figure=amount(part.have, unit))
    if rule.kind is RuleKind.COVERAGE:
        # Members that must occur once are said by their outcome; only amounts are figures worth reading.
        is_amount = rule.measure is Measure.CREDITS and rule.value is not None
        unit = version.unit if version and is_amount else None
        if not is_amount and part.need == 1:
            return Said(part.outcome.value, SHORT_OUTCOMES[part.outcome])
    figure = ""
    if part.have is not None and part.need is not None:
        figure = _figure(part.have, part.need, unit)
    elif part.have is not None:
        figure = amount(part.have, unit)
    return Said(part.outcome.value, SHORT_OUTCOMES[part.outcome], figure=figure)


def due_of(finding: Finding, cycle: Cycle | None) -> datetime.date | None:
    """The day a page must name: not for what is met, said by `said_of` already, or due when the cycle ends."""
    is_said = finding.requirement.kind in (RuleKind.DEADLINE, RuleKind.LOCK, RuleKind.ROLLING_BALANCE)
    if finding.outcome is Outcome.MET or is_said or (cycle is not None and finding.due == cycle.last):
        return None
    return finding.due


def outcome_word(finding: Finding) -> str:
    """The outcome on screen. What is only recommended is never said to be not met."""
    rule = finding.requirement
    if finding.is_closed and finding.outcome is Outcome.NOT_YET and rule.binding is Binding.RECOMMENDED:
        return "Below what is recommended"
    if finding.outcome is Outcome.NOT_MET and rule.kind is RuleKind.ROLLING_BALANCE:
        return "Not met today"
    return OUTCOMES[finding.outcome]


def _left(finding: Finding, unit: Named | None) -> str:
    """What is missing of the window that is running: of this year, where every year asks for it anew."""
    running = next((part.outcome for part in finding.parts if part.period and part.period == finding.window), None)
    now = running or finding.outcome
    if now is Outcome.MET and finding.outcome is not Outcome.MET:
        return "Enough for now"
    if now is Outcome.MET or not finding.left:
        return ""
    is_never_over = finding.requirement.kind is RuleKind.ROLLING_BALANCE
    is_short = finding.is_closed or (now is Outcome.NOT_MET and not is_never_over)
    return f"{amount(finding.left, unit)} {'short' if is_short else 'to go'}"


def _figure(have: Decimal, need: Decimal, unit: Named | None) -> str:
    """ "18 h of 25 h", "3 of 5 credits", "0 of 35 h"; with more than was asked "34 h, 10 h asked"."""
    if have > need:
        asked = amount(need, unit) if unit is not None and unit.is_time else number(need)
        return f"{amount(have, unit)}, {asked} asked"
    if have and unit is not None and unit.is_time:
        return f"{amount(have, unit)} of {amount(need, unit)}"
    return f"{number(have)} of {amount(need, unit)}"


def _note(finding: Finding) -> str:
    """Earlier years that were short, the figure speaking of the running one; and when a balance will no longer hold."""
    if finding.requirement.kind is RuleKind.ROLLING_BALANCE:
        return f"It falls below on {day_month_year(finding.due)} unless you add more." if finding.due else ""
    short = sum(part.outcome is Outcome.NOT_MET and part.period != finding.window for part in finding.parts)
    if not short:
        return ""
    one, several = (
        ("pair of years", "pairs of years") if finding.requirement.kind is RuleKind.SLIDING_MIN else ("year", "years")
    )
    return f"Not met in {short} earlier {one if short == 1 else several}."


def _taken_away(finding: Finding, version: Version | None) -> Said:
    """Caps, eligibility and locks: nobody reaches them; they leave something out, or nothing."""
    rule = finding.requirement
    if finding.outcome is Outcome.UNKNOWN:
        return Said(finding.outcome.value, OUTCOMES[finding.outcome])
    if rule.kind is RuleKind.LOCK:
        left = f"Closes after {day_month_year(finding.due)}" if finding.due else ""
        return Said("open" if finding.due else "closed", "Open" if finding.due else "Closed", left=left)
    figure = ""
    if finding.have is not None and finding.need:
        if rule.kind is RuleKind.ELIGIBILITY:
            figure = _figure(finding.have, finding.need, ACTIVITIES)
        else:
            unit = unit_of(rule, version)
            have = amount(finding.have, unit) if unit is not None and unit.is_time else number(finding.have)
            figure = f"{have} counted, at most {amount(finding.need, unit)}"
    if finding.outcome is Outcome.MET:
        return Said("counted", NOTHING_LEFT_OUT, figure=figure)
    return Said("left-out", SOME_LEFT_OUT, figure=figure)


# --- A framework -----------------------------------------------------------------------------------------------------


STATUSES = {
    "regulator": "Regulator",
    "professional-body": "Professional body",
    "credit-system": "Credit system",
}


def cycle_words(rule: CycleRule) -> str:
    """How long a cycle is and when it begins: "Two years, from a date of your own"."""
    if rule.kind is CycleKind.ROLLING:
        return f"Always the last {rule.months} months"
    if rule.kind is CycleKind.CALENDAR_YEAR:
        return "Each calendar year"
    if rule.kind is CycleKind.ANNUAL_BLOCK:
        if rule.starts_by_title or rule.starts is None:
            return "Twelve months, from a day that depends on the title"
        return f"Twelve months from {rule.starts.of(2026):%-d %B}"
    lengths = sorted({rule.years, *rule.years_by_title.values()}) if rule.years_by_title else [rule.years]
    years = " or ".join(f"{each}" for each in lengths)
    length = f"{years} {'year' if lengths == [1] else 'years'}"
    if rule.first is not None:
        return f"{length}, the same for everybody; one began on {day_month_year(rule.first)}"
    return f"{length}, from a date of your own"


def unit_words(unit: Unit | None) -> str:
    """How time becomes what is counted: "1 hour is 2 credits"."""
    if unit is None:
        return "No unit: what counts is what you did, not for how long"
    if unit.per_hour is None:
        if unit.rates:
            return f"Counted in {unit.plural}; how many depends on the activity"
        return f"Counted in {unit.plural}; time alone earns none, a certificate states how many"
    if unit.is_time and unit.per_hour == 1:
        return f"Counted in {unit.plural}"
    return f"1 hour is {amount(unit.per_hour, unit)}"


def rate_words(rate: Rate, version: Version) -> str:
    """What some activities earn: "Group 2: 1 hour is 2 credits"."""
    unit = version.unit
    labels = {each.id: each.label for each in version.categories}
    for question in version.questions:
        labels |= {f"{question.id}/{choice.id}": choice.label for choice in question.choices} or {
            question.id: question.label
        }
    named = [labels.get(each, each) for each in sorted(rate.where.categories)]
    named += [labels.get(each, each) for each in sorted(rate.where.marks | rate.where.any_marks | rate.where.kinds)]
    what = ", ".join(named) or "Everything else"
    if rate.per_item is not None:
        return f"{what}: {amount(rate.per_item, unit)} each"
    return f"{what}: 1 hour is {amount(rate.per_hour, unit)}"


# --- All of them together --------------------------------------------------------------------------------------------


def said_of_example(framework: Framework, rule_id: str, outcome: Outcome | None) -> tuple[str, Said]:
    """What must come out for an example clinician: the rule's name, and its outcome in words."""
    for version in reversed(framework.versions):
        for rule in version.requirements:
            if rule.id == rule_id:
                if outcome is None:
                    return rule.name, Said("none", "Not asked")
                if rule.kind in NOT_TO_REACH and outcome is not Outcome.UNKNOWN:
                    is_met = outcome is Outcome.MET
                    return rule.name, Said(*(("counted", NOTHING_LEFT_OUT) if is_met else ("left-out", SOME_LEFT_OUT)))
                return rule.name, Said(outcome.value, OUTCOMES[outcome])
        for limit in version.limits:
            if limit.id == rule_id:
                is_met = outcome is Outcome.MET
                return limit.sentence, Said(*(("counted", NOTHING_LEFT_OUT) if is_met else ("left-out", SOME_LEFT_OUT)))
    return rule_id, Said("none", "")


def said_of_all(assessment: Assessment, body: str) -> Said:
    """The verdict in words; `left` is the sentence that goes with it."""
    over, groups = assessment.is_closed, groups_of(assessment)
    if assessment.verdict is Verdict.ENOUGH:
        if groups.unsure_short:
            # Half the truth would be worse than none: what we are not sure of may bind all the same.
            more = len(groups.unsure_short)
            check = f"{more} more {'is' if more == 1 else 'are'} for you to check with your regulator."
            return Said("met", "Enough of what we are sure of", left=check)
        by = "By the figures we have checked." if groups.unsure else "Every requirement of this cycle is met."
        return Said("met", "You had enough" if over else "You have enough", left=by)
    if assessment.verdict is Verdict.NO_AMOUNT:
        return Said("none", "No set amount", left=f"{body} sets no amount that must be reached.")
    if assessment.verdict is Verdict.UNKNOWN:
        return Said("cannot-tell", OUTCOMES[Outcome.UNKNOWN])
    sentence = f"{len(groups.met)} of {len(groups.binding)} requirements met."
    if groups.unsure_short:
        more = len(groups.unsure_short)
        sentence = f"{len(groups.met)} of {len(groups.binding)} checked figures met, {more} more to check."
    if assessment.verdict is Verdict.NOT_MET:
        lost = [each.requirement.kind for each in groups.binding if each.outcome is Outcome.NOT_MET]
        is_mendable = not over and set(lost) <= {RuleKind.ROLLING_BALANCE}
        return Said("not-met", "Not met today" if is_mendable else "Not met in time", left=sentence)
    return Said("not-yet", OUTCOMES[Outcome.NOT_YET], left=sentence)


@dataclass(frozen=True, slots=True)
class Groups:
    """Findings as a page shows them: what decides first, in the order of the framework's own file."""

    binding: tuple[Finding, ...]
    advice: tuple[Finding, ...]  # Recommended only.
    limits: tuple[Finding, ...]  # What leaves something out, or closes the book.
    unsure: tuple[Finding, ...]  # Below grade A and not trusted: they decide nothing.

    @property
    def open(self) -> tuple[Finding, ...]:
        """What binds and is not met."""
        return tuple(finding for finding in self.binding if finding.outcome is not Outcome.MET)

    @property
    def unsure_short(self) -> tuple[Finding, ...]:
        """What may bind, is not met, and is not sure."""
        return tuple(
            finding
            for finding in self.unsure
            if finding.outcome is not Outcome.MET
            and finding.requirement.binding is not Binding.RECOMMENDED
            and finding.requirement.kind not in NOT_TO_REACH
        )

    @property
    def met(self) -> tuple[Finding, ...]:
        """What binds and is met."""
        return tuple(finding for finding in self.binding if finding.outcome is Outcome.MET)

    @property
    def left_out(self) -> tuple[Finding, ...]:
        """Limits that took something away, or about which something is to be said."""
        return tuple(finding for finding in self.limits if finding.outcome is not Outcome.MET)


def groups_of(assessment: Assessment) -> Groups:
    """Its findings by what they decide."""
    sure = [finding for finding in assessment.findings if finding.counts]
    to_reach = [finding for finding in sure if finding.requirement.kind not in NOT_TO_REACH]
    return Groups(
        binding=tuple(each for each in to_reach if each.requirement.binding is not Binding.RECOMMENDED),
        advice=tuple(each for each in to_reach if each.requirement.binding is Binding.RECOMMENDED),
        limits=tuple(each for each in sure if each.requirement.kind in NOT_TO_REACH),
        unsure=tuple(finding for finding in assessment.findings if not finding.counts),
    )


def time_left(last: datetime.date, today: datetime.date) -> str:
    """ "43 days left", "10 months left", "2 years and 3 months left"; nothing after the end."""
    days = (last - today).days + 1
    if days <= 0:
        return ""
    if days <= 60:
        return f"{days} {'day' if days == 1 else 'days'} left"
    months = max(2, (last.year - today.year) * 12 + last.month - today.month - (last.day < today.day))
    years, rest = divmod(months, 12)
    parts = [f"{years} {'year' if years == 1 else 'years'}"] if years else []
    if rest:
        parts.append(f"{rest} {'month' if rest == 1 else 'months'}")
    return f"{' and '.join(parts)} left"
