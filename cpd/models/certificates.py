"""Certificates of reading: what was measured, claimed and passed, frozen on the day they were made."""

import uuid
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from cpd.models.record import Activity
from cpd.querysets.certificates import CertificateQuerySet

# The development outcomes of the General Dental Council's scheme (cpd/frameworks/uk-gdc.toml).
GDC_OUTCOMES = ("A", "B", "C", "D")
# What a certificate certifies. The name is not among them: when an account is closed, it is shortened.
CERTIFIED = (
    "code_sha256",
    "issued_at",
    "provider",
    "article_title",
    "article_subject",
    "article_byline",
    "article_address",
    "revision_number",
    "revision_sha256",
    "objectives",
    "done_on",
    "done_until",
    "minutes",
    "measured_seconds",
    "offline_seconds",
    "open_seconds",
    "before_sign_in",
    "passed_on",
    "score",
    "pass_mark",
    "questions",
    "gdc_outcomes",
    "gdc_minutes",
    "quality_assured_by",
)


class Certificate(models.Model):
    """What somebody read, as it stood when they asked for it in writing. A trigger refuses a change of what it says.

    It outlives the article, the activity and the account that it came from. The `record_` fields say what the activity
    says since: a trigger on the activity keeps them, whichever way it is changed.
    """

    id = models.UUIDField(
        primary_key=True, default=uuid.uuid4
    )  # From the form: the same form twice is one certificate.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="certificates", db_index=False
    )
    activity = models.ForeignKey(Activity, on_delete=models.SET_NULL, null=True, related_name="certificates")
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="+")
    # Keyed with the site's secret: a copy of the database gives no code away (meducation.lib.codes).
    code_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(default=timezone.now)
    holder_name = models.CharField(max_length=150)
    provider = models.CharField(max_length=500)  # Name, address and contact of this site.

    article_title = models.CharField(max_length=160)
    article_subject = models.TextField(blank=True)
    article_byline = models.TextField(blank=True)
    article_address = models.CharField(max_length=300)
    revision_number = models.PositiveIntegerField()
    revision_sha256 = models.CharField(max_length=64)
    objectives = ArrayField(models.TextField(), default=list, blank=True)

    done_on = models.DateField()
    done_until = models.DateField(null=True, blank=True)
    # Claimed, in whole minutes; and measured, in seconds: none for reading that was not timed.
    minutes = models.PositiveIntegerField()
    measured_seconds = models.PositiveIntegerField(null=True, blank=True)
    offline_seconds = models.PositiveIntegerField(default=0)
    open_seconds = models.PositiveIntegerField(null=True, blank=True)
    before_sign_in = models.BooleanField(default=False)

    # Of a passed assessment of the very text that was read; score and mark in whole per cent.
    passed_on = models.DateField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField(null=True, blank=True)
    questions = models.PositiveSmallIntegerField(null=True, blank=True)

    # What the GDC asks for beside the above, when the article has all of it.
    gdc_outcomes = ArrayField(models.CharField(max_length=1), default=list, blank=True)
    gdc_minutes = models.PositiveIntegerField(null=True, blank=True)
    quality_assured_by = models.TextField(blank=True)

    record_minutes = models.PositiveIntegerField()
    record_done_on = models.DateField()
    record_done_until = models.DateField(null=True, blank=True)
    record_deleted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Of every file given out. Usually one; a release that sets papers otherwise adds another.
    pdf_sha256s = ArrayField(models.CharField(max_length=64), default=list, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-issued_at", "id"], name="cpd_certificate_of_a_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["code_sha256"],
                name="cpd_certificate_code_is_used_once",
                violation_error_message="Another certificate has this code.",
            ),
            models.CheckConstraint(
                condition=~models.Q(holder_name=""),
                name="cpd_certificate_names_its_holder",
                violation_error_message="A certificate names somebody.",
                violation_error_code="name",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1),
                name="cpd_certificate_is_of_at_least_a_minute",
                violation_error_message="A certificate is of at least 1 minute.",
            ),
            models.CheckConstraint(
                condition=models.Q(measured_seconds__isnull=False) | models.Q(passed_on__isnull=False),
                name="cpd_certificate_is_of_something_measured",
                violation_error_message="A certificate is of timed reading, or of a passed assessment.",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    passed_on__isnull=True, score__isnull=True, pass_mark__isnull=True, questions__isnull=True
                )
                | models.Q(
                    passed_on__isnull=False, score__isnull=False, pass_mark__isnull=False, questions__isnull=False
                ),
                name="cpd_certificate_tells_all_of_an_assessment",
                violation_error_message="Keep the date, score, pass mark and number of questions together.",
            ),
            models.CheckConstraint(
                condition=models.Q(gdc_outcomes=[], gdc_minutes__isnull=True, quality_assured_by="")
                | (
                    models.Q(
                        gdc_outcomes__contained_by=list(GDC_OUTCOMES),
                        gdc_outcomes__len__gte=1,
                        gdc_minutes__gte=1,
                        gdc_minutes__lte=models.F("minutes"),
                        measured_seconds__isnull=False,
                        passed_on__isnull=False,
                    )
                    & ~models.Q(quality_assured_by="")
                ),
                name="cpd_certificate_has_all_the_gdc_asks_or_none",
                violation_error_message="Keep what the GDC asks for together.",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="says_what_it_said", fields=list(CERTIFIED))]

    def __str__(self) -> str:
        return f"Certificate {self.pk}"

    def get_absolute_url(self) -> str:
        """Its owner's page of it."""
        return reverse("cpd:certificate-detail", args=[self.pk])

    @property
    def timed_ms(self) -> int | None:
        """All that was timed, in milliseconds; None for what was not timed."""
        return None if self.measured_seconds is None else (self.measured_seconds + self.offline_seconds) * 1000

    @property
    def is_as_recorded(self) -> bool:
        """Whether the record still says what was certified."""
        certified: tuple[Any, ...] = (self.minutes, self.done_on, self.done_until)
        return certified == (self.record_minutes, self.record_done_on, self.record_done_until)
