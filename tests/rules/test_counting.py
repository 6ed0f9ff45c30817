"""What each entry is worth: docs/cpd-rules.md, section 4."""

from decimal import Decimal

import pytest

from cpd.rules.types import DoubleCount, Limit, Rate, ReadingRule, Rounding, Unit, Where
from tests.rules.cases import SURE, UNSURE, enrolled, entry, framework, judged, rule

CREDIT = Unit("credit", "credits", SURE, per_hour=Decimal(1))


def where(**fields: set[str]) -> Where:
    return Where(**{name: frozenset(value) for name, value in fields.items()})


# --- 4.1 Eligibility -------------------------------------------------------------------------------------------------


def test_an_entry_without_what_is_demanded_counts_nothing_and_says_why() -> None:
    body = framework(rule("eligibility", sentence="Only verifiable CPD counts.", where=where(marks={"verifiable"})))
    assessment = judged(body, entry(hours=2, key="plain"), entry(hours=3, key="good", marks=["verifiable"]))
    assert assessment.recorded == 5
    assert assessment.counted == 3
    assert assessment.tallies["plain"].reasons[-1].sentence == "Only verifiable CPD counts."


def test_an_eligibility_rule_that_is_not_sure_takes_nothing_away_until_it_is_trusted() -> None:
    body = framework(rule("eligibility", where=where(marks={"verifiable"}), cite=UNSURE))
    assert judged(body, entry(hours=2)).counted == 2
    assert judged(body, entry(hours=2), who=enrolled(trusts_unsure=True)).counted == 0


def test_reading_alone_counts_nothing_where_the_body_says_so() -> None:
    never = ReadingRule("Reading alone counts for nothing here.", SURE, never=frozenset({"everything"}))
    body = framework(reading=never)
    alone = entry(hours=2, kind="reading", key="alone")
    certified = entry(hours=2, kind="reading", marks=["verifiable"])
    assessment = judged(body, alone, certified)
    assert assessment.counted == 2
    assert assessment.tallies["alone"].reasons[-1].sentence == "Reading alone counts for nothing here."


# --- 4.2 Conversion --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "done", "credits"),
    [
        (CREDIT, {"minutes": 90}, "1.5"),
        (Unit("credit", "credits", SURE, per_hour=Decimal(2)), {"minutes": 30}, "1"),
        (
            Unit(
                "credit",
                "credits",
                SURE,
                per_hour=Decimal(1),
                rates=(Rate(where(categories={"group-2"}), Decimal(2)),),
            ),
            {"minutes": 60, "category": "group-2"},
            "2",
        ),
        (
            Unit("credit", "credits", SURE, rates=(Rate(where(categories={"article"}), per_item=Decimal(1)),)),
            {"minutes": 7, "items": 3, "category": "article"},
            "3",
        ),
        (Unit("point", "points", SURE, stated=True), {"minutes": 600, "stated": Decimal("2.5")}, "2.5"),
        (Unit("point", "points", SURE, stated=True), {"minutes": 600}, "0"),
        (
            Unit("credit", "credits", SURE, per_hour=Decimal(1), increment=Decimal("0.5"), rounding=Rounding.DOWN),
            {"minutes": 89},
            "1",
        ),
        (Unit("credit", "credits", SURE, per_hour=Decimal(1), increment=Decimal(1)), {"minutes": 90}, "2"),
    ],
    ids=[
        "by the hour",
        "twice",
        "by category",
        "each item",
        "stated",
        "nothing stated",
        "rounded down",
        "half goes up",
    ],
)
def test_minutes_become_credits(unit: Unit, done: dict[str, object], credits: str) -> None:
    assert judged(framework(unit=unit), entry(**done)).counted == Decimal(credits)  # type: ignore[arg-type]  # fields of Entry


def test_sums_are_exact() -> None:
    """Forty-two times fifty minutes are thirty-five hours, not a hair less."""
    body = framework(rule("min_total", value=35))
    assessment = judged(body, *(entry(minutes=50) for _ in range(42)))
    assert assessment.finding("rule").have == 35
    assert assessment.finding("rule").outcome == "met"


