"""Codes by which reading on a shared computer is taken along."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models import Article
from cpd.models.reading import Reader


class ReadingCode(models.Model):
    """A code that stands for the reading of one article, as it was when the code was made. Good once, for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one code.
    # Keyed with the site's secret, so that a copy of the database cannot be searched for codes, short as they are.
    sha256 = models.CharField(max_length=64, unique=True)
    # A reader that is no browser of anybody's: it only holds the sittings until they are claimed, and then goes.
    holder = models.OneToOneField(Reader, on_delete=models.SET_NULL, null=True, related_name="reading_code")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="reading_codes"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")),
                name="cpd_reading_code_expires_after_it_is_made",
                violation_error_message="A code is good for a while.",
            ),
            models.CheckConstraint(
                condition=models.Q(claimed_at__isnull=True, claimed_by__isnull=True)
                | models.Q(claimed_at__isnull=False, claimed_by__isnull=False),
                name="cpd_reading_code_is_claimed_by_somebody",
                violation_error_message="A code is claimed by somebody, at a time.",
            ),
            models.CheckConstraint(
                condition=models.Q(claimed_at__isnull=True) | models.Q(claimed_at__lt=models.F("expires_at")),
                name="cpd_reading_code_is_claimed_in_time",
                violation_error_message="This code has expired.",
            ),
        ]

    def __str__(self) -> str:
        return f"Reading code {self.pk}"
