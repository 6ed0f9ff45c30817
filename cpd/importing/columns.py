"""Which column of a file is what: guessed by its name, shown, and changed by whoever brought it."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cpd.importing.values import Measure

FILE = Path(__file__).with_name("headers.toml")
# What a column may be, in the order of the form.
FIELDS = ("title", "done_on", "done_until", "time", "kind", "provider", "reflection", "important", "next_step", "tags")
LONGEST_HEADER = 100
# A header may stand below a title of the whole sheet, but not further down than this.
ROWS_ABOVE = 12


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def kind_synonyms() -> Mapping[str, tuple[str, ...]]:
    """What people call each kind of activity."""
    return {kind: tuple(names) for kind, names in _data()["kinds"].items()}


def plain(header: str) -> str:
    """A column's name for comparing: "Duration (mins) *" is "duration mins"."""
    return " ".join(re.sub(r"[^\w'’]+", " ", header.casefold().replace("’", "'").replace("_", " ")).split())


def guess(headers: Sequence[str]) -> dict[str, int]:
    """Field → column, for the fields that a column's name speaks of. Each column once."""
    names = [plain(header) for header in headers]
    # Names that fit as a whole come before those of which a part does, whatever the order of fields or columns.
    fits = sorted(
        (rank, FIELDS.index(field), column, field)
        for field, synonyms in _data()["columns"].items()
        for column, name in enumerate(names)
        if (rank := _rank(name, synonyms)) is not None
    )
    found: dict[str, int] = {}
    for _, _, column, field in fits:
        if field not in found and column not in found.values():
            found[field] = column
    return found


def _rank(name: str, synonyms: Sequence[str]) -> int | None:
    """How well a name fits: the place of the synonym it is, or, after all of those, one that it begins or ends with."""
    if name in synonyms:
        return synonyms.index(name)
    for place, synonym in enumerate(synonyms):
        if name.startswith(f"{synonym} ") or (len(synonym) > 4 and name.endswith(f" {synonym}")):
            return 1_000 + place
    return None


def measure_of(header: str) -> Measure | None:
    """What the numbers of a column are, where its name says so."""
    words = set(plain(header).split())
    for measure in Measure:
        if words & set(_data()["measures"][measure]):
            return measure
    return None


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns; None when none does, as where a table begins with its first entry."""
    best, most = None, 1
    for number, cells in enumerate(rows[:ROWS_ABOVE]):
        known = len(guess([cell[:LONGEST_HEADER] for cell in cells]))
        if known > most:
            best, most = number, known
    if best is not None:
        return best
    # Names that we do not know are names all the same, unless there are figures among them.
    for number, cells in enumerate(rows[:ROWS_ABOVE]):
        if len([cell for cell in cells if cell.strip()]) > 1:
            return number if not any(re.search(r"\d", cell) for cell in cells) else None
    return None


def names_of(cells: Sequence[str], width: int) -> list[str]:
    """The names of `width` columns; those without one are numbered."""
    cells = [*cells, *[""] * (width - len(cells))][:width]
    return [" ".join(cell.split())[:LONGEST_HEADER] or f"Column {number}" for number, cell in enumerate(cells, start=1)]


def fingerprint(headers: Sequence[str]) -> str:
    """The same for two files with the same columns."""
    return hashlib.sha256("\n".join(plain(header) for header in headers).encode(errors="replace")).hexdigest()
