"""What somebody has read and may log, and where they left off."""

import datetime
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum, TextField
from django.db.models.functions import Cast
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article, Revision
    from cpd.models import Activity, Sitting


# Less than this was a glance, not reading; it is not offered for logging.
SHORTEST_READING_MS = 30_000
# Reading to carry on: for so long, until so many per cent of it were read, and from after so much of the text
# (thousandths of a block).
CARRY_ON_DAYS = 30
FINISHED_AT = 95
BEGINNING = 2000


class SittingQuerySet(models.QuerySet["Sitting"]):
    """Sittings."""

    def owned_by(self, user: "User") -> Self:
        """One person's."""
        return self.filter(reader__user=user)

    def unclaimed(self) -> Self:
        """Not logged, or logged as something since deleted; neither put aside nor cleared from the history."""
        return self.filter(
            Q(activity__isnull=True) | Q(activity__deleted_at__isnull=False),
            dismissed_at__isnull=True,
            hidden_at__isnull=True,
        )

    def unfinished(self, now: datetime.datetime) -> Self:
        """Of the last month, not read to the end, neither then nor since."""
        finished_since = self.model._default_manager.filter(
            reader=OuterRef("reader"),
            article=OuterRef("article"),
            last_beat_at__gt=OuterRef("last_beat_at"),
            furthest__gte=FINISHED_AT,
        )
        since = now - datetime.timedelta(days=CARRY_ON_DAYS)
        return self.filter(~Exists(finished_since), last_beat_at__gte=since, furthest__lt=FINISHED_AT)

    def left_in_the_middle(self, now: datetime.datetime) -> Self:
        """Unfinished, and left at a place worth coming back to: not at the very beginning."""
        return self.unfinished(now).filter(Q(place__gte=BEGINNING) | ~Q(section=""), place__isnull=False)

    def last_read(self) -> "Sitting | None":
        """The one last heard of."""
        return self.order_by("-last_beat_at").first()

    def in_history(self) -> Self:
        """Not cleared by their reader."""
        return self.filter(hidden_at__isnull=True)

    def what_clearing_does(self) -> dict[str, int]:
        """How many sittings, and milliseconds, clearing would delete, and how many it would only hide."""
        unlogged = Q(activity__isnull=True)
        return self.in_history().aggregate(
            deleted=Count("pk", filter=unlogged),
            hidden=Count("pk", filter=~unlogged),
            lost_ms=Sum(F("counted_ms") + F("offline_ms"), filter=unlogged, default=0),
        )

    def by_article(self) -> "models.QuerySet[Sitting, Any]":
        """One row for each article, the last read first: when, how often, how long, and whether any of it is logged."""
        return (
            self.in_history()
            .values("article_id")
            .annotate(
                last_read_at=Max("last_beat_at"),
                times=Count("pk"),
                counted_ms=Sum("counted_ms"),
                offline_ms=Sum("offline_ms"),
                text_id=Max("revision_id"),
                entry_id=Max(Cast("activity_id", TextField()), filter=Q(activity__deleted_at__isnull=True)),
            )
            .order_by("-last_read_at", "article_id")
        )

    def loggable(self) -> Self:
        """Unclaimed, and of an article that was offered as CPD when the sitting began."""
        return self.unclaimed().filter(offered=True)

    def for_inbox(self) -> Self:
        """With the article and the text that was read; newest first."""
        return (
            self.select_related("article", "revision", "activity")
            .defer("article__body", "revision__body", "revision__rendered", "revision__details", "revision__outline")
            .order_by("-last_beat_at")
        )


def reading_to_carry_on(user: "User") -> "Sitting | None":
    """The last text somebody began and did not finish or log, in the last month; None when there is none."""
    from cpd.models import Sitting

    now = timezone.now()
    return (
        Sitting.objects.owned_by(user)
        .unclaimed()
        .for_inbox()
        .unfinished(now)
        .filter(
            counted_ms__gte=SHORTEST_READING_MS,
            article__status__in=("published", "scheduled"),
            article__publish_at__lte=now,
        )
        .exclude(article__revision__significance="withdrawal")
        # With the headings, to say where it was left.
        .defer(None)
        .defer("article__body", "revision__body", "revision__rendered", "revision__details")
        .first()
    )


def place_left(
    article: "Article", *, user: "User | None", browser: uuid.UUID | None, apart_from: uuid.UUID | None = None
) -> "Sitting | None":
    """The sitting in which this reader left the article in the middle; `apart_from` the one that is going on."""
    sittings = _sittings_of(user, browser)
    if sittings is None:
        return None
    if apart_from:
        sittings = sittings.exclude(pk=apart_from)
    return sittings.filter(article=article).in_history().left_in_the_middle(timezone.now()).last_read()


def reading_history(user: "User") -> SittingQuerySet:
    """What somebody has read and not cleared."""
    from cpd.models import Sitting

    return Sitting.objects.owned_by(user).in_history()


def read_article(slug: str, *, user: "User") -> "Article | None":
    """The article at an address, published or not, if it is in somebody's history."""
    from articles.models import Article

    return Article.objects.filter(slug=slug, pk__in=reading_history(user).values("article")).first()


def revisions_read(pks: Iterable[int]) -> "dict[int, Revision]":
    """Published texts by their keys, each with its article, without what is long: one query."""
    from articles.models import Revision

    texts = Revision.objects.select_related("article").defer("body", "rendered", "details", "outline", "article__body")
    return texts.in_bulk(pks)


def earlier_sittings(
    article: "Article", *, user: "User | None", browser: uuid.UUID | None, apart_from: uuid.UUID | None = None
) -> "list[Sitting]":
    """What this reader may still log of an article, `apart_from` the sitting that the page goes on with."""
    sittings = _sittings_of(user, browser)
    if sittings is None:
        return []
    sittings = sittings.loggable().filter(article=article)
    return list(sittings.exclude(pk=apart_from) if apart_from else sittings)


def _sittings_of(user: "User | None", browser: uuid.UUID | None) -> "SittingQuerySet | None":
    """A person's, or else an anonymous browser's; None when there is neither."""
    from cpd.models import Sitting

    if user is not None:
        return Sitting.objects.owned_by(user)
    return Sitting.objects.filter(reader__browser=browser) if browser is not None else None


def logged_lately(article: "Article", *, user: "User") -> "list[Activity]":
    """The person's activities from an article in the last 30 days, the newest first."""
    since = user.profile.local_date() - datetime.timedelta(days=30)
    return list(user.activities.kept().filter(article=article, done_on__gte=since).order_by("-done_on", "-recorded_at"))
