"""The log as tables: CSV, and a workbook with a sheet for each part. Minutes and hours are numbers."""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cpd.models import PackKind
from cpd.portfolio.contents import Entry, Portfolio
from meducation.lib.text import plain_cell, printable

Value = str | int | float | datetime.date | None

LONGEST_CELL = 32_767  # Characters; Excel's own limit.
COLUMNS = (
    "Entry",
    "First day",
    "Last day",
    "Title",
    "Kind",
    "Provider",
    "Minutes claimed",
    "Hours claimed",
    "Minutes timed",
    "Participatory minutes",
    "How we know",
    "Why more than was timed",
    "Categories",
    "Tags",
    "Highlight",
    "Reflection",
    "Use of AI",
    "Article by",
    "Article address",
    "Revision",
    "SHA-256 of the revision",
    "Evidence files",
    "Recorded on",
)
WIDTHS = {
    "Title": 50,
    "Reflection": 60,
    "Learning and reflections": 60,
    "Learning outcome": 60,
    "Categories": 30,
    "Provider": 25,
    "Entry": 14,
}
# A workbook says when it was written, and so does every file in it.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
WHEN_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def rows(portfolio: Portfolio) -> Iterator[list[Value]]:
    """The log, a line for each activity, in the order of COLUMNS."""
    for entry in portfolio.entries:
        yield [
            entry.id,
            entry.first,
            entry.last,
            entry.title,
            entry.kind,
            entry.provider,
            entry.minutes,
            round(entry.minutes / 60, 2),
            entry.timed_minutes,
            entry.participatory_minutes,
            entry.provenance,
            entry.more_because,
            "; ".join(f"{place.framework}: {place.category}" for place in entry.places),
            "; ".join(entry.tags),
            "yes" if entry.is_highlight else "",
            _reflection(entry),
            entry.ai_use,
            entry.byline,
            entry.address,
            entry.revision,
            entry.revision_sha256,
            "; ".join(f"{file.name} (SHA-256 {file.sha256})" for file in entry.evidence),
            entry.recorded_on,
        ]


def _reflection(entry: Entry) -> str:
    return "\n\n".join(f"{label} {text}" for label, text in entry.reflection)


def _soar(portfolio: Portfolio) -> Iterator[list[Value]]:
    """As SOAR's log has it: the credits are a bare number, one for an hour (cpd/frameworks/uk-aomrc.toml)."""
    for entry in portfolio.entries:
        facts = (entry.kind, entry.provider, entry.first.strftime("%d/%m/%Y"))
        yield [entry.title, ", ".join(part for part in facts if part), _reflection(entry), f"{entry.minutes / 60:.2f}"]


def _bulk_reading(portfolio: Portfolio) -> Iterator[list[Value]]:
    """As the Royal College of Canada takes it: a line for each article."""
    for entry in portfolio.entries:
        yield [entry.title, entry.first, _reflection(entry)]


# What programs of others read in columns of their own.
OF_OTHERS: Mapping[str, tuple[Sequence[str], Callable[[Portfolio], Iterator[list[Value]]]]] = {
    PackKind.SOAR: (("Title", "Description", "Learning and reflections", "Credits"), _soar),
    PackKind.RCPSC: (("Title", "Date", "Learning outcome"), _bulk_reading),
}


def _log_of(portfolio: Portfolio) -> tuple[Sequence[str], Iterator[list[Value]]]:
    """The columns of the log, and its lines."""
    columns, lines = OF_OTHERS.get(portfolio.kind, (COLUMNS, rows))
    return columns, lines(portfolio)


def as_csv(portfolio: Portfolio) -> bytes:
    """UTF-8 with the mark that tells Excel so; days as 2026-11-23; no cell that a program would compute."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    columns, lines = _log_of(portfolio)
    writer.writerow(columns)
    for row in lines:
        writer.writerow([_plain(value) for value in row])
    return text.getvalue().encode("utf-8-sig", "replace")


def _plain(value: Value) -> Value:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return plain_cell(value) if isinstance(value, str) else value


def as_xlsx(portfolio: Portfolio) -> bytes:
    """A workbook: log, totals, requirements, plan and other papers; certificates where a body asks for them."""
    book = Workbook(write_only=True)
    _sheet(book, "Log", *_log_of(portfolio))
    whole = portfolio.totals
    totals: list[list[Value]] = [
        [total.name, total.activities, total.minutes, round(total.minutes / 60, 2)] for total in whole.by_kind
    ]
    totals.append(["Together", whole.activities, whole.minutes, round(whole.minutes / 60, 2)])
    _sheet(book, "Totals", ("Kind", "Activities", "Minutes", "Hours"), totals)
    _sheet(
        book,
        "Requirements",
        (
            "Body",
            "Cycle from",
            "Cycle to",
            "As on",
            "Requirement",
            "What it asks",
            "Outcome",
            "Figure",
            "To go",
            "Note",
        ),
        (
            [stand.framework, stand.first, stand.last, stand.as_of, *astuple(line)]
            for stand in portfolio.stands
            for line in stand.requirements
        ),
    )
    _sheet(
        book,
        "Plan",
        ("Goal", "Why", "How", "By", "Status", "What came of it", "Activities"),
        map(astuple, portfolio.goals),
    )
    _sheet(
        book,
        "Other papers",
        ("Body", "Kind", "First day", "Last day", "What was asked", "Answer"),
        (
            [paper.framework, paper.name, paper.first, paper.last, label, answer]
            for section in portfolio.sections
            for paper in section.papers
            for label, answer in paper.answers
        ),
    )
    if portfolio.has_certificates:
        columns = ("Code", "Article", "Issued on", "First day", "Last day", "Minutes claimed")
        _sheet(
            book,
            "Certificates",
            (*columns, "Standing", "Outcomes for the GDC", "Verifiable minutes for the GDC"),
            (
                [
                    each.code,
                    each.title,
                    each.issued_on,
                    each.first,
                    each.last,
                    each.minutes,
                    each.standing,
                    ", ".join(each.outcomes),
                    each.verifiable_minutes,
                ]
                for each in portfolio.certificates
            ),
        )
    made = io.BytesIO()
    book.save(made)
    return _settled(made.getvalue(), portfolio.made_on)


def _sheet(book: Workbook, title: str, columns: Sequence[str], lines: Iterable[Sequence[Value]]) -> None:
    sheet: WriteOnlyWorksheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column, max(12, len(column) + 2))
    heads = []
    for column in columns:
        head = WriteOnlyCell(sheet, value=column)
        head.font = Font(bold=True)
        heads.append(head)
    sheet.append(heads)
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    cell = WriteOnlyCell(sheet, value=printable(value)[:LONGEST_CELL])
    # Said to be text: "=1+1" would be a formula.
    cell.data_type = "s"
    return cell


def _settled(workbook: bytes, made_on: datetime.date) -> bytes:
    """The same workbook without the moment at which it happened to be written: same contents, same bytes."""
    said = rb"\g<1>" + f"{made_on.isoformat()}T00:00:00Z".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = WHEN_WRITTEN.sub(said, content)
            new.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
