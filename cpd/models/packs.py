"""Portfolios and packs: what somebody showed of their record, frozen, and the files made of it."""

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_PROBLEM = 300


class PackKind(models.TextChoices):
    """The shapes there are."""

    PORTFOLIO = "portfolio", "CPD portfolio"
    GMC = "uk-gmc", "GMC appraisal pack"
    NMC = "uk-nmc", "NMC revalidation pack"
    GDC = "uk-gdc", "GDC CPD record"
    HCPC = "uk-hcpc", "HCPC CPD profile with its dated list"
    GPHC = "uk-gphc", "GPhC revalidation records"
    MBA = "au-mba", "Medical Board of Australia CPD record"
    NMBA = "au-nmba", "Nursing and Midwifery Board of Australia CPD record"
    PHARMBA = "au-pharmba", "Pharmacy Board of Australia CPD record"
    RCPSC = "ca-rcpsc-moc", "Royal College (Canada) bulk reading"
    SOAR = "soar", "SOAR CPD log, with bare numbers"
    FOURTEENFISH = "fourteenfish", "One document for FourteenFish"

    @property
    def framework(self) -> str:
        """The id of the framework whose pack it is; empty for what is of no one body."""
        return "" if self in (PackKind.PORTFOLIO, PackKind.SOAR, PackKind.FOURTEENFISH) else self.value


class PackFormat(models.TextChoices):
    """The files that are made of one. The value is the ending of the file's name."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel workbook"
    CSV = "csv", "CSV"
    JSON = "json", "JSON"
    ZIP = "zip", "ZIP with evidence files"


class PackQuerySet(models.QuerySet["Pack"]):
    """Packs. Start from `owned_by` or from `user.packs`: nobody else's are ever in reach."""

    def owned_by(self, user: "User") -> Self:
        """One person's."""
        return self.filter(user=user)

    def frozen(self) -> Self:
        """Those that say something already."""
        return self.exclude(contents={})

    def for_listing(self) -> Self:
        """The newest first, without what they say."""
        return self.defer("contents", "entries", "asks").order_by("-number")


class Pack(models.Model):
    """One portfolio or pack. What it says is kept as it was when it was made, whatever becomes of the record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one pack.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="packs")
    # Counted for each person from 1: the number on the paper.
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=PackKind)
    first_on = models.DateField()
    last_on = models.DateField()
    # Of the templates and writers, as they were: cpd.portfolio.keeping knows which there are.
    template_version = models.PositiveSmallIntegerField()
    entries = ArrayField(models.UUIDField(), default=list, blank=True)  # Ids of the activities, in order.
    contents = models.JSONField(
        default=dict, blank=True
    )  # A cpd.portfolio.contents.Portfolio; empty until it is put together.
    # Of the contents, as cpd.portfolio.keeping writes them.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    # What was chosen of a long record, until the queue has put it together.
    asks = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField(default=timezone.now)  # Of what it says; until then, when it was asked for.

    objects = PackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "number"],
                name="cpd_pack_has_its_own_number",
                violation_error_message="Another one has this number.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=PackKind.values),
                name="cpd_pack_kind_is_known",
                violation_error_message="Choose one of the list.",
                violation_error_code="kind",
            ),
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")),
                name="cpd_pack_ends_after_it_starts",
                violation_error_message="The last day cannot be before the first.",
                violation_error_code="last",
            ),
            models.CheckConstraint(
                condition=(~models.Q(contents={}) & models.Q(asks={}, sha256__regex=r"^[0-9a-f]{64}$"))
                | (models.Q(contents={}, sha256="") & ~models.Q(asks={})),
                name="cpd_pack_has_a_hash",
                violation_error_message="What it says has a SHA-256; until it says anything, what was chosen is kept.",
            ),
        ]

    def __str__(self) -> str:
        return f"Pack {self.pk}"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("cpd:pack-detail", args=[self.pk])

    @property
    def is_frozen(self) -> bool:
        """Whether it says something yet."""
        return bool(self.contents)


class PackFile(models.Model):
    """One file of a pack: asked for, being made, made. A file that was taken away can be made again, byte for byte."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=4, choices=PackFormat)
    asked_at = models.DateTimeField(default=timezone.now)
    # When the work was taken up; null while it waits in the queue.
    started_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    # A sentence for its owner: why it could not be made.
    problem = models.CharField(max_length=LONGEST_PROBLEM, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)  # Bytes.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    # Its name in the storage "papers"; empty: not there (yet, or any more).
    stored_as = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pack", "format"],
                name="cpd_packfile_is_one_of_each_format",
                violation_error_message="This file is there already.",
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=PackFormat.values),
                name="cpd_packfile_format_is_known",
                violation_error_message="Choose one of the list.",
                violation_error_code="format",
            ),
            models.CheckConstraint(
                condition=models.Q(stored_as="") | (models.Q(made_at__isnull=False) & ~models.Q(sha256="")),
                name="cpd_packfile_stored_is_made",
                violation_error_message="A file that is there was made, and has a SHA-256.",
            ),
        ]

    def __str__(self) -> str:
        return f"File {self.pk} of a pack"

    @property
    def is_at_work(self) -> bool:
        """Whether it is being made, or waits to be."""
        return not self.stored_as and not self.problem
