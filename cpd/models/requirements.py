"""A person's place in the frameworks, and what the rules made of it."""

import datetime
import uuid
from typing import ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cpd.models.record import Activity
from cpd.querysets.enrolments import EnrolmentQuerySet
from cpd.querysets.record import ArtefactQuerySet

LONGEST_ANSWER = 20_000
# Cycles are reckoned from a person's dates, forwards and backwards: further out the calendar ends, or time does.
CENTURIES = (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31))


class FrameworkText(models.Model):
    """A framework file as it once was deployed, so that a closed cycle can be read by the rules it was judged by."""

    framework = models.SlugField(max_length=60)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "sha256"],
                name="cpd_frameworktext_is_kept_once",
                violation_error_message="This text is kept already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.sha256[:12]}"


@pghistory.track()
class Enrolment(models.Model):
    """Somebody's place in a framework: under which titles, and by which dates."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form: the same form twice is one enrolment.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    framework = models.SlugField(max_length=60)  # The id of a file in cpd/frameworks.
    # What was held since when, in order: [{"titles": ["dental-nurse"], "since": null}, {…, "since": "2024-01-01"}].
    titles = models.JSONField(default=list, blank=True)
    anchor_on = models.DateField(null=True, blank=True)  # The day of the cycle that the framework asks for.
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    number = models.CharField(max_length=30, blank=True)
    working_percent = models.PositiveSmallIntegerField(default=100, db_default=100)
    # The person has checked the figures below grade A with their regulator, and wants them to count.
    trusts_unsure = models.BooleanField(default=False, db_default=False)
    # What was last said of each kind of activity: {"course": {"category": "external", "marks": []}}.
    habits = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    # When that on which its cycles depend was changed last: titles and dates. None: never since it was made.
    dates_changed_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "framework"],
                condition=models.Q(deleted_at__isnull=True, left_on__isnull=True),
                name="cpd_enrolment_is_one_at_a_time",
                violation_error_message="You have this one already.",
            ),
            models.CheckConstraint(
                condition=models.Q(working_percent__range=(1, 100)),
                name="cpd_enrolment_works_a_share_of_full_time",
                violation_error_message="Enter a percentage from 1 to 100.",
                violation_error_code="working_percent",
            ),
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True)
                | models.Q(joined_on__isnull=True)
                | models.Q(left_on__gte=models.F("joined_on")),
                name="cpd_enrolment_is_left_after_it_is_joined",
                violation_error_message="You cannot have left before you joined.",
                violation_error_code="left_on",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q((f"{name}__range", CENTURIES)),
                    name=f"cpd_enrolment_{name}_is_in_these_centuries",
                    violation_error_message="Enter a date from 1900 to 2200.",
                    violation_error_code=name,
                )
                for name in ("anchor_on", "joined_on", "left_on")
            ),
        ]

    def __str__(self) -> str:
        return f"Enrolment {self.pk}"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("cpd:enrolment-detail", args=[self.pk])


@pghistory.track()
class Leave(models.Model):
    """Time away from work under one enrolment. That two never overlap is held by the action, under a lock:

    a constraint over a key and a range would need an extension that not every PostgreSQL has.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="leaves")
    first_on = models.DateField("first day")
    last_on = models.DateField("last day")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")),
                name="cpd_leave_ends_after_it_starts",
                violation_error_message="The last day cannot be before the first.",
                violation_error_code="last_on",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q((f"{name}__range", CENTURIES)),
                    name=f"cpd_leave_{name}_is_in_these_centuries",
                    violation_error_message="Enter a date from 1900 to 2200.",
                    violation_error_code=name,
                )
                for name in ("first_on", "last_on")
            ),
        ]

    def __str__(self) -> str:
        return f"Leave {self.pk}"


