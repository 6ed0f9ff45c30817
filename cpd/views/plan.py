"""The plan: the goals of a CPD year, and the activities that are part of them."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.activities import NotYours, SentAlready
from cpd.actions.goals import (
    CarriedAgain,
    GoalChanged,
    add_goal,
    amend_goal,
    carry_goals,
    choose_activities,
    choose_goals,
    delete_goal,
    restore_goal,
)
from cpd.forms.goals import GoalForm, keys_in
from cpd.models import Activity, Goal, GoalStatus
from cpd.plans import activities_of, activities_to_choose, due_words, goals_to_choose, owned_goal, plans_asked_for
from cpd.views.tracker import day_asked_for
from meducation.lib.forms import SENT_ALREADY, put_words_back

PER_PAGE = 25
LONGEST_SEARCH = 200
MOST_DELETED_SHOWN = 10
MOST_GOALS_SHOWN = 500


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The goals of a CPD year: this one's, or those of `?year=`; and what earlier years left open."""
    user = person(request)
    today = user.profile.local_date()
    this_year = user.profile.year_of(today)
    span = user.profile.year_of(day_asked_for(request, today))
    kept = user.goals.kept()
    goals = list(kept.planned_within(span).for_plan()[:MOST_GOALS_SHOWN])
    context = {
        "section": "cpd",
        "span": span,
        "is_this_year": span == this_year,
        "goals": goals,
        "open": [(goal, due_words(goal, today)) for goal in goals if goal.is_open and not goal.later_id],
        "closed": [goal for goal in goals if goal.status == GoalStatus.DONE],
        "dropped": [goal for goal in goals if goal.status == GoalStatus.DROPPED],
        "carried": [goal for goal in goals if goal.is_open and goal.later_id],
        "to_carry": kept.to_carry(this_year).count() if span == this_year else 0,
        "other_years": [year for year in kept.years(user.profile, this_year) if year != span],
        "deleted": list(user.goals.restorable()[:MOST_DELETED_SHOWN]),
        "asked_for": plans_asked_for(user, today),
    }
    return render(request, "cpd/plan.html", context)


@require_POST
def plan_carry(request: HttpRequest) -> HttpResponse:
    """Carry what earlier years left open into this one. Pressed twice, it does nothing the second time."""
    user = person(request)
    today = user.profile.local_date()
    if number := carry_goals(by=user, span=user.profile.year_of(today), today=today):
        messages.success(request, f"Carried {number} goal{'' if number == 1 else 's'} into this year's plan.")
    return redirect("cpd:plan")


@require_http_methods(["GET", "HEAD", "POST"])
def goal_create(request: HttpRequest) -> HttpResponse:
    """Add a goal to this year's plan; with `?activity=`, that activity is part of it from the start."""
    user = person(request)
    activity = _activity_asked_for(request)
    status = 200
    if request.method == "POST":
        form = GoalForm(request.POST, user=user)
        if form.is_valid():
            try:
                planned = add_goal(
                    by=user,
                    goal_id=form.cleaned_data["id"],
                    fields=form.goal_fields(),
                    planned_on=user.profile.local_date(),
                    activity_id=activity.pk if activity else None,
                )
            except (NotYours, Activity.DoesNotExist) as error:
                raise Http404 from error
            except SentAlready:
                form.add_error(None, SENT_ALREADY)
            else:
                if planned.is_new:
                    messages.success(request, "Added to your plan.")
                return redirect(planned.goal)
        status = 422
    else:
        form = GoalForm(user=user, initial={"id": uuid.uuid4()})
        put_words_back(request, form)
    context = {"section": "cpd", "form": form, "activity": activity}
    return render(request, "cpd/goal_form.html", context, status=status)


