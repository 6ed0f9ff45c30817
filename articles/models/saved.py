"""What somebody means to read later. Private to them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models.articles import Article
from articles.querysets import SavedArticleQuerySet


class SavedArticle(models.Model):
    """One article on one person's list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_articles")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    # As it was when they saved it: should it be unpublished, they can still tell what it was.
    title = models.CharField(max_length=160)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = SavedArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-saved_at", "-id"], name="articles_saved_by_somebody"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "article"],
                name="articles_savedarticle_is_saved_once",
                violation_error_message="This article is on the list already.",
            )
        ]

    def __str__(self) -> str:
        return f"Saved article {self.pk}"
