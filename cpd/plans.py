"""Somebody's plan, as pages show it: its goals, what may be part of them, and which body wants to see a plan."""

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from cpd import catalogue
from cpd.asking import day_to_ask
from cpd.models import Activity, Enrolment, Goal, GoalActivity, Impact, Reminders
from cpd.querysets.record import ActivityQuerySet
from meducation.lib.dates import day_month_year

if TYPE_CHECKING:
    from accounts.models import User

# What bodies call a plan that they want to see (the ids of cpd/frameworks).
PLAN_KINDS = frozenset({"pdp", "development-plan", "learning-plan", "cpd-plan", "plan"})


def owned_goal(user: "User", pk: uuid.UUID) -> Goal | None:
    """Somebody's goal, deleted lately or not, with those before and after it."""
    goals = user.goals.filter(deleted_at__isnull=True) | user.goals.restorable()
    return goals.select_related("carried_from").for_plan().filter(pk=pk).first()


def goals_to_choose(user: "User", activity: Activity) -> list[Goal]:
    """What an activity may be made a part of: goals still open, and those it is part of already; one query."""
    linked = Q(links__activity=activity)
    goals = user.goals.kept().filter(Q(pk__in=user.goals.still_open().values("pk")) | linked)
    return list(
        goals.annotate(is_linked=Exists(GoalActivity.objects.filter(activity=activity, goal=OuterRef("pk"))))
        .order_by("-planned_on", "created_at", "pk")
        .distinct()
    )


def activities_of(goal: Goal) -> QuerySet[Activity]:
    """The activities that are part of a goal, newest first; not those that were deleted."""
    return Activity.objects.owned_by(goal.user).kept().filter(goal_links__goal=goal).for_listing()


def activities_to_choose(goal: Goal, *, search: str) -> QuerySet[Activity]:
    """The owner's activities, newest first, those with all words of `search` in their title; `is_linked` tells which
    are part of the goal.
    """
    activities = Activity.objects.owned_by(goal.user).kept().for_listing()
    for word in search.split()[:10]:
        activities = activities.filter(title__icontains=word)
    return activities.annotate(is_linked=Exists(GoalActivity.objects.filter(goal=goal, activity=OuterRef("pk"))))


def due_words(goal: Goal, today: datetime.date) -> str:
    """By when, and whether that is past: "By 3 March 2027", "8 days overdue". Empty without a date."""
    if goal.due_on is None:
        return ""
    if days := goal.days_overdue(today):
        return f"{days} day{'' if days == 1 else 's'} overdue"
    return "Due today" if goal.is_open and goal.due_on == today else f"By {day_month_year(goal.due_on)}"


# --- What an activity's page says of the plan ------------------------------------------------------------------------


@dataclass(frozen=True)
class PartOfPlan:
    """The goals an activity is part of, and whether it changed anything."""

    goals: list[dict[str, Any]]  # Each with id and title.
    impact: Impact | None
    will_ask_on: datetime.date | None  # When a mail will ask; None when none will.


def with_plan(activities: ActivityQuerySet) -> ActivityQuerySet:
    """Activities with what their page says of their owner's plan, for part_of_plan: no query more."""
    goals = Goal.objects.kept().filter(links__activity=OuterRef("pk"))
    in_order = goals.order_by("created_at").values(json=JSONObject(id="pk", title="title"))
    return activities.select_related("impact", "user__reminders", "user__profile").annotate(
        goals_json=ArraySubquery(in_order)
    )


def part_of_plan(activity: Activity) -> PartOfPlan:
    """What the page of an activity, one of `with_plan`, says of its owner's plan."""
    found: Any = activity
    try:
        impact: Impact | None = found.impact
    except Impact.DoesNotExist:
        impact = None
    try:
        reminders: Reminders | None = found.user.reminders
    except Reminders.DoesNotExist:
        reminders = None
    return PartOfPlan(found.goals_json, impact, day_to_ask(found, impact, reminders))


@dataclass(frozen=True)
class PlanAskedFor:
    """A plan that a body wants to see, in the shape it asks for: that one is recorded under the enrolment."""

    enrolment: Enrolment
    framework: str
    kind: str
    name: str


def plans_asked_for(user: "User", today: datetime.date) -> list[PlanAskedFor]:
    """Which of somebody's bodies want to see a plan. One query."""
    asked: list[PlanAskedFor] = []
    for enrolment in user.enrolments.current(today):
        framework = catalogue.framework(enrolment.framework)
        version = framework.version_on(today) if framework is not None else None
        if framework is None or version is None:
            continue
        asked += [
            PlanAskedFor(enrolment, framework.short, kind.id, kind.name)
            for kind in version.artefacts
            if kind.id in PLAN_KINDS
        ]
    return asked
