"""How to cite an article: a line to copy, and files for reference managers. Pure: no database, no clock.

A name is split only where the author's family name was given; guessing at the last word would be wrong for many names.
Without it, the whole name is cited as it stands. Titles such as "Dr" are no part of a name in a citation.
"""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from meducation.lib.text import one_line

TITLES = re.compile(r"^(?:(?:dr|prof|professor|mr|mrs|ms|miss|mx|sir|dame|rev)\b\.?\s+)+", re.IGNORECASE)
# What would end a list of authors, or a family name, for BibTeX.
SPLITS_A_NAME = re.compile(r",|\band\b", re.IGNORECASE)
LATEX = {
    "\\": r"\textbackslash{}",
    # A brace counts for BibTeX even behind a backslash, so one alone must not stand there.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
MOST_INITIALS = 2


@dataclass(frozen=True)
class Name:
    """An author's name. `family` is empty, or a part of `whole`."""

    whole: str
    family: str = ""

    @property
    def given(self) -> str:
        """What is left of the name beside the family name, without titles."""
        before, _, after = one_line(self.whole).partition(one_line(self.family))
        return TITLES.sub("", f"{before.strip()} {after.strip()} ".lstrip()).strip()

    def has_parts(self) -> bool:
        """Whether it can be written "Family, Given"."""
        return bool(one_line(self.family) and self.given)

    def unsplit(self) -> str:
        """The name as it stands, without titles."""
        return TITLES.sub("", one_line(self.whole)) or one_line(self.whole)


@dataclass(frozen=True)
class Work:
    """What is cited. The dates are the site's; `changed_on` is None for a text that was never changed."""

    slug: str
    title: str
    summary: str
    names: Sequence[Name]
    topics: Sequence[str]
    publisher: str
    published_on: datetime.date
    changed_on: datetime.date | None
    revision: int
    address: str
    language: str = "en-GB"


def in_a_line(work: Work, *, cited_on: datetime.date) -> str:
    """The citation in Vancouver style, as for a page on the internet."""
    names = ", ".join(_vancouver(name) for name in work.names)
    title = one_line(work.title)
    dates = [f"cited {_vancouver_date(cited_on)}"]
    if work.changed_on is not None:
        dates.insert(0, f"updated {_vancouver_date(work.changed_on)}")
    # Anonymous works begin with their title.
    return (
        f"{_closed(names) + ' ' if names else ''}{title.rstrip('.')} [Internet]. {work.publisher}; "
        f"{_vancouver_date(work.published_on)} [{'; '.join(dates)}]. Revision {work.revision}. "
        f"Available from: {work.address}"
    )


def bibtex(work: Work) -> str:
    """One entry in BibTeX, in UTF-8."""
    note = f"Revision {work.revision}"
    if work.changed_on is not None:
        note += f", updated {work.changed_on.isoformat()}"
    fields = {
        "author": " and ".join(_bibtex_name(name) for name in work.names),
        # Braces within, so that no style changes its capitals.
        "title": f"{{{_latex(work.title)}}}",
        "howpublished": _latex(work.publisher),
        "year": str(work.published_on.year),
        "month": str(work.published_on.month),
        "day": str(work.published_on.day),
        "url": work.address,
        "note": note,
        "abstract": _latex(work.summary),
        "keywords": _latex(", ".join(one_line(topic) for topic in work.topics)),
        "language": work.language,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value.strip("{}")]
    return "\n".join([f"@misc{{{work.publisher.lower()}-{work.slug},", *lines, "}", ""])


def ris(work: Work) -> str:
    """One record in RIS, in UTF-8, for EndNote, Mendeley, Zotero and others."""
    lines = [("TY", "ELEC")]
    lines += [("AU", _ris_name(name)) for name in work.names]
    lines += [
        ("TI", work.title),
        ("PB", work.publisher),
        ("PY", str(work.published_on.year)),
        ("DA", f"{work.published_on:%Y/%m/%d}/"),
        ("ET", f"Revision {work.revision}"),
        ("AB", work.summary),
        *(("KW", topic) for topic in work.topics),
        ("UR", work.address),
        ("LA", work.language),
        ("ER", ""),
    ]
    # A value is the rest of its line: nothing in it needs escaping, as long as it stays on the line.
    return "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in lines if value or tag == "ER")


def _vancouver(name: Name) -> str:
    if not name.has_parts():
        return name.unsplit()
    initials = [part[0].upper() for part in re.split(r"[\s-]+", name.given) if part[0].isalpha()]
    return f"{one_line(name.family)} {''.join(initials[:MOST_INITIALS])}".strip()


def _vancouver_date(day: datetime.date) -> str:
    return f"{day.year} {day:%b} {day.day}"


def _closed(names: str) -> str:
    return names if names.endswith(".") else f"{names}."


def _bibtex_name(name: Name) -> str:
    if not name.has_parts():
        return f"{{{_latex(name.unsplit())}}}"
    return f"{_bibtex_part(name.family)}, {_bibtex_part(name.given)}"


def _bibtex_part(part: str) -> str:
    return f"{{{_latex(part)}}}" if SPLITS_A_NAME.search(part) else _latex(part)


def _ris_name(name: Name) -> str:
    return f"{one_line(name.family)}, {name.given}" if name.has_parts() else name.unsplit()


def _latex(text: str) -> str:
    return "".join(LATEX.get(character, character) for character in one_line(text))
