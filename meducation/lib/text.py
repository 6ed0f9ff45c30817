"""Text that may come from anywhere, for formats that are particular."""

import re

# What XML 1.0 cannot hold, not even escaped: controls, halves of surrogate pairs, two that are no characters.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# What a spreadsheet takes for the beginning of a formula, in the full width of East Asian keyboards too.
FORMULA = frozenset("=+-@\t\r＝＋－＠")
# What may stand before it without changing that.
IGNORED = " \ufeff\"'\n"


def printable(text: str) -> str:
    """`text` without characters that XML refuses; line ends stay."""
    return UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """`text` on one line, without control characters."""
    return " ".join(printable(text).split())


def plain_cell(text: str) -> str:
    """A text of CSV that no spreadsheet runs: an apostrophe stands before what it would take for a formula."""
    text = printable(text)
    return f"'{text}" if _is_formula(text) else text


def cell_as_typed(cell: str) -> str:
    """A cell of CSV without the apostrophe that `plain_cell` puts before it."""
    return cell[1:] if cell[:1] == "'" and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    return text.lstrip(IGNORED)[:1] in FORMULA
