"""Writes to the lines of the record. Each is one transaction, done `by` somebody, and may be repeated without harm."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cpd.actions.article_news import tell_late_claimant
from cpd.actions.evidence import attach_waiting
from cpd.actions.highlights import drop_crowded_highlight
from cpd.actions.offline import when_written
from cpd.actions.placements import SaidByEnrolment, place
from cpd.actions.reflections import OldWords, Reflected, amend_reflection, reflect
from cpd.models import Activity, Provenance
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User

# What a form may change of an activity.
EDITABLE = (
    "title",
    "provider",
    "kind",
    "done_on",
    "done_until",
    "minutes",
    "participatory_minutes",
    "more_because",
    "tags",
    "finish_later",
)
# Whether it is finished says nothing of what was done.
WHAT_IT_SAYS = tuple(name for name in EDITABLE if name != "finish_later")


class NotYours(Exception):
    """The activity's id belongs to somebody else."""


class SentAlready(Exception):
    """A form was sent before with other words, as after the browser's Back button: these are not what is kept."""


class Changed(Exception):
    """The activity was changed since the form was opened; `current` is how it stands now."""

    def __init__(self, current: Activity) -> None:
        super().__init__("The activity was changed meanwhile.")
        self.current = current


class LoggedAgain(Exception):
    """The reading of a deleted activity has been logged as another one since."""


@dataclass(frozen=True)
class Logged:
    """What came of logging: the activity, and whether this request made it."""

    activity: Activity
    is_new: bool


@transaction.atomic
def add_activity(
    *,
    by: "User",
    activity_id: uuid.UUID,
    fields: Mapping[str, Any],
    reflection: str | Reflected = "",
    places: SaidByEnrolment | None = None,
    now: datetime.datetime | None = None,
) -> Logged:
    """Record something learned elsewhere. The same `activity_id` again gives the same activity.

    Raises SentAlready when that one says something else, NotYours. `places` say what it counts as; where they say
    nothing, a guess does.
    """
    now = now or timezone.now()
    lock_reader(by)
    if (existing := existing_activity(activity_id, by)) is not None:
        if existing.deleted_at is None and not _says(existing, fields, reflection):
            raise SentAlready
        return Logged(existing, is_new=False)
    activity = Activity(
        pk=activity_id,
        user=by,
        reflection=reflect(by, reflection, now),
        provenance=Provenance.SELF_DECLARED,
        recorded_at=now,
        written_at=when_written(fields.get("written_at"), now=now),
        **{name: fields[name] for name in EDITABLE if name in fields},
    )
    activity.full_clean(exclude=["user", "reflection"], validate_unique=False)
    activity.save(force_insert=True)
    attach_waiting(activity)
    place(by=by, activity=activity, said=places)
    return Logged(activity, is_new=True)


@transaction.atomic
def amend_activity(
    *,
    by: "User",
    activity_id: uuid.UUID,
    version: int,
    fields: Mapping[str, Any],
    reflection: str | Reflected | None = None,
    places: SaidByEnrolment | None = None,
    now: datetime.datetime | None = None,
) -> Activity:
    """Change an activity that still is at `version`, and its reflection, if that still is at its own.

    Raises Changed, Activity.DoesNotExist, Reflection.DoesNotExist. Without a `reflection`, the one it has stays; an
    empty one takes it away.

    Where `places` say nothing, what the person said of it before stays; a guess is made anew when the kind changes.
    """
    # Before the activity, as everywhere: whoever enrols meanwhile gives all activities their places.
    lock_reader(by)
    activity = (
        Activity.objects.owned_by(by)
        .kept()
        .select_for_update(of=("self",))
        .select_related("reflection")
        .get(pk=activity_id)
    )
    if activity.version != version:
        raise Changed(activity)
    # First, because what `Changed` shows is the activity as it stands.
    if reflection is not None:
        try:
            said = Reflected.of(reflection)
            activity.reflection = amend_reflection(activity, by=by, said=said, now=now or timezone.now())
        except OldWords as error:
            raise Changed(activity) from error
    kind_before = activity.kind
    for name in EDITABLE:
        if name in fields:
            setattr(activity, name, fields[name])
    activity.version += 1
    drop_crowded_highlight(activity, by=by)
    activity.full_clean(exclude=["user", "reflection"], validate_unique=False)
    activity.save()
    place(by=by, activity=activity, said=places, kind_before=kind_before)
    return activity


@transaction.atomic
def finish_activity(*, by: "User", activity_id: uuid.UUID) -> Activity:
    """Take an activity off the list of what is to be finished. Raises Activity.DoesNotExist."""
    lock_reader(by)
    activity = Activity.objects.owned_by(by).kept().select_for_update(of=("self",)).get(pk=activity_id)
    if activity.finish_later:
        activity.finish_later = False
        activity.version += 1
        activity.save(update_fields=["finish_later", "version", "changed_at"])
    return activity


@transaction.atomic
def delete_activity(*, by: "User", activity_id: uuid.UUID, now: datetime.datetime | None = None) -> Activity:
    """Take an activity out of the record; for 30 days it can be had back. Raises Activity.DoesNotExist."""
    lock_reader(by)
    activity = Activity.objects.owned_by(by).select_for_update().get(pk=activity_id)
    if activity.deleted_at is None:
        activity.deleted_at = now or timezone.now()
        activity.version += 1
        activity.save(update_fields=["deleted_at", "version", "changed_at"])
    return activity


@transaction.atomic
def restore_activity(*, by: "User", activity_id: uuid.UUID, now: datetime.datetime | None = None) -> Activity:
    """Put a deleted activity back. Raises LoggedAgain, and Activity.DoesNotExist after 30 days.

    It comes back without the mark of a highlight if its year has enough of them by now.
    """
    lock_reader(by)
    activity = Activity.objects.owned_by(by).select_for_update().get(pk=activity_id)
    if activity.deleted_at is None:
        return activity
    activity = Activity.objects.owned_by(by).restorable(now).get(pk=activity_id)
    if activity.provenance == Provenance.MEASURED and not activity.sittings.exists():
        raise LoggedAgain
    deleted_at = activity.deleted_at
    activity.deleted_at = None
    activity.version += 1
    drop_crowded_highlight(activity, by=by)
    activity.save(update_fields=["deleted_at", "is_highlight", "version", "changed_at"])
    # What was joined meanwhile has no place for it yet.
    place(by=by, activity=activity)
    # Nor did its owner hear what became of the article meanwhile.
    tell_late_claimant(activity, since=deleted_at, now=now or timezone.now())
    return activity


# --- What other actions use ------------------------------------------------------------------------------------------


def existing_activity(activity_id: uuid.UUID, by: "User") -> Activity | None:
    """The activity that an earlier request with the same id made. Raises NotYours."""
    activity = Activity.objects.select_related("reflection").filter(pk=activity_id).first()
    if activity is not None and activity.user_id != by.pk:
        raise NotYours
    return activity


def _says(activity: Activity, fields: Mapping[str, Any], reflection: str | Reflected) -> bool:
    """Whether an activity says what a form says."""
    same = all(getattr(activity, name) == fields[name] for name in WHAT_IT_SAYS if name in fields)
    return same and Reflected.of(reflection).is_told_by(activity.reflection)
