"""What is in an open form of the desk, kept before anybody presses "Save"."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models.articles import Article
from articles.querysets import WorkingCopyQuerySet


class CopyKind(models.TextChoices):
    """How the words came to be kept."""

    TYPED = "typed", "Typed and not saved yet"
    REPLACED = "replaced", "Saved once, then replaced by somebody who had not seen it when they began"


class WorkingCopy(models.Model):
    """The fields of one open form, as a browser would send them. Readers never see it.

    A typed one belongs to whoever typed it and to nobody else, and says, while the form is open, that it is. One that
    was replaced had been the saved draft: whoever may edit the article can take it up again.
    """

    # Made with the form, so that trying again makes no second row, and two tabs two.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=CopyKind, default=CopyKind.TYPED)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    # None for an article that was never saved.
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="working_copies")
    # Article.version of the saved text that the writer had before them.
    seen_version = models.PositiveIntegerField(default=0)
    # {name: [values]}. Empty while nothing is typed: the form is only open.
    fields = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    # When the words changed last, and when the form was last known to be open.
    kept_at = models.DateTimeField(default=timezone.now)
    open_at = models.DateTimeField(null=True)

    objects = WorkingCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at"]
        verbose_name_plural = "working copies"
        indexes = [models.Index(fields=["article", "-kept_at"], name="articles_copies_of_an_article")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=CopyKind.values),
                name="articles_workingcopy_kind_is_known",
                violation_error_message="Choose how the words came to be kept.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=CopyKind.TYPED) | models.Q(user__isnull=False),
                name="articles_workingcopy_typed_belongs_to_somebody",
                violation_error_message="What was typed needs its writer.",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=CopyKind.REPLACED) | models.Q(article__isnull=False),
                name="articles_workingcopy_replaced_is_of_an_article",
                violation_error_message="What was replaced needs its article.",
            ),
        ]

    def __str__(self) -> str:
        return f"Working copy {self.pk}"
