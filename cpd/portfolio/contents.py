"""What a portfolio says: frozen, the same for a preview, for every format, and for whoever is shown it.

Nothing here is worked out from what the database says later: cpd.portfolio.gathering reads everything once, and what it
found is kept with the portfolio as JSON (cpd.portfolio.keeping), from which every file is made.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from cpd.models import PackKind
from cpd.portfolio.totals import Counted, Totals, totals_of


@dataclass(frozen=True)
class Chosen:
    """What its owner wants to be in it. Private reflections only when they say so."""

    kind: PackKind
    first: datetime.date
    last: datetime.date
    highlights_only: bool = False
    reflections: str = "shareable"  # "none", "shareable", "all"
    plan: bool = True
    requirements: bool = True
    papers: bool = False  # What bodies ask for beside activities: accounts, hours, declarations.
    left_out: frozenset[uuid.UUID] = frozenset()  # Activities.
    only: frozenset[uuid.UUID] | None = None  # Activities that were there when it was asked for; None: all there are.


@dataclass(frozen=True)
class ToMend:
    """Something that is missing, or kept out, and the page that mends it."""

    text: str
    address: str


@dataclass(frozen=True)
class FileLine:
    """An evidence file: by its hash, anybody can tell that a copy is the one meant."""

    id: str
    name: str
    size: int  # Bytes.
    sha256: str


@dataclass(frozen=True)
class PlaceLine:
    """Where an activity belongs in one of its owner's frameworks."""

    framework: str
    category: str


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    id: str
    title: str
    kind: str  # In words.
    provider: str
    first: datetime.date
    last: datetime.date
    minutes: int  # Claimed.
    participatory_minutes: int
    timed_minutes: int | None  # Measured while reading; None: not timed.
    offline_minutes: int  # Of these, counted on a device without a connection.
    provenance: str  # "Timed", "Added by hand", "Imported".
    more_because: str  # Why more was claimed than was timed.
    recorded_on: datetime.date
    is_late: bool
    is_highlight: bool
    tags: tuple[str, ...]
    byline: str  # Of the article that was read.
    address: str
    revision: int | None
    revision_sha256: str
    reflection: tuple[tuple[str, str], ...]  # (what was asked, what was written); empty: none, or not in here.
    has_private_reflection: bool  # There is one, and it is left out.
    ai_use: str
    places: tuple[PlaceLine, ...] = ()
    evidence: tuple[FileLine, ...] = ()

    @property
    def counted(self) -> Counted:
        """As much of it as the totals need."""
        return Counted(
            id=self.id,
            kind=self.kind,
            provenance=self.provenance,
            first=self.first,
            last=self.last,
            minutes=self.minutes,
            participatory_minutes=self.participatory_minutes,
            timed_minutes=self.timed_minutes,
            is_reflected=bool(self.reflection),
            has_private_reflection=self.has_private_reflection,
            files=len(self.evidence),
        )


@dataclass(frozen=True)
class RequirementLine:
    """One requirement and how it stood."""

    name: str
    sentence: str
    outcome: str
    figure: str  # "18 h of 25 h"; empty where nothing is counted.
    left: str  # What is missing, in words.
    note: str = ""  # "Recommended", or that the figure is not sure.


@dataclass(frozen=True)
class YearLine:
    """What the log has of one year of a cycle."""

    first: datetime.date
    last: datetime.date
    activities: int
    minutes: int


@dataclass(frozen=True)
class StandLine:
    """One framework: the cycle in which the last day of the period lies."""

    framework: str
    number: str  # On the register.
    number_label: str
    first: datetime.date | None  # Of the cycle; None: no date is known to begin it by.
    last: datetime.date | None
    as_of: datetime.date
    verdict: str
    requirements: tuple[RequirementLine, ...] = ()
    years: tuple[YearLine, ...] = ()  # Of the cycle, as far as the period goes; none where a cycle is one year.


@dataclass(frozen=True)
class GoalLine:
    """One goal of the plan, and what came of it."""

    title: str
    why: str
    how: str
    due: datetime.date | None
    status: str
    outcome: str
    activities: int


@dataclass(frozen=True)
class PaperLine:
    """Something a body asks for that is no activity, as its form has it."""

    framework: str
    name: str  # Of its kind: "Written reflective account".
    first: datetime.date
    last: datetime.date
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """Papers of one kind together; or what a body's shape asks for that is kept elsewhere, with a note that says so."""

    title: str
    papers: tuple[PaperLine, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CertificateLine:
    """A certificate of Meducation, as it stood."""

    id: str
    code: str  # By which anybody checks it; empty where the secret behind it is not known any more.
    title: str  # Of the article.
    issued_on: datetime.date
    first: datetime.date  # Of the reading.
    last: datetime.date
    minutes: int  # Claimed.
    standing: str  # "Valid", "Corrected".
    # What the General Dental Council asks of verifiable CPD is on it when these are: all of it, or nothing.
    outcomes: tuple[str, ...] = ()
    verifiable_minutes: int | None = None


@dataclass(frozen=True)
class Portfolio:
    """All of it. `number` is 0 until it is made."""

    kind: str
    name: str
    first: datetime.date
    last: datetime.date
    made_on: datetime.date
    number: int = 0
    stands: tuple[StandLine, ...] = ()
    goals: tuple[GoalLine, ...] = ()
    sections: tuple[Section, ...] = ()
    entries: tuple[Entry, ...] = ()
    certificates: tuple[CertificateLine, ...] = ()
    has_certificates: bool = False
    # What the owner did not choose is not said to be missing.
    has_plan: bool = True
    has_requirements: bool = True

    @property
    def title(self) -> str:
        """ "CPD portfolio"."""
        return PackKind(self.kind).label

    @cached_property
    def totals(self) -> Totals:
        """What the log comes to."""
        return totals_of(entry.counted for entry in self.entries)

    @cached_property
    def evidence(self) -> tuple[FileLine, ...]:
        """Every file, in the order of the log."""
        return tuple(each for entry in self.entries for each in entry.evidence)

    @cached_property
    def highlights(self) -> tuple[Entry, ...]:
        """What the owner wants to be read first."""
        return tuple(entry for entry in self.entries if entry.is_highlight)


def by_month(entries: Iterable[Entry]) -> list[tuple[datetime.date, list[Entry]]]:
    """A log, a month at a time."""
    return [(month, list(group)) for month, group in groupby(entries, lambda each: each.first.replace(day=1))]
