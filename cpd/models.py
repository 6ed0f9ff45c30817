"""The CPD record, and the reading it is made from.

Times of reading are whole milliseconds, as the browser measures them; what a person claims is whole minutes. Credits
are never stored: a framework's rules compute them from minutes.
"""

import datetime
import uuid

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Revision
from cpd.querysets import ActivityQuerySet, SittingQuerySet

MOST_MINUTES_A_DAY = 1440
LONGEST_REFLECTION = 20_000


class Reader(models.Model):
    """Somebody who reads: a user, or an anonymous browser until it signs in. Holds the reader's one clock.

    Every beat of every tab and device locks this row, so a second is never counted twice.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="reader")
    browser = models.UUIDField(null=True, unique=True)
    # Nothing before this instant can be counted any more.
    clock = models.DateTimeField(null=True)
    # Which sitting the clock is running for, and when that one was last heard of.
    holder = models.UUIDField(null=True)
    holder_seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(browser__isnull=True),
                name="cpd_reader_is_a_user_or_a_browser",
                violation_error_message="A reader is either a user or a browser.",
            )
        ]

    def __str__(self) -> str:
        return f"Reader {self.pk}"


class Sitting(models.Model):
    """One reading of one published text by one reader: what was measured, and what it was logged as."""

    id = models.UUIDField(primary_key=True)  # Made by the browser, so that a retried request is the same sitting.
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="sittings")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    last_beat_at = models.DateTimeField()
    last_sequence = models.PositiveIntegerField(default=0)
    counted_ms = models.PositiveBigIntegerField(default=0)
    offline_ms = models.PositiveBigIntegerField(default=0)
    furthest = models.PositiveSmallIntegerField(default=0)
    counting_version = models.PositiveSmallIntegerField()
    before_sign_in = models.BooleanField(default=False)
    activity = models.ForeignKey("Activity", on_delete=models.SET_NULL, null=True, related_name="sittings")
    dismissed_at = models.DateTimeField(null=True)

    objects = SittingQuerySet.as_manager()

    class Meta:
        indexes = [
            # The inbox, and "carry on reading".
            models.Index(fields=["reader", "-last_beat_at"], name="cpd_sitting_of_a_reader"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(furthest__lte=100),
                name="cpd_sitting_furthest_is_a_percentage",
                violation_error_message="Nobody reads further than the end.",
            ),
            models.CheckConstraint(
                condition=models.Q(last_beat_at__gte=models.F("started_at")),
                name="cpd_sitting_ends_after_it_starts",
                violation_error_message="A sitting cannot end before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"Sitting {self.pk}"

    @property
    def open_ms(self) -> int:
        """How long the page was open: from the first beat to the last."""
        return int((self.last_beat_at - self.started_at).total_seconds() * 1000)


class Beat(models.Model):
    """One report of the browser, kept so that a sitting's counted time can be worked out again."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="beats")
    sequence = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    claimed_ms = models.PositiveBigIntegerField()
    alone_ms = models.PositiveBigIntegerField(default=0)
    # The reader's clock as the beat found it: the rest of what counting needs.
    clock_before = models.DateTimeField(null=True)
    counted_ms = models.PositiveBigIntegerField()
    offline_ms = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "sequence"],
                name="cpd_beat_sequence_is_used_once",
                violation_error_message="This beat has arrived already.",
            )
        ]

    def __str__(self) -> str:
        return f"Beat {self.sequence}"


class Kind(models.TextChoices):
    """What was done, in the words frameworks use."""

    READING = "reading", "Reading"
    COURSE = "course", "Course or e-learning"
    CONFERENCE = "conference", "Conference or webinar"
    TEACHING = "teaching", "Teaching or training others"
    QUALITY = "quality", "Audit or quality improvement"
    CASE = "case", "Case discussion"
    JOURNAL_CLUB = "journal-club", "Journal club"
    MANDATORY = "mandatory", "Mandatory training"
    SUPERVISION = "supervision", "Supervision or mentoring"
    RESEARCH = "research", "Research"
    WRITING = "writing", "Writing or reviewing"
    OTHER = "other", "Something else"


class Provenance(models.TextChoices):
    """How we know."""

    MEASURED = "measured", "Timed"
    SELF_DECLARED = "self-declared", "Added by hand"
    IMPORTED = "imported", "Imported"


class MinutesInDays(models.Func):
    """The minutes of all days from the second date to the first, both included: PostgreSQL's own date arithmetic."""

    arity = 2
    template = f"((%(expressions)s) + 1) * {MOST_MINUTES_A_DAY}"
    arg_joiner = " - "
    output_field = models.IntegerField()


