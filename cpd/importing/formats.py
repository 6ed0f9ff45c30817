"""What kind of file somebody brought, told by its content and never by its name, and whether it is safe to open."""

import zipfile
from typing import IO

from cpd.importing.unreadable import Unreadable
from cpd.models import FileFormat
from meducation.lib.uploads import MOST_FILE_BYTES

MOST_BYTES = MOST_FILE_BYTES
MOST_ROWS = 100_000
# Of a workbook, unpacked: all of it, one part other than a sheet (they are held in memory), and how many parts.
MOST_UNPACKED = 250 * 1024 * 1024
MOST_PART = 40 * 1024 * 1024
MOST_PARTS = 1_000
HEAD_BYTES = 4096
# What can be read before its owner would have to wait: the bytes of a file, of a workbook unpacked.
QUICK_BYTES = {FileFormat.CSV: 300_000, FileFormat.XLSX: 500_000, FileFormat.ICS: 60_000}

WHAT_WORKS = "Bring a CSV file, an Excel workbook (.xlsx) or a calendar (.ics)."
TOO_BIG = f"This file is larger than {MOST_BYTES // 1024 // 1024} MB. Divide it, for example by year."
TOO_MANY_ROWS = f"This file has more than {MOST_ROWS:,} rows. Divide it, for example by year."
BOMB = (
    "Unpacked, this workbook would be far larger than any record, so it was not opened. Save the sheet as CSV instead."
)
BROKEN_BOOK = "This workbook is damaged: it may have been cut off on its way. Save it again, or save the sheet as CSV."
# How other files begin, and what to say of them.
OTHERS = (
    (
        b"%PDF",
        "This is a PDF. No table can be read from it reliably. Ask where it comes from for CSV or Excel.",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without a password, or as CSV.",
    ),
    (b"\x89PNG", f"This is a picture. {WHAT_WORKS}"),
    (b"\xff\xd8\xff", f"This is a picture. {WHAT_WORKS}"),
    (b"Rar!", f"This is a packed folder. {WHAT_WORKS}"),
    (b"7z\xbc\xaf", f"This is a packed folder. {WHAT_WORKS}"),
    (b"\x1f\x8b", f"This is a packed file. Unpack it first. {WHAT_WORKS}"),
)
WEB_PAGE = "This is a web page, whatever its name says: often the login page of the site it should have come from."


def format_of(file: IO[bytes], size: int) -> FileFormat:
    """What a file is. Reads its beginning; of a workbook also the list of its parts. Raises Unreadable."""
    if size == 0:
        raise Unreadable("This file is empty.")
    if size > MOST_BYTES:
        raise Unreadable(TOO_BIG)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    for beginning, sentence in OTHERS:
        if head.startswith(beginning):
            raise Unreadable(sentence)
    if head.startswith(b"PK"):
        check_workbook(file)
        return FileFormat.XLSX
    words = _as_text(head).lstrip("\ufeff \t\r\n").lower()
    if words.startswith(("<!doctype html", "<html", "<?xml", "<head", "<body", "<script")):
        raise Unreadable(WEB_PAGE if "html" in words else f"This is XML. {WHAT_WORKS}")
    if words.startswith("begin:vcalendar"):
        return FileFormat.ICS
    if sum(character < " " and character not in "\t\r\n\f\v" for character in words) > len(words) // 50:
        raise Unreadable(f"This is no table. {WHAT_WORKS}")
    return FileFormat.CSV


def check_workbook(file: IO[bytes]) -> int:
    """The bytes that a workbook unpacks to. Raises Unreadable for what is none, or too much.

    The sizes are those that its own list of contents gives; Python's reader never hands out more than is listed there.
    """
    try:
        with zipfile.ZipFile(file) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(BROKEN_BOOK) from error
    finally:
        file.seek(0)
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise Unreadable(f"This is no Excel workbook. {WHAT_WORKS}")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable("This workbook has a password. Save it without one, or save the sheet as CSV.")
    unpacked = sum(part.file_size for part in parts)
    held = [part.file_size for part in parts if not part.filename.startswith("xl/worksheets/sheet")]
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or max(held, default=0) > MOST_PART:
        raise Unreadable(BOMB)
    return unpacked


def is_quick(file: IO[bytes], file_format: str, size: int) -> bool:
    """Whether a file can be read within a request."""
    amount = check_workbook(file) if file_format == FileFormat.XLSX else size
    return amount <= QUICK_BYTES[FileFormat(file_format)]


def _as_text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore")
    for encoding in ("utf-16-le", "utf-16-be"):
        if _looks_like(head, encoding):
            return head.decode(encoding, errors="ignore")
    return head.decode("utf-8", errors="replace")


def _looks_like(head: bytes, encoding: str) -> bool:
    """Whether every other byte is a zero, as Western text in UTF-16 has it."""
    zeros = head[1::2] if encoding == "utf-16-le" else head[0::2]
    others = head[0::2] if encoding == "utf-16-le" else head[1::2]
    return len(head) > 8 and zeros.count(0) > 0.7 * len(zeros) and others.count(0) < 0.1 * len(others)
