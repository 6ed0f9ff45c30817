"""What a link shows, as a paper (PDF) for whoever takes it along."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from cpd.models import Goal, ShareComment
from cpd.shared_record import PlanOfYear, Progress, SharedEntry, SharedRecord
from meducation.lib.dates import day_month_year, duration
from meducation.lib.typesetting import typeset


def as_pdf(record: SharedRecord, *, made_on: datetime.date) -> bytes:
    """The page of the link, as tagged PDF. Takes about a second. Raises CannotBeSet (meducation.lib.typesetting)."""
    title = f"CPD of {record.link.shown_name}"
    return typeset("shared_record", words_of(record), title=title, made_on=made_on)


def words_of(record: SharedRecord) -> dict[str, Any]:
    """Everything on the paper."""
    link = record.link
    return {
        "name": link.shown_name,
        "period": f"{day_month_year(link.first_on)} to {day_month_year(link.last_on)}",
        "total": f"{len(record.entries)} activit{'y' if len(record.entries) == 1 else 'ies'}, "
        f"{duration(record.minutes)}",
        "highlights": [_entry(each) for each in record.highlights],
        "plans": [_plan(each) for each in record.plans],
        "progress": [_progress(each) for each in record.progress],
        "log": [_entry(each) for each in record.entries],
        "comments": _comments(record.comments),
    }


def _entry(entry: SharedEntry) -> dict[str, Any]:
    activity = entry.activity
    until = f" to {day_month_year(activity.done_until)}" if activity.done_until else ""
    parts = [
        f"{day_month_year(activity.done_on)}{until}",
        duration(activity.minutes),
        activity.get_kind_display(),
        activity.provider,
        entry.known_by,
    ]
    return {
        "title": activity.title,
        "line": " · ".join(part for part in parts if part),
        "reflection": entry.reflection.words if entry.reflection else "",
        "files": [file.name for file in entry.files],
        "comments": _comments(entry.comments),
    }


def _comments(comments: Iterable[ShareComment]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.appraiser.name,
            "at": day_month_year(timezone.localdate(each.written_at)),
            "words": each.words,
            "is_discussed": each.is_discussed,
        }
        for each in comments
    ]


def _plan(plan: PlanOfYear) -> dict[str, Any]:
    return {
        "years": f"{plan.span.first:%B %Y} to {plan.span.last:%B %Y}",
        "goals": [{"title": each.title, "status": _how_far(each), "outcome": each.outcome} for each in plan.goals],
    }


def _how_far(goal: Goal) -> str:
    return "Carried on" if goal.is_open and goal.later_id else str(goal.get_status_display())


def _progress(body: Progress) -> dict[str, Any]:
    rows = [*body.gaps, *body.advice, *body.met]
    return {
        "name": body.name,
        "verdict": body.verdict.word,
        "cycle": f"{day_month_year(body.cycle.first)} to {day_month_year(body.cycle.last)}." if body.cycle else "",
        "rows": [
            [name, said.word, " · ".join(part for part in (said.left, said.figure) if part)] for name, said in rows
        ],
    }
