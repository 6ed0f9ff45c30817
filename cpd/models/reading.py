"""Reading, as it was measured. Times are whole milliseconds, as the browser measures them."""

from django.conf import settings
from django.db import models

from articles.models import Article, Revision
from cpd.querysets.reading import SittingQuerySet


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
    # Where it was left: the chapter's anchor in the text (empty before the first), and how far after its heading, in
    # thousandths of a block (a paragraph, a list, a table). It holds whatever the size of the text and of the screen.
    section = models.CharField(max_length=80, default="", db_default="", blank=True)
    place = models.PositiveIntegerField(null=True)
    counting_version = models.PositiveSmallIntegerField()
    before_sign_in = models.BooleanField(default=False)
    # Whether the article was offered as CPD when this sitting began. It stays so: nobody who began in good faith loses
    # their reading to a review that fell due meanwhile, and what was read before a flaw was mended earns nothing.
    offered = models.BooleanField(default=True, db_default=True)
    activity = models.ForeignKey("Activity", on_delete=models.SET_NULL, null=True, related_name="sittings")
    dismissed_at = models.DateTimeField(null=True)
    # Its reader cleared it from their history; it stays only as evidence of the activity it was logged as.
    hidden_at = models.DateTimeField(null=True)

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
    def heading(self) -> str:
        """The chapter in which it was left; empty before the first one."""
        return next((each["text"] for each in self.revision.outline if each.get("anchor") == self.section), "")

    @property
    def address(self) -> str:
        """The article's page, at the chapter where it was left. `carry-on` has the page go to the very line."""
        page = self.article.get_absolute_url()
        return f"{page}?carry-on=1#{self.section or 'article'}" if self.place is not None else page

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
