"""Words that somebody is typing and has not saved. As private as a reflection, and in no history."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from cpd.drafts import DraftQuerySet


class Drafted(models.TextChoices):
    """What the words will be."""

    ACTIVITY = "activity", "Activity"
    ARTEFACT = "artefact", "Account, discussion or plan"


class Draft(models.Model):
    """What stands in a form that was not saved: one for each thing, device and tab."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=Drafted, default=Drafted.ACTIVITY)
    # The activity or artefact, which need not exist yet: a form brings the key of what it will make.
    subject = models.UUIDField()
    # A name that the browser made up for itself, and which of its open tabs it is (0: the first).
    device = models.UUIDField()
    slot = models.PositiveSmallIntegerField(default=0)
    # The form's own address, where the words can be gone on with.
    address = models.CharField(max_length=300)
    title = models.CharField(max_length=200, blank=True)
    # Field → values. Empty once they were saved: the row then only knows up to where.
    words = models.JSONField(default=dict, blank=True)
    # What the form was opened on; null for something new.
    base_version = models.PositiveIntegerField(null=True, blank=True)
    # Rises with each save of a device: one that was held up on the way never replaces a later one.
    sequence = models.BigIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)
    put_away_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-saved_at"], name="cpd_draft_of_a_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject", "device", "slot"],
                condition=models.Q(put_away_at__isnull=True),
                name="cpd_draft_is_one_of_a_tab",
                violation_error_message="These words are kept already.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Drafted.values),
                name="cpd_draft_kind_is_known",
                violation_error_message="Choose a kind from the list.",
            ),
        ]

    def __str__(self) -> str:
        # Never the words, nor the title: this text reaches logs.
        return f"Draft {self.pk}"

    @property
    def is_of_new(self) -> bool:
        """Whether what it will be had not been saved when it was typed."""
        return self.base_version is None
