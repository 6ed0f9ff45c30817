"""What of the record somebody may see, and what a page needs of it."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import FETCH_RAISE, Count, Exists, F, Func, JSONField, Max, OuterRef, Q, Subquery, Sum, TextField
from django.db.models.functions import Cast, JSONObject, TruncMonth
from django.utils import timezone

from meducation.lib.dates import Span

if TYPE_CHECKING:
    from accounts.models import User
    from articles.models import Article, Revision
    from cpd.models import Activity, Artefact, Enrolment, Grant, Leave, Notice, Sitting  # noqa: F401 (some are named only as QuerySet["…"])

# What a search of the record looks through, and how many words of it.
SEARCHED = (
    "title",
    "provider",
    "article_title",
    "tags_text",
    "reflection__text",
    "reflection__important",
    "reflection__next_step",
)
MOST_WORDS = 10
# Less than this was a glance, not reading; it is not offered for logging.
SHORTEST_READING_MS = 30_000
UNDO_DAYS = 30
# Notices about articles that the tracker shows; the others are one link away.
NEWS_SHOWN = 3
# Reading to carry on: for so long, until so many per cent of it were read, and from after so much of the text
# (thousandths of a block).
CARRY_ON_DAYS = 30
FINISHED_AT = 95
BEGINNING = 2000


class ShortAnswers(models.Func):
    """Of an artefact's answers those that are short: what is chosen from a list is; what is written may be pages."""

    template = (
        "(SELECT jsonb_object_agg(name, value) FROM jsonb_each("
        # Anything but an object would break the page of all enrolments.
        "CASE jsonb_typeof(%(expressions)s) WHEN 'object' THEN %(expressions)s END) AS answer (name, value)"
        " WHERE length(value::text) <= 1000)"
    )
    output_field = JSONField()


