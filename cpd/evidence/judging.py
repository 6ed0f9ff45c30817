"""What a file is: by its content, never by its name."""

import re
from typing import IO

from cpd.evidence.packages import judge_package
from cpd.evidence.refusing import CUT_SHORT, EMPTY, TAKEN, TOO_LARGE, Refused
from cpd.models.evidence import MOST_BYTES, FileKind

# The name's ending and the content type of each kind, as downloads carry them.
ENDINGS = {
    FileKind.PDF: ".pdf",
    FileKind.JPEG: ".jpg",
    FileKind.PNG: ".png",
    FileKind.DOCX: ".docx",
    FileKind.XLSX: ".xlsx",
    FileKind.PPTX: ".pptx",
    FileKind.ODT: ".odt",
    FileKind.ODS: ".ods",
    FileKind.ODP: ".odp",
}
# What a browser offers to choose from.
ACCEPTED = ",".join(["image/*", *ENDINGS.values()])
OPEN_XML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.DOCX: f"{OPEN_XML}.wordprocessingml.document",
    FileKind.XLSX: f"{OPEN_XML}.spreadsheetml.sheet",
    FileKind.PPTX: f"{OPEN_XML}.presentationml.presentation",
    FileKind.ODT: f"{OPEN_DOCUMENT}.text",
    FileKind.ODS: f"{OPEN_DOCUMENT}.spreadsheet",
    FileKind.ODP: f"{OPEN_DOCUMENT}.presentation",
}

HEAD_BYTES = 1024
# A PDF ends with where its table of contents is; programs add line ends after it, and a few white space.
TAIL_BYTES = 2048
PDF_END = re.compile(rb"startxref\s{1,8}\d{1,10}\s{1,8}%%EOF[\s\x00]{0,1024}\Z")
WEB_PAGE = re.compile(rb"<\s{0,20}(?:!doctype|html|head|body|script|svg|\?xml|iframe|title|meta)", re.IGNORECASE)
# How files begin that people choose and that are not taken, with what to do instead.
ELSE: tuple[tuple[bytes, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Word, Excel or PowerPoint file, or one with a password. Save it as .docx, .xlsx or .pptx"
        " without a password, or as PDF, and choose that.",
    ),
    (b"MZ", "This is a program, whatever its name says. Programs are not taken."),
    (b"\x7fELF", "This is a program, whatever its name says. Programs are not taken."),
    (b"#!", "This is a program, whatever its name says. Programs are not taken."),
    (b"GIF8", "GIF pictures are not taken. Save it as PNG or JPEG and choose that."),
    (b"BM", "This kind of picture is not taken. Save it as PNG or JPEG and choose that."),
    (b"II*\x00", "TIFF pictures are not taken. Save it as PDF, PNG or JPEG and choose that."),
    (b"MM\x00*", "TIFF pictures are not taken. Save it as PDF, PNG or JPEG and choose that."),
    (b"{\\rtf", "This is an RTF file. Save it as .docx or PDF and choose that."),
    (b"\x1f\x8b", "This is an archive. Unpack it, and choose the files one by one."),
    (b"Rar!", "This is an archive. Unpack it, and choose the files one by one."),
    (b"7z\xbc\xaf", "This is an archive. Unpack it, and choose the files one by one."),
)
WEB_PAGE_SENTENCE = "This is a web page or a script, whatever its name says. Print it as PDF and choose that."
UNKNOWN = f"We do not know this kind of file, whatever its name says. Choose a {TAKEN}."
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
# After "ftyp": still pictures as telephones take them. AVIF and films have other brands.
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})


def judge(file: IO[bytes], size: int) -> FileKind | None:
    """The kind of a whole file; None for a picture, which is not kept as it is. Raises Refused."""
    if size == 0:
        raise Refused(EMPTY)
    if size > MOST_BYTES:
        raise Refused(TOO_LARGE)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(b"%PDF-"):
        file.seek(max(0, size - TAIL_BYTES))
        if not PDF_END.search(file.read(TAIL_BYTES)):
            raise Refused(CUT_SHORT)
        return FileKind.PDF
    if _is_picture(head):
        return None
    if head.startswith(b"PK"):
        return judge_package(file, size)
    raise Refused(_why_not(head))


def _is_picture(head: bytes) -> bool:
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    is_heif = head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS
    return head.startswith(PICTURE_STARTS) or is_webp or is_heif


def _why_not(head: bytes) -> str:
    if WEB_PAGE.search(head):
        return WEB_PAGE_SENTENCE
    return next((sentence for start, sentence in ELSE if head.startswith(start)), UNKNOWN)
