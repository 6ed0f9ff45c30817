"""Changes to several activities at once: their kind, their tags, what they count as; delete, and have back."""

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cpd.actions.article_news import tell_late_claimant
from cpd.actions.highlights import drop_crowded_highlight
from cpd.actions.placements import AT_ONCE, Said, guessed, place_all, topics_of, version_on
from cpd.models import MOST_TAGS, Activity, Enrolment, Placement, Provenance
from cpd.querysets.record import ActivityQuerySet
from cpd.reading import lock_reader
from cpd.rules.guessing import Facts, Offer, Place, offered
from cpd.rules.types import Version

if TYPE_CHECKING:
    from accounts.models import User

# More than this is another day's work: each change is in the history.
MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Change:
    """What to change of each. What is empty stays as it is."""

    kind: str = ""
    add_tags: tuple[str, ...] = ()
    remove_tags: frozenset[str] = frozenset()
    categories: Mapping[uuid.UUID, str] = field(default_factory=dict)  # By enrolment.


@dataclass(frozen=True)
class Outcome:
    """How many were changed, and of how many something was left as it is because it would not have been right."""

    changed: int
    other_kind: int  # What is said of them is not possible for the kind.
    other_category: int  # The body does not offer the category for them, or they are divided among several.
    too_many_tags: int


@dataclass(frozen=True)
class _Under:
    """An activity under one enrolment: what stands there, and what may."""

    enrolment: Enrolment
    placement: Placement | None
    version: Version
    offer: Offer
    guess: Said


@transaction.atomic
def change_several(
    *, by: "User", chosen: Collection[uuid.UUID], change: Change, now: datetime.datetime | None = None
) -> Outcome:
    """Change some of one's own activities alike. Those of somebody else, and deleted ones, are passed over.

    Nothing is forced on an activity that its form would refuse: it keeps what it has, and is counted.
    """
    now = now or timezone.now()
    lock_reader(by)
    activities = list(
        Activity.objects.owned_by(by)
        .kept()
        .filter(pk__in=chosen)
        .select_for_update(of=("self",))
        .order_by("pk")[:MOST_AT_ONCE]
    )
    enrolments = list(by.enrolments.kept().select_for_update(of=("self",)).order_by("created_at", "pk"))
    there = {
        (placement.activity_id, placement.enrolment_id): placement
        for placement in Placement.objects.filter(activity__in=activities, enrolment__in=enrolments)
    }
    topics = topics_of(activity.article_id for activity in activities)
    writing = _Writing()
    for activity in activities:
        about = topics.get(activity.article_id, frozenset())
        before = (activity.kind, list(activity.tags))
        if change.kind and change.kind != activity.kind:
            now_under = _unders(activity, enrolments, there, Facts(change.kind, about))
            if _is_possible(activity, now_under):
                activity.kind = change.kind
            else:
                writing.other_kind += 1
        _retag(activity, change, writing)
        unders = _unders(activity, enrolments, there, Facts(activity.kind, about))
        has_moved = _move(activity, unders, change, writing, kind_changed=activity.kind != before[0])
        if has_moved or before != (activity.kind, activity.tags):
            activity.version += 1
            activity.changed_at = now
            writing.activities.append(activity)
    return writing.write(now)


@dataclass
class _Writing:
    """What is to be written when all is known: a few statements for any number of activities."""

    activities: list[Activity] = field(default_factory=list)
    moved: list[Placement] = field(default_factory=list)
    placed: list[Placement] = field(default_factory=list)
    other_kind: int = 0
    other_category: int = 0
    too_many_tags: int = 0

    def write(self, now: datetime.datetime) -> Outcome:
        columns = ("category", "marks", "split", "stated", "items", "is_guess", "changed_at")
        for placement in self.moved:
            placement.changed_at = now
        Activity.objects.bulk_update(self.activities, ["kind", "tags", "version", "changed_at"], batch_size=AT_ONCE)
        Placement.objects.bulk_update(self.moved, columns, batch_size=AT_ONCE)
        Placement.objects.bulk_create(self.placed, batch_size=AT_ONCE)
        return Outcome(len(self.activities), self.other_kind, self.other_category, self.too_many_tags)


def _unders(
    activity: Activity,
    enrolments: Iterable[Enrolment],
    there: Mapping[tuple[uuid.UUID, uuid.UUID], Placement],
    facts: Facts,
) -> list[_Under]:
    found = []
    for enrolment in enrolments:
        version = version_on(enrolment, activity.done_on)
        if version is None or (enrolment.left_on is not None and enrolment.left_on < activity.done_on):
            continue
        offer = offered(version, is_reading=facts.is_reading)
        placement = there.get((activity.pk, enrolment.pk))
        found.append(_Under(enrolment, placement, version, offer, guessed(enrolment, version, facts)))
    return found