@pghistory.track()
class Grant(models.Model):
    """What a body allowed somebody instead of the usual figure, in one cycle."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="grants")
    requirement = models.SlugField(max_length=60)
    cycle_first_on = models.DateField()
    value = models.DecimalField(max_digits=8, decimal_places=2)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "requirement", "cycle_first_on"],
                name="cpd_grant_is_one_for_a_requirement_and_cycle",
                violation_error_message="There is one for this requirement and cycle already. Change that one.",
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0),
                name="cpd_grant_is_not_negative",
                violation_error_message="Enter 0 or more.",
                violation_error_code="value",
            ),
        ]

    def __str__(self) -> str:
        return f"Grant {self.pk}"


@pghistory.track()
class Placement(models.Model):
    """Where one activity belongs in one framework."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="placements")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="placements")
    category = models.SlugField(max_length=60, blank=True)
    marks = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    split = models.JSONField(default=dict, blank=True)  # Minutes by category, where the framework divides them.
    stated = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    items = models.PositiveSmallIntegerField(default=1, db_default=1)
    is_guess = models.BooleanField(default=True, db_default=True)  # Until the person has seen it in a form.
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            # Whether anything changed since an enrolment was judged (cpd.standing), without reading the rows.
            models.Index(fields=["enrolment"], include=["changed_at"], name="cpd_placement_changes"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "enrolment"],
                name="cpd_placement_is_one_in_each_framework",
                violation_error_message="This activity has its place here already.",
            ),
            models.CheckConstraint(
                condition=models.Q(stated__isnull=True) | models.Q(stated__gte=0),
                name="cpd_placement_states_no_negative_credits",
                violation_error_message="Enter 0 or more.",
                violation_error_code="stated",
            ),
            models.CheckConstraint(
                condition=models.Q(items__gte=1),
                name="cpd_placement_has_at_least_one_item",
                violation_error_message="Enter at least 1.",
                violation_error_code="items",
            ),
        ]

    def __str__(self) -> str:
        return f"Placement {self.pk}"


@pghistory.track()
class Artefact(models.Model):
    """Something a body wants to see that is no activity: an account, a discussion, a plan, a declaration. Private."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form.
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="artefacts")
    kind = models.SlugField(max_length=60)  # The id of an artefact of the framework.
    done_on = models.DateField("date")
    done_until = models.DateField("last day", null=True, blank=True)
    quantity = models.DecimalField(max_digits=8, decimal_places=2, default=1, db_default=1)
    # By the ids of the form's fields: text, or a list of choices.
    answers = models.JSONField(default=dict, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ArtefactQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["enrolment", "-done_on"], name="cpd_artefact_of_an_enrolment")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_until__isnull=True) | models.Q(done_until__gte=models.F("done_on")),
                name="cpd_artefact_ends_after_it_starts",
                violation_error_message="The last day cannot be before the first.",
                violation_error_code="done_until",
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0),
                name="cpd_artefact_has_a_quantity",
                violation_error_message="Enter more than 0.",
                violation_error_code="quantity",
            ),
        ]

    def __str__(self) -> str:
        # Never the words: this text reaches logs and history lists.
        return f"Artefact {self.pk}"

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("cpd:artefact-detail", args=[self.pk])


class Standing(models.Model):
    """What the rules last said of an enrolment's present cycle, so that a page need not ask them of ten thousand rows.

    Stands while `fingerprint` does (cpd.standing): the day, the files, and all the rows it was worked out from.
    """

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="standing", primary_key=True)
    fingerprint = models.CharField(max_length=64)
    assessment = models.JSONField()

    def __str__(self) -> str:
        return f"Standing {self.pk}"


class JudgedCycle(models.Model):
    """A cycle that is closed for good: what was said of it, and by which rules."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="judged_cycles")
    first_on = models.DateField()
    last_on = models.DateField()
    rules = models.ForeignKey(FrameworkText, on_delete=models.PROTECT, related_name="+")
    assessment = models.JSONField()
    judged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-first_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "first_on"],
                name="cpd_judgedcycle_is_judged_once",
                violation_error_message="This cycle is closed already.",
            ),
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")),
                name="cpd_judgedcycle_ends_after_it_starts",
                violation_error_message="A cycle cannot end before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"Cycle from {self.first_on:%Y-%m-%d} of {self.enrolment_id}"

    def overlaps(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether it shares a day with that time, both days included."""
        return self.first_on <= last and first <= self.last_on
