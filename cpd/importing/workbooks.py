"""Sheets of Excel workbooks, a row at a time. What a formula came to is read, never the formula."""

import datetime
from collections.abc import Iterator
from typing import IO, Any
from zipfile import BadZipFile

from openpyxl import load_workbook

from cpd.importing.delimited import MOST_COLUMNS, Row
from cpd.importing.formats import BROKEN_BOOK, check_workbook
from cpd.importing.unreadable import Unreadable

# Whatever openpyxl stumbles over in a damaged or a forged workbook.
DAMAGE = (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, OverflowError)
# So many rows without anything: the rest of the sheet is only formatting.
MOST_EMPTY_ROWS = 2_000
NO_TABLE = "This workbook has no sheet with a table on it."


def sheets_of(file: IO[bytes]) -> list[str]:
    """The names of the sheets that their owner sees, in order. Raises Unreadable."""
    book = _open(file)
    try:
        names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()
    if not names:
        raise Unreadable(NO_TABLE)
    return names


def rows_of(file: IO[bytes], sheet: str) -> Iterator[Row]:
    """The rows of a sheet with anything in them. Raises Unreadable."""
    book = _open(file)
    empty = 0
    try:
        page = book[sheet]
        # What the file says of its own extent is often wrong.
        page.reset_dimensions()
        for line, cells in enumerate(page.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            words = [_words(cell) for cell in cells]
            while words and not words[-1]:
                words.pop()
            if words:
                empty = 0
                yield line, words
            elif (empty := empty + 1) > MOST_EMPTY_ROWS:
                return
    except DAMAGE as error:
        raise Unreadable(BROKEN_BOOK) from error
    finally:
        book.close()


def _open(file: IO[bytes]) -> Any:
    check_workbook(file)
    try:
        return load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except DAMAGE as error:
        raise Unreadable(BROKEN_BOOK) from error


def _words(cell: object) -> str:
    """A cell as text that is read in one way only: dates as year-month-day, lengths of time as hours:minutes."""
    match cell:
        case None | bool():
            return ""
        case datetime.datetime():
            return cell.date().isoformat()
        case datetime.date():
            return cell.isoformat()
        case datetime.time():
            return f"{cell.hour}:{cell.minute:02}:{cell.second:02}"
        case datetime.timedelta():
            seconds = int(cell.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds >= 0 else ""
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case _:
            return str(cell).strip()