def _is_possible(activity: Activity, unders: Iterable[_Under]) -> bool:
    """Whether all that its owner said of it can still be said of an activity of this kind."""
    for under in unders:
        if activity.participatory_minutes and under.version.asks_participatory and not under.offer.participatory:
            return False
        placement = under.placement
        if placement is None or placement.is_guess:
            continue
        if placement.category and placement.category not in under.offer.category_ids:
            return False
        if not under.offer.marks.issuperset(placement.marks):
            return False
        if (placement.split and not under.offer.split) or (placement.stated is not None and not under.offer.stated):
            return False
    return True


def _retag(activity: Activity, change: Change, writing: _Writing) -> None:
    kept = [tag for tag in activity.tags if tag not in change.remove_tags]
    known = {tag.casefold() for tag in kept}
    tags = [*kept, *(tag for tag in change.add_tags if tag.casefold() not in known)]
    if len(tags) > MOST_TAGS:
        writing.too_many_tags += 1
        return
    activity.tags = tags


def _move(
    activity: Activity, unders: Iterable[_Under], change: Change, writing: _Writing, *, kind_changed: bool
) -> bool:
    """Put it into the category asked for, where that is offered; a guess follows the kind. Whether anything moved."""
    has_moved = False
    for under in unders:
        placement, wanted = under.placement, change.categories.get(under.enrolment.pk)
        said: Said | None = None
        if wanted is not None:
            if wanted in under.offer.category_ids and not (placement is not None and placement.split):
                marks = frozenset(placement.marks) & under.offer.marks if placement else under.guess.place.marks
                said = Said(
                    Place(wanted, marks),
                    stated=placement.stated if placement else None,
                    items=placement.items if placement else 1,
                )
            else:
                writing.other_category += 1
        if said is None and kind_changed and (placement is None or placement.is_guess):
            said = under.guess
        if said is None:
            continue
        columns = said.columns()
        if placement is None:
            writing.placed.append(Placement(activity=activity, enrolment=under.enrolment, **columns))
            has_moved = True
        elif any(getattr(placement, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(placement, name, value)
            writing.moved.append(placement)
            has_moved = True
    return has_moved


@transaction.atomic
def delete_several(
    *, by: "User", chosen: Collection[uuid.UUID], now: datetime.datetime | None = None
) -> datetime.datetime:
    """Take some of one's own activities out of the record; for 30 days they can be had back.

    Returns the moment by which all of them are put back together.
    """
    now = now or timezone.now()
    lock_reader(by)
    activities = Activity.objects.owned_by(by).kept().filter(pk__in=chosen)
    activities.update(deleted_at=now, changed_at=now, version=F("version") + 1)
    return now


@transaction.atomic
def restore_several(
    *, by: "User", deleted_at: datetime.datetime, now: datetime.datetime | None = None
) -> tuple[int, int]:
    """Put back what was deleted together at `deleted_at`. Returns how many, and how many were logged again since.

    Timed reading that was logged as another activity meanwhile stays out: no minute is there twice.
    """
    now = now or timezone.now()
    lock_reader(by)
    deleted = list(
        Activity.objects.owned_by(by)
        .restorable(now)
        .filter(deleted_at=deleted_at)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    back = _not_logged_again(Activity.objects.filter(pk__in=[activity.pk for activity in deleted]))
    restored = [activity for activity in deleted if activity.pk in back]
    Activity.objects.filter(pk__in=back).update(deleted_at=None, changed_at=now, version=F("version") + 1)
    for activity in restored:
        if activity.is_highlight:
            drop_crowded_highlight(activity, by=by)
            Activity.objects.filter(pk=activity.pk).update(is_highlight=activity.is_highlight)
    # What was joined meanwhile has no place for them yet; and news of their articles has not reached their owner.
    for enrolment in by.enrolments.current(min((each.done_on for each in restored), default=now.date())):
        place_all(enrolment=enrolment, by=by)
    for activity in restored:
        tell_late_claimant(activity, since=deleted_at, now=now)
    return len(restored), len(deleted) - len(restored)


def _not_logged_again(activities: ActivityQuerySet) -> set[uuid.UUID]:
    measured = activities.filter(provenance=Provenance.MEASURED)
    gone = measured.filter(sittings__isnull=True).values_list("pk", flat=True)
    return set(activities.exclude(pk__in=gone).values_list("pk", flat=True))
