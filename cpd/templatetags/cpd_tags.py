"""How the record is worded and where it meets an article's page. Presentation only."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context

from articles.models import Article
from cpd.models import Activity, Provenance
from meducation.lib import dates

register = template.Library()


@register.filter
def duration(minutes: int | None) -> str:
    """ "1 h 20 min"."""
    return dates.duration(minutes or 0)


@register.filter
def minutes_of(seconds: int | None) -> str:
    """Seconds as minutes, a begun minute counting whole: "12 min"."""
    return dates.duration(-(-(seconds or 0) // 60))


@register.filter
def minutes_of_ms(milliseconds: int | None) -> str:
    """The same from milliseconds."""
    return minutes_of(-(-(milliseconds or 0) // 1000))


@register.filter
def provenance(activity: Activity) -> str:
    """How we know the minutes, in a few words."""
    if activity.provenance != Provenance.MEASURED:
        return activity.get_provenance_display()
    timed = -(-((activity.measured_seconds or 0) + activity.offline_seconds) // 60)
    if activity.minutes == timed:
        return "Timed"
    return f"Timed {dates.duration(timed)}, you entered {dates.duration(activity.minutes)}"


@register.inclusion_tag("cpd/reading_receipt.html", takes_context=True)
def reading_receipt(context: Context, article: Article) -> dict[str, Any]:
    """The reading timer and the way to log, at the end of an article. No query; the same for everybody of a variant."""
    return {
        "article": article,
        "revision": article.revision,
        "signed_in": context.get("signed_in", False),
        "allow_test_speed": settings.MODE == "test",
    }
