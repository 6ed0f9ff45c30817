"""The CPD Tracker: what to do next, where one stands, and the year at a glance."""

import datetime
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.people import person
from cpd.charts import months_chart
from cpd.glance import glance
from cpd.querysets.enrolments import NEWS_SHOWN
from cpd.reading import unclaimed_readings
from cpd.rules.next_steps import Step, next_step
from cpd.standing import Stand, standings
from cpd.views.quick import quick_form

RECENT = 5


@require_safe
def tracker(request: HttpRequest) -> HttpResponse:
    """The next step, each framework's progress, and a CPD year by month. `?year=` shows another year.

    At most nine queries: where one stands takes one, or three when something changed.
    """
    user = person(request)
    today = user.profile.local_date()
    span = user.profile.year_of(day_asked_for(request, today))
    kept = user.activities.kept()
    at_a_glance = glance(user, span=span, today=today)
    months = at_a_glance.months
    readings = unclaimed_readings(user)
    recent = list(kept.for_listing()[:RECENT])
    stands = standings(user, today=today)
    of_rules = {notice.id: notice for stand in stands for notice in stand.notices}.values()
    of_articles = stands[0].news if stands else user.cpd_notices.shown()
    this_year = user.profile.year_of(today)
    return render(
        request,
        "cpd/tracker.html",
        {
            "section": "cpd",
            "span": span,
            "is_this_year": span == this_year,
            "earlier_year": span.first.year - 1 if span.first > user.profile.record_starts_on else None,
            "later_year": span.first.year + 1 if span.last < today else None,
            "total": sum(months.values()),
            "chart": months_chart(months, span=span, today=today),
            "recent": recent,
            "today": today,
            "stands": stands,
            "notices": [*of_rules, *of_articles[:NEWS_SHOWN]],
            "unsaved": at_a_glance.unsaved,
            "goals": at_a_glance.goals,
            "has_more_news": len(of_articles) > NEWS_SHOWN,
            "readings": readings[:3],
            "readings_count": len(readings),
            "quick": quick_form(user),
            "unfinished": at_a_glance.unfinished,
            "discussions_waiting": at_a_glance.discussions,
            "links_commented": at_a_glance.commented,
            **told(
                stands,
                today=today,
                waiting=len(readings),
                last_done_on=max((activity.last_day for activity in recent), default=None),
            ),
        },
    )


def told(
    stands: Sequence[Stand], *, today: datetime.date, waiting: int, last_done_on: datetime.date | None
) -> dict[str, object]:
    """The next step as cpd/next_step.html needs it: `step`, `step_url`, and whether all figures are sure."""
    places = [stand.place for stand in stands]
    step = next_step(places, today=today, waiting=waiting, last_done_on=last_done_on)
    return {
        "step": step,
        "step_url": address_of(step) if step else "",
        "is_sure": all(finding.counts for place in places for finding in place.assessment.findings),
    }


def address_of(step: Step) -> str:
    """Where a next step is done."""
    if step.place is None or step.target in ("cpd:activity-create", "cpd:activity-list"):
        return reverse(step.target)
    if step.target == "cpd:artefact-create" and step.requirement is not None:
        return reverse(step.target, args=[step.place.key, step.requirement.artefact])
    return reverse(step.target, args=[step.place.key])


def day_asked_for(request: HttpRequest, today: datetime.date) -> datetime.date:
    """`?year=`: a day of the CPD year that begins in the calendar year asked for; today without a sensible one."""
    wanted = request.GET.get("year", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) == 4 and 1900 < int(wanted) < 2200):
        return today
    first_month = person(request).profile.year_starts_in
    return datetime.date(int(wanted), first_month, 1)
