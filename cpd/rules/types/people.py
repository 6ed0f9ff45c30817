"""What a person did, and their place in a framework."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity as one framework sees it."""

    key: str
    done_on: datetime.date
    minutes: int
    participatory_minutes: int = 0
    kind: str = "other"
    category: str = ""  # Empty: not placed.
    split: tuple[tuple[str, int], ...] = ()  # Minutes by category, where the framework divides them.
    marks: frozenset[str] = frozenset()
    stated: Decimal | None = None  # Credits that a certificate states.
    items: int = 1  # Papers or chapters, where each counts.
    note: str = ""  # Which reflection it has; empty: none.
    recorded_on: datetime.date | None = None
    until: datetime.date | None = None  # The last day, where it took several.


@dataclass(frozen=True, slots=True)
class Artefact:
    """An account, a discussion, a plan, a declaration."""

    kind: str
    done_on: datetime.date
    quantity: Decimal = Decimal(1)
    until: datetime.date | None = None  # The last day it speaks of: of hours worked, of a gap explained.
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Leave:
    """Time away, both days included."""

    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, slots=True)
class TitleHeld:
    """A title and since when; until the next change."""

    titles: frozenset[str]
    since: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody's place in a framework."""

    framework: str
    titles: tuple[TitleHeld, ...] = ()
    anchor: datetime.date | None = None
    joined_on: datetime.date | None = None  # First registered: nothing is asked for before.
    left_on: datetime.date | None = None
    leave: tuple[Leave, ...] = ()
    working_share: Decimal = Decimal(1)  # 1 is full time.
    granted: Mapping[str, Decimal] = field(default_factory=dict)  # What the body granted instead, by requirement.
    # The day from which their record is kept here; earlier activities move it back. None: all of it is here.
    recorded_since: datetime.date | None = None
    trusts_unsure: bool = False  # The person has checked the figures below grade A and wants them to count.

    def titles_on(self, day: datetime.date) -> frozenset[str]:
        """The titles held on `day`; before the first, those held first."""
        held: frozenset[str] = self.titles[0].titles if self.titles else frozenset()
        for change in self.titles:
            if change.since is not None and change.since <= day:
                held = change.titles
        return held
