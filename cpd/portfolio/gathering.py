"""What goes into a portfolio, read from the record. The number of queries does not grow with it."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from cpd import catalogue
from cpd.artefact_answers import Answer, answers_of, artefact_shape
from cpd.identifying import checked
from cpd.models import Artefact, Goal, GoalStatus, PackKind
from cpd.portfolio.certified import certificates_of
from cpd.portfolio.contents import (
    Chosen,
    Entry,
    GoalLine,
    PaperLine,
    Portfolio,
    RequirementLine,
    Section,
    StandLine,
    ToMend,
    YearLine,
)
from cpd.portfolio.log import activities_in, entries_of
from cpd.portfolio.shapes import WITH_CERTIFICATES, notes_of, sections_of
from cpd.portfolio.totals import Counted, Totals, totals_of
from cpd.querysets.record import own_artefacts
from cpd.rules.artefacts import ArtefactShape
from cpd.rules.types import Cycle, Finding
from cpd.standing import Stand, cycles_before, earlier_cycle, standings
from cpd.wording import BINDINGS, CHECK_WITH_REGULATOR, Said, groups_of, outcome_word, said_of, said_of_all
from meducation.lib.dates import Span

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Gathered:
    """What a portfolio will say, and what its owner may want to mend before."""

    portfolio: Portfolio
    to_mend: tuple[ToMend, ...]


@dataclass(frozen=True)
class Previewed:
    """The same, with a page of the log only: the rest is counted, and not read."""

    portfolio: Portfolio  # With the entries of the page, and the highlights of all pages.
    to_mend: tuple[ToMend, ...]  # Of the reflections, those on the page.
    totals: Totals
    page: tuple[Entry, ...]


def gathered(user: "User", chosen: Chosen, *, today: datetime.date) -> Gathered:
    """Everything `user` chose of their record, as it stands on `today`."""
    stands = _of_body(standings(user, today=today), chosen)
    entries, kept_out = entries_of(user, chosen, activities_in(user, chosen), stands)
    portfolio, to_mend, of_papers = _around(user, chosen, stands, [entry.counted for entry in entries], today)
    return Gathered(replace(portfolio, entries=entries), (*to_mend, *kept_out, *of_papers))


def previewed(
    user: "User",
    chosen: Chosen,
    *,
    today: datetime.date,
    stands: Iterable[Stand],
    log: Sequence[Counted],
    ids: Sequence[str],
) -> Previewed:
    """The same with those entries of the log whose `ids` are on a page.

    `stands` are all of today's (cpd.standing.standings); `log` is cpd.portfolio.log.counted's.
    """
    stands = _of_body(stands, chosen)
    shown = activities_in(user, chosen).filter(Q(pk__in=ids) | Q(is_highlight=True))
    entries, kept_out = entries_of(user, chosen, shown, stands)
    # What was read is known better than what was only counted.
    read = {entry.id: entry.counted for entry in entries}
    log = [read.get(line.id, line) for line in log]
    portfolio, to_mend, of_papers = _around(user, chosen, stands, log, today)
    on_page = set(ids)
    return Previewed(
        portfolio=replace(portfolio, entries=entries),
        to_mend=(*to_mend, *kept_out, *of_papers),
        totals=totals_of(log),
        page=tuple(entry for entry in entries if entry.id in on_page),
    )


def _of_body(stands: Iterable[Stand], chosen: Chosen) -> list[Stand]:
    """Packs of a body are about that body; a portfolio is about all."""
    of = chosen.kind.framework
    return [stand for stand in stands if not of or stand.enrolment.framework == of]


def _around(
    user: "User", chosen: Chosen, stands: Sequence[Stand], log: Sequence[Counted], today: datetime.date
) -> tuple[Portfolio, list[ToMend], list[ToMend]]:
    """All but the entries; what is missing; which papers are to be checked."""
    to_mend: list[ToMend] = []
    lines = []
    if chosen.requirements:
        for each in stands:
            stand = _on_last_day(user, each, chosen.last, today)
            lines.append(_stand_line(stand, chosen, log))
            to_mend += _missing(stand)
    if chosen.kind.framework and not stands:
        to_mend.append(
            ToMend(f"{chosen.kind.label}: you have not chosen this body yet.", reverse("cpd:enrolment-start"))
        )
    sections, of_papers = _sections(user, chosen, log) if chosen.papers else ((), [])
    if chosen.kind is PackKind.RCPSC and chosen.first.year != chosen.last.year:
        to_mend.append(ToMend("The Royal College takes one file for each calendar year.", reverse("cpd:portfolio")))
    has_certificates = chosen.kind in WITH_CERTIFICATES
    portfolio = Portfolio(
        kind=chosen.kind.value,
        name=user.name,
        first=chosen.first,
        last=chosen.last,
        made_on=today,
        stands=tuple(lines),
        goals=tuple(_goals(user, chosen)) if chosen.plan else (),
        sections=sections,
        certificates=tuple(certificates_of(user, chosen)) if has_certificates else (),
        has_certificates=has_certificates,
        has_plan=chosen.plan,
        has_requirements=chosen.requirements,
    )
    return portfolio, to_mend, of_papers


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


def _sections(user: "User", chosen: Chosen, log: Sequence[Counted]) -> tuple[tuple[Section, ...], list[ToMend]]:
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
    return sections_of(chosen.kind, lines, notes_of(chosen, log)), to_check


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


def _stand_line(stand: Stand, chosen: Chosen, log: Sequence[Counted]) -> StandLine:
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
        years=tuple(_years(cycle, chosen, log)) if cycle else (),
    )


def _years(cycle: Cycle, chosen: Chosen, log: Sequence[Counted]) -> Iterator[YearLine]:
    """What the log has of each year of a cycle that has several, as far as the period goes."""
    for year in cycle.years if len(cycle.years) > 1 else ():
        first, last = max(year.first, chosen.first), min(year.last, chosen.last)
        if first <= last:
            minutes = [line.minutes for line in log if first <= line.first <= last]
            yield YearLine(first, last, len(minutes), sum(minutes))


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
