"""What comes of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from cpd.rules.types.figures import Cite, Requirement


class Outcome(StrEnum):
    """What is said of one requirement. A recommended one is never `NOT_MET`."""

    MET = "met"
    NOT_YET = "not-yet"
    NOT_MET = "not-met"  # Its window has closed.
    DECLARE = "needs-your-declaration"
    UNKNOWN = "cannot-tell"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: datetime.date
    last: datetime.date

    def __contains__(self, day: datetime.date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of somebody's, and the years in it."""

    whole: Period
    years: tuple[Period, ...]
    number: int | None = None  # 1 is the first since joining; None where the day of joining is not known.

    @property
    def first(self) -> datetime.date:
        """Its first day."""
        return self.whole.first

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.whole.last


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of how an entry came to count as it does, in a sentence."""

    sentence: str
    amount: Decimal = Decimal(0)  # What it added (conversion) or took away (a cap), in the unit.
    requirement: str = ""  # The id of the rule, limit or cap behind it.
    cite: Cite | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one entry. `recorded` = `counted` + what is recorded and not counted; all in the unit."""

    entry: str
    recorded: Decimal
    counted: Decimal
    category: str
    reasons: tuple[Reason, ...]
    # Where the minutes are divided among several categories: category, minutes, recorded, counted of each part.
    shares: tuple[tuple[str, int, Decimal, Decimal], ...] = ()

    @property
    def not_counted(self) -> Decimal:
        """What is recorded, not counted."""
        return self.recorded - self.counted


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a finding: a year, a pair of years, a member of a set, a gap."""

    name: str
    outcome: Outcome
    have: Decimal | None = None
    need: Decimal | None = None
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one requirement."""

    requirement: Requirement
    outcome: Outcome
    window: Period | None = None
    is_closed: bool = False  # The window is over.
    have: Decimal | None = None
    need: Decimal | None = None
    reached_on: datetime.date | None = None  # When it came to be met.
    parts: tuple[Part, ...] = ()
    caveats: tuple[str, ...] = ()
    counts: bool = True  # False: below grade A and not trusted, so shown with "check with your regulator" only.
    due: datetime.date | None = None  # The last day to meet it.

    @property
    def left(self) -> Decimal:
        """How much is missing, never below 0."""
        if self.have is None or self.need is None:
            return Decimal(0)
        return max(Decimal(0), self.need - self.have)


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A requirement that does not apply now, and why."""

    requirement: Requirement
    reason: str


class Verdict(StrEnum):
    """All requirements together."""

    ENOUGH = "enough"
    NOT_YET = "not-yet"
    NOT_MET = "not-met"
    UNKNOWN = "cannot-tell"
    NO_AMOUNT = "no-amount"  # The body sets nothing that can be counted, or nothing that binds.


@dataclass(frozen=True, slots=True)
class Assessment:
    """Where somebody stands in one cycle of one framework, on one day."""

    framework: str
    version: str  # Empty where none is known.
    cycle: Cycle | None
    as_of: datetime.date
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    recorded: Decimal = Decimal(0)  # Of this cycle, in the unit.
    counted: Decimal = Decimal(0)
    caveats: tuple[str, ...] = ()
    # The first day that the record here speaks of, where that is well after the cycle began.
    record_begins: datetime.date | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the cycle is over."""
        return self.cycle is not None and self.cycle.last < self.as_of

    def finding(self, requirement_id: str) -> Finding:
        """The finding on that requirement. Raises KeyError."""
        for finding in self.findings:
            if finding.requirement.id == requirement_id:
                return finding
        raise KeyError(requirement_id)