# --- 4.3 Limits ------------------------------------------------------------------------------------------------------


def limited(per: str) -> Limit:
    return Limit("limit", per, Decimal(5), Where(), f"At most 5 a {per}.", SURE)


@pytest.mark.parametrize(
    ("per", "done", "counted"),
    [
        ("entry", [{"hours": 8}, {"hours": 3}], 8),
        ("day", [{"hours": 4}, {"hours": 4}, {"hours": 4, "on": "2025-06-02"}], 9),
        ("note", [{"hours": 4, "note": "a"}, {"hours": 4, "note": "a", "on": "2025-07-01"}, {"hours": 4}], 9),
    ],
)
def test_a_limit_within_one_entry_day_or_reflection(per: str, done: list[dict[str, object]], counted: int) -> None:
    body = framework(limits=(limited(per),))
    assessment = judged(body, *(entry(**each) for each in done))  # type: ignore[arg-type]  # fields of Entry
    assert assessment.counted == counted


def test_a_daily_limit_is_used_once_a_day_by_what_took_several() -> None:
    from tests.rules.cases import day

    body = framework(limits=(limited("day"),))
    assert judged(body, entry("2025-06-01", 12, until=day("2025-06-02"))).counted == 10


# --- 4.4 Caps --------------------------------------------------------------------------------------------------------

CAPPED = rule("max_category", value=20, where=where(categories={"reading"}), sentence="At most 20 of reading.")


def test_what_was_done_first_counts_first_and_the_rest_is_recorded() -> None:
    early = entry("2025-01-01", 15, category="reading", key="early")
    late = entry("2025-02-01", 15, category="reading", key="late")
    assessment = judged(framework(CAPPED), late, early, entry(hours=5))
    assert assessment.recorded == 35
    assert assessment.counted == 25
    assert assessment.tallies["early"].counted == 15
    assert assessment.tallies["late"].counted == 5
    assert assessment.tallies["late"].not_counted == 10
    assert assessment.tallies["late"].reasons[-1].sentence == "At most 20 of reading."


def test_a_yearly_cap_is_used_once_a_year() -> None:
    body = framework(rule("max_category", value=5, where=where(categories={"x"}), window="cycle-year"))
    done = [entry(f"{year}-06-01", 8, category="x") for year in (2024, 2025)]
    assert judged(body, *done).counted == 10


def test_entries_under_fewer_caps_are_counted_first() -> None:
    """Otherwise one more entry could take two caps' room from two others, and lower the total."""
    aesthetic = rule("max_category", id="topic", value=5, where=where(marks={"aesthetic"}))
    reading = rule("max_category", id="reading", value=5, where=where(categories={"reading"}))
    both = entry("2025-01-01", 5, category="reading", marks=["aesthetic"])
    one, other = entry("2025-02-01", 5, category="reading"), entry("2025-03-01", 5, marks=["aesthetic"])
    body = framework(aesthetic, reading)
    assert judged(body, one, other).counted == judged(body, one, other, both).counted == 10


def test_a_cap_as_a_share_of_the_required_total() -> None:
    body = framework(
        rule("min_total", id="total", value=40),
        rule("max_share", value="0.5", share_of="required", where=where(categories={"group-1"})),
    )
    assert judged(body, entry(hours=30, category="group-1")).counted == 20


# --- Parts -----------------------------------------------------------------------------------------------------------


def test_participatory_is_a_part_and_never_more_than_counts() -> None:
    body = framework(
        rule("max_category", id="cap", value=2, where=where(categories={"x"})),
        rule("min_category", measure="participatory", value=3),
    )
    assessment = judged(body, entry(hours=4, participatory_minutes=180, category="x"))
    assert assessment.finding("rule").have == 2


def test_minutes_divided_among_categories_count_in_each() -> None:
    body = framework(rule("min_category", value=1, where=where(categories={"b"})), double_count=DoubleCount.SPLIT)
    done = entry(minutes=90, category="a", split=(("b", 60),))
    assessment = judged(body, done)
    assert assessment.finding("rule").have == 1
    assert assessment.counted == Decimal("1.5")
