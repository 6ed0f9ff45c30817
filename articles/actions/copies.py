"""Words in open forms, and whose save comes first. Each write asks whether `by` may."""

import datetime
import uuid
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles.models import Article, CopyKind, WorkingCopy

if TYPE_CHECKING:
    from accounts.models import User

type Fields = dict[str, list[str]]

# Of one person on one article (or of their articles that were never saved): beyond these the oldest goes.
MOST_COPIES = 8


class SavedMeanwhile(Exception):
    """Somebody saved the article after this writer had last seen it."""


@transaction.atomic
def keep_words(
    *,
    key: uuid.UUID,
    by: "User",
    article: Article | None,
    fields: Fields | None,
    seen_version: int,
    is_open: bool = True,
    now: datetime.datetime | None = None,
) -> WorkingCopy:
    """Keep what is in an open form; with `fields` None only that it is open, or no longer.

    A form that has meanwhile been saved has moved on: words it sent before are then dropped, and the row that comes
    back has a later `seen_version` than was given. Raises PermissionDenied.
    """
    _ask(article, by)
    now = now or timezone.now()
    row, is_new = WorkingCopy.objects.get_or_create(
        pk=key,
        defaults={"user": by, "article": article, "seen_version": seen_version, "opened_at": now, "kept_at": now},
    )
    if not is_new:
        row = WorkingCopy.objects.select_for_update().get(pk=key)
    if row.user_id != by.pk or row.kind != CopyKind.TYPED:
        raise PermissionDenied
    row.open_at = now if is_open else None
    moved_on = seen_version < row.seen_version or row.article_id != (article.pk if article else None)
    if fields is not None and not moved_on:
        row.fields, row.seen_version, row.kept_at = _storable(fields), seen_version, now
    row.save()
    if is_new:
        _drop_oldest(by, article)
    return row


@transaction.atomic
def finish_words(*, key: uuid.UUID, by: "User", article: Article) -> None:
    """The form was saved as the draft: nothing of it waits any more, and what is still on its way comes too late."""
    # What was typed last may be on its way at this very moment, and make the row first.
    WorkingCopy.objects.get_or_create(pk=key, defaults={"user": by, "article": article})
    row = WorkingCopy.objects.select_for_update().get(pk=key)
    if row.user_id != by.pk or row.kind != CopyKind.TYPED:
        return
    row.article, row.fields, row.seen_version, row.kept_at = article, {}, article.version, timezone.now()
    row.open_at = None
    row.save()


def throw_away(*, copy: WorkingCopy, by: "User") -> None:
    """Delete one's own words, or what was replaced on an article one may edit. Raises PermissionDenied."""
    if copy.kind == CopyKind.TYPED and copy.user_id != by.pk:
        raise PermissionDenied
    _ask(copy.article, by)
    copy.delete()


@transaction.atomic
def keep_replaced(*, article: Article, fields: Fields, saved_by: "User | None", by: "User") -> WorkingCopy:
    """Keep the saved draft that a save by `by` is about to replace. Raises PermissionDenied."""
    _ask(article, by)
    return WorkingCopy.objects.create(
        kind=CopyKind.REPLACED,
        user=saved_by,
        article=article,
        seen_version=article.version,
        fields=_storable(fields),
    )


def claim_version(*, article: Article, seen: int) -> None:
    """Take the turn to save over version `seen`, until the transaction ends; `article.version` is then the next.

    Of several who saw the same version one gets it. Raises SavedMeanwhile for the others.
    """
    # One statement: a second writer waits here for the first, and then finds another version.
    if not Article.objects.filter(pk=article.pk, version=seen).update(version=F("version") + 1):
        raise SavedMeanwhile
    article.version = seen + 1


def _ask(article: Article | None, by: "User") -> None:
    if article is None:
        allowed = by.has_perm("articles.add_article")
    else:
        allowed = Article.objects.editable_by(by).filter(pk=article.pk).exists()
    if not allowed:
        raise PermissionDenied


def _storable(fields: Fields) -> Fields:
    # PostgreSQL holds no NUL in JSON.
    return {name: [value.replace("\x00", "") for value in values] for name, values in fields.items()}


def _drop_oldest(by: "User", article: Article | None) -> None:
    rows = WorkingCopy.objects.filter(user=by, article=article, kind=CopyKind.TYPED).exclude(fields={})
    spare = rows.order_by("-kept_at").values_list("pk", flat=True)[MOST_COPIES:]
    WorkingCopy.objects.filter(pk__in=list(spare)).delete()
