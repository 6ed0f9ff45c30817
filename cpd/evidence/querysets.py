"""What of the evidence somebody may see, and what of it the night takes away."""

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

from cpd.querysets.record import UNDO_DAYS

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Evidence, UnfinishedUpload  # noqa: F401 (named only as QuerySet["…"])

# How long a file waits for the activity on whose form it was chosen.
WAITING_DAYS = 7
# How long the rest of an upload that broke off is waited for.
UNFINISHED_DAYS = 1


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence files. Start from `owned_by` or from `user.evidence`: nobody else's are ever in reach."""

    def owned_by(self, user: "User") -> Self:
        """All of one person's, deleted ones included."""
        return self.filter(user=user)

    def kept(self) -> Self:
        """Not deleted, and of no activity that is."""
        return self.filter(Q(activity__isnull=True) | Q(activity__deleted_at__isnull=True), deleted_at__isnull=True)

    def restorable(self, now: datetime.datetime | None = None) -> Self:
        """Deleted, and still to be had back."""
        return self.filter(deleted_at__gt=(now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS))

    def meant_for(self, activity_id: uuid.UUID) -> Self:
        """Of one activity, or waiting for it."""
        return self.filter(meant_for=activity_id)

    def shown(self, now: datetime.datetime | None = None) -> Self:
        """What the panel of an activity shows: kept and lately deleted, in the order in which they came."""
        since = (now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS)
        return self.filter(Q(deleted_at__isnull=True) | Q(deleted_at__gt=since)).order_by("uploaded_at", "pk")

    def bytes_in_all(self) -> int:
        """What the stored files take, each counted once however many activities it is the evidence of."""
        # Rows that share a file have the same size.
        once = self.order_by().values("stored_as").annotate(bytes=models.Max("size"))
        return int(once.aggregate(total=Sum("bytes", default=0))["total"])

    def past_keeping(self, now: datetime.datetime) -> Self:
        """Past undoing, or chosen on a form that was never saved."""
        return self.filter(
            Q(deleted_at__lt=now - datetime.timedelta(days=UNDO_DAYS))
            | Q(activity__isnull=True, uploaded_at__lt=now - datetime.timedelta(days=WAITING_DAYS))
        )


class UnfinishedUploadQuerySet(models.QuerySet["UnfinishedUpload"]):
    """Uploads of which parts are still to come."""

    def owned_by(self, user: "User") -> Self:
        """One person's."""
        return self.filter(user=user)

    def bytes_promised(self) -> int:
        """How large they will be in all."""
        return int(self.aggregate(total=Sum("size", default=0))["total"])

    def given_up(self, now: datetime.datetime) -> Self:
        """Begun so long ago that nobody goes on with them."""
        return self.filter(started_at__lt=now - datetime.timedelta(days=UNFINISHED_DAYS))
