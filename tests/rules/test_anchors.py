"""The day of their cycle that a person tells us: which can be meant, and what is said of the others."""

import datetime

import pytest

from cpd import catalogue
from cpd.rules.anchors import fault_of, fault_of_future, fault_of_passed, fault_of_past
from cpd.rules.types import CycleRule

TODAY = datetime.date(2026, 11, 22)


def rule_of(framework_id: str) -> CycleRule:
    framework = catalogue.framework(framework_id)
    assert framework is not None
    version = framework.version_on(TODAY)
    assert version is not None
    return version.cycle


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("framework_id", "titles", "anchor"),
    [
        ("uk-nmc", ["nurse"], "2027-09-30"),
        ("uk-nmc", ["nurse"], "2020-09-30"),  # Two cycles ago: it rolls over by itself.
        ("uk-nmc", ["nurse"], "2030-11-22"),  # A cycle and a year ahead, to the day.
        ("uk-gdc", ["dentist"], "2025-01-01"),
        ("uk-gdc", ["dental-nurse"], "2025-08-01"),
        ("uk-gdc", ["dentist", "dental-nurse"], "2025-08-01"),
        ("uk-gdc", [], "2025-08-01"),
        ("uk-gdc", ["dentist"], "2027-01-01"),  # Newly qualified: it begins in some weeks.
        ("sg-smc", ["pc-2y"], "2027-12-31"),
        ("ca-rcpsc-moc", [], "2024-01-01"),
    ],
)
def test_days_that_can_be_meant(framework_id: str, titles: list[str], anchor: str) -> None:
    assert fault_of(rule_of(framework_id), day(anchor), titles=titles, today=TODAY) is None


@pytest.mark.parametrize(
    ("framework_id", "titles", "anchor", "sentence"),
    [
        ("uk-nmc", ["nurse"], "1966-11-21", "more than 60 years ago"),
        ("uk-nmc", ["nurse"], "2030-11-23", "a cycle is 3 years long, so yours ends before 22 November 2030"),
        ("uk-nmc", ["nurse"], "9999-12-31", "Check the year"),
        ("uk-gdc", ["dentist"], "2028-01-01", "more than a year ahead"),
        ("uk-gdc", ["dentist"], "2025-08-01", "starts on 1 January. Enter that day of your year."),
        ("uk-gdc", ["dental-nurse"], "2025-01-01", "starts on 1 August."),
        ("uk-gdc", ["dentist", "dental-nurse"], "2025-03-01", "starts on 1 January or 1 August."),
        ("uk-gdc", [], "2025-12-31", "starts on 1 January or 1 August."),
        ("ca-rcpsc-moc", [], "2024-07-01", "starts on 1 January."),
        ("sg-smc", ["pc-1y"], "2029-12-31", "a cycle is one year long"),
        ("uk-gphc", ["pharmacist"], "2029-01-01", "a cycle is one year long"),
    ],
)
def test_days_that_cannot(framework_id: str, titles: list[str], anchor: str, sentence: str) -> None:
    fault = fault_of(rule_of(framework_id), day(anchor), titles=titles, today=TODAY)
    assert fault is not None and sentence in fault


def test_a_block_that_is_known_by_its_last_day() -> None:
    rule = rule_of("uk-gdc")
    backwards = CycleRule(
        kind=rule.kind, cite=rule.cite, years=5, starts_by_title=rule.starts_by_title, anchor="end", asks="When?"
    )
    assert fault_of(backwards, day("2029-12-31"), titles=["dentist"], today=TODAY) is None
    fault = fault_of(backwards, day("2029-12-30"), titles=["dentist"], today=TODAY)
    assert fault == "A cycle here ends on 31 December. Enter that day of your year."


def test_the_first_and_the_last_possible_days() -> None:
    assert fault_of_past(datetime.date.min, TODAY)
    assert fault_of_future(datetime.date.max, TODAY, years=5)
    assert fault_of_future(day("2031-11-22"), TODAY, years=5) is None
    # An anchor that is the very last day there is must not end in an error.
    assert fault_of(rule_of("uk-gdc"), datetime.date.max, titles=[], today=TODAY)


@pytest.mark.parametrize(
    ("framework_id", "titles", "anchor", "sentence"),
    [
        (
            "uk-nmc",
            ["nurse"],
            "2023-02-02",
            "This day has passed. If you renewed since, your present period ends on 2 February 2029: enter that.",
        ),
        ("uk-nmc", ["nurse"], "2023-11-22", None),  # One cycle ago, to the day.
        ("uk-nmc", ["nurse"], "2026-11-01", None),  # Just over: they may be renewing.
        ("sg-smc", ["pc-1y"], "2024-12-31", "your present period ends on 31 December 2026"),
        ("sg-smc", [], "2019-12-31", None),  # How long a cycle is depends on the title.
        (
            "uk-gdc",
            ["dentist"],
            "2019-01-01",
            "A cycle of five years that started on 1 January 2019 is over. "
            "Your present one started on 1 January 2024: enter that.",
        ),
        ("uk-gdc", ["dentist"], "2022-01-01", None),
        ("uk-gdc", ["dentist"], "2027-01-01", None),
    ],
)
def test_a_day_of_a_cycle_that_is_over_names_the_present_one(
    framework_id: str, titles: list[str], anchor: str, sentence: str | None
) -> None:
    said = fault_of_passed(rule_of(framework_id), day(anchor), titles=titles, today=TODAY)
    assert (said is None) if sentence is None else (said is not None and sentence in said)


def test_a_cycle_over_today_is_over() -> None:
    rule = rule_of("uk-gdc")
    last, after = day("2023-12-31"), day("2024-01-01")
    assert fault_of_passed(rule, day("2019-01-01"), titles=["dentist"], today=last) is None
    assert fault_of_passed(rule, day("2019-01-01"), titles=["dentist"], today=after)
