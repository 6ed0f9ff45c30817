"""Links by which somebody without an account reads a part of a record, and what they say of it."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cpd.models.packs import Pack
from cpd.models.record import Activity
from cpd.querysets.sharing import AppraiserQuerySet, ShareCommentQuerySet, ShareLinkQuerySet

LONGEST_AUDIENCE = 100
LONGEST_COMMENT = 5_000
# How long a link is open: unless its owner says otherwise, and at most.
USUAL_DAYS = 14
MOST_DAYS = 90


class ShareLink(models.Model):
    """What one reader may see, for how long. Its address follows from `id` and our secret; only a hash is kept.

    It shows the activities that its owner ticked, as they are when somebody looks, and never one that was not ticked;
    or a portfolio or pack, as it was frozen, and nothing beside it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one link.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="share_links")
    # For the owner alone: whom it is for.
    audience = models.CharField("who is it for?", max_length=LONGEST_AUDIENCE)
    shown_name = models.CharField("your name", max_length=150)
    # Said apart from `pack`, which is empty once its owner deleted it: then the link shows nothing, instead of becoming
    # one to activities. It stays itself, for what was said by it, and who opened it.
    is_of_pack = models.BooleanField(default=False, db_default=False)
    pack = models.ForeignKey(Pack, on_delete=models.SET_NULL, null=True, blank=True, related_name="share_links")
    # Of a pack, its own period.
    first_on = models.DateField("from")
    last_on = models.DateField("to")
    with_reflections = models.BooleanField(default=False, db_default=False)
    with_files = models.BooleanField(default=False, db_default=False)
    with_plan = models.BooleanField(default=True, db_default=True)
    with_requirements = models.BooleanField(default=True, db_default=True)
    # Whether it asks for a code as well, which the owner tells by another way than the address.
    asks_code = models.BooleanField(default=False, db_default=False)
    days = models.PositiveSmallIntegerField(default=USUAL_DAYS, db_default=USUAL_DAYS)
    token_sha256 = models.CharField(max_length=64)
    # Null until its owner has seen what it shows, and turned it on.
    started_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Up to which comment its owner has seen them; null: none.
    comments_seen_at = models.DateTimeField(null=True, blank=True)
    activities = models.ManyToManyField(Activity, through="ShareEntry", related_name="share_links")
    created_at = models.DateTimeField(default=timezone.now)
    # Raised by every change, so that a form opened before another change can tell.
    version = models.PositiveIntegerField(default=1, db_default=1)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="cpd_sharelink_of_a_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["token_sha256"],
                name="cpd_sharelink_has_its_own_address",
                violation_error_message="Open this page again, and make the link there.",
            ),
            models.CheckConstraint(
                condition=~models.Q(shown_name=""),
                name="cpd_sharelink_says_whose_record_it_is",
                violation_error_message="Enter your name.",
                violation_error_code="shown_name",
            ),
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")),
                name="cpd_sharelink_period_ends_after_it_starts",
                violation_error_message="The last day cannot be before the first.",
                violation_error_code="last_on",
            ),
            models.CheckConstraint(
                # With a pack, what it froze is shown: none of the parts that are read from the record.
                condition=models.Q(is_of_pack=False, pack__isnull=True)
                | models.Q(
                    is_of_pack=True,
                    with_reflections=False,
                    with_files=False,
                    with_plan=False,
                    with_requirements=False,
                ),
                name="cpd_sharelink_shows_a_pack_or_a_period",
                violation_error_message="A link shows either a portfolio as it was made, or parts of your record.",
            ),
            models.CheckConstraint(
                condition=models.Q(days__range=(1, MOST_DAYS)),
                name="cpd_sharelink_is_open_for_days",
                violation_error_message=f"A link is open for 1 to {MOST_DAYS} days.",
                violation_error_code="days",
            ),
            models.CheckConstraint(
                condition=models.Q(started_at__isnull=True, expires_at__isnull=True)
                | models.Q(started_at__isnull=False, expires_at__isnull=False, expires_at__gt=models.F("started_at")),
                name="cpd_sharelink_expires_after_it_starts",
                violation_error_message="A link that is on has an end.",
            ),
            models.CheckConstraint(
                condition=models.Q(stopped_at__isnull=True)
                | models.Q(started_at__isnull=False, stopped_at__gte=models.F("started_at")),
                name="cpd_sharelink_stops_after_it_starts",
                violation_error_message="Only a link that was on can be stopped.",
            ),
        ]

    def __str__(self) -> str:
        # Never the words: this text reaches logs and history lists.
        return f"Link {self.pk}"

    def get_absolute_url(self) -> str:
        """Its page, for its owner."""
        return reverse("cpd:share-detail", args=[self.pk])

    def is_open(self, now: datetime.datetime | None = None) -> bool:
        """Whether its address shows anything at this moment; the same as ShareLinkQuerySet.open_at."""
        is_on = self.started_at is not None and self.stopped_at is None
        return is_on and not self.has_lost_its_pack and not self.has_expired(now)

    @property
    def has_lost_its_pack(self) -> bool:
        """Whether what it showed was deleted: it shows nothing any more, for good."""
        return self.is_of_pack and self.pack_id is None

    def has_expired(self, now: datetime.datetime | None = None) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= (now or timezone.now())


class ShareEntry(models.Model):
    """An activity that a link shows. Both belong to the same person: the action that adds it sees to it."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="entries")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="share_entries")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "activity"],
                name="cpd_shareentry_is_in_a_link_once",
                violation_error_message="This activity is in the link already.",
            )
        ]

    def __str__(self) -> str:
        return f"Entry {self.pk} of a link"


class Appraiser(models.Model):
    """Who says by a link who they are. Somebody else's name and address, kept for the owner of the link alone.

    The code in the mail follows from `id`, `code_number` and our secret, so that the database does not hold it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="appraisers")
    name = models.CharField("name", max_length=150)
    email = models.EmailField("e-mail address", max_length=254)
    code_number = models.PositiveIntegerField(default=1, db_default=1)
    code_expires_at = models.DateTimeField()
    code_sent_at = models.DateTimeField(null=True, blank=True)
    # Wrong codes since the last mail.
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AppraiserQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "email"],
                name="cpd_appraiser_is_one_of_a_link",
                violation_error_message="This address was given already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="cpd_appraiser_has_a_name",
                violation_error_message="Enter your name.",
                violation_error_code="name",
            ),
        ]

    def __str__(self) -> str:
        return f"Appraiser {self.pk}"


class ShareComment(models.Model):
    """What an appraiser said of the whole record or of one activity. Nobody changes it, its owner included."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one comment.
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="comments")
    appraiser = models.ForeignKey(Appraiser, on_delete=models.CASCADE, related_name="comments")
    # Null: of everything that the link shows, or of an activity that is gone.
    activity = models.ForeignKey(
        Activity, on_delete=models.SET_NULL, null=True, blank=True, related_name="share_comments"
    )
    words = models.TextField("comment", max_length=LONGEST_COMMENT, blank=True)
    is_discussed = models.BooleanField("discussed", default=False, db_default=False)
    written_at = models.DateTimeField(default=timezone.now)

    objects = ShareCommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(words="") | models.Q(is_discussed=True),
                name="cpd_sharecomment_says_something",
                violation_error_message="Write a comment, or tick that you discussed it.",
            )
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk}"
