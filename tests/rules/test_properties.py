"""What must hold whatever somebody did: docs/cpd-rules.md, section 4, by every framework that is shipped."""

import dataclasses
import datetime
import itertools
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpd.catalogue import frameworks
from cpd.models import Kind
from cpd.rules.engine import assess, verdict_of
from cpd.rules.saving import from_json, to_json
from cpd.rules.types import (
    Artefact,
    Assessment,
    Binding,
    Enrolled,
    Entry,
    Framework,
    Outcome,
    RuleKind,
    TitleHeld,
    Version,
)

pytestmark = pytest.mark.sweep

TODAY = datetime.date(2026, 11, 23)
FREELY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALL = pytest.mark.parametrize("body", frameworks().values(), ids=list(frameworks()))
# What grows with what somebody does. Shares, gaps, caps and the rest may go either way.
GROWING = (
    RuleKind.MIN_TOTAL,
    RuleKind.MIN_CATEGORY,
    RuleKind.COMBINED_MIN,
    RuleKind.MIN_COUNT,
    RuleKind.YEARLY_MIN,
    RuleKind.SLIDING_MIN,
    RuleKind.ROLLING_BALANCE,
    RuleKind.ONCE_ONLY,
)


def marks_of(version: Version) -> list[str]:
    plain = [question.id for question in version.questions if not question.choices]
    return plain + [f"{question.id}/{choice.id}" for question in version.questions for choice in question.choices]


@st.composite
def entry(draw: st.DrawFn, version: Version, key: str) -> Entry:
    minutes = draw(st.integers(1, 900))
    return Entry(
        key=key,
        done_on=draw(st.dates(TODAY - datetime.timedelta(days=2200), TODAY)),
        minutes=minutes,
        participatory_minutes=draw(st.integers(0, minutes)),
        kind=draw(st.sampled_from(Kind.values)),
        category=draw(st.sampled_from(["", *(category.id for category in version.categories)])),
        marks=frozenset(draw(st.sets(st.sampled_from(marks_of(version) or ["none"]), max_size=4))),
        stated=draw(st.none() | st.decimals(0, 30, places=2)),
        items=draw(st.integers(1, 3)),
        note=draw(st.sampled_from(["", "a", "b"])),
        recorded_on=draw(st.none() | st.dates(TODAY - datetime.timedelta(days=300), TODAY)),
    )


@st.composite
def record(draw: st.DrawFn, body: Framework) -> tuple[Enrolled, list[Entry], list[Artefact]]:
    version = body.versions[-1]
    titles = [title.id for title in version.titles]
    joined = draw(st.none() | st.dates(datetime.date(2010, 1, 1), TODAY))
    who = Enrolled(
        framework=body.id,
        titles=(TitleHeld(frozenset({draw(st.sampled_from(titles))} if titles else ())),),
        anchor=draw(st.dates(datetime.date(2023, 1, 1), datetime.date(2027, 12, 31))),
        joined_on=joined,
    )
    count = draw(st.integers(0, 8))
    entries = [draw(entry(version, str(number))) for number in range(count)]
    kinds = [kind.id for kind in version.artefacts] or ["none"]
    artefacts = [
        Artefact(draw(st.sampled_from(kinds)), draw(st.dates(TODAY - datetime.timedelta(days=900), TODAY)))
        for _ in range(draw(st.integers(0, 3)))
    ]
    return who, entries, artefacts


def figures(assessment: Assessment) -> dict[str, Decimal]:
    """How much there is, by requirement, of what can only grow."""
    return {
        finding.requirement.id: finding.have
        for finding in assessment.findings
        if finding.have is not None and finding.requirement.kind in GROWING
    }


@ALL
@FREELY
@given(data=st.data())
def test_the_order_of_entries_never_matters(body: Framework, data: st.DataObject) -> None:
    who, entries, artefacts = data.draw(record(body))
    shuffled = data.draw(st.permutations(entries))
    assert assess(entries, body, who, TODAY, artefacts=artefacts) == assess(
        shuffled, body, who, TODAY, artefacts=list(reversed(artefacts))
    )


@ALL
@FREELY
@given(data=st.data())
def test_one_more_entry_never_lowers_a_total(body: Framework, data: st.DataObject) -> None:
    who, entries, artefacts = data.draw(record(body))
    more = data.draw(entry(body.versions[-1], "more"))
    before = assess(entries, body, who, TODAY, artefacts=artefacts)
    after = assess([*entries, more], body, who, TODAY, artefacts=artefacts)
    assert after.counted >= before.counted
    assert after.recorded >= before.recorded
    totals = {
        finding.requirement.id
        for finding in before.findings
        if finding.requirement.kind in GROWING and finding.requirement.where.is_everything
    }
    then, now = figures(before), figures(after)
    assert {each: (then[each], now[each]) for each in totals & set(then) if now[each] < then[each]} == {}


@ALL
@FREELY
@given(data=st.data())
def test_counted_and_not_counted_are_what_is_recorded_and_caps_hold(body: Framework, data: st.DataObject) -> None:
    who, entries, artefacts = data.draw(record(body))
    who = dataclasses.replace(who, trusts_unsure=data.draw(st.booleans()))
    assessment = assess(entries, body, who, TODAY, artefacts=artefacts)
    for tally in assessment.tallies.values():
        assert 0 <= tally.counted <= tally.recorded
        assert tally.counted + tally.not_counted == tally.recorded
    for finding in assessment.findings:
        kind, window = finding.requirement.kind, finding.requirement.window
        if kind is RuleKind.MAX_CATEGORY and finding.counts and window == "cycle" and finding.need is not None:
            assert finding.have is not None and finding.have <= finding.need


@ALL
@FREELY
@given(data=st.data())
def test_words_are_used_as_promised(body: Framework, data: st.DataObject) -> None:
    who, entries, artefacts = data.draw(record(body))
    on = data.draw(st.sampled_from([TODAY, TODAY - datetime.timedelta(days=800)]))
    assessment = assess(entries, body, who, TODAY, artefacts=artefacts, on=on)
    for finding in assessment.findings:
        if finding.outcome is Outcome.NOT_MET:
            assert finding.requirement.binding is not Binding.RECOMMENDED
            assert finding.counts
    assert assessment.version == "" or verdict_of(assessment.findings) is assessment.verdict


@ALL
@FREELY
@given(data=st.data())
def test_what_is_kept_as_json_is_the_same_again(body: Framework, data: st.DataObject) -> None:
    who, entries, artefacts = data.draw(record(body))
    assessment = assess(entries, body, who, TODAY, artefacts=artefacts)
    again = from_json(to_json(assessment), body)
    assert again == dataclasses.replace(assessment, tallies={})
    with_tallies = from_json(to_json(assessment, tallies=True), body)
    kept = {key: (tally.recorded, tally.counted, tally.category) for key, tally in assessment.tallies.items()}
    assert {key: (tally.recorded, tally.counted, tally.category) for key, tally in with_tallies.tallies.items()} == kept


def test_the_same_entries_count_in_every_framework_at_once() -> None:
    """Nothing is used up: each framework counts for itself."""
    done = [Entry(str(number), TODAY - datetime.timedelta(days=number), 60) for number in range(20)]
    bodies = [frameworks()["uk-nmc"], frameworks()["uk-rcgp"]]
    who = Enrolled("any", anchor=datetime.date(2027, 9, 30))
    alone = [assess(done, body, who, TODAY).counted for body in bodies]
    for order in itertools.permutations(range(2)):
        assert [assess(done, bodies[index], who, TODAY).counted for index in order] == [alone[index] for index in order]
