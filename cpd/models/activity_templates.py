"""Activities that somebody does again and again, to begin the form of the next one with."""

import datetime
import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from cpd.models.record import Kind
from cpd.querysets.record import UNDO_DAYS

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_TEMPLATE_NAME = 80


class ActivityTemplateQuerySet(models.QuerySet["ActivityTemplate"]):
    """Templates. Start from `owned_by`, or from the person."""

    def owned_by(self, user: "User") -> Self:
        """All of one person's, deleted ones included."""
        return self.filter(user=user)

    def kept(self) -> Self:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def restorable(self, now: datetime.datetime | None = None) -> Self:
        """Deleted, and still to be had back."""
        return self.filter(deleted_at__gt=(now or timezone.now()) - datetime.timedelta(days=UNDO_DAYS))

    def by_name(self) -> Self:
        """As they are listed."""
        return self.order_by("name", "pk")


class ActivityTemplate(models.Model):
    """What the form of an activity begins with: all but the days, and what somebody made of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # From the form.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="activity_templates")
    name = models.CharField(max_length=LONGEST_TEMPLATE_NAME)
    title = models.CharField("what you did", max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    provider = models.CharField(max_length=150, blank=True)
    minutes = models.PositiveIntegerField()
    participatory_minutes = models.PositiveIntegerField(default=0)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    # Where it belongs, by the id of an enrolment: a category, marks, a split and a number of items.
    places = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ActivityTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=models.Q(deleted_at__isnull=True),
                name="cpd_activity_template_has_a_name_of_its_own",
                violation_error_message="You have a template of this name. Choose another name.",
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="cpd_activity_template_is_named",
                violation_error_message="Give it a name.",
                violation_error_code="name",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values),
                name="cpd_activity_template_kind_is_known",
                violation_error_message="Choose a kind from the list.",
                violation_error_code="kind",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=1),
                name="cpd_activity_template_takes_a_minute",
                violation_error_message="Enter at least 1 minute.",
                violation_error_code="minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"Activity template {self.pk}"
