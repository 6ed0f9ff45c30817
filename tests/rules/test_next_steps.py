"""The one next step, chosen by rule: a table of situations, and what must come out."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from cpd.rules.next_steps import Place, Step, StepKey, next_step
from cpd.rules.types import (
    Assessment,
    Binding,
    Cite,
    Confidence,
    Cycle,
    Finding,
    Outcome,
    Part,
    Period,
    Requirement,
    RuleKind,
    Verdict,
)

TODAY = datetime.date(2026, 11, 22)
YESTERDAY = datetime.date(2026, 11, 21)
CITE = Cite((), Confidence.A, TODAY)
YEAR = Period(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
LATER = datetime.date(2027, 9, 30)


def finding(
    outcome: Outcome = Outcome.NOT_YET,
    *,
    kind: RuleKind = RuleKind.MIN_TOTAL,
    due: datetime.date | None = YEAR.last,
    binding: Binding = Binding.MANDATORY,
    rule: dict[str, Any] | None = None,
    **more: Any,
) -> Finding:
    requirement = Requirement(f"{kind.value}", kind, kind.value, "A rule.", binding, CITE, **rule or {})
    known: dict[str, Any] = {"have": Decimal(10), "need": Decimal(25), "window": YEAR, "due": due} | more
    return Finding(requirement, outcome, **known)


def place(*findings: Finding, verdict: Verdict = Verdict.NOT_YET, name: str = "NMC", **more: Any) -> Place:
    assessment = Assessment("x", "1", Cycle(YEAR, (YEAR,)), TODAY, verdict, findings=findings)
    return Place(name, name, assessment, **more)


def test_a_cap_that_is_used_up_is_told_with_the_total() -> None:
    cap = finding(kind=RuleKind.MAX_CATEGORY, have=Decimal(20), need=Decimal(20))
    found = next_step([place(finding(), cap)], today=TODAY, waiting=0, last_done_on=YESTERDAY)
    assert found is not None and found.full == ("max_category",)
    room = finding(kind=RuleKind.MAX_CATEGORY, have=Decimal(19), need=Decimal(20))
    found = next_step([place(finding(), room)], today=TODAY, waiting=0, last_done_on=YESTERDAY)
    assert found is not None and found.full == ()


ENOUGH = place(finding(Outcome.MET), verdict=Verdict.ENOUGH)
DECLARE = finding(Outcome.DECLARE, kind=RuleKind.ATTEST, rule={"artefact": "health"})


def step(
    *places: Place, waiting: int = 0, last_done_on: datetime.date | None = YESTERDAY
) -> tuple[StepKey | None, str, str]:
    """Key, target, name of the framework."""
    found = next_step(places, today=TODAY, waiting=waiting, last_done_on=last_done_on)
    return (found.key, found.target, found.place.name if found.place else "") if found else (None, "", "")


TABLE: dict[str, tuple[tuple[StepKey | None, str, str], tuple[StepKey | None, str, str]]] = {
    "nobody to answer to": (step(waiting=3), (None, "", "")),
    "something is missing": (step(place(finding())), (StepKey.REQUIREMENT, "cpd:activity-create", "NMC")),
    "it comes before everything else": (
        step(place(finding(), needs_anchor=True, unplaced=3, without_reflection=2), waiting=3, last_done_on=None),
        (StepKey.REQUIREMENT, "cpd:activity-create", "NMC"),
    ),
    "the nearest date of all frameworks": (
        step(place(finding(due=LATER)), place(finding(), name="GDC")),
        (StepKey.REQUIREMENT, "cpd:activity-create", "GDC"),
    ),
    "of one day, the first in the file": (
        step(place(finding(rule={"artefact": "plan"}), finding())),
        (StepKey.REQUIREMENT, "cpd:artefact-create", "NMC"),
    ),
    "a scheme binds who is in it": (
        step(place(finding(binding=Binding.SCHEME))),
        (StepKey.REQUIREMENT, "cpd:activity-create", "NMC"),
    ),
    "a date to act by": (
        step(place(finding(kind=RuleKind.DEADLINE, due=datetime.date(2027, 1, 28)))),
        (StepKey.REQUIREMENT, "cpd:enrolment-detail", "NMC"),
    ),
    "a date to act by that is far off": (
        step(place(finding(kind=RuleKind.DEADLINE, due=LATER), verdict=Verdict.ENOUGH)),
        (StepKey.ENOUGH, "cpd:requirements", ""),
    ),
    "a figure that is not sure is to be checked": (
        step(place(finding(counts=False), verdict=Verdict.ENOUGH)),
        (StepKey.CHECK, "cpd:enrolment-detail", "NMC"),
    ),
    "one that is not sure and met is not": (
        step(place(finding(counts=False, outcome=Outcome.MET), verdict=Verdict.ENOUGH)),
        (StepKey.ENOUGH, "cpd:requirements", ""),
    ),
    "a cap asks for nothing": (
        step(place(finding(kind=RuleKind.MAX_CATEGORY), verdict=Verdict.ENOUGH)),
        (StepKey.ENOUGH, "cpd:requirements", ""),
    ),
    "what is over cannot be done": (
        step(place(finding(Outcome.NOT_MET), verdict=Verdict.NOT_MET)),
        (StepKey.LOOK, "cpd:requirements", ""),
    ),
    "a balance that lapsed can": (
        step(place(finding(Outcome.NOT_MET, kind=RuleKind.ROLLING_BALANCE, due=None, window=Period(YESTERDAY, TODAY)))),
        (StepKey.REQUIREMENT, "cpd:activity-create", "NMC"),
    ),
    "once in a lifetime is due with the cycle": (
        step(place(finding(kind=RuleKind.ONCE_ONLY, due=None, window=None))),
        (StepKey.REQUIREMENT, "cpd:activity-create", "NMC"),
    ),
    "enough for this year, not for the years to come": (
        step(
            place(
                finding(
                    kind=RuleKind.YEARLY_MIN,
                    parts=(
                        Part("2026", Outcome.MET, period=YEAR),
                        Part("2027", Outcome.NOT_YET, period=Period(datetime.date(2027, 1, 1), LATER)),
                    ),
                ),
            )
        ),
        (StepKey.LOOK, "cpd:requirements", ""),
    ),
    "last year is lost, this one is not": (
        step(
            place(
                finding(
                    Outcome.NOT_MET,
                    kind=RuleKind.YEARLY_MIN,
                    parts=(
                        Part("2025", Outcome.NOT_MET, period=Period(datetime.date(2025, 1, 1), YESTERDAY)),
                        Part("2026", Outcome.NOT_YET, period=YEAR),
                    ),
                ),
            )
        ),
        (StepKey.REQUIREMENT, "cpd:activity-create", "NMC"),
    ),
    "a title comes before a date": (
        step(place(verdict=Verdict.UNKNOWN, needs_anchor=True, needs_title=True), waiting=1),
        (StepKey.TITLE, "cpd:enrolment-update", "NMC"),
    ),
    "a date": (
        step(ENOUGH, place(verdict=Verdict.UNKNOWN, name="GDC", needs_anchor=True), waiting=1),
        (StepKey.ANCHOR, "cpd:enrolment-update", "GDC"),
    ),
    "reading": (
        step(place(DECLARE, unplaced=3), waiting=1),
        (StepKey.READING, "cpd:reading-inbox", ""),
    ),
    "activities placed nowhere": (
        step(ENOUGH, place(DECLARE, name="GDC", unplaced=3)),
        (StepKey.PLACE, "cpd:activity-list", "GDC"),
    ),
    "a declaration": (
        step(place(DECLARE, without_reflection=4)),
        (StepKey.DECLARE, "cpd:artefact-create", "NMC"),
    ),
    "a declaration that is far off": (
        step(place(finding(Outcome.DECLARE, kind=RuleKind.ATTEST, due=LATER), without_reflection=4)),
        (StepKey.REFLECT, "cpd:activity-list", "NMC"),
    ),
    "thirty days of nothing": (
        step(ENOUGH, last_done_on=datetime.date(2026, 10, 23)),
        (StepKey.LOG, "cpd:activity-create", ""),
    ),
    "twenty-nine days of nothing": (
        step(ENOUGH, last_done_on=datetime.date(2026, 10, 24)),
        (StepKey.ENOUGH, "cpd:requirements", ""),
    ),
    "nothing ever": (step(ENOUGH, last_done_on=None), (StepKey.LOG, "cpd:activity-create", "")),
    "advice": (
        step(ENOUGH, place(finding(binding=Binding.RECOMMENDED), verdict=Verdict.NO_AMOUNT, name="RCGP")),
        (StepKey.ADVICE, "cpd:activity-create", "RCGP"),
    ),
    "enough": (step(ENOUGH, place(verdict=Verdict.NO_AMOUNT)), (StepKey.ENOUGH, "cpd:requirements", "")),
    "one of them cannot be told": (
        step(ENOUGH, place(verdict=Verdict.UNKNOWN)),
        (StepKey.LOOK, "cpd:requirements", ""),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_step_is_the_one_the_rule_gives(case: str) -> None:
    got, wanted = TABLE[case]
    assert got == wanted


def test_a_step_carries_its_numbers() -> None:
    found = next_step([place(finding())], today=TODAY, waiting=0, last_done_on=None)
    assert isinstance(found, Step) and found.requirement is not None
    assert (found.requirement.id, found.left, found.on) == ("min_total", Decimal(15), YEAR.last)


def test_days_of_silence_are_told() -> None:
    found = next_step([ENOUGH], today=TODAY, waiting=0, last_done_on=TODAY - datetime.timedelta(days=44))
    assert found is not None and found.count == 44
