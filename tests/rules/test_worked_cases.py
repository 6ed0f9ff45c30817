"""The worked cases of docs/cpd-rules.md, section 8, by the files that are shipped."""

import datetime
from decimal import Decimal

import pytest

from cpd.catalogue import frameworks
from cpd.rules.engine import assess
from cpd.rules.types import Assessment, Enrolled, Entry, Outcome, TitleHeld, Verdict
from tests.rules.cases import artefact, day, entry


def held(*titles: str) -> tuple[TitleHeld, ...]:
    return (TitleHeld(frozenset(titles)),)


def stand(framework: str, *entries: Entry, as_of: str, on: str | None = None, **who: object) -> Assessment:
    artefacts = who.pop("artefacts", ())
    return assess(
        entries,
        frameworks()[framework],
        Enrolled(framework, **who),  # type: ignore[arg-type]  # each test names fields of Enrolled
        day(as_of),
        artefacts=artefacts,  # type: ignore[arg-type]  # the same
        on=day(on) if on else None,
    )


def test_8_1_singapore_newly_registered_in_may() -> None:
    assessment = stand(
        "sg-smc", as_of="2026-06-01", titles=held("pc-2y"), anchor=day("2027-12-31"), joined_on=day("2026-05-10")
    )
    assert assessment.finding("total").need == 42
    assert assessment.finding("core").need == 8


def dentist(*hours_by_year: float, first_year: int = 2021) -> list[Entry]:
    return [
        entry(f"{first_year + number}-06-15", hours, marks=["verifiable", "outcome/A"])
        for number, hours in enumerate(hours_by_year)
        if hours
    ]


GDC = {"titles": held("dentist"), "anchor": day("2021-01-01"), "joined_on": day("2020-09-01")}


def test_8_2_gdc_every_pair_of_years_has_ten() -> None:
    assessment = stand("uk-gdc", *dentist(0, 10, 0, 10, 80), as_of="2026-01-01", on="2025-12-31", **GDC)
    assert assessment.finding("cpd-total").outcome is Outcome.MET
    assert assessment.finding("ten-in-two").outcome is Outcome.MET


def test_8_2_gdc_a_pair_without_ten() -> None:
    assessment = stand("uk-gdc", *dentist(45, 45, 10, 0, 0), as_of="2026-01-01", on="2025-12-31", **GDC)
    assert assessment.finding("cpd-total").outcome is Outcome.MET
    pairs = assessment.finding("ten-in-two")
    assert pairs.outcome is Outcome.NOT_MET
    assert [part.have for part in pairs.parts if part.outcome is Outcome.NOT_MET] == [0]


def test_8_2_gdc_across_the_border_of_cycles() -> None:
    # Four hours in 2025, the last year of a cycle, and five in 2026, the first of the next.
    done = [*dentist(25, 25, 25, 25, 4), *dentist(5, first_year=2026)]
    assessment = stand("uk-gdc", *done, as_of="2027-01-01", on="2026-12-31", **GDC)
    across = assessment.finding("ten-in-two").parts[0]
    assert across.have == 9
    assert across.outcome is Outcome.NOT_MET


def test_8_3_pharmacist_in_australia() -> None:
    assessment = stand(
        "au-pharmba",
        entry("2025-11-01", 30, kind="reading", category="group-1"),
        entry("2025-12-01", 8, kind="reading", category="group-2"),
        as_of="2026-10-01",
        on="2026-09-30",
        titles=held("pharmacist"),
    )
    assert assessment.finding("cpd-total").outcome is Outcome.NOT_MET
    assert assessment.finding("cpd-total").have == assessment.counted == 36
    assert assessment.recorded - assessment.counted == 10


