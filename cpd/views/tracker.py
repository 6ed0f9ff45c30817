"""The CPD Tracker: the year at a glance."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.people import person
from cpd.charts import months_chart
from cpd.reading import unclaimed_readings

RECENT = 5


@require_safe
def tracker(request: HttpRequest) -> HttpResponse:
    """Minutes of a CPD year, by month; what is newest; what waits to be logged. `?year=` shows another year."""
    user = person(request)
    today = user.profile.local_date()
    span = user.profile.year_of(_day_asked_for(request, today))
    kept = user.activities.kept()
    months = kept.within(span).minutes_by_month()
    readings = unclaimed_readings(user)
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
            "recent": list(kept.for_listing()[:RECENT]),
            "readings": readings[:3],
            "readings_count": len(readings),
        },
    )


def _day_asked_for(request: HttpRequest, today: datetime.date) -> datetime.date:
    """A day of the CPD year that begins in the calendar year asked for; today without a sensible one."""
    wanted = request.GET.get("year", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) == 4 and 1900 < int(wanted) < 2200):
        return today
    first_month = person(request).profile.year_starts_in
    return datetime.date(int(wanted), first_month, 1)