@dataclass(frozen=True)
class Summed:
    """What some activities come to."""

    count: int
    minutes: int


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

    def for_listing(self, *ordering: str) -> Self:
        """With what a row shows; newest first unless `ordering` says otherwise."""
        ordering = ordering or ("-done_on", "-recorded_at", "-pk")
        return self.order_by(*ordering).fetch_mode(FETCH_RAISE)

    def total_minutes(self) -> int:
        """Minutes in all."""
        return self.summed().minutes

    def summed(self) -> "Summed":
        """How many they are, and their minutes in all: one query."""
        return Summed(**self.aggregate(count=Count("*"), minutes=Sum("minutes", default=0)))

    def about(self, text: str) -> Self:
        """With every word of `text` somewhere: in title, provider, article, tags or reflection. Case is no matter."""
        found = self.alias(tags_text=Cast("tags", TextField()))
        for word in text.split()[:MOST_WORDS]:
            places = (Q((f"{name}__icontains", word)) for name in SEARCHED)
            found = found.filter(reduce(or_, places))
        return found

    def done_between(self, first: datetime.date | None, last: datetime.date | None) -> Self:
        """Begun on `first` or later, and on `last` or earlier; None is no limit."""
        found = self.filter(done_on__gte=first) if first else self
        return found.filter(done_on__lte=last) if last else found

    def tagged(self, tag: str) -> Self:
        """With this tag."""
        return self.filter(tags__contains=[tag])

    def placed_in(self, enrolment: uuid.UUID, category: str) -> Self:
        """In this category of an enrolment; an empty one: with a place there, and no category yet."""
        placements = apps.get_model("cpd", "Placement")._default_manager
        return self.filter(Exists(placements.filter(activity=OuterRef("pk"), enrolment=enrolment, category=category)))

    def without_reflection(self) -> Self:
        """Nothing is written about them yet."""
        return self.filter(reflection__isnull=True)

    def timed(self) -> Self:
        """Reading that was timed."""
        return self.filter(measured_seconds__isnull=False)

    def tags_used(self) -> list[str]:
        """Every tag that is on one of them, in alphabetical order."""
        tags = self.exclude(tags=[]).annotate(tag=Func("tags", function="unnest", output_field=TextField()))
        return list(tags.order_by("tag").values_list("tag", flat=True).distinct())

    def first_day(self) -> datetime.date | None:
        """The day of the oldest of them."""
        return self.order_by("done_on").values_list("done_on", flat=True).first()

    def last_day(self) -> datetime.date | None:
        """The day on which the newest of them began."""
        return self.order_by("-done_on").values_list("done_on", flat=True).first()

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


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What people are told. Start from `user.cpd_notices`: they are between us and one person."""

    def waiting(self) -> Self:
        """Not put away."""
        return self.filter(dismissed_at__isnull=True)

    def of_articles(self) -> Self:
        """About articles they logged, the newest first, with what a list shows."""
        return self.filter(article__isnull=False).order_by("-created_at", "pk")

    def shown(self) -> "list[Notice]":
        """What the tracker shows of them, and one more to know of when there are more."""
        return list(self.of_articles().waiting()[: NEWS_SHOWN + 1])

    def for_page(self) -> Self:
        """With the article and the text it is about, without that text's words."""
        long_parts = ("article__body", "revision__body", "revision__rendered", "revision__details", "revision__outline")
        return self.select_related("article", "revision").defer(*long_parts)


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

    def left(self, *, before: datetime.date) -> Self:
        """Kept, and left before that day; the last left first."""
        return self.kept().filter(left_on__lt=before).order_by("-left_on", "pk")

    def restorable(self, now: datetime.datetime | None = None) -> Self:
        """Deleted, and still to be had back; the last deleted first."""
        since = (now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS)
        return self.filter(deleted_at__gt=since).order_by("-deleted_at", "pk")

    def with_facts(self, user: "User") -> Self:
        """Enrolments of `user` with `standing`, and with `facts`: all else that a standing rests on, as JSON.

        For cpd.standing only. One row for each enrolment, so that a dashboard costs one query and not nine.
        """
        activity, placement, leave, grant, artefact, notice = (
            apps.get_model("cpd", name)._default_manager
            for name in ("Activity", "Placement", "Leave", "Grant", "Artefact", "Notice")
        )
        mine = Q(enrolment=OuterRef("pk"))
        return self.select_related("standing").annotate(
            facts=JSONObject(
                # Changes of an activity raise its version; a new one or one that is gone changes the count.
                activities=Subquery(
                    activity.filter(user=user)
                    .order_by()
                    .values("user")
                    .values(json=JSONObject(count=Count("*"), versions=Sum("version"), newest=Max("changed_at")))
                ),
                placements=Subquery(
                    placement.filter(mine)
                    .order_by()
                    .values("enrolment")
                    .values(json=JSONObject(count=Count("*"), newest=Max("changed_at")))
                ),
                leaves=ArraySubquery(
                    leave.filter(mine)
                    .order_by("first_on", "pk")
                    .values(json=JSONObject(first_on="first_on", last_on="last_on"))
                ),
                grants=ArraySubquery(
                    grant.filter(mine)
                    .order_by("pk")
                    .values(
                        json=JSONObject(
                            requirement="requirement", cycle_first_on="cycle_first_on", value=Cast("value", TextField())
                        )
                    )
                ),
                artefacts=ArraySubquery(
                    artefact.filter(mine, deleted_at__isnull=True)
                    .order_by("done_on", "pk")
                    .values(
                        json=JSONObject(
                            id="pk",
                            kind="kind",
                            done_on="done_on",
                            done_until="done_until",
                            quantity=Cast("quantity", TextField()),
                            answers=ShortAnswers("answers"),
                            changed_at="changed_at",
                        )
                    )
                ),
                notices=ArraySubquery(
                    notice.filter(mine, user=user, dismissed_at__isnull=True)
                    .order_by("created_at", "pk")
                    .values(json=JSONObject(id="pk", text="text"))
                ),
                # Of the person and not of the enrolment; here, because the tracker has it all from one query.
                news=ArraySubquery(
                    notice.filter(user=user)
                    .of_articles()
                    .waiting()
                    .values(json=JSONObject(id="pk", text="text", article_id="article"))[: NEWS_SHOWN + 1]
                ),
            )
        )


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


def own_artefacts(user: "User") -> ArtefactQuerySet:
    """One person's artefacts that can be shown or had back, under enrolments that are kept."""
    from cpd.models import Artefact

    return Artefact.objects.owned_by(user).filter(enrolment__deleted_at__isnull=True).select_related("enrolment")


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


def deleted_leave(enrolment: "Enrolment", pk: str) -> "Leave | None":
    """A leave of the enrolment that was deleted, as its history knows it, so that it can be had back; unsaved."""
    from cpd.models import Leave

    row = _last_of_deleted(enrolment, Leave, pk)
    return Leave(pk=row["id"], enrolment=enrolment, first_on=row["first_on"], last_on=row["last_on"]) if row else None


def deleted_grant(enrolment: "Enrolment", pk: str) -> "Grant | None":
    """The same of what a body granted."""
    from cpd.models import Grant

    row = _last_of_deleted(enrolment, Grant, pk)
    names = ("requirement", "cycle_first_on", "value", "reason")
    return Grant(pk=row["id"], enrolment=enrolment, **{name: row[name] for name in names}) if row else None


def _last_of_deleted(enrolment: "Enrolment", model: "type[Leave | Grant]", pk: str) -> dict[str, Any] | None:
    try:
        key = uuid.UUID(pk)
    except ValueError:
        return None
    if model._default_manager.filter(pk=key).exists():
        return None
    events = apps.get_model("cpd", f"{model.__name__}Event")
    rows = events._default_manager.filter(pgh_obj_id=key, enrolment_id=enrolment.pk).order_by("-pgh_id")
    row: dict[str, Any] | None = rows.values().first()
    return row