@require_safe
def goal_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One goal with its activities; of one that was deleted lately, only the offer to put it back."""
    user = person(request)
    goal = _goal(request, pk)
    today = user.profile.local_date()
    context = {
        "section": "cpd",
        "goal": goal,
        "due": due_words(goal, today),
        "year": user.profile.year_of(goal.planned_on),
        "activities": [] if goal.deleted_at else list(activities_of(goal)),
    }
    return render(request, "cpd/goal_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def goal_update(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a goal. If it was changed elsewhere since this form was opened, nothing is overwritten unseen."""
    user = person(request)
    goal = get_object_or_404(user.goals.kept(), pk=pk)
    status = 200
    changed: Goal | None = None
    if request.method == "POST":
        form = GoalForm(request.POST, user=user, goal=goal)
        status = 422
        if form.is_valid():
            try:
                amend_goal(by=user, goal_id=pk, version=form.cleaned_data["version"] or 0, fields=form.goal_fields())
            except Goal.DoesNotExist as error:
                raise Http404 from error
            except GoalChanged as error:
                changed, status = error.current, 409
                # Saving once more, having seen both, is a decision.
                form = form.for_version(changed.version)
            else:
                messages.success(request, "Saved your changes.")
                return redirect(goal)
    else:
        form = GoalForm(user=user, goal=goal, initial=GoalForm.initial_for(goal))
        put_words_back(request, form)
    context = {"section": "cpd", "form": form, "goal": goal, "changed": changed}
    return render(request, "cpd/goal_form.html", context, status=status)


@require_POST
def goal_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it out of the plan; its page then offers to put it back."""
    try:
        goal = delete_goal(by=person(request), goal_id=pk)
    except Goal.DoesNotExist as error:
        raise Http404 from error
    return redirect(goal)


@require_POST
def goal_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a deleted goal back."""
    try:
        goal = restore_goal(by=person(request), goal_id=pk)
    except Goal.DoesNotExist as error:
        raise Http404 from error
    except CarriedAgain:
        messages.error(request, "The goal it came from has been carried into a plan again since.")
        return redirect("cpd:plan")
    messages.success(request, "Put back into your plan.")
    return redirect(goal)


@require_http_methods(["GET", "HEAD", "POST"])
def goal_activities(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose which of one's activities are part of a goal: a page of them at a time, with a search."""
    user = person(request)
    if request.method == "POST":
        try:
            goal = choose_activities(
                by=user,
                goal_id=pk,
                shown=keys_in(request.POST, "shown", most=PER_PAGE),
                ticked=keys_in(request.POST, "activity", most=PER_PAGE),
            )
        except Goal.DoesNotExist as error:
            raise Http404 from error
        messages.success(request, "Saved which activities are part of this goal.")
        return redirect(goal)
    goal = get_object_or_404(user.goals.kept(), pk=pk)
    search = " ".join(request.GET.get("q", "").split())[:LONGEST_SEARCH]
    page = Paginator(activities_to_choose(goal, search=search), PER_PAGE).get_page(request.GET.get("page"))
    context = {"section": "cpd", "goal": goal, "page": page, "search": search}
    return render(request, "cpd/goal_activities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_goals(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Choose of which goals an activity is part."""
    user = person(request)
    activity = get_object_or_404(user.activities.kept(), pk=pk)
    if request.method == "POST":
        choose_goals(
            by=user,
            activity_id=activity.pk,
            shown=keys_in(request.POST, "shown", most=MOST_GOALS_SHOWN),
            ticked=keys_in(request.POST, "goal", most=MOST_GOALS_SHOWN),
        )
        messages.success(request, "Saved of which goals this is a part.")
        return redirect(activity)
    goals = goals_to_choose(user, activity)[:MOST_GOALS_SHOWN]
    return render(request, "cpd/activity_goals.html", {"section": "cpd", "activity": activity, "goals": goals})


def _goal(request: HttpRequest, pk: uuid.UUID) -> Goal:
    """The person's own goal; anything else does not exist."""
    goal = owned_goal(person(request), pk)
    if goal is None:
        raise Http404
    return goal


def _activity_asked_for(request: HttpRequest) -> Activity | None:
    """The person's own activity that a link names; None when it names none."""
    named = request.GET.get("activity")
    if not named:
        return None
    try:
        key = uuid.UUID(named)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(person(request).activities.kept(), pk=key)
