"""Cells: days, lengths of time, kinds, names of columns; and tables as text, whatever is in them."""

import contextlib
import csv
import datetime
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cpd.importing import columns, delimited, values
from cpd.importing.unreadable import Unreadable
from cpd.importing.values import Measure, Numeric, Order
from cpd.models import Kind
from meducation.lib.dates import duration
from meducation.lib.text import cell_as_typed


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2025-11-03", "2025-11-03"),
        ("2025/11/03", "2025-11-03"),
        ("20251103", "2025-11-03"),
        ("2025-11-03T14:30:00Z", "2025-11-03"),
        ("2025-11-03 14:30", "2025-11-03"),
        ("03/11/2025", "2025-11-03"),
        ("3.11.2025", "2025-11-03"),
        ("3-11-25", "2025-11-03"),
        ("03/11/2025 09:00 AM", "2025-11-03"),
        ("3 Nov 2025", "2025-11-03"),
        ("3rd November 2025", "2025-11-03"),
        ("03-Nov-25", "2025-11-03"),
        ("Mon 3 Nov 2025", "2025-11-03"),
        ("Monday, 3 November 2025", "2025-11-03"),
        ("November 3, 2025", "2025-11-03"),
        ("Nov 3rd 2025", "2025-11-03"),
        ("29/02/2024", "2024-02-29"),
        ("29/02/2025", None),
        ("31/04/2025", None),
        ("00/00/0000", None),
        ("45000", None),
        ("2025", None),
        ("Spring 2025", None),
        ("3 Foo 2025", None),
        ("", None),
        ("٣/١١/٢٠٢٥", "2025-11-03"),
        ("=TODAY()", None),
    ],
)
def test_days(cell: str, day: str | None) -> None:
    assert values.day_of(cell, Order.DAY) == (datetime.date.fromisoformat(day) if day else None)


def test_what_could_be_two_days_is_none_until_somebody_says() -> None:
    assert values.day_of("01/02/2025", None) is None
    assert values.day_of("02/02/2025", None) == datetime.date(2025, 2, 2)
    assert values.day_of("01/02/2025", Order.MONTH) == datetime.date(2025, 1, 2)
    assert values.day_of("25/12/2025", Order.MONTH) is None


@given(st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2099, 12, 31)))
def test_each_day_is_read_back_however_it_is_written(day: datetime.date) -> None:
    for form in (f"{day.day} {day:%B %Y}", f"{day:%b} {day.day}, {day.year}", day.isoformat(), f"{day:%d-%b-%y}"):
        assert values.day_of(form, None) == day, form
    assert values.day_of(f"{day:%d/%m/%Y}", Order.DAY) == values.day_of(f"{day:%m/%d/%Y}", Order.MONTH) == day


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_cells(text: str) -> None:
    day = values.read_day(text)
    assert day is None or isinstance(day, datetime.date | Numeric)
    for measure in (None, *Measure):
        minutes = values.minutes_of(text, measure, 60)
        assert minutes is None or 0 <= minutes <= values.MOST_MINUTES
    values.tags_of(text)
    values.kind_of(text, {}, columns.kind_synonyms())
    columns.guess([text, text])


@pytest.mark.parametrize(
    ("cell", "measure", "minutes"),
    [
        ("90", Measure.MINUTES, 90),
        ("1,440", Measure.MINUTES, 1440),
        ("37.5", Measure.MINUTES, 38),
        ("0.4", Measure.MINUTES, 0),
        ("1.5", Measure.HOURS, 90),
        ("1,5", Measure.HOURS, 90),
        ("0,25", Measure.HOURS, 15),
        ("2", Measure.POINTS, 100),
        ("0.5", Measure.POINTS, 25),
        ("1:30", Measure.MINUTES, 90),
        ("01:30:00", Measure.HOURS, 90),
        ("0:45:30", None, 46),
        ("1h 30m", None, 90),
        ("1h30", None, 90),
        ("1 hr 30 mins", None, 90),
        ("1 hour and 30 minutes", None, 90),
        ("1.5 hours", None, 90),
        ("1,5 h", None, 90),
        ("90 minutes", Measure.HOURS, 90),
        ("90min", None, 90),
        ("90 mins.", None, 90),
        ("PT1H30M", None, 90),
        ("PT45M", None, 45),
        ("90", None, None),
        ("", Measure.HOURS, None),
        ("PT", None, None),
        ("an hour", Measure.HOURS, None),
        ("-5", Measure.MINUTES, None),
        ("1e9", Measure.MINUTES, None),
        ("9" * 400, Measure.MINUTES, None),
        ("½", Measure.HOURS, None),
        ("٩٠", Measure.MINUTES, 90),
        ("=60", Measure.MINUTES, None),
        ("1:75", Measure.MINUTES, None),
    ],
)
def test_lengths_of_time(cell: str, measure: Measure | None, minutes: int | None) -> None:
    assert values.minutes_of(cell, measure, 50) == minutes


