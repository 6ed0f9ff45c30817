"""What a log comes to. Of each activity only what the totals need: so they cost little, however long it is."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cpd.models import Kind


@dataclass(frozen=True, slots=True)
class Counted:
    """As much of an activity as the totals need."""

    id: str
    kind: str  # In words.
    provenance: str  # In words.
    first: datetime.date
    last: datetime.date
    minutes: int  # Claimed.
    participatory_minutes: int
    timed_minutes: int | None  # None: not timed.
    is_reflected: bool  # Its reflection is in here.
    has_private_reflection: bool
    files: int


@dataclass(frozen=True)
class Total:
    """What the activities of one kind, or known in one way, come to."""

    name: str
    activities: int
    minutes: int


@dataclass(frozen=True)
class Totals:
    """What all of them come to. Minutes are claimed ones where they do not say that they were timed."""

    activities: int
    minutes: int
    timed_minutes: int  # Measured, of what was timed.
    timed_claimed_minutes: int  # Claimed for what was timed.
    participatory_minutes: int  # Done together with others.
    reflected: int  # How many have their reflection in here.
    private_reflections: int  # How many have one that is left out.
    files: int
    by_kind: tuple[Total, ...]  # The most time first.
    by_provenance: tuple[Total, ...]  # How we know.


def totals_of(log: Iterable[Counted]) -> Totals:
    """Add up a log."""
    lines = list(log)
    order = {kind.label: place for place, kind in enumerate(Kind)}
    return Totals(
        activities=len(lines),
        minutes=sum(line.minutes for line in lines),
        timed_minutes=sum(line.timed_minutes or 0 for line in lines),
        timed_claimed_minutes=sum(line.minutes for line in lines if line.timed_minutes is not None),
        participatory_minutes=sum(line.participatory_minutes for line in lines),
        reflected=sum(line.is_reflected for line in lines),
        private_reflections=sum(line.has_private_reflection for line in lines),
        files=sum(line.files for line in lines),
        by_kind=tuple(
            sorted(
                _totals((line.kind, line.minutes) for line in lines),
                key=lambda total: (-total.minutes, order.get(total.name, len(order)), total.name),
            )
        ),
        by_provenance=tuple(
            sorted(_totals((line.provenance, line.minutes) for line in lines), key=lambda total: total.name)
        ),
    )


def _totals(named: Iterable[tuple[str, int]]) -> list[Total]:
    activities: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for name, each in named:
        activities[name] += 1
        minutes[name] += each
    return [Total(name, activities[name], minutes[name]) for name in activities]
