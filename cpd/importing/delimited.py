"""Tables as text: CSV and its relatives, in the encodings that people's programs write."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from cpd.importing.unreadable import Unreadable
from meducation.lib.text import cell_as_typed

DELIMITERS = ";,\t|"
# A cell longer than this is no cell: somewhere a quotation mark was opened and never closed.
LONGEST_CELL = 1_000_000
SNIFFED_RECORDS = 60
SNIFFED_CHARACTERS = 60_000
CHUNK = 1 << 16
MOST_COLUMNS = 100

type Row = tuple[int, list[str]]
"""The line (of the file, from 1) on which a row begins, and its cells."""


@dataclass(frozen=True)
class Dialect:
    """How a text file is written."""

    encoding: str
    delimiter: str
    skips: int = 0  # Characters before the table: Excel's own "sep=;".


def encoding_of(file: IO[bytes]) -> str:
    """UTF-8, UTF-16, or else Windows-1252: whatever is in a file of the last kind, it can be read as that."""
    file.seek(0)
    head = file.read(CHUNK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = head.count(0)
    if zeros > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while head:
            decoder.decode(head)
            head = file.read(CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def dialect_of(file: IO[bytes]) -> Dialect:
    """How a file is written: told from all of its bytes and its first records."""
    encoding = encoding_of(file)
    file.seek(0)
    # What is damaged is said where the rows are read, with the line.
    start = _text(file, encoding, errors="replace").read(SNIFFED_CHARACTERS)
    first = start.splitlines()[0] if start.strip() else ""
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return Dialect(encoding, first[-1], skips=len(first) + 1)
    return Dialect(encoding, max(DELIMITERS, key=lambda delimiter: _fit(start, delimiter)))


def _fit(start: str, delimiter: str) -> tuple[float, int]:
    """How well a delimiter divides the beginning: the share of records as wide as most, then how wide those are."""
    widths: Counter[int] = Counter()
    try:
        # The last record may be cut off by the end of what is looked at.
        for number, record in enumerate(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)):
            if number > SNIFFED_RECORDS:
                break
            if any(record):
                widths[len(record)] += 1
    except csv.Error:
        return (0, 0)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return (0, 0)
    width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
    return (round(count / widths.total(), 1), width)


def rows_of(file: IO[bytes], dialect: Dialect) -> Iterator[Row]:
    """The rows with anything in them, one at a time. Raises Unreadable."""
    file.seek(0)
    # Five bytes mean nothing in Windows-1252; the words around them do.
    text = _text(file, dialect.encoding, errors="replace" if dialect.encoding == "cp1252" else "strict")
    if dialect.skips:
        text.readline()
    # The limit is the whole process's; nothing else here reads CSV.
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text, delimiter=dialect.delimiter)
    before = 1 if dialect.skips else 0
    line = before + 1
    try:
        for record in reader:
            if any(cell and not cell.isspace() for cell in record):
                yield line, [cell_as_typed(cell) for cell in record[:MOST_COLUMNS]]
            line = before + reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(
            f"From line {line:,} on, this file cannot be read: a quotation mark is opened there and never closed."
        ) from error
    except UnicodeError as error:
        raise Unreadable(f"Near line {line:,}, this file is damaged: it is no text in one encoding.") from error
    finally:
        text.detach()


def _text(file: IO[bytes], encoding: str, *, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_Unclosed(file), encoding=encoding, errors=errors, newline="")


class _Unclosed(io.BufferedIOBase):
    """A file that outlives the text wrapped around it."""

    name = "file"

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """As the file does."""
        return self._file.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        """The same."""
        return self._file.read(size)
