"""Which form an artefact has: that of the version in force, or of the last one that knew it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from cpd.rules.types import ArtefactField, ArtefactKind, Framework, RuleKind, Version

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class ArtefactShape:
    """An artefact's kind, and what the version around it says of it."""

    framework: Framework
    version: Version
    kind: ArtefactKind

    @property
    def explains_gap(self) -> bool:
        """Whether it explains why nothing was done for some time."""
        return any(
            requirement.kind is RuleKind.MAX_GAP and requirement.artefact == self.kind.id
            for requirement in self.version.requirements
        )

    @property
    def has_period(self) -> bool:
        """Whether it speaks of a time from a first to a last day."""
        return bool(self.kind.quantity) or self.explains_gap

    def field(self, field_id: str) -> ArtefactField | None:
        """The box of that id; None where the form has none."""
        return next((field for field in self.kind.fields if field.id == field_id), None)


def shape_of(framework: Framework, kind_id: str, day: datetime.date) -> ArtefactShape | None:
    """The kind as the version in force on `day` has it, or else the newest version that has it; None where none has."""
    for version in _nearest_first(framework, day):
        for kind in version.artefacts:
            if kind.id == kind_id:
                return ArtefactShape(framework, version, kind)
    return None


def _nearest_first(framework: Framework, day: datetime.date) -> Iterator[Version]:
    in_force = framework.version_on(day)
    if in_force is not None:
        yield in_force
    yield from reversed(framework.versions)
