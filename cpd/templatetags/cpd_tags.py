"""How the record is worded and where it meets an article's page. Presentation only."""

import datetime
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.template import Context

from articles.models import Article
from cpd import certificates, wording
from cpd.models import Activity
from cpd.reading import most_minutes, reader_name
from cpd.rules.forecasting import Forecast
from cpd.rules.next_steps import Step
from cpd.rules.types import (
    Assessment,
    Cite,
    Cycle,
    CycleRule,
    Finding,
    Framework,
    Outcome,
    Rate,
    Requirement,
    RuleKind,
    Unit,
    Version,
)
from meducation.lib import dates

register = template.Library()
LAPSES_SHOWN = 6


@register.simple_tag(takes_context=True)
def device_reader(context: Context) -> str:
    """The name under which a device keeps what is the signed-in person's; empty for a visitor."""
    user = context["request"].user
    return reader_name(user) if user.is_authenticated else ""


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


@register.simple_tag
def certificate_says() -> dict[str, Any]:
    """The sentences that stand on every certificate (cpd.certificates)."""
    return {
        "is_not": certificates.IS_NOT,
        "counted": certificates.COUNTED,
        "gdc_confirms": certificates.GDC_CONFIRMS,
        "gdc_hint": certificates.GDC_HINT,
    }


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
        "standing": context["standing"],
        "signed_in": context.get("signed_in", False),
        "allow_test_speed": settings.MODE == "test",
    }


# --- Requirements ----------------------------------------------------------------------------------------------------


@register.filter
def amount(value: Decimal | None, unit: wording.Named | None = None) -> str:
    """ "7 h 30 min", "7.5 credits"; a plain number without a unit."""
    return wording.amount(value, unit)


@register.filter
def binding(requirement: Requirement) -> str:
    """How much it binds, where it does not bind everybody."""
    return wording.BINDINGS.get(requirement.binding, "Mandatory")


@register.filter
def grade(cite: Cite) -> str:
    """How well a figure is known, in words."""
    return wording.GRADES[cite.confidence]


@register.filter
def time_left(last: datetime.date, today: datetime.date) -> str:
    """ "10 months left"."""
    return wording.time_left(last, today)


@register.filter
def status(framework: Framework) -> str:
    """Whether it is a regulator, a professional body, or only a way to count."""
    return wording.STATUSES[framework.status]


@register.filter
def cycle_words(rule: CycleRule) -> str:
    """How long a cycle is, and when it begins."""
    return wording.cycle_words(rule)


@register.filter
def unit_words(unit: Unit | None) -> str:
    """How time becomes what is counted."""
    return wording.unit_words(unit)


@register.filter
def rate_words(rate: Rate, version: Version) -> str:
    """What some activities earn."""
    return wording.rate_words(rate, version)


@register.filter
def verdict(assessment: Assessment, body: str) -> wording.Said:
    """All requirements together, in words."""
    return wording.said_of_all(assessment, body)


@register.filter
def groups(assessment: Assessment) -> wording.Groups:
    """Findings by what they decide."""
    return wording.groups_of(assessment)


@register.filter
def line(found: Finding, version: Version | None) -> str:
    """A requirement in one line: "Practice hours, 450 h to go"."""
    return wording.line_of(found, version)


@register.filter
def left_words(step: Step) -> str:
    """What is missing for the next step: "7 h 30 min to go"."""
    return wording.step_words(step)


@register.filter
def item[Value](mapping: Mapping[str, Value], key: str) -> Value | None:
    """What a mapping has under a key that only the page knows."""
    return mapping.get(key)


@register.inclusion_tag("cpd/finding.html", takes_context=True)
def finding(
    context: Context,
    found: Finding,
    version: Version | None,
    *,
    forecast: Forecast | None = None,
    heading: str = "h3",
    compact: bool = False,
    enrolment: uuid.UUID | None = None,
    cycle: Cycle | None = None,
) -> dict[str, Any]:
    """A requirement and how it stands. `compact` leaves the rule, its source and its parts to the page that has all.

    With the key of an `enrolment`, what can be recorded for it is one link away. What is due with the `cycle` itself
    does not repeat its date.
    """
    # Each activity of a balance lapses on a day of its own; only the next ones are worth a line.
    parts = found.parts[:LAPSES_SHOWN] if found.requirement.kind is RuleKind.ROLLING_BALANCE else found.parts
    to_record = _to_record(found, version) if enrolment else {}
    return {
        "finding": found,
        "rule": found.requirement,
        "more_parts": len(found.parts) - len(parts),
        "said": wording.said_of(found, version),
        "parts": [
            (part, wording.said_of_part(part, found, version, today=context.get("today")), to_record.get(part.name))
            for part in parts
        ],
        "forecast": forecast,
        "heading": heading,
        "compact": compact,
        "due": wording.due_of(found, cycle),
        "enrolment": enrolment,
    }


def _to_record(found: Finding, version: Version | None) -> dict[str, str]:
    """What is missing of a set and can be recorded by itself: name of the part → kind of artefact."""
    if version is None or found.requirement.kind is not RuleKind.COVERAGE or found.is_closed:
        return {}
    kinds = {kind.id for kind in version.artefacts}
    ids = {member.label: member.id for member in found.requirement.members if member.id in kinds}
    return {part.name: ids[part.name] for part in found.parts if part.outcome is not Outcome.MET and part.name in ids}
