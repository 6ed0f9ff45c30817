"""From the bytes of a file, in whichever encoding, to clean UTF-8 for the XML parser, a piece at a time."""

import codecs
import re
from pathlib import Path
from types import TracebackType
from typing import Self

PIECE = 64 * 1024
HEAD = 4096
# One post with its pictures, if they are in its text. What the parser holds at a time is bounded by it.
MOST_BYTES_A_POST = 32 * 1024 * 1024
# Characters that XML 1.0 does not allow. Old databases are full of them.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
DECLARED = re.compile(r"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
WEB_PAGE = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
COMPRESSED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    # Before UTF-16, whose mark is the beginning of it.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# They read text that was never meant as such, or do not come a piece at a time.
NO_ENCODINGS_OF_FILES = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7", "undefined"}


class Unreadable(Exception):
    """The file is not one we can read. The message is a sentence for the person who gave it."""


class CleanText:
    """A file as the parser wants it: UTF-8, without what XML forbids.

    `forget()` after every post: more than MOST_BYTES_A_POST without is refused, so that memory stays bounded.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        """Opens the file; raises Unreadable with what is wrong with it."""
        self.passed_over = 0
        self._since_last_post = 0
        self._bytes_read = 0
        self._is_at_start = True
        if not path.is_file():
            raise Unreadable(f"There is no file {path}.")
        try:
            self._file = path.open("rb")
            head = self._file.read(HEAD)
            self._file.seek(0)
        except OSError as error:
            raise Unreadable(f"The file cannot be opened: {error.strerror or error}.") from error
        try:
            self.encoding = _chosen(encoding) if encoding else _encoding_of(head)
            _refuse_other_kinds(head, self.encoding)
            self._decoder = codecs.getincrementaldecoder(self.encoding)()
        except Unreadable:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def forget(self) -> None:
        """A post has ended, and what was kept of it may go."""
        self._since_last_post = 0

    def read(self, size: int = PIECE) -> bytes:
        """The next piece, about as long as asked for; empty at the end. Raises Unreadable."""
        while raw := self._file.read(PIECE if size < 0 else size):
            self._since_last_post += len(raw)
            if self._since_last_post > MOST_BYTES_A_POST:
                raise Unreadable(
                    f"One post, or something between two posts, has more than {MOST_BYTES_A_POST // 1024 // 1024} MB."
                )
            if clean := self._clean(raw):
                return clean
        # A character that is cut off at the end is left to the parser, which finds the file cut off there.
        return b""

    def _clean(self, raw: bytes) -> bytes:
        try:
            text = self._decoder.decode(raw)
        except UnicodeDecodeError as error:
            raise Unreadable(
                f"The file is taken for {self.encoding}, but near byte {self._bytes_read + error.start:,} it is not. "
                "Say what it is, for example with --encoding windows-1252."
            ) from error
        self._bytes_read += len(raw)
        if self._is_at_start:
            # Many a blog sends an empty line first, before which XML allows nothing.
            text = text.lstrip("\ufeff \t\r\n")
            self._is_at_start = not text
        clean, removed = NOT_IN_XML.subn("", text)
        self.passed_over += removed
        return clean.encode()


def _encoding_of(head: bytes) -> str:
    """By its mark, by its first bytes, by what it says, or UTF-8. Raises Unreadable."""
    if not head.strip():
        raise Unreadable("The file is empty.")
    for beginning, name in COMPRESSED.items():
        if head.startswith(beginning):
            raise Unreadable(f"The file is compressed ({name}). Unpack it and give the file inside.")
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    if head.startswith(b"<\x00"):
        return "utf-16-le"
    if head.startswith(b"\x00<"):
        return "utf-16-be"
    declared = DECLARED.match(head.decode("latin-1"))
    if declared is None:
        return "utf-8"
    encoding = _known(declared.group(1))
    if not encoding:
        raise Unreadable(
            f"The file says that its encoding is {declared.group(1)}, which is not known here. "
            "Say what it is, for example with --encoding windows-1252."
        )
    if encoding.startswith(("utf-16", "utf-32")):
        # That we could read the line shows that it is not what it says.
        return "utf-8"
    # What calls itself Latin-1 is nearly always Windows-1252, as browsers take it, and else the same.
    return "cp1252" if encoding in ("iso8859-1", "ascii") else encoding


def _chosen(encoding: str) -> str:
    known = _known(encoding)
    if not known:
        raise Unreadable(f"There is no encoding “{encoding}”. Usual ones are utf-8, utf-16 and windows-1252.")
    return known


def _known(encoding: str) -> str:
    """The name of a text encoding as Python knows it; empty when it knows none."""
    try:
        found = codecs.lookup(encoding)
        # Fails for what does not turn text into bytes, such as "rot13".
        "a".encode(encoding)
    except (LookupError, ValueError):
        return ""
    if found.name.replace("_", "-") in NO_ENCODINGS_OF_FILES:
        return ""
    return found.name


def _refuse_other_kinds(head: bytes, encoding: str) -> None:
    text = head.decode(encoding, errors="ignore")
    if WEB_PAGE.match(text):
        raise Unreadable(
            "This is a web page, not a feed or an export. The feed of a WordPress blog is usually at /feed/; "
            "the export is under Tools, Export."
        )
    if not text.lstrip("\ufeff \t\r\n\x00").startswith("<"):
        raise Unreadable("This is not an XML file. Give a WordPress export, an RSS or an Atom feed.")
