"""Amounts, outcomes and what is left, in words."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from cpd import catalogue, wording
from cpd.rules.types import Binding, Cite, Confidence, Finding, Outcome, Part, Period, Requirement, RuleKind
from cpd.wording import HOURS, Thing, amount, outcome_word, said_of, said_of_part, time_left

POINTS = Thing("point", "points")
CITE = Cite((), Confidence.A, datetime.date(2026, 11, 1))
YEAR = Period(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
LAST_YEAR = Period(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
NMC = catalogue.frameworks()["uk-nmc"].versions[-1]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("7.5", HOURS, "7 h 30 min"),
        ("0.833333", HOURS, "50 min"),
        ("0.001", HOURS, "1 min"),  # Something is never said to be nothing.
        ("0", HOURS, "0 min"),
        ("35", HOURS, "35 h"),
        ("7.5", POINTS, "7.5 points"),
        ("1", POINTS, "1 point"),
        ("1.00", POINTS, "1 point"),
        ("0", POINTS, "0 points"),
        ("0.675", POINTS, "0.68 points"),
        ("10", POINTS, "10 points"),
        ("100", None, "100"),
        ("1250", None, "1,250"),
        ("5", None, "5"),
    ],
)
def test_amounts(value: str, unit: wording.Named | None, words: str) -> None:
    assert amount(Decimal(value), unit) == words


def test_no_amount_is_no_words() -> None:
    assert amount(None, HOURS) == ""


def finding(outcome: Outcome, have: int = 30, need: int = 35, **more: Any) -> Finding:
    rule: dict[str, Any] = {
        "id": "total",
        "kind": RuleKind.MIN_TOTAL,
        "name": "CPD",
        "sentence": "At least 35 hours.",
        "binding": Binding.MANDATORY,
        "cite": CITE,
    } | more.pop("rule", {})
    known: dict[str, Any] = {"have": Decimal(have), "need": Decimal(need), "window": YEAR} | more
    return Finding(Requirement(**rule), outcome, **known)


@pytest.mark.parametrize(
    ("found", "word", "left", "figure"),
    [
        (finding(Outcome.NOT_YET), "Not yet", "5 h to go", "30 h of 35 h"),
        (finding(Outcome.NOT_YET, 0), "Not yet", "35 h to go", "0 of 35 h"),
        (finding(Outcome.MET, 37), "Met", "", "37 h, 35 h asked"),
        (finding(Outcome.NOT_YET, 0, 1, rule={"artefact": "feedback"}), "Not yet", "1 to go", ""),
        (finding(Outcome.NOT_MET, is_closed=True), "Not met, the time is over", "5 h short", "30 h of 35 h"),
        (
            finding(Outcome.NOT_YET, is_closed=True, rule={"binding": Binding.RECOMMENDED}),
            "Below what is recommended",
            "5 h short",
            "30 h of 35 h",
        ),
        (
            finding(Outcome.NOT_YET, 3, 5, rule={"kind": RuleKind.MIN_COUNT, "artefact": "feedback"}),
            "Not yet",
            "2 to go",
            "3 of 5",
        ),
        (
            finding(Outcome.NOT_YET, 400, 450, rule={"artefact": "practice-hours"}),
            "Not yet",
            "50 h to go",
            "400 h of 450 h",
        ),
        (
            finding(Outcome.NOT_YET, 30, 35, rule={"kind": RuleKind.MAX_CATEGORY}),
            "Some not counted",
            "",
            "30 h counted, at most 35 h",
        ),
        (
            finding(Outcome.NOT_YET, 3, 5, rule={"kind": RuleKind.ELIGIBILITY}),
            "Some not counted",
            "",
            "3 of 5 activities",
        ),
        (
            finding(Outcome.NOT_MET, 3, 5, rule={"kind": RuleKind.ROLLING_BALANCE}),
            "Not met today",
            "2 h to go",
            "3 h of 5 h",
        ),
        (
            finding(Outcome.NOT_YET, due=datetime.date(2027, 1, 28), rule={"kind": RuleKind.DEADLINE}),
            "Not yet",
            "By 28 January 2027",
            "",
        ),
        (
            finding(Outcome.MET, due=datetime.date(2027, 1, 28), rule={"kind": RuleKind.LOCK}),
            "Open",
            "Closes after 28 January 2027",
            "",
        ),
    ],
)
def test_findings(found: Finding, word: str, left: str, figure: str) -> None:
    said = said_of(found, NMC)
    assert (said.word, said.left, said.figure) == (word, left, figure)


def test_the_running_year_and_the_years_before_are_told_apart() -> None:
    rule = {"kind": RuleKind.YEARLY_MIN}
    parts = (
        Part("2025", Outcome.NOT_MET, Decimal(3), Decimal(25), LAST_YEAR),
        Part("2026", Outcome.NOT_YET, Decimal(20), Decimal(25), YEAR),
    )
    short = said_of(finding(Outcome.NOT_MET, 20, 25, parts=parts, rule=rule), NMC)
    assert (short.left, short.note) == ("5 h to go", "Not met in 1 earlier year.")
    done = Part("2026", Outcome.MET, Decimal(30), Decimal(25), YEAR)
    enough = said_of(finding(Outcome.NOT_MET, 30, 25, parts=(parts[0], done), rule=rule), NMC)
    assert (enough.left, enough.word) == ("Enough for now", "Not met, the time is over")


def test_a_year_that_has_not_begun_is_not_said_to_be_short() -> None:
    rule = {"kind": RuleKind.YEARLY_MIN}
    part = Part("2026", Outcome.NOT_YET, Decimal(0), Decimal(25), YEAR)
    found = finding(Outcome.NOT_YET, 0, 25, parts=(part,), rule=rule)
    assert said_of_part(part, found, NMC, today=datetime.date(2025, 12, 31)).word == "Not begun"
    assert said_of_part(part, found, NMC, today=YEAR.first).word == "Not yet"


def test_what_is_recommended_is_never_not_met() -> None:
    rule = {"binding": Binding.RECOMMENDED}
    assert {outcome_word(finding(Outcome.NOT_YET, is_closed=over, rule=rule)) for over in (True, False)} == {
        "Not yet",
        "Below what is recommended",
    }


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("2026-11-21", ""),
        ("2026-11-22", "1 day left"),
        ("2026-12-31", "40 days left"),
        ("2027-01-31", "2 months left"),
        ("2027-09-30", "10 months left"),
        ("2027-11-22", "1 year left"),
        ("2029-03-01", "2 years and 3 months left"),
    ],
)
def test_time_left(last: str, words: str) -> None:
    assert time_left(datetime.date.fromisoformat(last), datetime.date(2026, 11, 22)) == words


def test_every_framework_can_be_put_into_words() -> None:
    for framework in catalogue.frameworks().values():
        for version in framework.versions:
            assert wording.cycle_words(version.cycle) and wording.unit_words(version.unit)
            for rate in version.unit.rates if version.unit else ():
                assert ":" in wording.rate_words(rate, version)
            for rule in version.requirements:
                wording.unit_of(rule, version)
        for example in framework.examples:
            for rule_id, outcome in example.expect.items():
                name, said = wording.said_of_example(framework, rule_id, outcome)
                assert name != rule_id and said.word, (framework.id, rule_id)
