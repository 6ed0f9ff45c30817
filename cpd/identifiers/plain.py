"""A text as the rules read it: digits of every script are 0 to 9, spaces plain, and nothing invisible between them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

# Whatever looks like one of these reads as it.
APOSTROPHES = "‘’ʼ′＇"
DASHES = "−﹣－"
FULL_WIDTH = range(0xFF01, 0xFF5F)
BEYOND = range(0x1D7CE, 0x1D800)  # Digits of mathematicians, outside the first plane.


@dataclass(frozen=True)
class Plain:
    """The text to read, and for each of its characters where it stood; `positions` None: where it stands."""

    text: str
    length: int
    positions: Sequence[int] | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the plain text lies in the text as it was written."""
        if self.positions is None:
            return start, end
        return self.positions[start], self.positions[end - 1] + 1


@cache
def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for code in (*range(0x80, 0x10000), *BEYOND):
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Nd":
            table[code] = str(unicodedata.decimal(char))
        elif category == "Zs":
            table[code] = " "
        elif category == "Pd" or char in DASHES:
            table[code] = "-"
        elif category == "Cf":
            table[code] = None
        elif code in FULL_WIDTH:
            table[code] = chr(code - 0xFEE0)
        elif char in APOSTROPHES:
            table[code] = "'"
    return table


def plain(text: str) -> Plain:
    """Read a text."""
    if text.isascii():
        return Plain(text, len(text))
    table = _table()
    read = text.translate(table)
    if len(read) == len(text):
        return Plain(read, len(text))
    positions = [place for place, char in enumerate(text) if table.get(ord(char), "") is not None]
    return Plain(read, len(text), positions)


def before(text: str, start: int, most: int = 40) -> str:
    """The end of the line up to `start`, in small letters: what a number is said to be."""
    return text[max(0, start - most) : start].rpartition("\n")[2].lower()
