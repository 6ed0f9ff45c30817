"""Publishing, taking back, and beginning an article. Each is one transaction and asks whether `by` may."""

import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from articles.announcing import announce
from articles.composing import compose
from articles.models import Article, Author, Byline, Revision, Significance, Status
from articles.readiness import Obstacle, obstacles
from meducation.lib.dates import site_day

if TYPE_CHECKING:
    from accounts.models import User


class NotReady(Exception):
    """The article cannot be published as it is; `obstacles` says why."""

    def __init__(self, found: list[Obstacle]) -> None:
        super().__init__(f"{len(found)} obstacles")
        self.obstacles = found


class AlreadyLive(Exception):
    """Readers see the article now; a date in the future would take it from them."""


@transaction.atomic
def publish(
    *,
    article: Article,
    by: "User",
    at: datetime.datetime | None = None,
    significance: Significance = Significance.UPDATE,
    note: str = "",
    now: datetime.datetime | None = None,
) -> Revision:
    """Publish the saved words of `article`: make its revision and show it to readers from `at` on.

    Without `at` the article's own date holds, or else now. A date in the past is the one the byline shows. Readers who
    see the article already see the new words at once. An unchanged text makes no new revision; one that is scheduled
    and that nobody has seen yet is replaced. `now` is for content that comes with its history: when it was published,
    long ago.

    Raises PermissionDenied, NotReady, or AlreadyLive when a text that readers see would be moved into the future.
    """
    locked = locked_to_publish(article, by)
    now = now or timezone.now()
    if found := obstacles(locked, site_day(now)):
        raise NotReady(found)
    date = at or locked.publish_at or now
    if locked.is_published(now) and date > now:
        raise AlreadyLive
    before = locked.revision
    revision = _revision_for(locked, by=by, live_from=max(date, now), significance=significance, note=note)
    locked.revision = revision
    locked.publish_at = date
    # A retired article may be mended; bringing it back is a decision of its own.
    if locked.status != Status.RETIRED:
        locked.status = Status.SCHEDULED if date > now else Status.PUBLISHED
    locked.save(update_fields=["revision", "publish_at", "status", "changed_at"])
    article.refresh_from_db()
    if revision is not before and revision.number > 1:
        transaction.on_commit(partial(announce, revision.pk))
    return revision


@transaction.atomic
def unpublish(*, article: Article, by: "User") -> None:
    """Make it a draft again: readers get "not found". What was published stays on record; what was only scheduled goes.

    Raises PermissionDenied.
    """
    locked = locked_to_publish(article, by)
    waiting = locked.revision if locked.revision is not None and locked.revision.live_from > timezone.now() else None
    locked.status, locked.retired_at, locked.retired_because = Status.DRAFT, None, ""
    if waiting is not None:
        locked.revision = locked.revisions.exclude(pk=waiting.pk).first()
    locked.save(update_fields=["revision", "status", "retired_at", "retired_because", "changed_at"])
    if waiting is not None:
        waiting.delete()
    article.refresh_from_db()


def locked_to_publish(article: Article, by: "User") -> Article:
    """The article as it is saved, held until the transaction ends, if `by` may publish it. Raises PermissionDenied."""
    if not by.has_perm("articles.publish_article"):
        raise PermissionDenied
    editable = Article.objects.editable_by(by)
    rows = Article.objects.select_for_update(of=("self",)).filter(pk=article.pk, pk__in=editable.values("pk"))
    locked = rows.for_composing().first()
    if locked is None:
        raise PermissionDenied
    return locked


def _revision_for(
    article: Article, *, by: "User", live_from: datetime.datetime, significance: Significance, note: str
) -> Revision:
    """The saved revision with the article's present words, live from `live_from`."""
    composed = compose(article)
    current = article.revision
    waiting = current is not None and current.live_from > timezone.now()
    if current is not None and not waiting and current.sha256 == composed.sha256:
        return current
    composed.live_from = live_from
    composed.made_by = by
    composed.significance = significance
    composed.note = note
    if current is not None and waiting:
        composed.pk = current.pk
        composed.number = current.number
        composed.save(force_update=True)
    else:
        newest = article.revisions.first()
        composed.number = newest.number + 1 if newest else 1
        composed.save(force_insert=True)
    return composed


# --- Beginning -------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign_with_own_name(*, article: Article, by: "User") -> Byline | None:
    """Put the byline of `by` on an article that has none, making the author's page if this is their first article.

    None when they have neither a byline nor a name to make one of; an e-mail address must not end up in print.
    """
    author = Author.objects.filter(user=by).first()
    if author is None and by.name.strip():
        author = Author.objects.create(name=by.name.strip(), slug=_free_author_slug(by.name), user=by)
    if author is None:
        return None
    byline, _ = Byline.objects.get_or_create(article=article, author=author)
    return byline


def _free_author_slug(name: str) -> str:
    base = slugify(name)[:140] or "author"
    slug, count = base, 1
    while Author.objects.filter(slug=slug).exists():
        count += 1
        slug = f"{base}-{count}"
    return slug
