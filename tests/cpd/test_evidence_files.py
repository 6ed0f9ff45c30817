"""What is taken as evidence and what is refused, by content: every bad file is made here."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from cpd.evidence import packages, pictures, refusing
from cpd.evidence.judging import UNKNOWN, WEB_PAGE_SENTENCE, judge
from cpd.evidence.names import clean_name
from cpd.evidence.pictures import LONGEST_SIDE, redraw
from cpd.evidence.refusing import Refused
from cpd.models import FileKind
from tests.support import files

GOOD: dict[str, tuple[Callable[[], bytes], FileKind]] = {
    "PDF": (files.pdf, FileKind.PDF),
    "Word": (files.office, FileKind.DOCX),
    "Word with a workbook in it": (
        lambda: files.office(word__embeddings__book_dot_xlsx=files.office(files.EXCEL, "xl/workbook.xml")),
        FileKind.DOCX,
    ),
    "Excel": (lambda: files.office(files.EXCEL, "xl/workbook.xml"), FileKind.XLSX),
    "PowerPoint": (lambda: files.office(files.POWERPOINT, "ppt/presentation.xml"), FileKind.PPTX),
    "OpenDocument": (files.open_document, FileKind.ODT),
    "OpenDocument spreadsheet": (lambda: files.open_document("spreadsheet"), FileKind.ODS),
}
BOMB = b"\0" * (40 * files.MEGABYTE)
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (bytes, refusing.EMPTY),
    "too large": (lambda: files.pdf(size=25 * files.MEGABYTE + 1), refusing.TOO_LARGE),
    "a web page called .pdf": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", WEB_PAGE_SENTENCE),
    "a web page after white space": (lambda: b"\n\n  <html><body>Hello", WEB_PAGE_SENTENCE),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', WEB_PAGE_SENTENCE),
    "XML": (lambda: b'<?xml version="1.0"?><a/>', WEB_PAGE_SENTENCE),
    "a script": (lambda: b"#!/bin/sh\nrm -rf /\n", "This is a program, whatever its name says."),
    "a program": (lambda: b"MZ\x90\x00" + bytes(500), "This is a program, whatever its name says."),
    "words": (lambda: b"I was there. Believe me.", UNKNOWN),
    "EICAR": (lambda: files.EICAR, UNKNOWN),
    "old Word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This is an old Word"),
    "GIF": (lambda: b"GIF89a" + bytes(50), "GIF pictures are not taken."),
    "a PDF cut short": (lambda: files.pdf(size=9000)[:5000], refusing.CUT_SHORT),
    "a PDF that is a web page further on": (lambda: b"%PDF-1.7\n<html><script>alert(1)</script>", refusing.CUT_SHORT),
    "a PDF and an archive in one": (lambda: files.pdf() + files.archive({"a": b"a"}), refusing.CUT_SHORT),
    "an archive": (lambda: files.archive({"a.txt": b"a"}), packages.ARCHIVE),
    "an archive with a comment": (lambda: files.archive({"a": b"a"}, comment=b"<script>"), refusing.CUT_SHORT),
    "Word cut short": (lambda: files.office()[:-30], refusing.CUT_SHORT),
    "Word with a byte turned": (
        lambda: files.office(word__media__x=bytes(range(256))).replace(bytes([100, 101]), bytes([101, 100]), 1),
        refusing.CUT_SHORT,
    ),
    "something before Word": (lambda: b"PK\x03\x04GARBAGE" + files.office(), refusing.CUT_SHORT),
    "Word with macros": (lambda: files.office(word__vbaProject_dot_bin=b"x"), packages.MACROS),
    "Word that admits macros": (
        lambda: files.office("application/vnd.ms-word.document.macroEnabled.main+xml"),
        packages.MACROS,
    ),
    "a workbook with macros in Word": (
        lambda: files.office(word__embeddings__b=files.office(files.EXCEL, "xl/w.xml", xl__vbaProject_dot_bin=b"x")),
        packages.MACROS,
    ),
    "a bomb called Word": (lambda: files.office(word__media__bomb=BOMB), packages.BOMB),
    "a bomb in a workbook in Word": (lambda: files.office(word__b=files.office(xl__bomb=BOMB)), packages.BOMB),
    "archives in archives": (lambda: files.office(word__b=files.nested(6)), packages.BOMB),
    "members that overlap": (files.overlapping, packages.BOMB),
    "a directory of a million members": (
        lambda: files.large_directory(3 * files.MEGABYTE),
        packages.BOMB,
    ),
    "Word without its main part": (lambda: files.office(main="application/xml"), packages.ARCHIVE),
    "an XML bomb in Word": (
        lambda: files.archive(
            {"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}
        ),
        refusing.CUT_SHORT,
    ),
}


def judged(content: bytes) -> FileKind | None:
    return judge(io.BytesIO(content), len(content))


@pytest.mark.parametrize("name", GOOD)
def test_what_is_taken_is_known_by_its_content(name: str) -> None:
    make, kind = GOOD[name]
    assert judged(make()) == kind


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_taken_is_told_why(name: str) -> None:
    make, sentence = BAD[name]
    with pytest.raises(Refused) as refused:
        judged(make())
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith(".")


def test_a_table_that_packs_well_is_no_bomb() -> None:
    rows = b"".join(b'<row r="%d"><c t="n"><v>%d</v></c></row>' % (n, n * n) for n in range(150_000))
    assert len(rows) > 5 * files.MEGABYTE
    assert judged(files.office(files.EXCEL, "xl/workbook.xml", xl__sheet=rows)) == FileKind.XLSX


# --- Pictures


def redrawn(content: bytes) -> tuple[FileKind, bytes]:
    assert judged(content) is None
    into = io.BytesIO()
    return redraw(io.BytesIO(content), into), into.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.picture("JPEG"), FileKind.JPEG),
        (files.picture("PNG"), FileKind.PNG),
        (files.picture("WEBP"), FileKind.JPEG),
        (files.heic(), FileKind.JPEG),
    ],
    ids=["JPEG", "PNG", "WebP", "HEIC"],
)
def test_a_picture_becomes_one_that_everybody_can_open(content: bytes, kind: FileKind) -> None:
    drawn_kind, drawn = redrawn(content)
    assert drawn_kind == kind
    assert Image.open(io.BytesIO(drawn)).format == kind.name


def test_a_photograph_loses_its_place_and_stands_upright() -> None:
    original = files.photo_with_place(orientation=6)
    assert b"SecretCameraMaker" in original
    assert Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)
    _, drawn = redrawn(original)
    picture = Image.open(io.BytesIO(drawn))
    assert not picture.getexif() and b"Exif" not in drawn and b"SecretCameraMaker" not in drawn
    assert picture.size == (300, 400)


def test_a_large_picture_stays_readable_and_no_larger() -> None:
    _, drawn = redrawn(files.picture(size=(5000, 2500)))
    assert Image.open(io.BytesIO(drawn)).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_what_is_transparent_becomes_paper() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(file, "PNG")
    _, drawn = redrawn(file.getvalue())
    assert Image.open(io.BytesIO(drawn)).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (files.png_header(60_000, 60_000), pictures.TOO_MANY_PIXELS),
        (files.png_header(60_000, 10), pictures.TOO_MANY_PIXELS),
        (files.png_header(8000, 7000), pictures.TOO_MANY_PIXELS),
        (files.picture()[:-4000], refusing.CUT_SHORT),
        (files.picture("PNG")[:-4000], refusing.CUT_SHORT),
        (files.heic()[:-200], ""),
        (b"\xff\xd8\xff" + b"<script>alert(1)</script>", refusing.CUT_SHORT),
        (b"\x00\x00\x00\x18ftypheic" + bytes(200), ""),
    ],
    ids=["60,000 square", "60,000 wide", "56 MP", "JPEG cut", "PNG cut", "HEIC cut", "no JPEG", "no HEIC"],
)
def test_a_bad_picture_is_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        redrawn(content)
    assert str(refused.value).startswith(sentence)


def test_a_script_behind_a_picture_is_gone() -> None:
    _, drawn = redrawn(files.picture() + b"<script>alert(1)</script>" + files.archive({"a": b"a"}))
    assert b"<script>" not in drawn and b"PK\x03\x04" not in drawn


# --- Names


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Certificate 2026.pdf", "Certificate 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.pdf"),
        ("C:\\Users\\me\\cert.PDF", "cert.pdf"),
        ("cert.html", "cert.pdf"),
        ("cert\u202efdp.exe", "certfdp.pdf"),
        ("a\x00b\r\nc.pdf", "a b c.pdf"),
        ("\ud800half.pdf", "half.pdf"),
        ("  . .", "File.pdf"),
        ("", "File.pdf"),
        ('a"b<c>d|e?.pdf', "a b c d e.pdf"),
        ("Zertifikat Überprüfung 证书 👩‍⚕️.pdf", "Zertifikat Überprüfung 证书 👩‍⚕️.pdf"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("version 1.2", "version 1.2.pdf"),
    ],
)
def test_a_name_is_kept_as_far_as_it_harms_nobody(given: str, name: str) -> None:
    assert clean_name(given, FileKind.PDF) == name


def test_before_a_file_is_known_its_name_keeps_its_ending() -> None:
    assert clean_name("IMG_1.HEIC") == "IMG_1.HEIC"
