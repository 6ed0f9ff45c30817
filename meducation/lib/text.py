"""Text that may come from anywhere, for formats that are particular."""

import re

# What XML 1.0 cannot hold, not even escaped: controls, halves of surrogate pairs, two that are no characters.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """`text` without characters that XML refuses; line ends stay."""
    return UNPRINTABLE.sub("", text)


def one_line(text: str) -> str:
    """`text` on one line, without control characters."""
    return " ".join(printable(text).split())
