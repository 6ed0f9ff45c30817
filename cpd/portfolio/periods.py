"""Which days a portfolio is about when nobody names any: what its body asks for, up to today."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cpd.models import PackKind
from cpd.standing import Stand
from meducation.lib.dates import Span, day_month_year

if TYPE_CHECKING:
    from accounts.models import User

# Of five years, each looked at by itself: the Royal College takes one file for each (cpd/portfolio/shapes.py), and the
# GMC's supporting information is shown at each appraisal, once a year (cpd/frameworks/uk-gmc.toml).
YEARLY = frozenset({PackKind.RCPSC, PackKind.GMC})


@dataclass(frozen=True)
class OfBody:
    """Where the present cycle of one body begins, and the present year in it."""

    short: str
    cycle: datetime.date
    year: datetime.date

    @property
    def sentence(self) -> str:
        """ "GDC: from 1 January 2025, its present year from 1 January 2026."."""
        year = f", its present year from {day_month_year(self.year)}" if self.year != self.cycle else ""
        return f"{self.short}: from {day_month_year(self.cycle)}{year}."


@dataclass(frozen=True)
class Periods:
    """What the choices of a person's form mean."""

    today: datetime.date
    year: datetime.date  # The first day of their own CPD year.
    bodies: Mapping[PackKind, OfBody] = field(default_factory=dict)

    def usual(self, kind: PackKind) -> Span:
        """The present cycle of the body it is for; the CPD year where there is none, or where the body wants years."""
        body = self.bodies.get(kind)
        if body is None or kind in YEARLY:
            return self.this_year(kind)
        return Span(body.cycle, self.today)

    def this_year(self, kind: PackKind) -> Span:
        """The present year of the body's cycle, or else of the person."""
        body = self.bodies.get(kind)
        return Span(body.year if body else self.year, self.today)

    @property
    def sentence(self) -> str:
        """All of it, for the form."""
        bodies = "".join(f" {body.sentence}" for body in self.bodies.values())
        return f"The first two end today.{bodies} Your own CPD year: from {day_month_year(self.year)}."


def periods_of(user: "User", stands: Iterable[Stand], *, today: datetime.date) -> Periods:
    """What they are for somebody who stands so today."""
    return Periods(today, user.profile.year_of(today).first, _bodies(stands, today))


def _bodies(stands: Iterable[Stand], today: datetime.date) -> dict[PackKind, OfBody]:
    kinds = {kind.framework: kind for kind in PackKind if kind.framework}
    bodies: dict[PackKind, OfBody] = {}
    for stand in stands:
        kind, cycle = kinds.get(stand.enrolment.framework), stand.assessment.cycle
        # Of somebody who was there twice, the newest.
        if kind is not None and cycle is not None and cycle.first <= today:
            year = max((year.first for year in cycle.years if year.first <= today), default=cycle.first)
            bodies[kind] = OfBody(stand.short, cycle.first, year)
    return bodies
