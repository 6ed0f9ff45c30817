"""Retiring an article and bringing it back. It stays readable, under a plain notice. Each asks whether `by` may."""

import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles.actions.publishing import locked_to_publish
from articles.announcing import announce_retirement
from articles.models import Article, Status

if TYPE_CHECKING:
    from accounts.models import User


class NotPublished(Exception):
    """Only what readers see can be retired."""


@transaction.atomic
def retire(*, article: Article, by: "User", because: str, now: datetime.datetime | None = None) -> None:
    """Say that the article is no longer kept up, and why, in a sentence for readers. Retiring again mends the sentence.

    Raises PermissionDenied, NotPublished, or ValueError when no reason is given.
    """
    locked = locked_to_publish(article, by)
    now = now or timezone.now()
    if not because.strip():
        raise ValueError("a reason is needed")
    if not locked.is_published(now):
        raise NotPublished
    if locked.status != Status.RETIRED:
        locked.retired_at = now
        transaction.on_commit(partial(announce_retirement, locked.pk))
    locked.status = Status.RETIRED
    locked.retired_because = because.strip()
    locked.save(update_fields=["status", "retired_at", "retired_because", "changed_at"])
    article.refresh_from_db()


@transaction.atomic
def bring_back(*, article: Article, by: "User") -> None:
    """Publish a retired article again, with the text it had; does nothing for any other. Raises PermissionDenied."""
    locked = locked_to_publish(article, by)
    if locked.status != Status.RETIRED:
        return
    locked.status, locked.retired_at, locked.retired_because = Status.PUBLISHED, None, ""
    locked.save(update_fields=["status", "retired_at", "retired_because", "changed_at"])
    article.refresh_from_db()
