"""Discussions with colleagues: who was there, for how long, and who says so."""

import datetime
import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from cpd.discussions import ConfirmationQuerySet, DiscussionQuerySet, ParticipantQuerySet
from cpd.models.record import Activity, Kind

# A discussion longer than this was not ended, rather than so long.
LONGEST_DISCUSSION = datetime.timedelta(hours=8)
LONGEST_LINE = 300
LONGEST_NOTES = 5_000
# What a discussion may be in the record.
DISCUSSION_KINDS = [
    (Kind.CASE.value, "Case discussion"),
    (Kind.JOURNAL_CLUB.value, "Journal club"),
    (Kind.OTHER.value, "Another discussion"),
]


class WholeMinutesBetween(models.Func):
    """The whole minutes from the second moment to the first, whatever the clocks on the wall did meanwhile."""

    arity = 2
    template = "floor(extract(epoch FROM (%(expressions)s)) / 60)"
    arg_joiner = " - "
    output_field = models.IntegerField()


@pghistory.track()
class Discussion(models.Model):
    """People who learn together: going on now, or recorded afterwards. Outlives its host's account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one discussion.
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="discussions_hosted"
    )
    title = models.CharField("what is discussed", max_length=200)
    kind = models.CharField(max_length=20, choices=DISCUSSION_KINDS, default=Kind.CASE)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    article_title = models.CharField(max_length=160, blank=True)
    revision_number = models.PositiveIntegerField(null=True, blank=True)
    # The host's own activity that it grew out of.
    activity = models.ForeignKey(Activity, on_delete=models.SET_NULL, null=True, blank=True, related_name="discussions")
    started_at = models.DateTimeField(default=timezone.now)
    # Null: it goes on, unless somebody forgot to end it (`ends_at_the_latest`).
    ended_at = models.DateTimeField(null=True, blank=True)
    is_afterwards = models.BooleanField("recorded afterwards", default=False, db_default=False)
    # Of the code to join with, while it goes on; the code itself follows from `id` and our secret (cpd.discussions).
    code_sha256 = models.CharField(max_length=64, blank=True)
    # The form of the group, filled in by the host for everybody who was there.
    reference = models.TextField("what was read", max_length=LONGEST_NOTES, blank=True)
    discussed = models.TextField("what was discussed", max_length=LONGEST_NOTES, blank=True)
    main_points = models.TextField("the main points", max_length=LONGEST_NOTES, blank=True)
    notes_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["host", "-created_at"], name="cpd_discussion_of_a_host")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _ in DISCUSSION_KINDS]),
                name="cpd_discussion_kind_is_known",
                violation_error_message="Choose a kind from the list.",
                violation_error_code="kind",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="cpd_discussion_ends_after_it_starts",
                violation_error_message="It cannot end before it starts.",
                violation_error_code="ended_at",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__lte=models.F("started_at") + models.Value(LONGEST_DISCUSSION)),
                name="cpd_discussion_takes_eight_hours_at_most",
                violation_error_message="A discussion takes at most 8 hours. Record longer ones as several.",
                violation_error_code="ended_at",
            ),
            models.CheckConstraint(
                condition=models.Q(is_afterwards=False) | models.Q(ended_at__isnull=False),
                name="cpd_discussion_recorded_afterwards_has_ended",
                violation_error_message="Say when it ended.",
                violation_error_code="ended_at",
            ),
            models.CheckConstraint(
                condition=models.Q(code_sha256="") | models.Q(ended_at__isnull=True),
                name="cpd_discussion_that_has_ended_has_no_code",
                violation_error_message="Nobody can join what has ended.",
            ),
            models.UniqueConstraint(
                fields=["code_sha256"],
                condition=~models.Q(code_sha256=""),
                name="cpd_discussion_has_its_own_code",
                violation_error_message="Open this page again, and start it there.",
            ),
            models.CheckConstraint(
                condition=models.Q(article_title="", revision_number__isnull=True)
                | (~models.Q(article_title="") & models.Q(revision_number__isnull=False)),
                name="cpd_discussion_keeps_which_text_it_was_about",
                violation_error_message="Keep the article's title and revision together.",
            ),
        ]

    def __str__(self) -> str:
        # Never the words: this text reaches logs and history lists.
        return f"Discussion {self.pk}"

    def get_absolute_url(self) -> str:
        """Its page, for those who take part."""
        return reverse("cpd:discussion-detail", args=[self.pk])

    @property
    def ends_at_the_latest(self) -> datetime.datetime:
        """When it is over whether or not somebody ends it."""
        return self.started_at + LONGEST_DISCUSSION

    def end(self, now: datetime.datetime | None = None) -> datetime.datetime | None:
        """When it ended; None while it goes on."""
        if self.ended_at is not None:
            return self.ended_at
        return self.ends_at_the_latest if (now or timezone.now()) >= self.ends_at_the_latest else None

    @property
    def is_going_on(self) -> bool:
        """Whether somebody can join it at this moment."""
        return self.cancelled_at is None and self.end() is None

    @property
    def has_notes(self) -> bool:
        """Whether the host filled in anything of the group's form."""
        return bool(self.reference or self.discussed or self.main_points)


