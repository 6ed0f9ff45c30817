"""A whole file, its example clinicians included."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cpd.rules.types.assessments import Outcome
from cpd.rules.types.figures import NumberForm, Version
from cpd.rules.types.people import Artefact, Enrolled, Entry


@dataclass(frozen=True, slots=True)
class Example:
    """An example clinician, and what the rules must say of them."""

    name: str
    enrolled: Enrolled
    as_of: datetime.date
    entries: tuple[Entry, ...]
    artefacts: tuple[Artefact, ...]
    expect: Mapping[str, Outcome | None]  # None: it does not apply to that person on that day.
    counted: Decimal | None = None  # The total that counts, if the example says so.
    needs: Mapping[str, Decimal] = field(default_factory=dict)  # What is needed, by requirement, if it says so.
    have: Mapping[str, Decimal] = field(default_factory=dict)
    on: datetime.date | None = None  # A day of the cycle that is judged; None: the one of the last thing done.


@dataclass(frozen=True, slots=True)
class Framework:
    """One file of cpd/frameworks."""

    id: str
    name: str
    short: str
    body: str
    status: str  # "regulator", "professional-body", "credit-system"
    summary: str
    countries: frozenset[str]  # ISO codes, with a subdivision where the body is one's: "GB", "US-CA".
    professions: frozenset[str]  # Of accounts.Profession.
    checked: datetime.date
    versions: tuple[Version, ...]  # In order of time.
    examples: tuple[Example, ...]
    numbers: tuple[NumberForm, ...] = ()
    number_label: str = ""

    def version_on(self, day: datetime.date) -> Version | None:
        """The version in force on `day`; None where none is known."""
        for version in reversed(self.versions):
            if (version.starts is None or version.starts <= day) and (version.ends is None or day <= version.ends):
                return version
        return None

    def version(self, version_id: str) -> Version:
        """The version of that id. Raises KeyError."""
        for version in self.versions:
            if version.id == version_id:
                return version
        raise KeyError(version_id)
