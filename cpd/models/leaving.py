"""Leaving and coming back: archives of everything, a record nobody writes in any more, an account about to close."""

import datetime
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

# How long an archive can be downloaded.
ARCHIVE_DAYS = 7


class ArchiveKind(models.TextChoices):
    """Which way an archive goes."""

    EXPORT = "export", "Export"
    BROUGHT = "brought", "Brought back"


class ArchiveState(models.TextChoices):
    """How far it is."""

    WAITING = "waiting", "Waiting for its turn"
    WORKING = "working", "Being worked on"
    DONE = "done", "Done"
    FAILED = "failed", "Did not work"


class ArchiveQuerySet(models.QuerySet["Archive"]):
    """Archives. Start from `user.archives`."""

    def for_listing(self) -> Self:
        """The newest first."""
        return self.order_by("-created_at", "pk")

    def past_keeping(self, now: datetime.datetime) -> Self:
        """Made, brought or given up so long ago that they go."""
        return self.filter(created_at__lt=now - datetime.timedelta(days=ARCHIVE_DAYS))


class Archive(models.Model):
    """One export of everything, or one that its owner brought back. Its file lies in the storage named "archives"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one archive.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="archives")
    kind = models.CharField(max_length=8, choices=ArchiveKind)
    state = models.CharField(max_length=8, choices=ArchiveState, default=ArchiveState.WAITING)
    problem = models.CharField(max_length=400, blank=True, default="")  # A sentence for its owner.
    size = models.PositiveBigIntegerField(default=0)  # Bytes.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    steps = models.PositiveIntegerField(default=0)  # About how many rows and files; 0: not known.
    rows = models.PositiveIntegerField(default=0)
    without_article = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="cpd_archive_of_a_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["waiting", "working"]),
                name="cpd_archive_is_one_at_a_time",
                violation_error_message="An export is being worked on. Wait until it is done.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ArchiveKind.values),
                name="cpd_archive_kind_is_known",
                violation_error_message="An archive is made, or brought back.",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ArchiveState.values),
                name="cpd_archive_state_is_known",
                violation_error_message="An archive is in one of the states of the list.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "failed"]) | models.Q(finished_at__isnull=False),
                name="cpd_archive_done_has_a_date",
                violation_error_message="What is done was done at a time.",
            ),
        ]

    def __str__(self) -> str:
        return f"Archive {self.pk}"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("cpd:archive-detail", args=[self.pk])

    @property
    def is_at_work(self) -> bool:
        """Whether something is being done with it, or waits to be."""
        return self.state in (ArchiveState.WAITING, ArchiveState.WORKING)

    @property
    def is_ready(self) -> bool:
        """Whether there is something to download."""
        return self.kind == ArchiveKind.EXPORT and self.state == ArchiveState.DONE

    @property
    def kept_until(self) -> datetime.datetime:
        """When it is deleted here."""
        return self.created_at + datetime.timedelta(days=ARCHIVE_DAYS)


class LeavingQuerySet(models.QuerySet["Leaving"]):
    """Who is about to leave."""

    def due(self, now: datetime.datetime) -> Self:
        """Whose days to change their mind are over."""
        return self.filter(closes_at__lte=now)


class Leaving(models.Model):
    """A record in which nobody writes any more: for ever, or until the account is closed. Others have no row."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="leaving"
    )
    read_only_since = models.DateTimeField()
    # When the account is closed. None: never, it is only read-only.
    closes_at = models.DateTimeField(null=True, blank=True)
    # Whether it goes back to read-only, and not to all as ever, when its owner stays.
    was_read_only = models.BooleanField(default=False, db_default=False)

    objects = LeavingQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "leaving"
        indexes = [models.Index(fields=["closes_at"], name="cpd_leaving_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__isnull=True) | models.Q(closes_at__gt=models.F("read_only_since")),
                name="cpd_leaving_closes_after_a_time",
                violation_error_message="There is time to change one's mind.",
            )
        ]

    def __str__(self) -> str:
        return f"Leaving of {self.user_id}"
