"""Goals: which of somebody's there are, and which are still to be carried on."""

import datetime
from typing import TYPE_CHECKING, Self, TypedDict

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from cpd.querysets.record import UNDO_DAYS
from meducation.lib.dates import Span

if TYPE_CHECKING:
    from accounts.models import Profile
    from cpd.models import Goal  # noqa: F401 (named only as QuerySet["…"])


class Tally(TypedDict):
    """How many goals are open, and how many of these should have been done by now."""

    open: int
    overdue: int


class GoalQuerySet(models.QuerySet["Goal"]):
    """Goals. Start from `user.goals`: nobody else's plan is ever in reach."""

    def kept(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def restorable(self, now: datetime.datetime | None = None) -> Self:
        """Deleted, and still to be had back; the last deleted first."""
        since = (now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS)
        return self.filter(deleted_at__gt=since).order_by("-deleted_at", "pk")

    def planned_within(self, span: Span) -> Self:
        """In the plan of a CPD year."""
        return self.filter(planned_on__range=(span.first, span.last))

    def still_open(self) -> Self:
        """Kept, neither done nor dropped, and not carried into another year."""
        carried = self.model._default_manager.filter(carried_from=OuterRef("pk"), deleted_at__isnull=True)
        return self.kept().filter(~Exists(carried), status="open")

    def to_carry(self, span: Span) -> Self:
        """Still open in the plan of a year before `span`; the oldest first."""
        return self.still_open().filter(planned_on__lt=span.first).order_by("planned_on", "created_at", "pk")

    def tally(self, today: datetime.date) -> Tally:
        """How many are open, and how many of these are overdue. One query."""
        found = self.still_open().aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
        return Tally(open=found["open"], overdue=found["overdue"])

    def for_plan(self) -> Self:
        """As a plan shows them: open ones by the date they are due, then the others; with their activities' number.

        Of one that was carried on, with the goal of the later year (`later_id`).
        """
        later = self.model._default_manager.filter(carried_from=OuterRef("pk"), deleted_at__isnull=True)
        return self.annotate(
            later_id=models.Subquery(later.values("pk")[:1]),
            activity_count=Count("activities", filter=Q(activities__deleted_at__isnull=True)),
        ).order_by(F("due_on").asc(nulls_last=True), "created_at", "pk")

    def years(self, profile: "Profile", this_year: Span) -> list[Span]:
        """This CPD year, and those in whose plans there are any; the latest first."""
        months = self.dates("planned_on", "month")
        return sorted({this_year, *map(profile.year_of, months)}, key=lambda span: span.first, reverse=True)
