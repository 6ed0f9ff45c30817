"""The log of a portfolio: which activities are in it, what they come to, and what is said of each."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from cpd.identifying import PARTS_OF_REFLECTION, needs_confirming
from cpd.models import Activity, Evidence, Kind, PackKind, Placement, Provenance
from cpd.portfolio.contents import Chosen, Entry, FileLine, PlaceLine, ToMend
from cpd.portfolio.totals import Counted
from cpd.querysets.record import ActivityQuerySet
from cpd.rules.guessing import category_label
from cpd.standing import Stand
from meducation.lib.dates import Span, nearest_minutes

if TYPE_CHECKING:
    from accounts.models import User

COUNTED = (
    "pk",
    "kind",
    "provenance",
    "done_on",
    "done_until",
    "minutes",
    "participatory_minutes",
    "measured_seconds",
    "offline_seconds",
    "reflection_id",
    "reflection__is_shareable",
    "evidence_count",
)


def activities_in(user: "User", chosen: Chosen) -> ActivityQuerySet:
    """The activities of `user` that are chosen, in the order of the log."""
    activities: ActivityQuerySet = user.activities.kept().within(Span(chosen.first, chosen.last))
    activities = activities.exclude(pk__in=chosen.left_out)
    if chosen.only is not None:
        activities = activities.filter(pk__in=chosen.only)
    if chosen.highlights_only:
        activities = activities.highlights()
    if chosen.kind is PackKind.RCPSC:
        activities = activities.reading()
    return activities.order_by("done_on", "recorded_at", "pk")


def counted(user: "User", chosen: Chosen) -> list[Counted]:
    """The whole log, of each activity only what the totals need. One query.

    No reflection is read: one that is chosen counts as being in, though it may turn out to identify a patient.
    """
    rows = activities_in(user, chosen).with_evidence_count().values_list(*COUNTED, named=True)
    return [_counted(row, chosen) for row in rows]


def _counted(row: Any, chosen: Chosen) -> Counted:
    is_in = row.reflection_id is not None and _is_chosen(chosen, is_shareable=row.reflection__is_shareable)
    seconds = row.measured_seconds
    return Counted(
        id=str(row.pk),
        kind=Kind(row.kind).label,
        provenance=Provenance(row.provenance).label,
        first=row.done_on,
        last=row.done_until or row.done_on,
        minutes=row.minutes,
        participatory_minutes=row.participatory_minutes,
        timed_minutes=None if seconds is None else nearest_minutes((seconds + row.offline_seconds) * 1000),
        is_reflected=is_in,
        has_private_reflection=row.reflection_id is not None and not is_in,
        files=row.evidence_count,
    )


def entries_of(
    user: "User", chosen: Chosen, activities: ActivityQuerySet, stands: Iterable[Stand]
) -> tuple[tuple[Entry, ...], list[ToMend]]:
    """All that is said of these activities, and which reflections stay out because they may identify a patient."""
    found = list(activities.select_related("reflection"))
    evidence: defaultdict[uuid.UUID | None, list[FileLine]] = defaultdict(list)
    for file in user.evidence.kept().filter(activity__in=activities).order_by("uploaded_at", "pk"):
        evidence[file.activity_id].append(_file_line(file))
    places = _places(user, Span(chosen.first, chosen.last), stands)
    entries, kept_out = [], []
    # One reflection may serve many activities: each is checked once.
    safe: dict[uuid.UUID, bool] = {}
    for activity in found:
        reflection = activity.reflection
        is_in = reflection is not None and _is_chosen(chosen, is_shareable=reflection.is_shareable)
        if is_in and reflection is not None:
            if reflection.pk not in safe:
                safe[reflection.pk] = not needs_confirming(reflection)
            if not safe[reflection.pk]:
                is_in = False
                kept_out.append(
                    ToMend(
                        f"The reflection on “{activity.title}” may identify a patient, so it is left out. Check it.",
                        reverse("cpd:activity-update", args=[activity.pk]),
                    )
                )
        entries.append(_entry(user, activity, is_in, evidence[activity.pk], places.get(activity.pk, ())))
    return tuple(entries), kept_out


def _is_chosen(chosen: Chosen, *, is_shareable: bool) -> bool:
    return chosen.reflections == "all" or (chosen.reflections == "shareable" and is_shareable)


def _file_line(file: Evidence) -> FileLine:
    return FileLine(id=str(file.pk), name=file.name, size=file.size, sha256=file.sha256)


def _places(user: "User", span: Span, stands: Iterable[Stand]) -> Mapping[uuid.UUID, tuple[PlaceLine, ...]]:
    by_enrolment = {stand.enrolment.pk: stand for stand in stands}
    placements = Placement.objects.filter(
        enrolment__in=by_enrolment, activity__user=user, activity__done_on__range=(span.first, span.last)
    )
    places: defaultdict[uuid.UUID, tuple[PlaceLine, ...]] = defaultdict(tuple)
    for placement in placements.exclude(category="").order_by("enrolment__created_at", "pk"):
        stand = by_enrolment[placement.enrolment_id]
        if stand.version is not None:
            label = category_label(stand.version, placement.category) or placement.category
            places[placement.activity_id] += (PlaceLine(stand.short, label),)
    return places


def _entry(
    user: "User", activity: Activity, has_words: bool, evidence: list[FileLine], places: tuple[PlaceLine, ...]
) -> Entry:
    reflection = activity.reflection
    words = tuple(
        (label, text)
        for name, label in PARTS_OF_REFLECTION
        if has_words and reflection is not None and (text := getattr(reflection, name))
    )
    timed = activity.timed_ms
    return Entry(
        id=str(activity.pk),
        title=activity.title,
        kind=activity.get_kind_display(),
        provider=activity.provider,
        first=activity.done_on,
        last=activity.last_day,
        minutes=activity.minutes,
        participatory_minutes=activity.participatory_minutes,
        timed_minutes=None if timed is None else nearest_minutes(timed),
        offline_minutes=nearest_minutes(activity.offline_seconds * 1000),
        provenance=activity.get_provenance_display(),
        more_because=activity.more_because,
        recorded_on=user.profile.local_date(activity.recorded_at),
        is_late=activity.is_late,
        is_highlight=activity.is_highlight,
        tags=tuple(activity.tags),
        byline=activity.article_byline,
        address=activity.article_address,
        revision=activity.revision_number,
        revision_sha256=activity.revision_sha256,
        reflection=words,
        has_private_reflection=reflection is not None and not words,
        ai_use=reflection.get_ai_use_display() if words and reflection is not None else "",
        places=places,
        evidence=tuple(evidence),
    )