@pghistory.track()
class Reflection(models.Model):
    """What somebody made of it. One may serve several activities. Private."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reflections")
    text = models.TextField(max_length=LONGEST_REFLECTION)
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="cpd_reflection_has_words",
                violation_error_message="Write something, or leave the reflection out.",
            )
        ]

    def __str__(self) -> str:
        # Never the words: this text reaches logs and history lists.
        return f"Reflection {self.pk}"


@pghistory.track()
class Activity(models.Model):
    """One line of the record. Has its own copy of what was read, because it must outlive the article."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one activity.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activities")
    title = models.CharField("what you did", max_length=200)
    provider = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.READING)
    done_on = models.DateField("date")
    done_until = models.DateField("last day", null=True, blank=True)
    minutes = models.PositiveIntegerField()
    participatory_minutes = models.PositiveIntegerField(default=0, db_default=0)
    reflection = models.ForeignKey(
        Reflection, on_delete=models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    provenance = models.CharField(max_length=20, choices=Provenance, default=Provenance.SELF_DECLARED)
    # Of reading that was timed: counted live, counted without a connection, and how long the page was open.
    measured_seconds = models.PositiveIntegerField(null=True, blank=True)
    offline_seconds = models.PositiveIntegerField(default=0, db_default=0)
    open_seconds = models.PositiveIntegerField(null=True, blank=True)
    before_sign_in = models.BooleanField(default=False, db_default=False)
    more_because = models.CharField("why more than was timed", max_length=300, blank=True)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    article_title = models.CharField(max_length=160, blank=True)
    article_byline = models.CharField(max_length=700, blank=True)
    article_address = models.CharField(max_length=300, blank=True)
    revision_number = models.PositiveIntegerField(null=True, blank=True)
    revision_sha256 = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    # Raised by every change, so that a form opened before another change can tell.
    version = models.PositiveIntegerField(default=1, db_default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            # The tracker, the list, and the sums of a year, without reading the rows themselves.
            models.Index(
                fields=["user", "-done_on", "-recorded_at"],
                include=["minutes", "kind"],
                name="cpd_activity_of_a_user",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1),
                name="cpd_activity_takes_at_least_a_minute",
                violation_error_message="Enter at least 1 minute.",
                violation_error_code="minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__lte=MinutesInDays(Coalesce("done_until", "done_on"), "done_on")),
                name="cpd_activity_fits_into_its_days",
                violation_error_message="A day has 1,440 minutes. Enter fewer, or more days.",
                violation_error_code="minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(done_until__isnull=True) | models.Q(done_until__gte=models.F("done_on")),
                name="cpd_activity_ends_after_it_starts",
                violation_error_message="The last day cannot be before the first.",
                violation_error_code="done_until",
            ),
            models.CheckConstraint(
                condition=models.Q(participatory_minutes__lte=models.F("minutes")),
                name="cpd_activity_participatory_is_part_of_the_whole",
                violation_error_message="The participatory minutes are a part of the minutes.",
                violation_error_code="participatory_minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values),
                name="cpd_activity_kind_is_known",
                violation_error_message="Choose a kind from the list.",
                violation_error_code="kind",
            ),
            models.CheckConstraint(
                condition=models.Q(provenance=Provenance.MEASURED, measured_seconds__isnull=False)
                | (
                    models.Q(
                        provenance__in=[Provenance.SELF_DECLARED, Provenance.IMPORTED], measured_seconds__isnull=True
                    )
                ),
                name="cpd_activity_is_measured_if_and_only_if_timed",
                violation_error_message="Only timed reading has measured minutes.",
            ),
            models.CheckConstraint(
                condition=models.Q(article_title="", revision_number__isnull=True, revision_sha256="")
                | (
                    ~models.Q(article_title="")
                    & models.Q(revision_number__isnull=False)
                    & ~models.Q(revision_sha256="")
                ),
                name="cpd_activity_keeps_a_whole_copy_of_what_was_read",
                violation_error_message="Keep the article's title, revision and hash together.",
            ),
        ]

    def __str__(self) -> str:
        return f"Activity {self.pk}"

    def get_absolute_url(self) -> str:
        """The activity's own page."""
        return reverse("cpd:activity-detail", args=[self.pk])

    @property
    def timed_ms(self) -> int | None:
        """All that was timed, in milliseconds, with and without a connection; None for what was not timed."""
        return None if self.measured_seconds is None else (self.measured_seconds + self.offline_seconds) * 1000

    @property
    def last_day(self) -> datetime.date:
        """The last day it took."""
        return self.done_until or self.done_on

    @property
    def is_late(self) -> bool:
        """Written down more than a month after it was done: said, never refused."""
        return timezone.localdate(self.recorded_at) - self.last_day > datetime.timedelta(days=31)
