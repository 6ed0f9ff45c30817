"""Days, years and lengths of time, as people write them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meducation.lib.dates import Span, duration, long_date, months_of, nearest_minutes, time_read, year_containing

DAY = datetime.date


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (DAY(2013, 12, 9), "Monday 9th December 2013"),
        (DAY(2026, 11, 1), "Sunday 1st November 2026"),
        (DAY(2026, 11, 2), "Monday 2nd November 2026"),
        (DAY(2026, 11, 3), "Tuesday 3rd November 2026"),
        (DAY(2026, 11, 11), "Wednesday 11th November 2026"),
        (DAY(2026, 11, 12), "Thursday 12th November 2026"),
        (DAY(2026, 11, 13), "Friday 13th November 2026"),
        (DAY(2026, 11, 21), "Saturday 21st November 2026"),
        (DAY(2026, 11, 22), "Sunday 22nd November 2026"),
        (DAY(2026, 11, 23), "Monday 23rd November 2026"),
        (DAY(2026, 12, 31), "Thursday 31st December 2026"),
    ],
)
def test_the_form_of_the_byline(day: datetime.date, words: str) -> None:
    assert long_date(day) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (80, "1 h 20 min"), (1500, "25 h")]
)
def test_durations(minutes: int, words: str) -> None:
    assert duration(minutes) == words


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0 s"),
        (40_999, "40 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (89_999, "1 min"),
        (90_000, "2 min"),
        (150_000, "3 min"),
    ],
)
def test_time_read_is_no_more_exact_than_anybody_needs(milliseconds: int, words: str) -> None:
    """Half a minute always counts up, as in the browser: Python's own round() would make 2.5 a 2."""
    assert time_read(milliseconds) == words


@given(st.integers(0, 10**9))
def test_the_nearest_minute_is_never_more_than_half_a_minute_off(milliseconds: int) -> None:
    assert abs(nearest_minutes(milliseconds) * 60_000 - milliseconds) <= 30_000


@given(st.dates(DAY(1950, 1, 1), DAY(2100, 12, 31)), st.integers(1, 12))
def test_a_year_holds_its_day_and_twelve_months(day: datetime.date, first_month: int) -> None:
    year = year_containing(day, first_month=first_month)
    assert day in year
    assert (year.first.month, year.first.day) == (first_month, 1)
    assert len(months_of(year)) == 12
    assert year_containing(year.last + datetime.timedelta(days=1), first_month=first_month).first > year.last


def test_a_span_ends_where_it_ends() -> None:
    span = Span(DAY(2026, 4, 1), DAY(2027, 3, 31))
    assert DAY(2027, 3, 31) in span
    assert DAY(2027, 4, 1) not in span
    assert DAY(2026, 3, 31) not in span
