"""What somebody brings from elsewhere: a file, what was made of it, and how its columns were read."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cpd.querysets.imports import ImportQuerySet
from meducation.lib.dates import day_month_year

LONGEST_FILE_NAME = 120


class FileFormat(models.TextChoices):
    """The files that can be read, told by their content."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel workbook"
    ICS = "ics", "Calendar"


class ImportState(models.TextChoices):
    """How far an import has come. In "uploaded", "mapped" and "running" it is we who have something to do."""

    UPLOADED = "uploaded", "Being read"
    READ = "read", "Waits for you to choose the columns"
    MAPPED = "mapped", "Being checked"
    CHECKED = "checked", "Waits for you to look at the preview"
    RUNNING = "running", "Being imported"
    DONE = "done", "Imported"
    FAILED = "failed", "Could not be read"
    UNDONE = "undone", "Undone"


AT_WORK = (ImportState.UPLOADED, ImportState.MAPPED, ImportState.RUNNING)
FINISHED = (ImportState.DONE, ImportState.UNDONE)


class Reason(models.TextChoices):
    """Why a row of a file is not taken as it stands."""

    NO_TITLE = "no-title", "No title"
    LONG_TITLE = "long-title", "The title is too long"
    NO_DATE = "no-date", "No date"
    ODD_DATE = "odd-date", "A date that cannot be read"
    FUTURE = "future", "A date in the future"
    BEFORE_RECORD = "before-record", "A date before your record starts"
    BACKWARDS = "backwards", "The last day is before the first"
    NO_TIME = "no-time", "No time"
    ODD_TIME = "odd-time", "A time that cannot be read"
    TOO_LITTLE = "too-little", "Less than a minute"
    TOO_MUCH = "too-much", "More time than the days have"
    LONG_TEXT = "long-text", "A text that is too long"
    REPEATS = "repeats", "An event that repeats"
    CANCELLED = "cancelled", "An event that was cancelled"
    IN_RECORD = "in-record", "In your record already"
    TWICE = "twice", "Twice in this file"


DUPLICATES = (Reason.IN_RECORD, Reason.TWICE)


class Import(models.Model):
    """One file somebody brought, from its upload to the day its import is undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one import.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=LONGEST_FILE_NAME)
    format = models.CharField(max_length=4, choices=FileFormat)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()  # Bytes.
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    # A sentence for its owner: why the file cannot be read, or that the last try did not come to its end.
    problem = models.CharField(max_length=300, blank=True, default="")
    # What the file holds (cpd.importing.surveys), how its columns are read (cpd.importing.mapping), and its first rows.
    survey = models.JSONField(default=dict, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    preview = models.JSONField(default=list, blank=True)
    # When the mapping was last used with such a file. Null: it is a guess, or the person's own choice for this one.
    remembered_on = models.DateField(null=True, blank=True)
    takes_duplicates = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    # When the work in hand was taken up; null while it waits in the queue.
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    # When its activities were last written all together: what changed later was changed by its owner.
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="cpd_import_of_a_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ImportState.values),
                name="cpd_import_state_is_known",
                violation_error_message="An import is in one of the states of the list.",
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=FileFormat.values),
                name="cpd_import_format_is_known",
                violation_error_message="Bring a CSV file, an Excel workbook (.xlsx) or a calendar (.ics).",
                violation_error_code="file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=FINISHED) | models.Q(finished_at__isnull=False, settled_at__isnull=False),
                name="cpd_import_done_has_a_date",
                violation_error_message="What was imported was imported on a day.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ImportState.UNDONE) | models.Q(undone_at__isnull=False),
                name="cpd_import_undone_has_a_date",
                violation_error_message="What was undone was undone on a day.",
            ),
        ]

    def __str__(self) -> str:
        # Never the name of the file: it may say anything.
        return f"Import {self.pk}"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("cpd:import-detail", args=[self.pk])

    @property
    def origin(self) -> str:
        """ "Imported from points.csv on 3 November 2026", for what it brought."""
        return f"Imported from {self.file_name} on {day_month_year(timezone.localdate(self.finished_at))}"

    @property
    def is_at_work(self) -> bool:
        """Whether something is being done with it, or waits to be."""
        return self.state in AT_WORK

    @property
    def headers(self) -> list[str]:
        """The names of the file's columns."""
        return list(self.survey.get("headers", []))

    @property
    def counts(self) -> dict[str, Any]:
        """How many rows were what, once it was checked."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "refused": self.refused,
        }


class ImportRow(models.Model):
    """A row of a file that was not taken as it stands, and why. At most some thousands of a file are kept."""

    brought_by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="not_taken")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=Reason)
    title = models.CharField(max_length=200, blank=True)
    sentence = models.CharField(max_length=300)

    class Meta:
        ordering = ["line", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reason__in=Reason.values),
                name="cpd_importrow_reason_is_known",
                violation_error_message="A row is left out for one of the reasons of the list.",
            ),
        ]

    def __str__(self) -> str:
        return f"Row {self.line} of import {self.brought_by_id}"


class ImportMapping(models.Model):
    """How somebody read the columns of such a file, to be offered with the next one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="import_mappings")
    # Of the names of the columns, in their order.
    fingerprint = models.CharField(max_length=64)
    headers = ArrayField(models.CharField(max_length=100), default=list)
    mapping = models.JSONField()
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "fingerprint"],
                name="cpd_importmapping_one_of_each_kind_of_file",
                violation_error_message="Such a file is read in one way.",
            ),
        ]

    def __str__(self) -> str:
        return f"Mapping {self.pk}"