@pytest.mark.parametrize(
    ("educational", "reviewing", "measuring", "together"),
    [(25, 20, 5, Outcome.MET), (26, 19, 5, Outcome.NOT_MET)],
    ids=["25 + 20 + 5", "26 + 19 + 5"],
)
def test_8_4_medical_board_of_australia(educational: int, reviewing: int, measuring: int, together: Outcome) -> None:
    assessment = stand(
        "au-mba",
        entry("2025-03-01", educational, category="educational-activities"),
        entry("2025-04-01", reviewing, category="reviewing-performance"),
        entry("2025-05-01", measuring, category="measuring-outcomes"),
        as_of="2026-01-01",
        on="2025-12-31",
    )
    assert assessment.finding("cpd-total").outcome is Outcome.MET
    assert assessment.finding("performance-and-outcomes").outcome is together


def irish(planning: int) -> Assessment:
    return stand(
        "ie-mpc-2025",
        entry("2025-06-01", planning, category="planning"),
        entry("2025-07-01", 10, category="practice-review"),
        entry("2025-08-01", 15, category="work-based-learning"),
        entry("2025-09-01", 20, category="accredited-ce"),
        as_of="2026-05-01",
        on="2026-04-30",
        titles=held("practising"),
        artefacts=(artefact("pdp", "2025-06-01"),),
    )


def test_8_5_ireland_every_category_met_and_two_hours_short() -> None:
    assessment = irish(planning=3)
    categories = ("practice-review", "work-based-learning", "accredited-ce")
    assert {assessment.finding(each).outcome for each in categories} == {Outcome.MET}
    assert assessment.finding("cpd-total").outcome is Outcome.NOT_MET
    assert assessment.finding("cpd-total").left == 2
    assert assessment.verdict is Verdict.NOT_MET


def test_8_5_ireland_planning_counts_up_to_five() -> None:
    assessment = irish(planning=9)
    assert assessment.recorded == 54
    assert assessment.counted == 50


def test_8_6_south_africa_an_entry_of_thirteen_months_ago_has_lapsed() -> None:
    clinical = [entry(f"2025-{month:02}-15", 5, stated=Decimal(5), category="clinical") for month in range(7, 13)]
    ethics = entry("2025-06-30", 5, stated=Decimal(5), category="ethics")
    assessment = stand("za-hpcsa", *clinical, ethics, as_of="2026-07-01", titles=held("practitioner"))
    assert assessment.finding("balance").outcome is Outcome.MET
    assert assessment.finding("ethics").outcome is Outcome.NOT_MET
    assert assessment.finding("ethics").have == 0
    assert assessment.verdict is Verdict.NOT_MET


@pytest.mark.parametrize(("minutes", "credits"), [(52, "0.75"), (53, "1"), (7, "0"), (8, "0.25")])
def test_8_7_ama_rounds_to_the_nearest_quarter(minutes: int, credits: str) -> None:
    assessment = stand("us-ama-pra", entry("2026-03-01", minutes=minutes, category="category-2"), as_of="2026-04-01")
    assert assessment.counted == Decimal(credits)


def test_8_8_nmc_fifteen_of_twenty_participatory() -> None:
    assessment = stand(
        "uk-nmc",
        entry("2025-01-01", 20),
        entry("2025-02-01", 15, participatory_minutes=900),
        as_of="2026-06-01",
        titles=held("nurse"),
        anchor=day("2026-09-30"),
    )
    assert assessment.finding("cpd-total").outcome is Outcome.MET
    assert assessment.finding("participatory").outcome is Outcome.NOT_YET
    assert assessment.finding("participatory").left == 5


def test_8_9_royal_college_one_year_with_twenty() -> None:
    years = {2024: 60, 2025: 20, 2026: 60, 2027: 60, 2028: 50}
    assessment = stand(
        "ca-rcpsc-moc",
        *(entry(datetime.date(year, 5, 1), credits, category="group-accredited") for year, credits in years.items()),
        as_of="2029-01-01",
        on="2028-12-31",
        anchor=day("2024-01-01"),
    )
    assert assessment.finding("cpd-total").outcome is Outcome.MET
    yearly = assessment.finding("each-year")
    assert yearly.outcome is Outcome.NOT_MET
    assert [part.have for part in yearly.parts if part.outcome is Outcome.NOT_MET] == [20]
