"""Clearing what somebody has read: what rests on nothing goes, what is evidence is put out of sight."""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles.models import Article
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Cleared:
    """How many sittings were deleted, and how many are only hidden."""

    deleted: int
    hidden: int


@transaction.atomic
def clear_history(*, by: "User", article: Article | None = None, now: datetime.datetime | None = None) -> Cleared:
    """Clear the reading history of `by`, all of it or that of one article. It cannot be undone.

    Sittings that no activity rests on are deleted, with their beats. Those that were logged stay as the evidence of
    their activity, but are shown nowhere else any more; nor can they be logged again should the activity be deleted.
    """
    reader = lock_reader(by)
    sittings = reader.sittings.in_history()
    if article is not None:
        sittings = sittings.filter(article=article)
    hidden = sittings.filter(activity__isnull=False).update(hidden_at=now or timezone.now())
    rest = sittings.filter(activity__isnull=True)
    deleted = rest.count()
    rest.delete()
    return Cleared(deleted=deleted, hidden=hidden)
