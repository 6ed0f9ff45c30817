"""What a link shows: one page for ten minutes. The owner's preview and the appraiser's page are made of the same."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import models

from cpd.identifying import checked, needs_confirming
from cpd.models import Activity, Evidence, Goal, Reflection, ShareComment, ShareLink
from cpd.reading import most_minutes
from cpd.rules.types import Finding, Verdict
from cpd.standing import Stand, standings
from cpd.wording import Said, groups_of, said_of
from meducation.lib.dates import Span, duration, nearest_minutes, time_read

# Of the log, on one page.
ENTRIES_PER_PAGE = 100
# As a reader hears of somebody else's requirements.
VERDICTS: Mapping[Verdict, Said] = {
    Verdict.ENOUGH: Said("met", "Enough"),
    Verdict.NOT_YET: Said("not-yet", "Not yet"),
    Verdict.NOT_MET: Said("not-met", "Not met"),
    Verdict.UNKNOWN: Said("cannot-tell", "Cannot tell"),
    Verdict.NO_AMOUNT: Said("none", "No set amount"),
}
# What is said to the person themselves, said to somebody else.
TO_OTHERS = {"Needs your declaration": "Not declared yet"}


@dataclass(frozen=True)
class SharedEntry:
    """One line of the log."""

    link: ShareLink
    activity: Activity
    known_by: str
    files: Sequence[Evidence]
    comments: Sequence[ShareComment]

    @property
    def title(self) -> str:
        """What was done."""
        return self.activity.title

    @cached_property
    def reflection(self) -> Reflection | None:
        """As far as it may be read. Looked through for patients only where it is shown, which takes milliseconds."""
        return shared_reflection(self.link, self.activity)


@dataclass(frozen=True)
class PlanOfYear:
    """The goals of one CPD year."""

    span: Span
    goals: Sequence[Goal]


@dataclass(frozen=True)
class Progress:
    """One body's requirements: what is missing first."""

    name: str
    cycle: Span | None
    verdict: Said
    gaps: Sequence[tuple[str, Said]]
    advice: Sequence[tuple[str, Said]]
    met: Sequence[tuple[str, Said]]
    unsure: Sequence[str]  # Names of those whose figures Meducation could not read at their source.
    caveats: Sequence[str]


@dataclass(frozen=True)
class SharedRecord:
    """Everything that a link shows, and nothing else of its owner."""

    link: ShareLink
    entries: Sequence[SharedEntry]
    minutes: int
    timed_seconds: int
    plans: Sequence[PlanOfYear]
    progress: Sequence[Progress]
    comments: Sequence[ShareComment]  # Of the whole record.

    @property
    def highlights(self) -> list[SharedEntry]:
        """What its owner wants to be read first."""
        return [entry for entry in self.entries if entry.activity.is_highlight]

    @property
    def is_discussed(self) -> bool:
        """Whether an appraiser said so of the whole."""
        return any(comment.is_discussed for comment in self.comments)

    def entry(self, activity_id: uuid.UUID) -> SharedEntry | None:
        """The line of one activity; None for one that the link does not show."""
        return next((entry for entry in self.entries if entry.activity.pk == activity_id), None)

    def place(self, activity_id: uuid.UUID) -> int:
        """Which line of the log an activity is, the first being 0."""
        return [entry.activity.pk for entry in self.entries].index(activity_id)


