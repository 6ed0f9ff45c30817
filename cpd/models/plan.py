"""What somebody wants to learn, and whether what they learned changed anything. Their own words, private to them."""

import datetime
import uuid

import pghistory
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cpd.goals import GoalQuerySet
from cpd.models.record import Activity

LONGEST_GOAL_TEXT = 5_000
LONGEST_IMPACT = 5_000
# The same centuries as everywhere: a slip of the keyboard is no date.
CENTURIES = (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31))


class GoalStatus(models.TextChoices):
    """How far it is. That one is overdue, or was carried into another year, is worked out."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


@pghistory.track()
class Goal(models.Model):
    """One line of somebody's plan for a CPD year."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one goal.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="goals")
    title = models.CharField("what do you want to learn or change?", max_length=200)
    why = models.TextField(max_length=LONGEST_GOAL_TEXT, blank=True)
    how = models.TextField(max_length=LONGEST_GOAL_TEXT, blank=True)
    # A day of the CPD year in whose plan it stands. A day and not a year: years begin where their owner says.
    planned_on = models.DateField()
    due_on = models.DateField("by when", null=True, blank=True)
    status = models.CharField(max_length=10, choices=GoalStatus, default=GoalStatus.OPEN, db_default=GoalStatus.OPEN)
    outcome = models.TextField("what came of it?", max_length=LONGEST_GOAL_TEXT, blank=True)
    # The goal of an earlier year of which this is the next year's part.
    carried_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="carried_to"
    )
    # Worked out by GoalQuerySet.for_plan: the goal of the later year into which it was carried; how many activities.
    later_id: uuid.UUID | None
    activity_count: int
    activities = models.ManyToManyField(Activity, through="GoalActivity", related_name="goals")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    # Raised by every change, so that a form opened before another change can tell.
    version = models.PositiveIntegerField(default=1, db_default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["user", "planned_on"],
                name="cpd_goal_of_a_user",
                condition=models.Q(deleted_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=GoalStatus.values),
                name="cpd_goal_status_is_known",
                violation_error_message="Choose one of the list.",
                violation_error_code="status",
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__range=CENTURIES),
                name="cpd_goal_is_due_in_these_centuries",
                violation_error_message="Enter a date from 1900 to 2200.",
                violation_error_code="due_on",
            ),
            models.UniqueConstraint(
                fields=["carried_from"],
                condition=models.Q(deleted_at__isnull=True),
                name="cpd_goal_is_carried_once",
                violation_error_message="This goal was carried into another year already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(carried_from=models.F("id")),
                name="cpd_goal_is_not_carried_from_itself",
                violation_error_message="A goal comes from an earlier one.",
            ),
        ]

    def __str__(self) -> str:
        # Never the words: this text reaches logs and history lists.
        return f"Goal {self.pk}"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("cpd:goal-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Neither done nor dropped."""
        return self.status == GoalStatus.OPEN

    def days_overdue(self, today: datetime.date) -> int:
        """How many days ago it was to be done; 0 for one that is closed, has no date, or is not due."""
        if not self.is_open or self.due_on is None:
            return 0
        return max(0, (today - self.due_on).days)


class GoalActivity(models.Model):
    """An activity that was for a goal. Both belong to the same person: the action that links them sees to it."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="links")
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="goal_links")
    linked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "activity"],
                name="cpd_goal_has_an_activity_once",
                violation_error_message="This activity is part of the goal already.",
            )
        ]

    def __str__(self) -> str:
        return f"Part {self.pk} of a goal"


class ImpactAnswer(models.TextChoices):
    """Whether it changed anything."""

    YES = "yes", "Yes, it changed what I do"
    NOT_YET = "not-yet", "Not yet"
    NO = "no", "No"


@pghistory.track()
class Impact(models.Model):
    """Whether one activity changed anything: when its owner wants to be asked, that they were, what they said."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, primary_key=True, related_name="impact")
    # From this day on a mail may ask; none: no mail is wanted.
    ask_on = models.DateField(null=True, blank=True)
    # When the mail was written. It is written once, whatever becomes of it.
    asked_at = models.DateTimeField(null=True, blank=True)
    # Of the address in the mail: only its hash is kept, so a copy of the database answers for nobody.
    token_sha256 = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=10, choices=ImpactAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    words = models.TextField("in your own words", max_length=LONGEST_IMPACT, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer__in=["", *ImpactAnswer.values]),
                name="cpd_impact_answer_is_known",
                violation_error_message="Choose one of the list.",
                violation_error_code="answer",
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="cpd_impact_is_answered_at_a_time",
                violation_error_message="An answer has a date.",
                violation_error_code="answer",
            ),
            models.CheckConstraint(
                condition=models.Q(token_sha256="", asked_at__isnull=True)
                | (~models.Q(token_sha256="") & models.Q(asked_at__isnull=False)),
                name="cpd_impact_is_asked_by_a_mail",
                violation_error_message="A question that was sent has an address to answer at.",
            ),
            models.UniqueConstraint(
                fields=["token_sha256"],
                condition=~models.Q(token_sha256=""),
                name="cpd_impact_has_its_own_address",
                violation_error_message="Make another address.",
            ),
        ]

    def __str__(self) -> str:
        return f"Impact of {self.activity_id}"
