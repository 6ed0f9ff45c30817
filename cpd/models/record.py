"""The lines of the record. What a person claims is whole minutes."""

import datetime
import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from cpd.querysets.record import ActivityQuerySet

MOST_MINUTES_A_DAY = 1440
LONGEST_REFLECTION = 20_000
MOST_TAGS = 10
LONGEST_TAG = 40


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


class AiUse(models.TextChoices):
    """Whether a tool that writes had a hand in a reflection, as its author declares. Empty: not said."""

    NONE = "none", "I wrote this without AI"
    EDITED = "edited", "I wrote this and used AI to edit it"
    DRAFTED = "drafted", "AI drafted this and I made it mine"


class MinutesInDays(models.Func):
    """The minutes of all days from the second date to the first, both included: PostgreSQL's own date arithmetic."""

    arity = 2
    template = f"((%(expressions)s) + 1) * {MOST_MINUTES_A_DAY}"
    arg_joiner = " - "
    output_field = models.IntegerField()


@pghistory.track()
class Reflection(models.Model):
    """What somebody made of it: what happened, what is important, what next. One may serve several activities."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reflections")
    text = models.TextField("what happened?", max_length=LONGEST_REFLECTION, blank=True)
    important = models.TextField(
        "what is important?", max_length=LONGEST_REFLECTION, default="", db_default="", blank=True
    )
    next_step = models.TextField("what next?", max_length=LONGEST_REFLECTION, default="", db_default="", blank=True)
    # Declared by its author, on a day; empty: not said.
    ai_use = models.CharField(max_length=10, choices=AiUse, default="", db_default="", blank=True)
    ai_declared_on = models.DateField(null=True, blank=True)
    # Private unless its author says that it may be shown to those with whom the activity is shared.
    is_shareable = models.BooleanField(default=False, db_default=False)
    # When its author said of just these words that nobody can be identified. What was found in them is never kept.
    identifiers_confirmed_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    # It may be on the forms of several activities: none overwrites what another saved.
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text="", important="", next_step=""),
                name="cpd_reflection_has_words",
                violation_error_message="Write something, or leave the reflection out.",
            ),
            models.CheckConstraint(
                condition=models.Q(ai_use__in=["", *AiUse.values]),
                name="cpd_reflection_ai_use_is_known",
                violation_error_message="Choose one of the list.",
                violation_error_code="ai_use",
            ),
            models.CheckConstraint(
                condition=models.Q(ai_use="", ai_declared_on__isnull=True)
                | (~models.Q(ai_use="") & models.Q(ai_declared_on__isnull=False)),
                name="cpd_reflection_declares_on_a_day",
                violation_error_message="A declaration has a date.",
                violation_error_code="ai_use",
            ),
        ]

    def __str__(self) -> str:
        # Never the words: this text reaches logs and history lists.
        return f"Reflection {self.pk}"

    @property
    def words(self) -> str:
        """All that was written, a part a paragraph."""
        return "\n\n".join(part for part in (self.text, self.important, self.next_step) if part)

    def shared_with(self, activity: "Activity") -> int:
        """How many activities have it, apart from one of them. One query."""
        return self.activities.kept().exclude(pk=activity.pk).count()


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
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list, blank=True)
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
    # Put down in a hurry: on the list of what is still to be finished, until its owner says that it is.
    finish_later = models.BooleanField(default=False, db_default=False)
    # One of the few of a year that its owner wants to be read first.
    is_highlight = models.BooleanField(default=False, db_default=False)
    # When it was written on a device without a connection, as that device says. Null: `recorded_at` is when.
    written_at = models.DateTimeField(null=True, blank=True)
    # The import that brought it, and what its calendar there calls it.
    brought_by = models.ForeignKey(
        "cpd.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="activities", db_index=False
    )
    brought_key = models.CharField(max_length=64, default="", db_default="", blank=True)

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
            # What waits to be finished: a few of thousands.
            models.Index(
                fields=["user"],
                name="cpd_activity_to_finish",
                condition=models.Q(finish_later=True, deleted_at__isnull=True),
            ),
            # Whether anything changed since the record was judged (cpd.standing): deleted ones included.
            models.Index(fields=["user"], include=["changed_at", "version"], name="cpd_activity_changes"),
            models.Index(
                fields=["brought_by"],
                name="cpd_activity_of_an_import",
                condition=models.Q(brought_by__isnull=False),
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
        triggers = [
            # Whichever way it is changed, a certificate made of it (cpd.models.certificates) can tell.
            pgtrigger.Trigger(
                name="tells_its_certificates",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("minutes", "done_on", "done_until", "deleted_at"),
                func="""
                    UPDATE cpd_certificate SET record_minutes = NEW.minutes, record_done_on = NEW.done_on,
                        record_done_until = NEW.done_until, record_deleted_at = NEW.deleted_at
                    WHERE activity_id = NEW.id;
                    RETURN NULL;
                """,
            )
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
