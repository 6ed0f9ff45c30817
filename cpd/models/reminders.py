"""What people are told: notices on their pages, and mail."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Revision
from cpd.models.requirements import Enrolment
from cpd.querysets.enrolments import NoticeQuerySet


class Notice(models.Model):
    """Something a person must know of their requirements, or of an article they logged: until they put it away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cpd_notices")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, null=True, related_name="notices")
    # Of an article: the text that followed the one they read; none when the article was retired.
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, null=True, related_name="+")
    # What it is about, so that the same thing is said once: "corrected/<enrolment>/<sha256>", "article/<key>/<number>".
    about = models.CharField(max_length=160)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "about"],
                name="cpd_notice_is_given_once",
                violation_error_message="This was said already.",
            ),
            models.CheckConstraint(
                condition=models.Q(revision__isnull=True) | models.Q(article__isnull=False),
                name="cpd_notice_of_a_text_names_its_article",
                violation_error_message="Name the article of this text.",
            ),
        ]

    def __str__(self) -> str:
        return f"Notice {self.pk}"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("cpd:notice-detail", args=[self.pk])


class HowOften(models.TextChoices):
    """When a person wants to be reminded by e-mail."""

    OFF = "off", "Never"
    MONTHLY = "monthly", "On the first of each month"
    DEADLINES = "deadlines", "Before a cycle ends or a date to act by"


class AskAfter(models.IntegerChoices):
    """How many weeks after an activity somebody is asked whether it changed anything."""

    NEVER = 0, "Do not ask"
    SIX = 6, "After 6 weeks"
    TWELVE = 12, "After 12 weeks"


class Reminders(models.Model):
    """How a person wants to be reminded. Who has no row wants nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    how_often = models.CharField(max_length=20, choices=HowOften, default=HowOften.OFF)
    # Whether they want a mail when an article they logged changes.
    tell_of_changes = models.BooleanField(default=False, db_default=False)
    # Whether they are asked, some weeks after, if an activity changed anything: of what they record from then on.
    ask_after_weeks = models.PositiveSmallIntegerField(
        choices=AskAfter, default=AskAfter.NEVER, db_default=AskAfter.NEVER
    )
    asking_since = models.DateTimeField(null=True, blank=True)
    # Of the address of the private calendar: only its hash is kept, so a copy of the database opens nobody's calendar.
    calendar_sha256 = models.CharField(max_length=64, blank=True)
    calendar_made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "reminders"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how_often__in=HowOften.values),
                name="cpd_reminders_how_often_is_known",
                violation_error_message="Choose one of the list.",
            ),
            models.CheckConstraint(
                condition=models.Q(ask_after_weeks=AskAfter.NEVER, asking_since__isnull=True)
                | models.Q(ask_after_weeks__in=[AskAfter.SIX, AskAfter.TWELVE], asking_since__isnull=False),
                name="cpd_reminders_ask_from_a_time_on",
                violation_error_message="Choose one of the list.",
            ),
            models.UniqueConstraint(
                fields=["calendar_sha256"],
                condition=~models.Q(calendar_sha256=""),
                name="cpd_reminders_calendar_has_its_own_address",
                violation_error_message="Make another address.",
            ),
        ]

    def __str__(self) -> str:
        return f"Reminders of {self.user_id}"


class Mailing(models.Model):
    """One message that was due to somebody: written before it is sent, so that it is sent once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cpd_mailings")
    about = models.CharField(max_length=160)  # "monthly/2026-11", "ends/<enrolment>/2027-03-31/30"
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "about"],
                name="cpd_mailing_goes_out_once",
                violation_error_message="This was sent already.",
            )
        ]

    def __str__(self) -> str:
        return f"Mailing {self.pk}"
