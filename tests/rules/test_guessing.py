"""Where an activity probably belongs: hand-made rules first, then a promise about every framework file."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cpd import catalogue
from cpd.rules.guessing import (
    EVERYTHING,
    PARTICIPATORY,
    READING,
    Facts,
    Place,
    counts_as,
    guess,
    habit_of,
    in_short,
    offered,
    unmet,
)
from cpd.rules.types import (
    Binding,
    Choice,
    Cite,
    Confidence,
    CycleKind,
    CycleRule,
    DoubleCount,
    Guess,
    Question,
    Rate,
    ReadingRule,
    Requirement,
    RuleKind,
    Unit,
    Version,
    Where,
)

SURE = Cite((), Confidence.A, datetime.date(2026, 11, 1))
UNSURE = replace(SURE, confidence=Confidence.B)
COURSE, PLAIN_READING = Facts("course"), Facts(READING)
HOURS = Unit("hour", "hours", SURE, per_hour=Decimal(1), is_time=True)
CATEGORIES = (Choice("internal", "Internal"), Choice("external", "External"), Choice("personal", "Personal"))
QUESTIONS = (
    Question("others", "Learning with others"),
    Question("outcome", "Outcomes", choices=(Choice("A", "Communication"), Choice("B", "Management"))),
    Question("verifiable", "I hold a certificate", remembered=False),
)


def rules(**more: Any) -> Version:
    plain: dict[str, Any] = {"cycle": CycleRule(CycleKind.CALENDAR_YEAR, SURE), "unit": HOURS, "requirements": ()}
    return Version("1", **plain | {"categories": CATEGORIES, "questions": QUESTIONS} | more)


def reading(*never: str, category: str = "", cite: Cite = SURE) -> ReadingRule:
    return ReadingRule("Reading alone is personal.", cite, category, frozenset(never))


def marks(*names: str) -> frozenset[str]:
    return frozenset(names)


# --- Guesses ---------------------------------------------------------------------------------------------------------


def test_the_first_guess_that_fits_is_taken() -> None:
    version = rules(guesses=(Guess(marks("teaching"), category="internal"), Guess(category="external")))
    assert guess(version, COURSE) == Place("external")
    assert guess(version, Facts("teaching")) == Place("internal")


def test_the_topics_of_an_article_may_decide() -> None:
    version = rules(guesses=(Guess(topics=marks("ethics"), category="internal"), Guess(category="external")))
    assert guess(version, Facts("course", marks("ethics", "pain"))).category == "internal"
    assert guess(version, Facts("course", marks("pain"))).category == "external"


def test_a_habit_comes_before_the_guesses() -> None:
    version = rules(guesses=(Guess(category="external", marks=marks("others")),))
    assert guess(version, COURSE, Place("internal", marks("outcome/A"))) == Place("internal", marks("outcome/A"))


def test_a_habit_without_a_category_leaves_that_to_the_guesses() -> None:
    version = rules(guesses=(Guess(category="external", marks=marks("others")),))
    assert guess(version, COURSE, Place("", marks())) == Place("external")


def test_a_habit_of_older_rules_names_nothing_that_is_gone() -> None:
    version = rules(guesses=(Guess(category="external"),))
    assert guess(version, COURSE, Place("section-9", marks("outcome/Z", "others"))) == Place(
        "external", marks("others")
    )


def test_what_only_the_person_can_know_is_never_guessed() -> None:
    version = rules(guesses=(Guess(marks=marks("verifiable", "others")),))
    assert guess(version, COURSE).marks == {"others"}
    assert guess(version, COURSE, Place("", marks("verifiable", "outcome/B"))).marks == {"outcome/B"}


def test_nor_is_it_remembered() -> None:
    said = Place("internal", marks("verifiable", "others"))
    assert habit_of(rules(), said) == Place("internal", marks("others"))


def test_without_any_guess_nothing_is_said() -> None:
    assert guess(rules(), COURSE) == Place()


# --- Reading ---------------------------------------------------------------------------------------------------------


def test_reading_goes_where_the_body_says_unless_a_guess_fits() -> None:
    assert guess(rules(reading=reading(category="personal")), PLAIN_READING) == Place("personal")
    version = rules(reading=reading(category="personal"), guesses=(Guess(marks(READING), category="internal"),))
    assert guess(version, PLAIN_READING) == Place("internal")
    assert guess(rules(reading=reading(category="personal")), COURSE) == Place()


def test_reading_is_never_offered_what_the_body_rules_out() -> None:
    version = rules(reading=reading("external", "others", "outcome/A", PARTICIPATORY), asks_participatory=True)
    offer = offered(version, is_reading=True)
    assert offer.category_ids == {"internal", "personal"}
    assert offer.marks == {"outcome/B", "verifiable"}
    assert not offer.participatory
    other = offered(version, is_reading=False)
    assert other.category_ids == {"internal", "external", "personal"} and other.participatory
    assert other.marks == {"others", "outcome/A", "outcome/B", "verifiable"}


def test_neither_a_guess_nor_a_habit_gets_round_that() -> None:
    version = rules(
        reading=reading("external", "others", category="personal"),
        guesses=(Guess(category="external"), Guess(category="internal", marks=marks("others"))),
    )
    assert guess(version, PLAIN_READING) == Place("internal")
    assert guess(version, PLAIN_READING, Place("external", marks("others"))) == Place("internal")


def test_a_question_of_which_no_choice_is_left_is_not_asked() -> None:
    offer = offered(rules(reading=reading("outcome/A", "outcome/B")), is_reading=True)
    assert [question.id for question in offer.questions] == ["others", "verifiable"]


def test_where_reading_counts_for_nothing_nothing_is_offered() -> None:
    stated = replace(HOURS, stated=True, rates=(Rate(Where(), per_item=Decimal(1)),))
    version = rules(reading=reading(EVERYTHING), unit=stated, guesses=(Guess(category="external"),))
    offer = offered(version, is_reading=True)
    assert offer.is_nothing and not (offer.categories or offer.questions or offer.stated or offer.items or offer.split)
    assert guess(version, PLAIN_READING, Place("external", marks("others"))) == Place()


def test_certificates_items_and_a_split_are_asked_for_only_where_they_mean_something() -> None:
    plain = offered(rules(), is_reading=False)
    assert not (plain.stated or plain.items or plain.split)
    unit = replace(HOURS, stated=True, rates=(Rate(Where(), per_item=Decimal(1)),))
    full = offered(rules(unit=unit, double_count=DoubleCount.SPLIT), is_reading=False)
    assert full.stated and full.items and full.split
    of_one = reading("internal", "external")
    assert not offered(rules(double_count=DoubleCount.SPLIT, reading=of_one), is_reading=True).split


# --- Eligibility -----------------------------------------------------------------------------------------------------


def needs_certificate(cite: Cite = SURE) -> Requirement:
    sentence = "Only verifiable CPD counts."
    where = Where(marks=marks("verifiable"))
    return Requirement("verifiable", RuleKind.ELIGIBILITY, "Verifiable", sentence, Binding.MANDATORY, cite, where=where)


def test_what_does_not_count_as_it_stands_is_known_beforehand() -> None:
    version = rules(requirements=(needs_certificate(),))
    assert [rule.id for rule in unmet(version, COURSE, Place())] == ["verifiable"]
    assert not unmet(version, COURSE, Place("", marks("verifiable")))


def test_a_rule_below_grade_a_takes_nothing_away_unless_trusted() -> None:
    version = rules(requirements=(needs_certificate(UNSURE),))
    assert not unmet(version, COURSE, Place())
    assert unmet(version, COURSE, Place(), trusts_unsure=True)


# --- In words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "facts", "place", "short", "sentence"),
    [
        (rules(), COURSE, Place("internal"), "Internal", "Counts towards X as Internal."),
        (rules(), COURSE, Place(), "no category yet", "Has no category for X yet. You can choose one after saving."),
        (rules(categories=()), COURSE, Place(), "hours", "Counts towards X as hours."),
        (
            rules(categories=(), asks_participatory=True, reading=reading(PARTICIPATORY)),
            PLAIN_READING,
            Place(),
            "non-participatory hours",
            "Counts towards X as non-participatory hours.",
        ),
        (
            rules(reading=reading(EVERYTHING)),
            PLAIN_READING,
            Place(),
            "does not count",
            "Does not count for X. Reading alone is personal.",
        ),
        (
            rules(requirements=(needs_certificate(),)),
            COURSE,
            Place("internal"),
            "does not count as it stands",
            "Does not count for X as it stands. Only verifiable CPD counts.",
        ),
        (rules(categories=(), unit=None), COURSE, Place(), "recorded", "Recorded for X. It sets no amount."),
        (rules(unit=None), COURSE, Place("internal"), "Internal", "Recorded for X as Internal. It sets no amount."),
        (
            rules(categories=(), unit=replace(HOURS, per_hour=None, stated=True)),
            COURSE,
            Place(),
            "as your certificate states",
            "Recorded for X. It earns no hours by itself unless your certificate states them.",
        ),
        (
            rules(unit=replace(HOURS, per_hour=None)),
            COURSE,
            Place("internal"),
            "Internal, no amount by itself",
            "Recorded for X as Internal. It earns no hours by itself.",
        ),
    ],
)
def test_a_place_in_words(version: Version, facts: Facts, place: Place, short: str, sentence: str) -> None:
    assert in_short(version, facts, place) == short
    assert counts_as(version, facts, place, short="X") == sentence


def test_without_participatory_minutes_it_is_not_participatory() -> None:
    version = rules(categories=(), asks_participatory=True)
    assert in_short(version, COURSE, Place()) == "hours"
    assert in_short(version, COURSE, Place(), participatory=False) == "non-participatory hours"
    version = rules(asks_participatory=True)
    assert in_short(version, COURSE, Place("internal"), participatory=False) == "Internal, non-participatory"


# --- Every file ------------------------------------------------------------------------------------------------------

KINDS = (
    *("reading", "course", "conference", "teaching", "quality", "case", "journal-club", "mandatory", "supervision"),
    *("research", "writing", "other"),
)
VERSIONS = [
    pytest.param(version, id=f"{framework.id}-{version.id}")
    for framework in catalogue.frameworks().values()
    for version in framework.versions
]


@pytest.mark.sweep
@pytest.mark.parametrize("version", VERSIONS)
def test_no_file_has_a_guess_that_its_body_rules_out(version: Version) -> None:
    all_said = Place(version.categories[-1].id if version.categories else "", offered(version, is_reading=False).marks)
    for kind in KINDS:
        for habit in (None, all_said):
            facts = Facts(kind)
            place, offer = guess(version, facts, habit), offered(version, is_reading=facts.is_reading)
            assert place.category in offer.category_ids | {""}
            assert place.marks <= offer.remembered_marks
            if facts.is_reading and version.reading is not None:
                assert not (place.marks | {place.category}) & version.reading.never
            assert counts_as(version, facts, place, short="X").endswith(".")


def test_reading_is_not_participatory_for_the_nmc_and_nothing_for_the_gdc() -> None:
    nmc, gdc = catalogue.frameworks()["uk-nmc"].versions[-1], catalogue.frameworks()["uk-gdc"].versions[-1]
    assert not offered(nmc, is_reading=True).participatory and offered(nmc, is_reading=False).participatory
    assert offered(gdc, is_reading=True).is_nothing
