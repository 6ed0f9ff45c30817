"""What the tracker says at a glance, of many parts of the record: one query for all of it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateField, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, JSONObject, TruncMonth

from accounts.models import User
from cpd.goals import Tally
from cpd.models import Participant
from meducation.lib.dates import Span


@dataclass(frozen=True)
class Glance:
    """Minutes by month (its first day), and how many of several things wait for somebody."""

    months: Mapping[datetime.date, int]
    goals: Tally
    discussions: int
    unfinished: int  # Activities put down in a hurry.
    commented: int  # Links by which something was said that they have not seen.
    unsaved: int  # Forms with words that are saved nowhere else.


def glance(user: User, *, span: Span, today: datetime.date) -> Glance:
    """What waits for somebody, and their minutes in `span` by month. One query."""
    kept = user.activities.kept()
    # As a day: in JSON, PostgreSQL writes the month that it cuts off with a time.
    month = Cast(TruncMonth("done_on"), DateField())
    months = kept.within(span).annotate(month=month).order_by().values("month")
    found = (
        User.objects.filter(pk=user.pk)
        .annotate(
            months_json=ArraySubquery(months.values(json=JSONObject(month="month", minutes=Sum("minutes")))),
            goals_open=_count(user.goals.still_open()),
            goals_overdue=_count(user.goals.still_open().filter(Q(due_on__lt=today))),
            discussions_waiting=_count(Participant.objects.filter(user=user).waiting()),
            commented=_count(user.share_links.with_news()),
            unfinished=_count(kept.unfinished()),
            unsaved=_count(user.drafts.waiting()),
        )
        .values(
            "months_json", "goals_open", "goals_overdue", "discussions_waiting", "commented", "unfinished", "unsaved"
        )
        .get()
    )
    return Glance(
        months={datetime.date.fromisoformat(row["month"]): row["minutes"] for row in found["months_json"]},
        goals=Tally(open=found["goals_open"] or 0, overdue=found["goals_overdue"] or 0),
        discussions=found["discussions_waiting"] or 0,
        commented=found["commented"] or 0,
        unfinished=found["unfinished"] or 0,
        unsaved=found["unsaved"] or 0,
    )


def _count(rows: "QuerySet[Any]") -> Subquery:
    """How many of one person's rows; null for none."""
    return Subquery(rows.order_by().values("user").annotate(number=Count("*")).values("number"))
