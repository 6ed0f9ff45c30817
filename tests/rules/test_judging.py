"""Each kind of rule, short and met, open and closed: docs/cpd-rules.md, section 5."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from cpd.rules.types import (
    Binding,
    Choice,
    CycleKind,
    CycleRule,
    Entry,
    Leave,
    MonthDay,
    Outcome,
    ProRata,
    ProRataRule,
    Requirement,
    Verdict,
    Where,
)
from tests.rules.cases import (
    AFTER,
    BEFORE,
    SURE,
    UNSURE,
    artefact,
    day,
    enrolled,
    entry,
    framework,
    judged,
    outcome,
    rule,
    with_version,
)

MET, NOT_YET, NOT_MET = Outcome.MET, Outcome.NOT_YET, Outcome.NOT_MET
DECLARE, UNKNOWN = Outcome.DECLARE, Outcome.UNKNOWN
EXTERNAL = Where(categories=frozenset({"external"}))
DOMAINS = (Choice("a", "A"), Choice("b", "B"))


def marked(mark: str, hours: float = 1) -> Entry:
    return entry(hours=hours, marks=[mark])


# rule, what was done that is short of it, what is enough
KINDS: dict[str, tuple[Requirement, list[Any], list[Any]]] = {
    "5.1 min_total": (rule("min_total", value=35), [entry(hours=34)], [entry(hours=35)]),
    "5.2 min_count of artefacts": (
        rule("min_count", value=2, measure="artefacts", artefact="account"),
        [artefact("account")],
        [artefact("account"), artefact("account", "2025-07-01")],
    ),
    "5.2 min_count of entries": (
        rule("min_count", value=2, measure="entries"),
        [entry(hours=1)],
        [entry(hours=1), entry(hours=1)],
    ),
    "5.2 min_count of reflections": (
        rule("min_count", value=2, measure="reflections"),
        [entry(hours=1, note="a"), entry(hours=1, note="a"), entry(hours=1)],
        [entry(hours=1, note="a"), entry(hours=1, note="b")],
    ),
    "5.2 a quantity of artefacts": (
        rule("min_total", value=450, measure="artefacts", artefact="practice"),
        [artefact("practice", quantity=449)],
        [artefact("practice", quantity=200), artefact("practice", "2025-07-01", quantity=250)],
    ),
    "5.2 artefact": (
        rule("artefact", measure="artefacts", artefact="pdp"),
        [artefact("something-else")],
        [artefact("pdp")],
    ),
    "5.3 min_category": (
        rule("min_category", value=5, where=EXTERNAL),
        [entry(hours=9), entry(hours=4, category="external")],
        [entry(hours=5, category="external")],
    ),
    "5.3 the participatory part": (
        rule("min_category", value=2, measure="participatory"),
        [entry(hours=9, participatory_minutes=60)],
        [entry(hours=9, participatory_minutes=120)],
    ),
    "5.5 coverage of a question": (
        rule("coverage", measure="entries", dimension="domain", members=DOMAINS),
        [marked("domain/a"), marked("domain/a")],
        [marked("domain/a"), marked("domain/b")],
    ),
    "5.5 coverage by amount": (
        rule("coverage", value=2, dimension="domain", members=DOMAINS),
        [marked("domain/a", 2), marked("domain/b", 1)],
        [marked("domain/a", 2), marked("domain/b", 2)],
    ),
    "5.5 coverage of so many kinds": (
        rule("coverage", measure="entries", dimension="kind", at_least=2),
        [entry(hours=1, kind="reading"), entry(hours=1, kind="reading")],
        [entry(hours=1, kind="reading"), entry(hours=1, kind="course")],
    ),
    "5.7 combined_min": (
        rule("combined_min", value=5, where=Where(categories=frozenset({"a", "b"}))),
        [entry(hours=2, category="a"), entry(hours=2, category="b"), entry(hours=9)],
        [entry(hours=2, category="a"), entry(hours=3, category="b")],
    ),
    "5.7 min_share of what was achieved": (
        rule("min_share", value="0.5", share_of="achieved", where=EXTERNAL),
        [entry(hours=6), entry(hours=5, category="external")],
        [entry(hours=5), entry(hours=5, category="external")],
    ),
}


def outcome_of(requirement: Requirement, done: list[Any], **how: Any) -> Outcome:
    entries = [each for each in done if isinstance(each, Entry)]
    artefacts = tuple(each for each in done if not isinstance(each, Entry))
    return outcome(framework(requirement), *entries, artefacts=artefacts, **how)


@pytest.mark.parametrize("name", KINDS)
def test_met_not_yet_not_met(name: str) -> None:
    requirement, short, enough = KINDS[name]
    assert outcome_of(requirement, enough) is MET
    assert outcome_of(requirement, short) is NOT_YET
    assert outcome_of(requirement, enough, as_of=AFTER) is MET
    assert outcome_of(requirement, short, as_of=AFTER) is NOT_MET


@pytest.mark.parametrize("name", KINDS)
def test_a_recommended_one_is_never_not_met(name: str) -> None:
    requirement, short, _ = KINDS[name]
    recommended = dataclasses.replace(requirement, binding=Binding.RECOMMENDED)
    assert outcome_of(recommended, short, as_of=AFTER) is NOT_YET


@pytest.mark.parametrize("name", KINDS)
def test_a_figure_that_is_not_sure_cannot_say_not_met_unless_it_is_trusted(name: str) -> None:
    requirement, short, _ = KINDS[name]
    unsure = dataclasses.replace(requirement, cite=UNSURE)
    assert outcome_of(unsure, short, as_of=AFTER) is UNKNOWN
    assert outcome_of(unsure, short) is NOT_YET
    assert outcome_of(unsure, short, as_of=AFTER, who=enrolled(trusts_unsure=True)) is NOT_MET


def test_5_4_a_cap_says_whether_it_took_anything_away() -> None:
    cap = rule("max_category", value=5, where=EXTERNAL)
    assert outcome_of(cap, [entry(hours=5, category="external")]) is MET
    assert outcome_of(cap, [entry(hours=6, category="external")]) is NOT_YET
    assert outcome_of(cap, [entry(hours=6, category="external")], as_of=AFTER) is NOT_YET


def test_5_6_a_year_that_is_over_and_short_cannot_be_mended() -> None:
    body = framework(rule("yearly_min", value=25))
    first, second, third = entry("2024-06-01", 25), entry("2025-06-01", 25), entry("2026-06-01", 25)
    assert outcome(body, first, second) is NOT_YET
    assert outcome(body, first, third) is NOT_MET
    finding = judged(body, first, third).finding("rule")
    assert [part.outcome for part in finding.parts] == [MET, NOT_MET, MET]
    assert finding.have == finding.need == 25
    assert finding.due == day("2027-03-31")


def test_5_6_years_before_joining_are_not_asked_for() -> None:
    body = framework(rule("yearly_min", value=25))
    who = enrolled(joined_on=day("2025-05-01"))
    assert outcome(body, entry("2025-06-01", 25), entry("2026-06-01", 25), who=who) is MET


def test_5_8_two_years_across_the_border_of_cycles() -> None:
    body = framework(rule("sliding_min", value=10))
    who = enrolled(joined_on=day("2020-01-01"))
    last_year, this_year = entry("2024-01-15", 4), entry("2024-06-01", 5)
    finding = judged(body, last_year, this_year, as_of=day("2025-04-01"), on=day("2024-06-01"), who=who).finding("rule")
    assert finding.parts[0].have == 9
    assert finding.outcome is NOT_MET
    assert outcome(body, last_year, entry("2024-06-01", 6), entry("2025-06-01", 4), who=who) is NOT_YET


def test_5_8_without_the_day_of_joining_nothing_is_said_of_a_year_we_know_nothing_of() -> None:
    body = framework(rule("sliding_min", value=10))
    finding = judged(body, entry("2024-06-01", 5), entry("2025-06-01", 5)).finding("rule")
    assert finding.parts[0].outcome is UNKNOWN
    assert finding.outcome is NOT_YET


ROLLING = CycleRule(CycleKind.ROLLING, SURE)


def test_5_9_a_balance_lapses_on_the_anniversary_and_says_when() -> None:
    body = with_version(framework(rule("rolling_balance", value=30, months=12)), cycle=ROLLING)
    done = [entry("2026-01-10", 20), entry("2026-03-10", 10)]
    finding = judged(body, *done, as_of=day("2027-01-09"), on=day("2027-01-09")).finding("rule")
    assert (finding.outcome, finding.due) == (MET, day("2027-01-10"))
    assert outcome(body, *done, as_of=day("2027-01-10"), on=day("2027-01-10")) is NOT_MET


def test_5_10_a_declaration_is_the_persons_own() -> None:
    body = framework(rule("attest", measure="artefacts", artefact="indemnity"))
    assert outcome(body) is DECLARE
    assert outcome(body, as_of=AFTER) is DECLARE
    assert outcome(body, artefacts=(artefact("indemnity"),)) is MET


def test_5_11_once_in_a_lifetime() -> None:
    body = framework(rule("once_only", value=12))
    assert outcome(body, entry("2005-01-01", 12)) is MET
    assert outcome(body, entry(hours=11), as_of=AFTER) is NOT_YET


NTH = framework(rule("every_nth_cycle", value=2, every=3, first=1))


@pytest.mark.parametrize(
    ("joined", "hours", "said"),
    [
        ("2024-04-01", 2, MET),
        ("2024-04-01", 1, NOT_YET),
        ("2021-04-01", 0, None),
        ("2015-04-01", 0, NOT_YET),
        (None, 2, MET),
        (None, 1, UNKNOWN),
    ],
    ids=["first", "first, short", "second: not asked", "fourth: asked again", "unknown, done", "unknown, not done"],
)
def test_5_11_every_third_cycle(joined: str | None, hours: int, said: Outcome | None) -> None:
    who = enrolled(joined_on=day(joined) if joined else None)
    assessment = judged(NTH, entry(hours=hours), who=who)
    if said is None:
        assert "1 April 2030" in assessment.not_asked[0].reason
    else:
        assert assessment.finding("rule").outcome is said


def test_5_11_only_in_the_first_cycle() -> None:
    body = framework(rule("first_cycle_only", value=1))
    assert outcome(body, who=enrolled(joined_on=day("2024-05-01"))) is NOT_YET
    assert judged(body, who=enrolled(joined_on=day("2020-05-01"))).not_asked[0].requirement.id == "rule"
    assert outcome(body) is UNKNOWN


GAPS = rule("max_gap", months=3, artefact="gap")


def test_5_12_a_gap_needs_words_until_it_is_explained() -> None:
    body = framework(GAPS)
    quarterly = [entry(f"{year}-{month:02}-20", 1) for year in (2024, 2025, 2026) for month in (2, 4, 6, 8, 10, 12)]
    assert outcome(body, *quarterly, as_of=day("2026-12-25")) is MET
    silent = [each for each in quarterly if not "2025-05-01" < each.done_on.isoformat() < "2025-11-01"]
    finding = judged(body, *silent, as_of=day("2026-12-25")).finding("rule")
    assert finding.outcome is DECLARE
    assert [part.name for part in finding.parts] == ["20 April 2025 to 20 December 2025"]
    explained = (artefact("gap", "2025-05-01", until=day("2025-12-01")),)
    assert outcome(body, *silent, as_of=day("2026-12-25"), artefacts=explained) is MET
    on_leave = enrolled(leave=(Leave(day("2025-05-01"), day("2025-12-01")),))
    assert outcome(body, *silent, as_of=day("2026-12-25"), who=on_leave) is MET


def test_5_12_the_next_gap_is_foretold() -> None:
    finding = judged(framework(GAPS), entry("2024-05-01", 1), as_of=day("2024-05-02")).finding("rule")
    assert finding.due == day("2024-08-01")


def test_5_12_a_course_of_half_a_year_is_no_silence() -> None:
    long = entry("2024-04-02", 20, until=day("2024-10-01"))
    assert outcome(framework(GAPS), long, as_of=day("2024-11-01")) is MET


STATEMENT = rule("deadline", measure="artefacts", artefact="statement", window="cycle-year", due_days=28)


@pytest.mark.parametrize(
    ("as_of", "made", "said"),
    [
        ("2025-04-10", [], NOT_YET),
        ("2025-05-10", [], DECLARE),
        ("2025-05-10", ["2025-04-20"], NOT_YET),
        ("2025-05-10", ["2026-04-20"], DECLARE),
    ],
    ids=["before it is due", "after", "made; the next is ahead", "made for another year"],
)
def test_5_14_a_deadline(as_of: str, made: list[str], said: Outcome) -> None:
    statements = tuple(artefact("statement", each) for each in made)
    who = enrolled(joined_on=day("2024-04-01"))
    assert outcome(framework(STATEMENT), as_of=day(as_of), artefacts=statements, who=who) is said


def test_5_14_a_deadline_names_the_next_day() -> None:
    who = enrolled(joined_on=day("2024-04-01"))
    assert judged(framework(STATEMENT), as_of=day("2024-06-01"), who=who).finding("rule").due == day("2025-04-28")


def test_5_14_a_deadline_on_a_day_of_the_year() -> None:
    body = framework(rule("deadline", measure="artefacts", artefact="s", due_on=MonthDay(9, 30)))
    assert judged(body).finding("rule").due == day("2027-09-30")


def test_5_14_what_was_written_down_after_the_lock_may_be_missing_there() -> None:
    body = framework(rule("lock", due_days=0))
    in_time = entry(hours=1, recorded_on=day("2027-03-31"))
    late = entry(hours=1, recorded_on=day("2027-04-02"))
    assert outcome(body, in_time, as_of=day("2027-04-03")) is MET
    assert outcome(body, late, as_of=day("2027-04-03")) is UNKNOWN


# --- Titles, dates, what is asked of whom ----------------------------------------------------------------------------


def test_the_figure_of_the_title_held_and_the_highest_of_several() -> None:
    body = framework(rule("min_total", values={"nurse": 50, "dentist": 100}))
    assert judged(body, who=enrolled("nurse")).finding("rule").need == 50
    assert judged(body, who=enrolled("nurse", "dentist")).finding("rule").need == 100
    assert outcome(body, who=enrolled()) is UNKNOWN
    assert "not known here" in judged(body, who=enrolled("other")).finding("rule").caveats[0]


def test_a_rule_for_another_title_is_not_spoken_of() -> None:
    assessment = judged(framework(rule("min_total", value=35, only=frozenset({"dentist"}))), who=enrolled("nurse"))
    assert not assessment.findings and not assessment.not_asked


def test_without_a_title_a_rule_for_some_cannot_be_told() -> None:
    assessment = judged(framework(rule("min_total", value=35, only=frozenset({"dentist"}))), who=enrolled())
    assert assessment.finding("rule").outcome is UNKNOWN
    assert assessment.verdict is Verdict.UNKNOWN


def test_a_rule_of_the_last_year_is_asked_for_then() -> None:
    body = framework(rule("artefact", measure="artefacts", artefact="peer", final_year_only=True))
    assert "1 April 2026" in judged(body, as_of=day("2026-03-31")).not_asked[0].reason
    assert outcome(body, as_of=day("2026-04-01")) is NOT_YET


def test_a_rule_that_binds_later_is_not_asked_for_yet() -> None:
    body = framework(rule("min_total", value=5, counts_from=day("2027-04-01")))
    assert judged(body).not_asked[0].requirement.id == "rule"


def test_a_change_of_title_within_the_cycle_is_spoken_of() -> None:
    from cpd.rules.types import TitleHeld

    who = enrolled(titles=(TitleHeld(frozenset({"a"})), TitleHeld(frozenset({"b"}), day("2025-06-01"))))
    body = framework(rule("min_total", values={"a": 10, "b": 20}))
    assessment = judged(body, who=who)
    assert assessment.finding("rule").need == 20
    assert "1 June 2025" in assessment.caveats[0]


# --- Pro rata: section 6 ---------------------------------------------------------------------------------------------

TOTAL = rule("min_total", value=36, pro_rata=True)


def by(joining: ProRata, leave: ProRata = ProRata.NONE, *, cite: Any = SURE, whole: bool = False) -> ProRataRule:
    return ProRataRule(joining=joining, leave=leave, part_time=ProRata.NONE, cite=cite, whole=whole)


def test_joining_late_lowers_what_is_asked_where_the_body_says_so() -> None:
    who = enrolled(joined_on=day("2025-04-01"))
    assert judged(framework(TOTAL, pro_rata=by(ProRata.MONTHS)), who=who).finding("rule").need == 24
    assert judged(framework(TOTAL, pro_rata=by(ProRata.NONE)), who=who).finding("rule").need == 36


def test_a_pro_rata_that_is_not_sure_only_says_what_it_would_come_to() -> None:
    body = framework(TOTAL, pro_rata=by(ProRata.MONTHS, cite=UNSURE))
    who = enrolled(joined_on=day("2025-04-01"))
    finding = judged(body, who=who).finding("rule")
    assert finding.need == 36
    assert "about 24 h:" in finding.caveats[0]
    trusting = dataclasses.replace(who, trusts_unsure=True)
    assert judged(body, who=trusting).finding("rule").need == 24


def test_leave_that_changes_nothing_is_spoken_of() -> None:
    who = enrolled(leave=(Leave(day("2025-01-01"), day("2025-06-30")),))
    assert (
        "Leave does not lower"
        in judged(framework(TOTAL, pro_rata=by(ProRata.NONE)), who=who).finding("rule").caveats[0]
    )
    granted = framework(TOTAL, pro_rata=by(ProRata.GRANTED, ProRata.GRANTED))
    assert "enter what is granted" in judged(granted, who=who).finding("rule").caveats[0]


def test_what_the_body_granted_stands() -> None:
    who = enrolled(granted={"rule": Decimal(12)})
    assert judged(framework(TOTAL), entry(hours=12), who=who).finding("rule").outcome is MET


# --- What was done before the record here begins: section 3 -----------------------------------------------------------

LATELY = enrolled(recorded_since=day("2026-05-01"))


def test_a_time_of_which_nothing_is_recorded_here_is_never_not_met() -> None:
    body = framework(rule("yearly_min", value=1))
    finding = judged(body, entry("2026-06-01", 2), who=LATELY).finding("rule")
    assert [part.outcome for part in finding.parts] == [UNKNOWN, UNKNOWN, MET]
    assert finding.outcome is MET
    assert judged(body, entry("2026-06-01", 2)).finding("rule").outcome is NOT_MET


def test_an_earlier_activity_moves_the_beginning_of_the_record_back() -> None:
    body = framework(rule("yearly_min", value=1))
    finding = judged(body, entry("2024-05-01", 2), who=LATELY).finding("rule")
    assert [part.outcome for part in finding.parts] == [MET, NOT_MET, NOT_YET]


def test_a_year_that_is_recorded_from_its_last_weeks_on_cannot_be_told_either() -> None:
    body = framework(rule("yearly_min", value=5))
    late, early = entry("2026-03-01", 1), entry("2025-09-01", 1)
    assert judged(body, late, who=LATELY).finding("rule").parts[1].outcome is UNKNOWN
    assert judged(body, early, who=LATELY).finding("rule").parts[1].outcome is NOT_MET


def test_a_whole_cycle_from_before_cannot_be_told() -> None:
    body = framework(rule("min_total", value=1))
    assert outcome(body, who=enrolled(recorded_since=AFTER), as_of=AFTER, on=BEFORE) is UNKNOWN
    assert outcome(body, who=enrolled(recorded_since=day("2025-03-01")), as_of=AFTER, on=BEFORE) is NOT_MET


def test_the_page_says_where_the_record_begins() -> None:
    body = framework(rule("min_total", value=1))
    assert judged(body, who=LATELY).record_begins == day("2026-05-01")
    joined_later = dataclasses.replace(LATELY, joined_on=day("2026-04-01"))
    assert judged(body, who=joined_later).record_begins is None
    soon_after = enrolled(recorded_since=day("2024-06-20"))
    assert judged(body, who=soon_after).record_begins is None


def test_a_balance_is_not_short_before_there_was_time_to_record_it() -> None:
    body = with_version(framework(rule("rolling_balance", value=30, months=12)), cycle=ROLLING)
    assert outcome(body, who=LATELY, on=BEFORE) is NOT_YET
    assert outcome(body, who=enrolled(recorded_since=day("2020-01-01")), on=BEFORE) is NOT_MET


def test_a_silence_is_counted_from_the_beginning_of_the_record() -> None:
    assert outcome(framework(GAPS), as_of=day("2026-06-01"), who=LATELY) is MET
    assert outcome(framework(GAPS), as_of=day("2026-06-01")) is DECLARE


def test_what_is_open_is_asked_for_however_late_the_record_begins() -> None:
    late = enrolled(recorded_since=BEFORE)
    assert outcome(framework(rule("attest", measure="artefacts", artefact="x")), who=late) is DECLARE
    assert outcome(framework(rule("yearly_min", value=1)), who=late) is NOT_YET
    assert outcome(framework(rule("min_total", value=1)), who=late) is NOT_YET


def test_a_declaration_is_not_asked_for_of_years_to_come_or_from_before() -> None:
    body = framework(rule("attest", measure="artefacts", artefact="x", window="cycle-year"))
    who = enrolled(recorded_since=day("2025-05-01"))
    finding = judged(body, as_of=day("2025-06-01"), who=who).finding("rule")
    assert [part.outcome for part in finding.parts] == [UNKNOWN, DECLARE, NOT_YET]


def test_what_was_asked_before_the_known_rules_cannot_be_told() -> None:
    body = with_version(framework(rule("yearly_min", value=25)), starts=day("2025-06-01"))
    finding = judged(body, entry("2025-06-01", 25)).finding("rule")
    assert [part.outcome for part in finding.parts] == [UNKNOWN, MET, NOT_YET]


# --- What a second reader found ---------------------------------------------------------------------------------------


def test_nothing_is_asked_before_ones_first_block() -> None:
    """A dentist registered in July: the first cycle starts in January, with the first whole year."""
    block = CycleRule(CycleKind.FIXED_BLOCK, SURE, years=5, anchor="start", asks="?", starts=MonthDay(1, 1))
    body = with_version(framework(rule("min_total", value=100)), cycle=block)
    who = enrolled(anchor=day("2027-01-01"), joined_on=day("2026-07-01"))
    assessment = judged(body, who=who)
    assert (assessment.verdict, assessment.cycle) == (Verdict.UNKNOWN, None)
    assert "1 January 2027" in assessment.caveats[0] and not assessment.findings
    assert judged(body, who=who, as_of=day("2027-02-01"), on=day("2027-02-01")).finding("rule").outcome is NOT_YET


def test_exactly_enough_in_proportion_is_enough() -> None:
    body = framework(rule("min_total", value=20, pro_rata=True), pro_rata=by(ProRata.MONTHS))
    who = enrolled(joined_on=day("2025-09-02"))
    assert judged(body, entry(minutes=633), who=who).finding("rule").outcome is NOT_YET
    assert judged(body, entry(minutes=634), who=who).finding("rule").outcome is MET
    seven_twelfths = with_version(body, cycle=CycleRule(CycleKind.CALENDAR_YEAR, SURE))
    june = enrolled(joined_on=day("2026-06-01"))
    assert judged(seven_twelfths, entry("2026-07-01", minutes=700), who=june).finding("rule").outcome is MET


def test_a_short_leave_does_not_explain_a_long_silence() -> None:
    short = enrolled(leave=(Leave(day("2024-06-01"), day("2024-06-07")),))
    finding = judged(framework(GAPS), entry("2024-05-10", 1), as_of=day("2025-11-24"), who=short).finding("rule")
    assert (finding.outcome, finding.due) == (DECLARE, None)
    enough = enrolled(leave=(Leave(day("2024-06-01"), day("2025-10-01")),))
    assert outcome(framework(GAPS), entry("2024-05-10", 1), as_of=day("2025-11-24"), who=enough) is MET


def test_what_the_body_waived_is_not_asked() -> None:
    body = framework(rule("coverage", measure="entries", dimension="domain", members=DOMAINS))
    waived = judged(body, who=enrolled(granted={"rule": Decimal(0)}), as_of=AFTER)
    assert not waived.findings and waived.not_asked[0].requirement.id == "rule"
    one = enrolled(granted={"rule": Decimal(1)})
    assert outcome(body, marked("domain/a"), who=one, as_of=AFTER) is MET


def test_what_is_asked_for_in_the_last_year_counts_in_the_last_year() -> None:
    body = framework(rule("artefact", measure="artefacts", artefact="peer", final_year_only=True))
    assert outcome(body, artefacts=(artefact("peer", "2025-06-01"),)) is NOT_YET
    assert outcome(body, artefacts=(artefact("peer", "2026-06-01"),)) is MET


def test_hours_over_the_edge_of_a_cycle_count_by_days() -> None:
    body = framework(rule("min_total", value=50, measure="artefacts", artefact="practice"))
    across = artefact("practice", "2024-03-02", until=day("2024-04-30"), quantity=60)
    assert judged(body, artefacts=(across,)).finding("rule").have == 30


def test_a_year_that_was_joined_midway_is_never_not_met() -> None:
    body = framework(rule("yearly_min", value=25))
    finding = judged(body, entry("2026-05-01", 25), who=enrolled(joined_on=day("2026-01-10"))).finding("rule")
    assert [part.outcome for part in finding.parts] == [UNKNOWN, MET]
    assert finding.outcome is MET


def test_a_deadline_before_joining_is_not_asked() -> None:
    body = framework(rule("deadline", measure="artefacts", artefact="enrol", due_days=60, due_from_start=True))
    assert outcome(body, who=enrolled(joined_on=day("2024-09-01"))) is MET
    assert outcome(body, who=enrolled(joined_on=day("2024-05-01"))) is DECLARE


# --- All together ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "as_of", "verdict"),
    [
        ([rule("min_total", value=1)], BEFORE, Verdict.ENOUGH),
        ([rule("min_total", value=9)], BEFORE, Verdict.NOT_YET),
        ([rule("min_total", value=9)], AFTER, Verdict.NOT_MET),
        ([rule("min_total", value=9), rule("min_total", id="b", value=1)], AFTER, Verdict.NOT_MET),
        ([rule("min_total", value=1), rule("min_total", id="b", value=9, cite=UNSURE)], BEFORE, Verdict.ENOUGH),
        ([rule("min_total", value=9, cite=UNSURE)], BEFORE, Verdict.UNKNOWN),
        ([rule("min_total", value=9, binding=Binding.RECOMMENDED)], AFTER, Verdict.NO_AMOUNT),
        ([rule("min_total", value=1), rule("max_category", id="c", value=0, where=EXTERNAL)], BEFORE, Verdict.ENOUGH),
        ([rule("attest", measure="artefacts", artefact="x")], BEFORE, Verdict.NOT_YET),
        ([], BEFORE, Verdict.NO_AMOUNT),
    ],
    ids=[
        "met",
        "open",
        "closed",
        "one of two closed and short",
        "short only of what is not sure",
        "nothing sure at all",
        "only advice",
        "a cap is no shortfall",
        "a declaration is missing",
        "nothing is set",
    ],
)
def test_the_verdict(rules: list[Requirement], as_of: Any, verdict: Verdict) -> None:
    assert judged(framework(*rules), entry(hours=2), as_of=as_of).verdict is verdict


def test_it_says_when_something_was_reached() -> None:
    body = framework(rule("min_total", value=3))
    finding = judged(body, entry("2025-06-03", 1), entry("2025-06-01", 1), entry("2025-06-02", 1)).finding("rule")
    assert finding.reached_on == day("2025-06-03")


def test_what_lies_in_the_future_does_not_count() -> None:
    assert judged(framework(rule("min_total", value=3)), entry("2026-12-01", 3)).counted == 0
