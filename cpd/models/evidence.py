"""Files that show that an activity was done: certificates, programmes, photographs of a badge."""

import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cpd.evidence.querysets import EvidenceQuerySet, UnfinishedUploadQuerySet
from cpd.models.record import Activity
from meducation.lib.uploads import MOST_FILE_BYTES

MOST_BYTES = MOST_FILE_BYTES
LONGEST_NAME = 150


class FileKind(models.TextChoices):
    """What a file is, by its content."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "Picture (JPEG)"
    PNG = "png", "Picture (PNG)"
    DOCX = "docx", "Word document"
    XLSX = "xlsx", "Excel workbook"
    PPTX = "pptx", "PowerPoint presentation"
    ODT = "odt", "OpenDocument text"
    ODS = "ods", "OpenDocument spreadsheet"
    ODP = "odp", "OpenDocument presentation"


class Scan(models.TextChoices):
    """What a scanner for viruses said. A file in which one was found is not stored, so there is no word for it."""

    NOT_SCANNED = "not-scanned", "Not scanned for viruses"
    CLEAN = "clean", "No virus found"


@pghistory.track()
class Evidence(models.Model):
    """One file of one activity. The file itself is in the storage named "evidence"; rows may share one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one file.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="evidence")
    # Null while the activity is not saved: the file was chosen on its form, whose id is `meant_for`.
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="evidence", null=True, blank=True)
    meant_for = models.UUIDField()
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=10, choices=FileKind)
    size = models.PositiveIntegerField()  # In bytes, of what is stored.
    sha256 = models.CharField(max_length=64)  # Of what is stored: whoever restores a copy can tell that it is whole.
    sent_sha256 = models.CharField(max_length=64)  # Of what was sent, before a picture was written anew.
    stored_as = models.CharField(max_length=40)
    scan = models.CharField(max_length=12, choices=Scan, default=Scan.NOT_SCANNED, db_default=Scan.NOT_SCANNED)
    uploaded_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        indexes = [
            models.Index(fields=["meant_for"], name="cpd_evidence_of_an_activity"),
            models.Index(fields=["user", "sent_sha256"], name="cpd_evidence_known_by_its_hash"),
            # The night asks whether a stored file is still anybody's.
            models.Index(fields=["stored_as"], name="cpd_evidence_of_a_stored_file"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["meant_for", "user", "sent_sha256"],
                condition=models.Q(deleted_at__isnull=True),
                name="cpd_evidence_is_added_once",
                violation_error_message="This activity has this file already.",
            ),
            models.CheckConstraint(
                condition=models.Q(activity__isnull=True) | models.Q(activity=models.F("meant_for")),
                name="cpd_evidence_is_of_the_activity_it_is_meant_for",
                violation_error_message="A file belongs to the activity on whose form it was chosen.",
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=1, size__lte=MOST_BYTES),
                name="cpd_evidence_size_is_within_limits",
                violation_error_message="A file has at least 1 byte and at most 25 MB.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=FileKind.values),
                name="cpd_evidence_kind_is_known",
                violation_error_message="This kind of file is not taken.",
            ),
            models.CheckConstraint(
                condition=models.Q(scan__in=Scan.values),
                name="cpd_evidence_scan_is_known",
                violation_error_message="A file was scanned, or it was not.",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(stored_as=""),
                name="cpd_evidence_has_its_names",
                violation_error_message="A file has a name, and a place.",
            ),
        ]

    def __str__(self) -> str:
        # Never the name: people name files after other people.
        return f"Evidence {self.pk}"

    def get_absolute_url(self) -> str:
        """Where it is downloaded."""
        return reverse("cpd:evidence-download", args=[self.pk])


class UnfinishedUpload(models.Model):
    """An upload in parts, while parts are still to come. What has come is a file (cpd.evidence.parts)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the page; becomes the id of the evidence.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="unfinished_uploads")
    meant_for = models.UUIDField()
    name = models.CharField(max_length=LONGEST_NAME)
    size = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)

    objects = UnfinishedUploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(size__gte=1, size__lte=MOST_BYTES),
                name="cpd_unfinishedupload_size_is_within_limits",
                violation_error_message="A file has at least 1 byte and at most 25 MB.",
            )
        ]

    def __str__(self) -> str:
        return f"Unfinished upload {self.pk}"
