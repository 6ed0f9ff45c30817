"""Writes to somebody's plan. Each is one transaction, done `by` them, and may be repeated without harm."""

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cpd.actions.activities import NotYours, SentAlready
from cpd.models import Activity, Goal, GoalActivity
from cpd.reading import lock_reader
from meducation.lib.dates import Span

if TYPE_CHECKING:
    from accounts.models import User

# What a form may change of a goal.
EDITABLE = ("title", "why", "how", "due_on", "status", "outcome")
# What the goal of the next year begins with.
CARRIED = ("title", "why", "how")


class GoalChanged(Exception):
    """The goal was changed since the form was opened; `current` is how it stands now."""

    def __init__(self, current: Goal) -> None:
        super().__init__("The goal was changed meanwhile.")
        self.current = current


class CarriedAgain(Exception):
    """The deleted goal's forerunner has been carried on again since."""


@dataclass(frozen=True)
class Planned:
    """What came of adding: the goal, and whether this request made it."""

    goal: Goal
    is_new: bool


@transaction.atomic
def add_goal(
    *,
    by: "User",
    goal_id: uuid.UUID,
    fields: Mapping[str, Any],
    planned_on: datetime.date,
    activity_id: uuid.UUID | None = None,
) -> Planned:
    """Put a goal into the plan of the CPD year of `planned_on`, and an activity under it, if one is named.

    The same `goal_id` again gives the same goal. Raises SentAlready when that one says something else, NotYours,
    Activity.DoesNotExist.
    """
    lock_reader(by)
    existing = Goal.objects.filter(pk=goal_id).first()
    if existing is not None:
        if existing.user_id != by.pk:
            raise NotYours
        if any(getattr(existing, name) != fields[name] for name in EDITABLE if name in fields):
            raise SentAlready
        return Planned(existing, is_new=False)
    goal = Goal(
        pk=goal_id, user=by, planned_on=planned_on, **{name: fields[name] for name in EDITABLE if name in fields}
    )
    goal.full_clean(exclude=["user", "carried_from"], validate_unique=False)
    goal.save(force_insert=True)
    if activity_id is not None:
        GoalActivity.objects.create(goal=goal, activity=by.activities.kept().get(pk=activity_id))
    return Planned(goal, is_new=True)


@transaction.atomic
def amend_goal(*, by: "User", goal_id: uuid.UUID, version: int, fields: Mapping[str, Any]) -> Goal:
    """Change a goal that still is at `version`. Raises GoalChanged, Goal.DoesNotExist."""
    goal = by.goals.kept().select_for_update().get(pk=goal_id)
    if goal.version != version:
        raise GoalChanged(goal)
    for name in EDITABLE:
        if name in fields:
            setattr(goal, name, fields[name])
    goal.version += 1
    goal.full_clean(exclude=["user", "carried_from"], validate_unique=False, validate_constraints=True)
    goal.save()
    return goal


@transaction.atomic
def delete_goal(*, by: "User", goal_id: uuid.UUID, now: datetime.datetime | None = None) -> Goal:
    """Take a goal out of the plan; for 30 days it can be had back. Raises Goal.DoesNotExist."""
    goal = by.goals.select_for_update().get(pk=goal_id)
    if goal.deleted_at is None:
        goal.deleted_at = now or timezone.now()
        goal.version += 1
        goal.save(update_fields=["deleted_at", "version", "changed_at"])
    return goal


@transaction.atomic
def restore_goal(*, by: "User", goal_id: uuid.UUID, now: datetime.datetime | None = None) -> Goal:
    """Put a deleted goal back. Raises CarriedAgain, and Goal.DoesNotExist after 30 days."""
    lock_reader(by)
    goal = by.goals.select_for_update().get(pk=goal_id)
    if goal.deleted_at is None:
        return goal
    goal = by.goals.restorable(now).get(pk=goal_id)
    if goal.carried_from_id and by.goals.kept().filter(carried_from=goal.carried_from_id).exists():
        raise CarriedAgain
    goal.deleted_at = None
    goal.version += 1
    goal.save(update_fields=["deleted_at", "version", "changed_at"])
    return goal


@transaction.atomic
def carry_goals(*, by: "User", span: Span, today: datetime.date) -> int:
    """Carry all that is still open in earlier plans into that of `span`, the year of `today`; how many goals.

    Each stays where it was, with its activities, and the new one knows where it came from. Done twice, it does nothing
    the second time. A date that has passed is not carried along: it would be overdue from the first day.
    """
    lock_reader(by)
    earlier = list(by.goals.to_carry(span))
    Goal.objects.bulk_create(
        Goal(
            user=by,
            planned_on=today,
            carried_from=goal,
            due_on=goal.due_on if goal.due_on and goal.due_on >= today else None,
            **{name: getattr(goal, name) for name in CARRIED},
        )
        for goal in earlier
    )
    return len(earlier)


@transaction.atomic
def choose_activities(
    *, by: "User", goal_id: uuid.UUID, shown: Collection[uuid.UUID], ticked: Collection[uuid.UUID]
) -> Goal:
    """Of the activities `shown` on a page, make those `ticked` part of a goal, and the others not.

    Those that are not one's own are left out. Raises Goal.DoesNotExist.
    """
    lock_reader(by)
    goal = by.goals.kept().select_for_update().get(pk=goal_id)
    own = set(Activity.objects.owned_by(by).kept().filter(pk__in=shown).values_list("pk", flat=True))
    GoalActivity.objects.filter(goal=goal, activity__in=own - set(ticked)).delete()
    GoalActivity.objects.bulk_create(
        (GoalActivity(goal=goal, activity_id=pk) for pk in own & set(ticked)), ignore_conflicts=True
    )
    return goal


@transaction.atomic
def choose_goals(
    *, by: "User", activity_id: uuid.UUID, shown: Collection[uuid.UUID], ticked: Collection[uuid.UUID]
) -> Activity:
    """The same from the other side: which of the goals `shown` an activity is part of. Raises Activity.DoesNotExist."""
    lock_reader(by)
    activity = by.activities.kept().get(pk=activity_id)
    own = set(by.goals.kept().filter(pk__in=shown).values_list("pk", flat=True))
    GoalActivity.objects.filter(activity=activity, goal__in=own - set(ticked)).delete()
    GoalActivity.objects.bulk_create(
        (GoalActivity(goal_id=pk, activity=activity) for pk in own & set(ticked)), ignore_conflicts=True
    )
    return activity
