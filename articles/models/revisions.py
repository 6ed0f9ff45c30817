"""Published texts. Nothing can change one afterwards (a database trigger refuses)."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from articles.models.articles import Article


class Significance(models.TextChoices):
    """How much a new text differs, for those who read an earlier one."""

    EDITORIAL = "editorial", "Editorial: nothing a reader would act on"
    UPDATE = "update", "Update: new or better information"
    PRACTICE_CHANGING = "practice-changing", "Practice-changing: do something differently"
    CORRECTION = "correction", "Correction: something was wrong"
    WITHDRAWAL = "withdrawal", "Withdrawal: do not rely on it"


class Revision(models.Model):
    """One published text of an article, numbered and hashed, never changed (articles/migrations: trigger)."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    standfirst = models.TextField()
    body = models.TextField()
    # Everything else the page shows: authors, acknowledgement, objectives, disclosures, review dates, references.
    details = models.JSONField(encoder=DjangoJSONEncoder)
    byline = models.CharField(max_length=700)
    sha256 = models.CharField("SHA-256", max_length=64)
    # Made from the above by articles.rendering, kept so that a page costs no work.
    rendered = models.TextField()
    outline = models.JSONField()
    words = models.PositiveIntegerField()
    reading_minutes = models.PositiveSmallIntegerField()
    significance = models.CharField(max_length=20, choices=Significance, default=Significance.UPDATE)
    note = models.CharField(max_length=300, blank=True, help_text="What changed, in a sentence for readers.")
    live_from = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        indexes = [
            # When readers were last told something else (querysets.real_changes): few rows, read for many articles.
            models.Index(
                fields=["article", "number", "live_from"],
                name="articles_real_changes",
                condition=models.Q(number__gt=1) & ~models.Q(significance="editorial"),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"],
                name="articles_revision_number_is_used_once",
                violation_error_message="This article already has a revision with this number.",
            ),
            models.CheckConstraint(
                condition=models.Q(significance__in=Significance.values),
                name="articles_revision_significance_is_known",
                violation_error_message="Choose how much changed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, revision {self.number}"


def text_hash(*, title: str, standfirst: str, body: str, details: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of all the words of a revision in one canonical form."""
    canonical = json.dumps(
        {"title": title, "standfirst": standfirst, "body": body, "details": details},
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