@pghistory.track()
class Participant(models.Model):
    """One person in one discussion. What they say of it themselves, others confirm (`Confirmation`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="participants")
    # Null once the account is closed: what they confirmed for others stays, under the name they had.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="discussions_joined"
    )
    name = models.CharField("name", max_length=150)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)
    # What they claim; null until they say so.
    minutes = models.PositiveIntegerField(null=True, blank=True)
    line = models.CharField("what I took from it", max_length=LONGEST_LINE, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)
    activity = models.OneToOneField(
        Activity, on_delete=models.SET_NULL, null=True, blank=True, related_name="discussed_as"
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["discussion", "user"],
                name="cpd_participant_takes_part_once",
                violation_error_message="You have joined already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="cpd_participant_has_a_name",
                violation_error_message="Enter your name.",
                violation_error_code="name",
            ),
            models.CheckConstraint(
                condition=models.Q(left_at__isnull=True) | models.Q(left_at__gte=models.F("joined_at")),
                name="cpd_participant_leaves_after_joining",
                violation_error_message="Nobody leaves before they join.",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True) | models.Q(minutes__gte=1),
                name="cpd_participant_claims_at_least_a_minute",
                violation_error_message="Enter at least 1 minute.",
                violation_error_code="minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True) | models.Q(left_at__isnull=False),
                name="cpd_participant_claims_when_it_is_over",
                violation_error_message="Say how long you were there when it is over.",
                violation_error_code="minutes",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True)
                | models.Q(left_at__isnull=True)
                | models.Q(minutes__lte=WholeMinutesBetween("left_at", "joined_at")),
                name="cpd_participant_claims_no_more_than_elapsed",
                violation_error_message="You cannot have taken part for longer than you were there.",
                violation_error_code="minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"Participant {self.pk}"

    def elapsed(self, until: datetime.datetime) -> int:
        """Whole minutes from joining to leaving, or to `until` while they are there."""
        return max(0, int(((self.left_at or until) - self.joined_at).total_seconds() // 60))

    def met(self, other: "Participant") -> bool:
        """Whether both were there at the same time. For participants who have left."""
        if self.left_at is None or other.left_at is None:
            return False
        return self.joined_at < other.left_at and other.joined_at < self.left_at


@pghistory.track()
class Confirmation(models.Model):
    """One participant says of another that they were there, for so many minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    of = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="confirmations")
    by = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="confirmed")
    minutes = models.PositiveIntegerField()
    confirmed_at = models.DateTimeField(default=timezone.now)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(of=models.F("by")),
                name="cpd_confirmation_is_not_of_oneself",
                violation_error_message="Nobody can confirm for themselves.",
            ),
            models.UniqueConstraint(
                fields=["of", "by"],
                name="cpd_confirmation_is_given_once",
                violation_error_message="You have confirmed this already.",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1),
                name="cpd_confirmation_is_of_at_least_a_minute",
                violation_error_message="Confirm at least 1 minute.",
            ),
        ]

    def __str__(self) -> str:
        return f"Confirmation {self.pk}"


class Invitation(models.Model):
    """An e-mail that asks somebody to a discussion. Its link follows from `id` and our secret, and works once.

    The address is kept for the host alone and goes with the row (cpd.tasks). Nobody looks up whether it has an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    discussion = models.ForeignKey(Discussion, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail address", max_length=254)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    # By the first account that opened the link and joined.
    taken_by = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["discussion", "email"],
                name="cpd_invitation_is_sent_once_to_an_address",
                violation_error_message="This address is invited already.",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_by__isnull=True) | models.Q(taken_at__isnull=False),
                name="cpd_invitation_taken_has_a_time",
                violation_error_message="Say when the invitation was taken.",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"