def shared_view(link: ShareLink) -> SharedRecord:
    """What a link shows at this moment; its `user` with their profile is at hand. Five queries.

    Two more when the record has changed since its owner's standing was worked out.
    """
    comments: dict[uuid.UUID | None, list[ShareComment]] = {}
    for comment in link.comments.in_order():
        comments.setdefault(comment.activity_id, []).append(comment)
    activities = shared_activities(link)
    files = _files(link)
    entries = [
        SharedEntry(
            link=link,
            activity=activity,
            known_by=known_by(activity),
            files=files.get(activity.pk, ()),
            comments=comments.get(activity.pk, ()),
        )
        for activity in activities
    ]
    return SharedRecord(
        link=link,
        entries=entries,
        minutes=sum(activity.minutes for activity in activities),
        timed_seconds=sum((activity.timed_ms or 0) // 1000 for activity in activities),
        plans=_plans(link),
        progress=_progress(link),
        comments=comments.get(None, ()),
    )


def shared_activities(link: ShareLink) -> list[Activity]:
    """Those that the link shows, newest first, with their reflections. One query."""
    shown = Activity.objects.owned_by(link.user).kept().filter(share_entries__link=link)
    return list(shown.select_related("reflection").order_by("-done_on", "-recorded_at", "-pk"))


def shared_file(link: ShareLink, pk: uuid.UUID) -> Evidence | None:
    """A file that the link shows; None for any other. One query."""
    return _evidence(link).filter(pk=pk).first() if link.with_files else None


def shared_reflection(link: ShareLink, activity: Activity) -> Reflection | None:
    """The reflection as far as it may be read: its author said so, of words that identify nobody."""
    reflection = activity.reflection
    if reflection is None or not link.with_reflections or not reflection.is_shareable:
        return None
    return None if needs_confirming(reflection) else reflection


def known_by(activity: Activity) -> str:
    """How we know the minutes, said to somebody else."""
    if activity.timed_ms is None:
        return str(activity.get_provenance_display())
    if activity.minutes in (max(1, nearest_minutes(activity.timed_ms)), most_minutes(activity.timed_ms)):
        return "Timed"
    return f"Timed {time_read(activity.timed_ms)}, {duration(activity.minutes)} claimed"


def page_of(place: int) -> int:
    """On which page of the log the line at this place stands, the first being 1."""
    return place // ENTRIES_PER_PAGE + 1


@dataclass(frozen=True)
class ForOwner:
    """What the owner of a link should know of it before somebody else looks."""

    private: Sequence[Activity]  # Reflections that are not shown: their author did not say that they may be.
    to_check: Sequence[Activity]  # Reflections that are not shown: something in them may identify a patient.
    titles: Sequence[Activity]  # Shown, and something in the title may identify a patient.


def for_owner(record: SharedRecord) -> ForOwner:
    """Which reflections a link would show, were it not for a tick that is missing, and titles to look at again."""
    activities = [entry.activity for entry in record.entries]
    hidden = [entry.activity for entry in record.entries if entry.activity.reflection and not entry.reflection]
    if not record.link.with_reflections:
        hidden = []
    private = [each for each in hidden if each.reflection and not each.reflection.is_shareable]
    return ForOwner(
        private=private,
        to_check=[each for each in hidden if each not in private],
        titles=[each for each in activities if checked([("", each.title)])],
    )


# --- The parts -------------------------------------------------------------------------------------------------------


def _evidence(link: ShareLink) -> "models.QuerySet[Evidence]":
    return Evidence.objects.owned_by(link.user).kept().filter(activity__share_entries__link=link)


def _files(link: ShareLink) -> dict[uuid.UUID, list[Evidence]]:
    found: dict[uuid.UUID, list[Evidence]] = {}
    if link.with_files:
        for file in _evidence(link).order_by("uploaded_at", "pk"):
            if file.activity_id is not None:
                found.setdefault(file.activity_id, []).append(file)
    return found


def _plans(link: ShareLink) -> list[PlanOfYear]:
    """From the year before the period to its last: last year's plan is what this year is measured by."""
    if not link.with_plan:
        return []
    profile = link.user.profile
    first = profile.year_of(profile.year_of(link.first_on).first - datetime.timedelta(days=1)).first
    span = Span(first, profile.year_of(link.last_on).last)
    years: dict[Span, list[Goal]] = {}
    for goal in link.user.goals.kept().planned_within(span).for_plan():
        years.setdefault(profile.year_of(goal.planned_on), []).append(goal)
    return [PlanOfYear(year, years[year]) for year in sorted(years, key=lambda year: year.first)]


def _progress(link: ShareLink) -> list[Progress]:
    if not link.with_requirements:
        return []
    today = link.user.profile.local_date()
    return [_progress_of(stand) for stand in standings(link.user, today=today)]


def _progress_of(stand: Stand) -> Progress:
    groups, cycle = groups_of(stand.assessment), stand.assessment.cycle
    return Progress(
        name=stand.name,
        cycle=Span(cycle.first, cycle.last) if cycle else None,
        verdict=VERDICTS[stand.assessment.verdict],
        gaps=_said(groups.open, stand),
        advice=_said(groups.advice, stand),
        met=_said(groups.met, stand),
        unsure=[finding.requirement.name for finding in groups.unsure_short],
        caveats=stand.assessment.caveats,
    )


def _said(findings: Iterable[Finding], stand: Stand) -> list[tuple[str, Said]]:
    return [(finding.requirement.name, _to_others(said_of(finding, stand.version))) for finding in findings]


def _to_others(said: Said) -> Said:
    return replace(said, word=TO_OTHERS.get(said.word, said.word))
