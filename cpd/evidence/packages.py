"""Office and OpenDocument files: zip archives of a known shape, read to the end before they are believed.

Sizes that an archive declares may be lies, and members may overlap or nest: so every member is unpacked, a piece at a
time and to nowhere, with one allowance for all of them.
"""

import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cpd.evidence.refusing import CUT_SHORT, Refused
from cpd.models.evidence import FileKind

MOST_MEMBERS = 10_000
MOST_UNPACKED = 300 * 1024 * 1024
# Text packs to a tenth, tables of the same number to a hundredth; a bomb to a thousandth.
MOST_PACKED_TO = 200
# Below this nobody is harmed by any ratio.
SMALL_UNPACKED = 20 * 1024 * 1024
# A diagram in a document carries its workbook, and that nothing more.
DEEPEST = 2
MOST_CONTENT_TYPES_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024
# The end of an archive: signature, numbers of discs, members here and in all, bytes of the directory, where it begins,
# length of a comment. Programs that write documents add no comment.
END = struct.Struct("<4s4H2LH")
END_SIGNATURE = b"PK\x05\x06"
ZIP64_SIGNATURE = b"PK\x06\x07"
ZIP64_BYTES = 20
MOST_DIRECTORY_BYTES = 2 * 1024 * 1024
NESTED_SIGNATURE = b"PK\x03\x04"
IS_ENCRYPTED = 0x1

MAIN = "application/vnd.openxmlformats-officedocument"
OFFICE = {
    f"{MAIN}.wordprocessingml.document.main+xml": FileKind.DOCX,
    f"{MAIN}.spreadsheetml.sheet.main+xml": FileKind.XLSX,
    f"{MAIN}.presentationml.presentation.main+xml": FileKind.PPTX,
    f"{MAIN}.presentationml.slideshow.main+xml": FileKind.PPTX,
}
OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
    b"application/vnd.oasis.opendocument.presentation": FileKind.ODP,
}
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
MACRO_FOLDERS = ("basic/", "scripts/")

BOMB = "Unpacked, this file would be enormous, so it is not taken. Save it as PDF and choose that."
MACROS = "This file holds macros, which are small programs. Save it without them (.docx, .xlsx, .pptx) or as PDF."
ARCHIVE = "This is an archive. Unpack it, and choose the files one by one."
LOCKED = "This file has a password. Save it without one, or as PDF, and choose that."


@dataclass
class Allowance:
    """How many bytes may still come out of an archive, and all that lie in it."""

    left: int

    def take(self, count: int) -> None:
        """Use some of it. Raises Refused when that is more than there is."""
        self.left -= count
        if self.left < 0:
            raise Refused(BOMB)


def judge_package(file: IO[bytes], size: int) -> FileKind:
    """Which kind of document an archive is. Raises Refused."""
    with _opened(file, size) as archive:
        _read_all(archive, Allowance(max(SMALL_UNPACKED, min(MOST_UNPACKED, size * MOST_PACKED_TO))), depth=1)
        return _kind(archive)


def _opened(file: IO[bytes], size: int) -> zipfile.ZipFile:
    """The archive, once its end says that opening it takes little memory. Raises Refused."""
    file.seek(max(0, size - END.size - ZIP64_BYTES))
    tail = file.read()
    if len(tail) < END.size or tail[-END.size :][:4] != END_SIGNATURE:
        raise Refused(CUT_SHORT)
    _, _, _, _, members, directory_bytes, directory_at, comment = END.unpack(tail[-END.size :])
    if comment or tail.startswith(ZIP64_SIGNATURE) or directory_at + directory_bytes + END.size != size:
        # Something lies before, between or after the parts of the archive.
        raise Refused(CUT_SHORT)
    if members > MOST_MEMBERS or directory_bytes > MOST_DIRECTORY_BYTES:
        raise Refused(BOMB)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused(CUT_SHORT) from error


def _read_all(archive: zipfile.ZipFile, allowance: Allowance, *, depth: int) -> None:
    """Unpack every member to nowhere, those that are archives themselves as well. Raises Refused."""
    members = archive.infolist()
    if sum(member.file_size for member in members) > allowance.left:
        raise Refused(BOMB)
    for member in members:
        if member.flag_bits & IS_ENCRYPTED:
            raise Refused(LOCKED)
        name = member.filename.lower()
        if name.endswith(MACRO_PARTS) or name.startswith(MACRO_FOLDERS):
            raise Refused(MACROS)
        try:
            with archive.open(member) as part:
                _read(part, allowance, depth=depth)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise Refused(CUT_SHORT) from error


def _read(part: IO[bytes], allowance: Allowance, *, depth: int) -> None:
    piece = part.read(PIECE_BYTES)
    is_nested = piece.startswith(NESTED_SIGNATURE)
    if is_nested and depth >= DEEPEST:
        raise Refused(BOMB)
    with tempfile.SpooledTemporaryFile(max_size=PIECE_BYTES) as nested:
        while piece:
            allowance.take(len(piece))
            if is_nested:
                nested.write(piece)
            piece = part.read(PIECE_BYTES)
        if is_nested:
            with _opened(nested, nested.tell()) as archive:
                _read_all(archive, allowance, depth=depth + 1)


def _kind(archive: zipfile.ZipFile) -> FileKind:
    names = set(archive.namelist())
    if "mimetype" in names:
        with archive.open("mimetype") as part:
            kind = OPEN_DOCUMENT.get(part.read(100).strip())
        if kind is not None and "content.xml" in names:
            return kind
    if "[Content_Types].xml" in names:
        for main, path in _main_parts(archive):
            if "macroenabled" in main.lower():
                raise Refused(MACROS)
            if main in OFFICE and path in names:
                return OFFICE[main]
    raise Refused(ARCHIVE)


def _main_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Content type and path of the parts that the archive declares one by one."""
    with archive.open("[Content_Types].xml") as part:
        text = part.read(MOST_CONTENT_TYPES_BYTES)
    try:
        root: Element = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Refused(CUT_SHORT) from error
    overrides = [each for each in root if each.tag.endswith("}Override")]
    return [(each.get("ContentType", ""), each.get("PartName", "").removeprefix("/")) for each in overrides]
