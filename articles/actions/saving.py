"""Saving articles for later, and taking them off the list again."""

import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from articles.models import Article, SavedArticle

if TYPE_CHECKING:
    from accounts.models import User


def save_for_later(*, by: "User", article: Article, saved_at: datetime.datetime | None = None) -> SavedArticle:
    """Put a published article on the list of `by`; one that is there already stays where it is.

    `saved_at` puts one back in the place it was taken from. Take the article from published_article().
    """
    now = timezone.now()
    title = article.revision.title if article.revision is not None else article.title
    saved, _ = SavedArticle.objects.get_or_create(
        user=by, article=article, defaults={"title": title, "saved_at": min(saved_at or now, now)}
    )
    return saved


def take_off_list(*, by: "User", slug: str) -> SavedArticle | None:
    """Take an article, published or not, off the list of `by`; what was taken off, or None when it was not there."""
    saved = SavedArticle.objects.owned_by(by).filter(article__slug=slug).first()
    if saved is not None:
        SavedArticle.objects.filter(pk=saved.pk).delete()
    return saved
