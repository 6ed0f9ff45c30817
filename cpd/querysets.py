"""What of the record somebody may see, and what a page needs of it."""

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import FETCH_RAISE, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from meducation.lib.dates import Span

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article
    from cpd.models import Activity, Artefact, Enrolment, Sitting

# Less than this was a glance, not reading; it is not offered for logging.
SHORTEST_READING_MS = 30_000
UNDO_DAYS = 30


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Activities. Start from `owned_by`: nobody else's record is ever in reach."""

    def owned_by(self, user: "User") -> Self:
        """All of one person's, deleted ones included."""
        return self.filter(user=user)

    def kept(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def restorable(self, now: datetime.datetime | None = None) -> Self:
        """Deleted, and still to be had back."""
        return self.filter(deleted_at__gt=(now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS))

    def within(self, span: Span) -> Self:
        """Done (begun) on a day of `span`."""
        return self.filter(done_on__range=(span.first, span.last))

    def for_listing(self) -> Self:
        """Newest first, with what a row shows."""
        return self.select_related("reflection").order_by("-done_on", "-recorded_at", "-pk").fetch_mode(FETCH_RAISE)

    def total_minutes(self) -> int:
        """Minutes in all."""
        return int(self.aggregate(total=Sum("minutes", default=0))["total"])

    def minutes_by_month(self) -> dict[datetime.date, int]:
        """First day of the month → minutes; only months with any."""
        rows = (
            self.annotate(month=TruncMonth("done_on")).values("month").annotate(total=Sum("minutes")).order_by("month")
        )
        return {row["month"]: row["total"] for row in rows}


class SittingQuerySet(models.QuerySet["Sitting"]):
    """Sittings."""

    def owned_by(self, user: "User") -> Self:
        """One person's."""
        return self.filter(reader__user=user)

    def unclaimed(self) -> Self:
        """Not logged, or logged as something since deleted; and not put aside."""
        return self.filter(Q(activity__isnull=True) | Q(activity__deleted_at__isnull=False), dismissed_at__isnull=True)

    def for_inbox(self) -> Self:
        """With the article and the text that was read; newest first."""
        return (
            self.select_related("article", "revision", "activity")
            .defer("article__body", "revision__body", "revision__rendered", "revision__details", "revision__outline")
            .order_by("-last_beat_at")
        )


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Places in frameworks."""

    def owned_by(self, user: "User") -> Self:
        """One person's, deleted ones included."""
        return self.filter(user=user)

    def kept(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def current(self, on: datetime.date) -> Self:
        """Kept, and not left before `on`; the oldest first."""
        return self.kept().filter(Q(left_on__isnull=True) | Q(left_on__gte=on)).order_by("created_at", "pk")


class ArtefactQuerySet(models.QuerySet["Artefact"]):
    """Accounts, discussions, plans, declarations."""

    def owned_by(self, user: "User") -> Self:
        """One person's, deleted ones included."""
        return self.filter(enrolment__user=user)

    def kept(self) -> Self:
        """Not deleted, and of an enrolment that is not."""
        return self.filter(deleted_at__isnull=True, enrolment__deleted_at__isnull=True)

    def restorable(self, now: datetime.datetime | None = None) -> Self:
        """Deleted, and still to be had back."""
        return self.filter(deleted_at__gt=(now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS))


def reading_to_carry_on(user: "User") -> "Sitting | None":
    """The last text somebody began and did not finish or log, in the last month; None when there is none."""
    from cpd.models import Sitting

    since = timezone.now() - datetime.timedelta(days=30)
    return (
        Sitting.objects.owned_by(user)
        .unclaimed()
        .for_inbox()
        .filter(
            last_beat_at__gte=since, furthest__lt=95, counted_ms__gte=SHORTEST_READING_MS, article__status="published"
        )
        .first()
    )


def earlier_sittings(
    article: "Article", *, user: "User | None", browser: uuid.UUID | None, apart_from: uuid.UUID | None = None
) -> "list[Sitting]":
    """What this reader has read of an article and not logged, `apart_from` the sitting that the page goes on with."""
    from cpd.models import Sitting

    if user is not None:
        sittings = Sitting.objects.owned_by(user)
    elif browser is not None:
        sittings = Sitting.objects.filter(reader__browser=browser)
    else:
        return []
    sittings = sittings.unclaimed().filter(article=article)
    return list(sittings.exclude(pk=apart_from) if apart_from else sittings)


def logged_lately(article: "Article", *, user: "User") -> "list[Activity]":
    """The person's activities from an article in the last 30 days, the newest first."""
    since = user.profile.local_date() - datetime.timedelta(days=30)
    return list(user.activities.kept().filter(article=article, done_on__gte=since).order_by("-done_on", "-recorded_at"))
