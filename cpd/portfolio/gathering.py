"""What goes into a portfolio, read from the record once. The number of queries does not grow with it."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from cpd import catalogue
from cpd.artefact_answers import Answer, answers_of, artefact_shape
from cpd.identifying import PARTS_OF_REFLECTION, checked, needs_confirming
from cpd.models import Activity, Artefact, Evidence, Goal, GoalStatus, PackKind, Placement, Reflection
from cpd.portfolio.contents import (
    Chosen,
    Entry,
    FileLine,
    GoalLine,
    PaperLine,
    PlaceLine,
    Portfolio,
    RequirementLine,
    Section,
    StandLine,
)
from cpd.portfolio.shapes import notes_of, sections_of
from cpd.querysets.record import own_artefacts
from cpd.rules.artefacts import ArtefactShape
from cpd.rules.guessing import category_label
from cpd.rules.types import Finding
from cpd.standing import Stand, cycles_before, earlier_cycle, standings
from cpd.wording import BINDINGS, CHECK_WITH_REGULATOR, Said, groups_of, outcome_word, said_of, said_of_all
from meducation.lib.dates import Span, nearest_minutes

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class ToMend:
    """Something that is missing, or kept out, and the page that mends it."""

    text: str
    address: str


@dataclass(frozen=True)
class Gathered:
    """What a portfolio will say, and what its owner may want to mend before."""

    portfolio: Portfolio
    to_mend: tuple[ToMend, ...]


def gathered(user: "User", chosen: Chosen, *, today: datetime.date) -> Gathered:
    """Everything `user` chose of their record, as it stands on `today`."""
    to_mend: list[ToMend] = []
    # Packs of a body are about that body; a portfolio is about all.
    stands = [
        stand
        for stand in standings(user, today=today)
        if not chosen.kind.framework or stand.enrolment.framework == chosen.kind.framework
    ]
    entries, kept_out = _entries(user, chosen, stands)
    lines = []
    if chosen.requirements:
        for each in stands:
            stand = _on_last_day(user, each, chosen.last, today)
            lines.append(_stand_line(stand, chosen, entries))
            to_mend += _missing(stand)
    if chosen.kind.framework and not stands:
        to_mend.append(
            ToMend(f"{chosen.kind.label}: you have not chosen this body yet.", reverse("cpd:enrolment-start"))
        )
    sections, of_papers = _sections(user, chosen, entries) if chosen.papers else ((), [])
    if chosen.kind is PackKind.RCPSC and chosen.first.year != chosen.last.year:
        to_mend.append(ToMend("The Royal College takes one file for each calendar year.", reverse("cpd:portfolio")))
    portfolio = Portfolio(
        kind=chosen.kind.value,
        name=user.name,
        first=chosen.first,
        last=chosen.last,
        made_on=today,
        stands=tuple(lines),
        goals=tuple(_goals(user, chosen)) if chosen.plan else (),
        sections=sections,
        entries=entries,
        has_plan=chosen.plan,
        has_requirements=chosen.requirements,
    )
    return Gathered(portfolio, (*to_mend, *kept_out, *of_papers))


# --- The log ---------------------------------------------------------------------------------------------------------


def _entries(user: "User", chosen: Chosen, stands: Iterable[Stand]) -> tuple[tuple[Entry, ...], list[ToMend]]:
    span = Span(chosen.first, chosen.last)
    activities = user.activities.kept().within(span).exclude(pk__in=chosen.left_out)
    if chosen.highlights_only:
        activities = activities.highlights()
    if chosen.kind is PackKind.RCPSC:
        activities = activities.reading()
    found = list(activities.select_related("reflection").order_by("done_on", "recorded_at", "pk"))
    evidence: defaultdict[uuid.UUID | None, list[FileLine]] = defaultdict(list)
    for file in user.evidence.kept().filter(activity__in=activities).order_by("uploaded_at", "pk"):
        evidence[file.activity_id].append(_file_line(file))
    places = _places(user, span, stands)
    entries, kept_out = [], []
    # One reflection may serve many activities: each is checked once.
    safe: dict[uuid.UUID, bool] = {}
    for activity in found:
        reflection = activity.reflection
        is_in = reflection is not None and _is_chosen(reflection, chosen)
        if is_in and reflection is not None:
            if reflection.pk not in safe:
                safe[reflection.pk] = not needs_confirming(reflection)
            if not safe[reflection.pk]:
                is_in = False
                kept_out.append(
                    ToMend(
                        f"The reflection on “{activity.title}” may identify a patient, so it is left out. Check it.",
                        reverse("cpd:activity-update", args=[activity.pk]),
                    )
                )
        entries.append(_entry(user, activity, is_in, evidence[activity.pk], places.get(activity.pk, ())))
    return tuple(entries), kept_out


def _is_chosen(reflection: Reflection, chosen: Chosen) -> bool:
    return chosen.reflections == "all" or (chosen.reflections == "shareable" and reflection.is_shareable)


def _file_line(file: Evidence) -> FileLine:
    return FileLine(id=str(file.pk), name=file.name, size=file.size, sha256=file.sha256)


def _places(user: "User", span: Span, stands: Iterable[Stand]) -> Mapping[uuid.UUID, tuple[PlaceLine, ...]]:
    by_enrolment = {stand.enrolment.pk: stand for stand in stands}
    placements = Placement.objects.filter(
        enrolment__in=by_enrolment, activity__user=user, activity__done_on__range=(span.first, span.last)
    )
    places: defaultdict[uuid.UUID, tuple[PlaceLine, ...]] = defaultdict(tuple)
    for placement in placements.exclude(category="").order_by("enrolment__created_at", "pk"):
        stand = by_enrolment[placement.enrolment_id]
        if stand.version is not None:
            label = category_label(stand.version, placement.category) or placement.category
            places[placement.activity_id] += (PlaceLine(stand.short, label),)
    return places


def _entry(
    user: "User", activity: Activity, has_words: bool, evidence: list[FileLine], places: tuple[PlaceLine, ...]
) -> Entry:
    reflection = activity.reflection
    words = tuple(
        (label, text)
        for name, label in PARTS_OF_REFLECTION
        if has_words and reflection is not None and (text := getattr(reflection, name))
    )
    timed = activity.timed_ms
    return Entry(
        id=str(activity.pk),
        title=activity.title,
        kind=activity.get_kind_display(),
        provider=activity.provider,
        first=activity.done_on,
        last=activity.last_day,
        minutes=activity.minutes,
        participatory_minutes=activity.participatory_minutes,
        timed_minutes=None if timed is None else nearest_minutes(timed),
        offline_minutes=nearest_minutes(activity.offline_seconds * 1000),
        provenance=activity.get_provenance_display(),
        more_because=activity.more_because,
        recorded_on=user.profile.local_date(activity.recorded_at),
        is_late=activity.is_late,
        is_highlight=activity.is_highlight,
        tags=tuple(activity.tags),
        byline=activity.article_byline,
        address=activity.article_address,
        revision=activity.revision_number,
        revision_sha256=activity.revision_sha256,
        reflection=words,
        has_private_reflection=reflection is not None and not words,
        ai_use=reflection.get_ai_use_display() if words and reflection is not None else "",
        places=places,
        evidence=tuple(evidence),
    )


# --- The plan, and what bodies ask for beside activities ----------------------------------------------------------


def _goals(user: "User", chosen: Chosen) -> Iterator[GoalLine]:
    # A plan is a CPD year's: those of every year of which a day is in the period.
    span = Span(user.profile.year_of(chosen.first).first, user.profile.year_of(chosen.last).last)
    for goal in user.goals.kept().planned_within(span).for_plan():
        yield GoalLine(
            title=goal.title,
            why=goal.why,
            how=goal.how,
            due=goal.due_on,
            status=_goal_status(goal),
            outcome=goal.outcome,
            activities=goal.activity_count,
        )


def _goal_status(goal: Goal) -> str:
    return "Carried into a later year" if goal.is_open and goal.later_id else GoalStatus(goal.status).label


def _sections(user: "User", chosen: Chosen, entries: Iterable[Entry]) -> tuple[tuple[Section, ...], list[ToMend]]:
    artefacts = own_artefacts(user).kept().filter(done_on__range=(chosen.first, chosen.last))
    if chosen.kind.framework:
        artefacts = artefacts.filter(enrolment__framework=chosen.kind.framework)
    lines, to_check = [], []
    for artefact in artefacts.order_by("done_on", "recorded_at", "pk"):
        shape = artefact_shape(artefact.enrolment, artefact.kind, artefact.done_on)
        line = _paper_line(artefact, shape)
        lines.append((artefact.kind, shape.kind.plural if shape else line.name, line))
        if checked(line.answers):
            to_check.append(
                ToMend(
                    f"{line.name} of {line.first:%-d %B %Y} may identify somebody. Check it before you show it.",
                    reverse("cpd:artefact-detail", args=[artefact.pk]),
                )
            )
    return sections_of(chosen.kind, lines, notes_of(chosen, tuple(entries))), to_check


def _paper_line(artefact: Artefact, shape: ArtefactShape | None) -> PaperLine:
    framework = catalogue.framework(artefact.enrolment.framework)
    answers = [("What is declared", shape.kind.sentence)] if shape and shape.kind.is_declaration else []
    return PaperLine(
        framework=framework.short if framework else artefact.enrolment.framework,
        name=shape.kind.name if shape else artefact.kind,
        first=artefact.done_on,
        last=artefact.done_until or artefact.done_on,
        answers=(*answers, *((_label(each), each.text) for each in answers_of(artefact, shape))),
    )


def _label(answer: Answer) -> str:
    """Of what is written at length with the number of its words: bodies set limits, and ask for the count."""
    words = len(answer.text.split())
    return f"{answer.label} ({words:,} word{'' if words == 1 else 's'})" if answer.is_long else answer.label


# --- Requirements ----------------------------------------------------------------------------------------------------


def _on_last_day(user: "User", stand: Stand, last: datetime.date, today: datetime.date) -> Stand:
    """How the enrolment stood in the cycle of the period's last day: the present one's where there is no other."""
    cycle = stand.assessment.cycle
    if cycle is None or last >= cycle.first:
        return stand
    for over in cycles_before(user, stand, today=today):
        if over.first <= last <= over.last:
            earlier = earlier_cycle(user, stand.enrolment, over.first, today=today)
            return earlier.stand if earlier is not None else stand
    return stand


def _stand_line(stand: Stand, chosen: Chosen, entries: Iterable[Entry]) -> StandLine:
    cycle, groups = stand.assessment.cycle, groups_of(stand.assessment)
    shown = [(finding, BINDINGS.get(finding.requirement.binding, "")) for finding in (*groups.binding, *groups.advice)]
    shown += [(finding, CHECK_WITH_REGULATOR) for finding in groups.unsure]
    verdict = said_of_all(stand.assessment, stand.short)
    return StandLine(
        framework=stand.name,
        number=stand.enrolment.number,
        number_label=_number_label(stand),
        first=cycle.first if cycle else None,
        last=cycle.last if cycle else None,
        as_of=stand.assessment.as_of,
        verdict=". ".join(part.rstrip(".") for part in (verdict.word, verdict.left) if part) + ".",
        requirements=tuple(
            _requirement_line(finding, said_of(finding, stand.version), note) for finding, note in shown
        ),
    )


def _number_label(stand: Stand) -> str:
    return (stand.framework.number_label if stand.framework else "") or "Number"


def _requirement_line(finding: Finding, said: Said, note: str) -> RequirementLine:
    return RequirementLine(
        name=finding.requirement.name,
        sentence=finding.requirement.sentence,
        outcome=outcome_word(finding),
        figure=said.figure,
        # It goes on after the outcome: "Not yet, by 28 January 2027".
        left=f"{said.left[:1].lower()}{said.left[1:]}" if said.left != outcome_word(finding) else said.left,
        note=note,
    )


def _missing(stand: Stand) -> Iterator[ToMend]:
    """What binds and is not met, each with the page on which it is recorded."""
    groups = groups_of(stand.assessment)
    for finding in (*groups.open, *groups.unsure_short):
        if finding.is_closed:
            continue
        said = said_of(finding, stand.version)
        rest = said.left or said.word
        if not finding.counts:
            rest += f" ({CHECK_WITH_REGULATOR.lower()})"
        if finding.requirement.artefact:
            address = reverse("cpd:artefact-create", args=[stand.enrolment.pk, finding.requirement.artefact])
        else:
            address = reverse("cpd:enrolment-detail", args=[stand.enrolment.pk])
        yield ToMend(f"{stand.short}: {finding.requirement.name}, {rest[:1].lower()}{rest[1:]}.", address)
