"""How reading is counted: the arithmetic, without a database."""

import datetime
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd import counting
from cpd.counting import LIVE_MS, MOST_OFFLINE_MS, Credit, carried_over_ms, credit, first_credit

START = datetime.datetime(2026, 11, 22, 9, 0, tzinfo=datetime.UTC)


def at(seconds: float) -> datetime.datetime:
    return START + datetime.timedelta(seconds=seconds)


@dataclass
class Case:
    """One beat: seconds since the sitting began, and the figures it meets."""

    now: float
    last: float
    claimed: int
    counted: int = 0
    offline: int = 0
    clock: float | None = None


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(Case(15, 0, 15_000, clock=0), Credit(15_000, 0), id="an honest beat is paid in full"),
        pytest.param(Case(15, 0, 14_200, clock=0), Credit(14_200, 0), id="less than passed is paid as measured"),
        pytest.param(Case(20, 15, 9_000_000, 15_000, clock=15), Credit(5_000, 0), id="a lie buys the time that passed"),
        pytest.param(Case(30, 15, 15_000, 15_000, clock=15), Credit(0, 0), id="nothing new, nothing paid"),
        pytest.param(Case(30, 15, 9_000, 15_000, clock=15), Credit(0, 0), id="a smaller total takes nothing away"),
        pytest.param(Case(60, 45, 60_000, 30_000, clock=55), Credit(5_000, 0), id="time given to another tab is gone"),
        pytest.param(Case(60, 45, 60_000, 45_000, clock=70), Credit(0, 0), id="a clock ahead of now pays nothing"),
        pytest.param(Case(615, 15, 615_000, 15_000, clock=15), Credit(LIVE_MS, 525_000), id="ten minutes in a lift"),
        pytest.param(Case(600, 15, 75_000, 15_000, clock=15), Credit(60_000, 0), id="an hour's sleep is not measured"),
        pytest.param(
            Case(20_000, 0, 20_000_000, clock=0),
            Credit(LIVE_MS, MOST_OFFLINE_MS),
            id="offline is believed for four hours",
        ),
        pytest.param(
            Case(20_000, 10_000, 20_000_000, 0, MOST_OFFLINE_MS, clock=10_000), Credit(LIVE_MS, 0), id="and no longer"
        ),
    ],
)
def test_credit(case: Case, expected: Credit) -> None:
    earned = credit(
        now=at(case.now),
        sitting_began=START,
        last_beat=at(case.last),
        clock=None if case.clock is None else at(case.clock),
        claimed_ms=case.claimed,
        counted_ms=case.counted,
        offline_ms=case.offline,
    )
    assert earned == expected


@pytest.mark.parametrize(
    ("claimed", "alone", "expected"),
    [(1_000, 0, 0), (1_000, 1_000, 1_000), (5_000, 3_000, 3_000), (10**10, 10**10, MOST_OFFLINE_MS)],
)
def test_the_first_beat_counts_nothing_and_keeps_what_was_read_alone(claimed: int, alone: int, expected: int) -> None:
    assert first_credit(claimed_ms=claimed, alone_ms=alone) == Credit(0, expected)


# One beat of a schedule: which sitting, how long after the one before, what it claims.
beats = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-60_000, 8_000_000), st.integers(0, 40_000_000)), min_size=1, max_size=40
)


@given(beats)
def test_counted_and_offline_never_exceed_the_time_that_passed(schedule: list[tuple[int, int, int]]) -> None:
    """Whatever tabs, replays, sleeps, lies, and clocks set back: a reader's second is given out once."""
    now = clock = START
    latest = START
    sittings: dict[int, tuple[datetime.datetime, datetime.datetime, int, int]] = {}
    for which, gap_ms, claimed in schedule:
        now = now + datetime.timedelta(milliseconds=gap_ms)
        latest = max(latest, now)
        if which not in sittings:
            sittings[which] = (now, now, 0, 0)
            clock = max(clock, now)
            continue
        began, last, counted, offline = sittings[which]
        seen = max(now, last)
        earned = credit(
            now=seen,
            sitting_began=began,
            last_beat=last,
            clock=clock,
            claimed_ms=claimed,
            counted_ms=counted,
            offline_ms=offline,
        )
        assert earned.counted_ms >= 0 and earned.offline_ms >= 0
        sittings[which] = (began, seen, counted + earned.counted_ms, offline + earned.offline_ms)
        clock = max(clock, seen)
    passed = (latest - START) / datetime.timedelta(milliseconds=1)
    assert sum(counted + offline for _, _, counted, offline in sittings.values()) <= passed


@given(st.lists(st.integers(1, 75_000), min_size=1, max_size=60))
def test_an_honest_reader_is_paid_to_the_millisecond(gaps: list[int]) -> None:
    now, counted = START, 0
    for gap in gaps:
        last, now = now, now + datetime.timedelta(milliseconds=gap)
        earned = credit(
            now=now,
            sitting_began=START,
            last_beat=last,
            clock=last,
            claimed_ms=counted + gap,
            counted_ms=counted,
            offline_ms=0,
        )
        counted += earned.counted_ms
    assert counted == sum(gaps)


@pytest.mark.parametrize(
    ("counted", "span", "taken", "expected"),
    [
        pytest.param(600_000, (0, 600), [], 600_000, id="read nowhere else: all of it"),
        pytest.param(600_000, (0, 600), [(0, 600)], 0, id="read elsewhere all the time: none"),
        pytest.param(600_000, (0, 600), [(300, 900)], 300_000, id="half of it overlaps"),
        pytest.param(200_000, (0, 600), [(300, 900)], 200_000, id="what was counted fits into the free half"),
        pytest.param(600_000, (0, 600), [(100, 200), (150, 300)], 400_000, id="overlaps are not taken off twice"),
        pytest.param(600_000, (0, 600), [(-50, -10), (700, 800)], 600_000, id="other times do not matter"),
    ],
)
def test_carried_over(counted: int, span: tuple[int, int], taken: list[tuple[int, int]], expected: int) -> None:
    kept = carried_over_ms(
        counted_ms=counted, span=(at(span[0]), at(span[1])), taken=[(at(began), at(ended)) for began, ended in taken]
    )
    assert kept == expected


instants = st.integers(0, 10_000)


@given(st.tuples(instants, instants), st.lists(st.tuples(instants, instants), max_size=8), st.integers(0, 10_000_000))
def test_carried_over_fits_beside_everything_else(
    span: tuple[int, int], others: list[tuple[int, int]], counted: int
) -> None:
    """However the sittings of other devices lie, together they fit into the seconds there were."""
    began, ended = sorted(span)
    taken = [tuple(sorted(other)) for other in others]
    kept = carried_over_ms(
        counted_ms=counted, span=(at(began), at(ended)), taken=[(at(first), at(last)) for first, last in taken]
    )
    free = sum(1 for second in range(began, ended) if not any(first <= second < last for first, last in taken))
    assert kept == min(counted, free * 1000)


def test_the_version_is_known() -> None:
    """Changing a rule of counting without a new version would make old figures impossible to recompute."""
    constants = (counting.LIVE_MS, counting.TAKE_OVER_AFTER, counting.CLOSED_AFTER, counting.MOST_OFFLINE_MS)
    by_version = {1: (75_000, datetime.timedelta(seconds=40), datetime.timedelta(minutes=30), 14_400_000)}
    assert by_version[counting.VERSION] == constants
