"""What of the record somebody may see, and what a page needs of it."""

import datetime
import uuid
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import FETCH_RAISE, Count, Exists, Func, OuterRef, Q, Subquery, Sum, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from meducation.lib.dates import Span

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Activity, Artefact  # noqa: F401 (named only as QuerySet["…"])


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
UNDO_DAYS = 30


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

    def with_sharing(self) -> Self:
        """Each with `shared_with`, the number of other activities that its reflection is on."""
        others = self.model._default_manager.filter(reflection=OuterRef("reflection"), deleted_at__isnull=True)
        number = others.exclude(pk=OuterRef("pk")).order_by().values("reflection").values(number=Count("*"))
        return self.annotate(shared_with=Coalesce(Subquery(number), 0))

    def with_evidence_count(self) -> Self:
        """Each with `evidence_count`, the number of its files that are not deleted."""
        evidence = apps.get_model("cpd", "Evidence")._default_manager
        files = evidence.filter(activity=OuterRef("pk"), deleted_at__isnull=True).order_by()
        number = files.values("activity").values(number=Count("*"))
        return self.annotate(evidence_count=Coalesce(Subquery(number), 0))

    def within(self, span: Span) -> Self:
        """Done (begun) on a day of `span`."""
        return self.filter(done_on__range=(span.first, span.last))

    def unfinished(self) -> Self:
        """Put down in a hurry, and not finished yet."""
        return self.filter(finish_later=True)

    def reflected(self) -> Self:
        """With a reflection."""
        return self.filter(reflection__isnull=False)

    def reading(self) -> Self:
        """Articles, books, guidelines."""
        return self.filter(kind="reading")

    def highlights(self) -> Self:
        """Those that their owner wants to be read first."""
        return self.filter(is_highlight=True)

    def for_listing(self, *ordering: str) -> Self:
        """With what a row shows; newest first unless `ordering` says otherwise."""
        ordering = ordering or ("-done_on", "-recorded_at", "-pk")
        return self.order_by(*ordering).fetch_mode(FETCH_RAISE)

    def for_copying(self) -> Self:
        """Newest first, whole, with their reflections: for a device to keep."""
        return self.select_related("reflection").order_by("-done_on", "-recorded_at", "-pk").fetch_mode(FETCH_RAISE)

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

    def with_files(self) -> Self:
        """Those with evidence that is not deleted."""
        evidence = apps.get_model("cpd", "Evidence")._default_manager
        return self.filter(Exists(evidence.filter(activity=OuterRef("pk"), deleted_at__isnull=True)))

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
