"""Why an activity counts in each framework of its owner, or why it does not: for the activity's page."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cpd import catalogue
from cpd.actions.placements import guessed, version_on
from cpd.ledger import enrolled_in_cycle, entries_of, entry_of
from cpd.models import Activity, Enrolment, JudgedCycle, Placement
from cpd.rules.counting import Share, fits, shares_of
from cpd.rules.cycles import cycle_containing
from cpd.rules.engine import assess, version_for
from cpd.rules.guessing import READING, Facts, category_label, counts_as, marks_of, offered
from cpd.rules.types import (
    Cycle,
    CycleKind,
    Entry,
    Framework,
    Measure,
    ReadingRule,
    Reason,
    Requirement,
    RuleKind,
    Tally,
    Version,
)
from cpd.wording import amount

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article

# Rules that an activity adds to; the others take away, or ask for something else.
ADDS_TO = frozenset(
    {
        RuleKind.MIN_TOTAL,
        RuleKind.MIN_CATEGORY,
        RuleKind.COMBINED_MIN,
        RuleKind.MIN_SHARE,
        RuleKind.YEARLY_MIN,
        RuleKind.SLIDING_MIN,
        RuleKind.ROLLING_BALANCE,
        RuleKind.ONCE_ONLY,
        RuleKind.EVERY_NTH_CYCLE,
        RuleKind.FIRST_CYCLE_ONLY,
    }
)
UNKNOWN_FRAMEWORK = "This release does not know this framework, so it cannot tell."


@dataclass(frozen=True)
class Step:
    """One step of the counting, in a sentence."""

    reason: Reason
    took_away: bool


@dataclass(frozen=True)
class Why:
    """What became of one activity under one enrolment. `mark` names the sign that stands beside the word."""

    enrolment: Enrolment
    name: str
    mark: str
    word: str
    framework: Framework | None = None
    version: Version | None = None
    tally: Tally | None = None
    cycle: Cycle | None = None
    judged: JudgedCycle | None = None  # The cycle is closed for good.
    said: tuple[str, ...] = ()  # Its category and what else is said of it.
    is_guess: bool = False  # Nobody has looked at that yet.
    steps: tuple[Step, ...] = ()
    adds_to: tuple[Requirement, ...] = ()
    reading: ReadingRule | None = None  # What the body says of reading alone, if it was that.
    needs_date: bool = False  # The date on which its cycle depends is missing.
    has_lapsed: bool = False
    notes: tuple[str, ...] = ()


def why(activity: Activity, *, user: "User", today: datetime.date) -> list[Why]:
    """What the rules made of an activity, under each current enrolment of its owner. At most six queries."""
    enrolments = list(user.enrolments.current(today).prefetch_related("leaves", "grants"))
    if not enrolments:
        return []
    placements = {placement.enrolment_id: placement for placement in activity.placements.all()}
    closed = _closed_cycles(enrolments, activity.done_on)
    entries = entries_of(user, enrolments)
    return [
        _why(
            activity,
            enrolment,
            entries[enrolment.pk],
            placement=placements.get(enrolment.pk),
            judged=closed.get(enrolment.pk),
            today=today,
        )
        for enrolment in enrolments
    ]


def reading_counts_as(article: "Article", *, user: "User", today: datetime.date) -> list[str]:
    """What reading an article will count as, a sentence for each current enrolment: the guess it will be logged by."""
    enrolments = list(user.enrolments.current(today))
    if not enrolments:
        return []
    facts = Facts(READING, frozenset(article.topics.values_list("slug", flat=True)))
    sentences = []
    for enrolment in enrolments:
        framework, version = catalogue.framework(enrolment.framework), version_on(enrolment, today)
        if framework is not None and version is not None:
            place = guessed(enrolment, version, facts).place
            sentences.append(
                counts_as(version, facts, place, short=framework.short, trusts_unsure=enrolment.trusts_unsure)
            )
    return sentences


def _closed_cycles(enrolments: Iterable[Enrolment], day: datetime.date) -> Mapping[uuid.UUID, JudgedCycle]:
    rows = JudgedCycle.objects.filter(enrolment__in=list(enrolments), first_on__lte=day, last_on__gte=day)
    # Where two were closed that overlap, as could happen once, the newer one is named.
    newest = rows.order_by("enrolment", "-first_on").distinct("enrolment")
    return {row.enrolment_id: row for row in newest.defer("assessment")}


def _why(
    activity: Activity,
    enrolment: Enrolment,
    entries: Iterable[Entry],
    *,
    placement: Placement | None,
    judged: JudgedCycle | None,
    today: datetime.date,
) -> Why:
    framework = catalogue.framework(enrolment.framework)
    if framework is None:
        return Why(enrolment, enrolment.framework, "cannot-tell", "Cannot tell", notes=(UNKNOWN_FRAMEWORK,))
    day = activity.done_on
    enrolled = enrolled_in_cycle(
        enrolment, framework, day, leaves=enrolment.leaves.all(), grants=enrolment.grants.all()
    )
    judging = version_for(framework, enrolled, day)
    # A window that moves on: what it has left behind is looked at as it once was, and has lapsed.
    window = None
    if judging is not None and judging.cycle.kind is CycleKind.ROLLING:
        window = cycle_containing(judging.cycle, enrolled, today)
    has_lapsed = window is not None and day not in window.whole
    on = today if window is not None and not has_lapsed else day
    assessment = assess(entries, framework, enrolled, today, on=on)
    version = framework.version_on(day) or judging
    tally = assessment.tallies.get(str(activity.pk))
    if tally is not None and has_lapsed:
        tally = replace(tally, counted=Decimal(0))
    entry = entry_of(activity, placement)
    mark, word = _verdict(tally, version, has_lapsed=has_lapsed)
    reading = version.reading if version is not None and Facts(activity.kind).is_reading else None
    steps = tuple(_steps(tally, reading)) if tally is not None else ()
    is_said = any(reading is not None and step.reason.sentence == reading.sentence for step in steps)
    return Why(
        enrolment,
        framework.name,
        mark,
        word,
        framework=framework,
        version=version,
        tally=tally,
        cycle=assessment.cycle,
        judged=judged,
        said=tuple(_said(version, entry)) if version is not None else (),
        is_guess=placement is not None and placement.is_guess,
        steps=steps,
        adds_to=tuple(_adds_to(version, entry, enrolled.titles_on(day))) if version and tally and tally.counted else (),
        reading=None if is_said else reading,
        needs_date=assessment.cycle is None and bool(assessment.version),
        has_lapsed=has_lapsed,
        notes=assessment.caveats,
    )


def _verdict(tally: Tally | None, version: Version | None, *, has_lapsed: bool) -> tuple[str, str]:
    """The sign and the few words that come first."""
    if tally is None or version is None:
        return "cannot-tell", "Cannot tell"
    if version.unit is None:
        return "none", "Recorded"
    if has_lapsed:
        return "left-out", "Has lapsed"
    if not tally.counted:
        return "left-out", "Does not count"
    if tally.not_counted:
        return "counted", f"In part: {amount(tally.counted, version.unit)} counted"
    return "counted", f"{amount(tally.counted, version.unit)} counted"


def _steps(tally: Tally, reading: ReadingRule | None) -> Iterator[Step]:
    """What it is worth, then what takes something of that away: a rule, a cap, or what the body says of reading."""
    for reason in tally.reasons:
        is_about_reading = reading is not None and reason.sentence == reading.sentence
        took_away = bool(reason.requirement) or is_about_reading
        # Of what counts for nothing, what it would have been worth is no news.
        if took_away or tally.counted or len(tally.reasons) == 1:
            yield Step(reason, took_away)


def _said(version: Version, entry: Entry) -> Iterator[str]:
    """The place in the framework's own words: its category or the parts of it, the participatory part, the answers."""
    if entry.split:
        for share in shares_of(entry):
            label = category_label(version, share.category) or "No category"
            yield f"{label}: {share.minutes} min"
    elif version.categories:
        yield category_label(version, entry.category) or "No category yet"
    may_be = offered(version, is_reading=Facts(entry.kind).is_reading).participatory
    if version.asks_participatory and (may_be or entry.participatory_minutes):
        yield f"Participatory: {entry.participatory_minutes} of {entry.minutes} min"
    elif version.asks_participatory:
        yield "Not participatory"
    for question in version.questions:
        labels = {f"{question.id}/{choice.id}": choice.label for choice in question.choices}
        given = [mark for mark in marks_of(question) if mark in entry.marks]
        if given and labels:
            yield f"{question.label}: {'; '.join(labels[mark] for mark in given)}"
        elif given:
            yield question.label
    if entry.stated is not None and version.unit is not None:
        yield f"Stated on the certificate: {amount(entry.stated, version.unit)}"


def _adds_to(version: Version, entry: Entry, titles: frozenset[str]) -> Iterator[Requirement]:
    """The requirements that what counts of it adds to."""
    shares: list[Share] = shares_of(entry)
    for requirement in version.requirements:
        if requirement.kind not in ADDS_TO or requirement.artefact:
            continue
        if requirement.only and not requirement.only & titles:
            continue
        if requirement.measure is Measure.PARTICIPATORY and not entry.participatory_minutes:
            continue
        is_measured = requirement.measure in (Measure.CREDITS, Measure.PARTICIPATORY)
        if is_measured and any(fits(requirement.where, share) for share in shares):
            yield requirement
