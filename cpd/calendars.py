"""A person's dates as a calendar that their own calendar program reads (RFC 5545)."""

import datetime
import uuid

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from accounts.models import User
from cpd.reminding import dates_of, names_of, site_address, stands_of
from cpd.rules.due_dates import DueDate
from cpd.standing import Stand

HOW_OFTEN_TO_ASK = "PT12H"


def calendar_of(user: User, now: datetime.datetime | None = None) -> bytes:
    """Cycle ends and dates to act by, as all-day events. Names of frameworks and rules only, nothing a person wrote."""
    now = now or timezone.now()
    calendar = Calendar()
    calendar.add("prodid", "-//Meducation//CPD dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{settings.SITE_NAME}: CPD dates")
    calendar.add("x-published-ttl", HOW_OFTEN_TO_ASK)
    for stand in stands_of(user, user.profile.local_date(now)):
        for date in dates_of(stand):
            calendar.add_component(_event(stand, date, now))
    return bytes(calendar.to_ical())


def _event(stand: Stand, date: DueDate, now: datetime.datetime) -> Event:
    event = Event()
    # The same day of the same framework keeps its id, so that a program moves no second copy of it in.
    what = "end" if date.is_cycle_end else "+".join(sorted(finding.requirement.id for finding in date.findings))
    event.add("uid", f"{uuid.uuid5(stand.enrolment.pk, f'{what}/{date.day.isoformat()}')}@meducation")
    event.add("dtstamp", now)
    event.add("dtstart", date.day)
    event.add("dtend", date.day + datetime.timedelta(days=1))
    due = "" if date.is_cycle_end else "Due: "
    event.add("summary", f"{due}{stand.short}: {names_of(date)}")
    event.add("description", "Your regulator decides what counts.")
    event.add("url", site_address(reverse("cpd:enrolment-detail", args=[stand.enrolment.pk])))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
