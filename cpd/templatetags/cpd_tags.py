"""How the record is worded and where it meets an article's page. Presentation only."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context

from articles.models import Article
from cpd.models import Activity
from cpd.reading import most_minutes
from meducation.lib import dates

register = template.Library()


@register.filter
def duration(minutes: int | None) -> str:
    """ "1 h 20 min"."""
    return dates.duration(minutes or 0)


@register.filter
def seconds_read(seconds: int | None) -> str:
    """Seconds of reading in words: "40 s", "12 min"."""
    return dates.time_read((seconds or 0) * 1000)


@register.filter
def ms_read(milliseconds: int | None) -> str:
    """The same from milliseconds."""
    return dates.time_read(milliseconds or 0)


@register.filter
def provenance(activity: Activity) -> str:
    """How we know the minutes, in a few words."""
    if activity.timed_ms is None:
        return activity.get_provenance_display()
    if activity.minutes in (max(1, dates.nearest_minutes(activity.timed_ms)), most_minutes(activity.timed_ms)):
        return "Timed"
    return f"Timed {dates.time_read(activity.timed_ms)}, you entered {dates.duration(activity.minutes)}"


@register.inclusion_tag("cpd/reading_receipt.html", takes_context=True)
def reading_receipt(context: Context, article: Article) -> dict[str, Any]:
    """The reading timer and the way to log, at the end of an article. No query; the same for everybody of a variant."""
    return {
        "article": article,
        "revision": article.revision,
        "signed_in": context.get("signed_in", False),
        "allow_test_speed": settings.MODE == "test",
    }
