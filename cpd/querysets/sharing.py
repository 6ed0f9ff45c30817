"""Which links show something, and what was said by them."""

import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Activity, Appraiser, ShareComment, ShareLink  # noqa: F401 (named only as QuerySet["…"])

# How long the name and address of somebody who never confirmed them are kept.
UNCONFIRMED_DAYS = 1


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """Links. Start from `user.share_links`, or from `open_at` with the hash of an address."""

    def open_at(self, now: datetime.datetime) -> Self:
        """Those that show something: turned on, neither stopped nor over, of somebody whose account is open.

        Never one whose portfolio was deleted.
        """
        return self.filter(
            Q(is_of_pack=False) | Q(pack__isnull=False),
            started_at__isnull=False,
            stopped_at__isnull=True,
            expires_at__gt=now,
            user__is_active=True,
        )

    def with_news(self) -> Self:
        """Those by which something was said that their owner has not seen."""
        return self.filter(_has_news())

    def for_listing(self) -> Self:
        """Newest first, with how many activities they show, how many comments there are, and whether some are new."""
        from cpd.models import ShareComment

        comments = ShareComment.objects.filter(link=OuterRef("pk")).order_by().values("link")
        found = self.annotate(
            entry_count=Count("activities", filter=Q(activities__deleted_at__isnull=True)),
            comment_count=Subquery(comments.values(number=Count("*"))),
            has_news=_has_news(),
        )
        # What a pack says is long, and no list shows it.
        found = found.select_related("pack").defer("pack__contents", "pack__entries")
        return found.order_by("-created_at", "pk")


def _has_news() -> Exists:
    from cpd.models import ShareComment

    seen = Q(link__comments_seen_at__isnull=False, written_at__lte=F("link__comments_seen_at"))
    return Exists(ShareComment.objects.filter(~seen, link=OuterRef("pk")))


class AppraiserQuerySet(models.QuerySet["Appraiser"]):
    """People who came by a link."""

    def past_keeping(self, now: datetime.datetime) -> Self:
        """Who began to say who they are, and did not confirm it."""
        return self.filter(
            confirmed_at__isnull=True, code_expires_at__lt=now - datetime.timedelta(days=UNCONFIRMED_DAYS)
        )


class ShareCommentQuerySet(models.QuerySet["ShareComment"]):
    """Comments, which the owner of the link and whoever has the link may read."""

    def in_order(self) -> Self:
        """Oldest first, with who wrote them."""
        return self.select_related("appraiser").order_by("written_at", "pk")


def comments_on(activity: "Activity", user: "User") -> "list[ShareComment]":
    """What was said of one activity by any link of its owner. One query."""
    from cpd.models import ShareComment

    return list(ShareComment.objects.filter(activity=activity, link__user=user).in_order())