@given(st.integers(min_value=1, max_value=100_000))
def test_our_own_words_for_a_length_are_read_back(minutes: int) -> None:
    assert values.minutes_of(duration(minutes), None) == minutes
    assert values.minutes_of(f"{minutes // 60}:{minutes % 60:02}", None) == (minutes if minutes < 600_000 else None)
    assert values.minutes_of(str(minutes), Measure.MINUTES) == minutes


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            ["Activity Title", "Date Completed", "CPD Points", "Category", "Provider", "What did you learn?"],
            {"title": 0, "done_on": 1, "time": 2, "kind": 3, "provider": 4, "reflection": 5},
        ),
        (
            ["Date", "Duration (mins)", "Title", "Description"],
            {"done_on": 0, "time": 1, "title": 2},
        ),
        (["Start date", "End date", "Event", "Hours"], {"done_on": 0, "done_until": 1, "title": 2, "time": 3}),
        (["Course name", "completion_date", "CPD hours"], {"title": 0, "done_on": 1, "time": 2}),
        (["Foo", "Bar"], {}),
    ],
)
def test_names_of_columns(headers: list[str], fields: dict[str, int]) -> None:
    assert columns.guess(headers) == fields


@pytest.mark.parametrize(
    ("header", "measure"),
    [
        ("Duration (mins)", Measure.MINUTES),
        ("CPD hours", Measure.HOURS),
        ("CME credits", Measure.POINTS),
        ("Duration", None),
    ],
)
def test_what_a_column_of_lengths_measures(header: str, measure: Measure | None) -> None:
    assert columns.measure_of(header) == measure


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Journal Club", Kind.JOURNAL_CLUB),
        ("E-learning module", Kind.COURSE),
        ("Attended conference", Kind.CONFERENCE),
        ("Clinical audit", Kind.QUALITY),
        ("Teaching students", Kind.TEACHING),
        ("Reading journals", Kind.READING),
        ("Mandatory training", Kind.MANDATORY),
        ("Gardening", None),
        ("", None),
    ],
)
def test_words_for_kinds(words: str, kind: str | None) -> None:
    assert values.kind_of(words, {}, columns.kind_synonyms()) == kind
    assert values.kind_of(words, {words.casefold(): Kind.OTHER}, columns.kind_synonyms()) == Kind.OTHER


def test_every_kind_of_the_data_file_is_one() -> None:
    assert set(columns.kind_synonyms()) <= set(Kind.values)


def test_a_header_below_a_title_of_the_sheet() -> None:
    assert columns.header_row([["CPD of Dr Osei"], ["2025", ""], ["Title", "Date", "Minutes"], ["A", "1", "2"]]) == 2
    assert columns.header_row([["Foo", "Bar"], ["A", "1"]]) == 0
    assert columns.header_row([["Life support", "2025-01-01", "30"]]) is None


# What a cell may hold so that it comes back: a NUL or an unpaired surrogate no file has.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=30)


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(delimited.DELIMITERS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_cells_come_back(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    file = io.BytesIO(text.getvalue().encode(encoding))
    dialect = delimited.Dialect("utf-8-sig" if encoding.startswith("utf-8") else encoding, delimiter)
    read = [cells for _, cells in delimited.rows_of(file, dialect)]
    kept = [row for row in rows if any(cell and not cell.isspace() for cell in row)]
    assert read == [[cell_as_typed(cell) for cell in row] for row in kept]


@given(st.binary(max_size=400))
@example(b"\0\0\0")  # Half a character of UTF-16 at the end.
def test_any_bytes_are_a_table_or_a_sentence(content: bytes) -> None:
    file = io.BytesIO(content)
    with contextlib.suppress(Unreadable):
        for line, cells in delimited.rows_of(file, delimited.dialect_of(file)):
            assert line > 0 and any(cells)


def test_the_line_of_a_row_is_where_it_begins() -> None:
    file = io.BytesIO(b'a,b\n"two\nlines",c\n\nd,e\n')
    assert [line for line, _ in delimited.rows_of(file, delimited.dialect_of(file))] == [1, 2, 5]
