"""What comes of a discussion: minutes said, confirmed by others, notes of the group, an activity of one's own.

Nobody can confirm for themselves, and nobody's minutes exceed the time that passed: here and in the database.
"""

import datetime
import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cpd.actions.activities import Logged, add_activity, restore_activity
from cpd.actions.discussions import Refused, locked, settle
from cpd.actions.placements import version_on
from cpd.models import Activity, Confirmation, Discussion, Participant
from cpd.reading import lock_reader
from cpd.rules.guessing import offered
from meducation.lib.dates import duration

if TYPE_CHECKING:
    from accounts.models import User

PROVIDER = "Discussion with colleagues"
ALONE = "Nobody else was there with you yet. Once a colleague has joined, you can add it."
# The columns of the group's form.
NOTES = ("reference", "discussed", "main_points")


class NotesChanged(Exception):
    """The group's form was saved elsewhere since it was opened; `current` is how it stands now."""

    def __init__(self, current: Discussion) -> None:
        super().__init__("The notes were changed meanwhile.")
        self.current = current


# --- Saying, and confirming each other -------------------------------------------------------------------------------


@transaction.atomic
def say_minutes(
    *, by: "User", discussion_id: uuid.UUID, minutes: int, line: str, now: datetime.datetime | None = None
) -> Participant:
    """Say for how long one took part, and what one took from it. Raises Refused, Discussion.DoesNotExist."""
    now = now or timezone.now()
    discussion = locked(by, discussion_id)
    settle(discussion, now)
    participant = discussion.participants.get(user=by)
    if participant.left_at is None:
        raise Refused("Say how long you were there when it is over.")
    most = participant.elapsed(participant.left_at)
    if not 1 <= minutes <= most:
        raise Refused(f"You were there for {duration(most)}. Enter that, or less.")
    if minutes > (participant.minutes or most) and participant.confirmations.exists():
        raise Refused(f"Colleagues have confirmed {duration(participant.minutes or 0)}. You can enter less, not more.")
    participant.minutes, participant.line, participant.said_at = minutes, line, now
    participant.full_clean(exclude=["discussion", "user", "activity"], validate_unique=False)
    participant.save()
    return participant


@transaction.atomic
def confirm_others(
    *,
    by: "User",
    discussion_id: uuid.UUID,
    there: Mapping[uuid.UUID, int],
    not_there: Collection[uuid.UUID] = (),
    now: datetime.datetime | None = None,
) -> int:
    """Say of others that they were there for so many minutes, and take it back of those `not_there`; how many are new.

    Raises Refused for oneself, for who was not there at the same time, and when somebody's minutes are others now;
    Discussion.DoesNotExist.
    """
    now = now or timezone.now()
    discussion = locked(by, discussion_id)
    settle(discussion, now)
    people = {person.pk: person for person in discussion.participants.all()}
    me = next(person for person in people.values() if person.user_id == by.pk)
    mine = {confirmation.of_id: confirmation for confirmation in Confirmation.objects.filter(by=me)}
    new = 0
    for key, minutes in there.items():
        person = people.get(key)
        if person is None or not me.met(person):
            raise Refused("You can confirm only people who were there at the same time as you.")
        if person.pk == me.pk:
            raise Refused("Nobody can confirm for themselves.")
        if person.minutes != minutes:
            raise Refused(f"{person.name} has changed their minutes meanwhile. Look at them again.")
        if key not in mine:
            Confirmation.objects.create(of=person, by=me, minutes=minutes, confirmed_at=now)
            new += 1
    Confirmation.objects.filter(by=me, of__in=set(not_there) - set(there)).delete()
    return new


@transaction.atomic
def write_notes(
    *,
    by: "User",
    discussion_id: uuid.UUID,
    version: int,
    notes: Mapping[str, str],
    now: datetime.datetime | None = None,
) -> Discussion:
    """Fill in the group's form (`notes` by the names in NOTES), for everybody who was there.

    Raises NotesChanged, Discussion.DoesNotExist.
    """
    discussion = locked(by, discussion_id, host_only=True)
    if discussion.version != version:
        raise NotesChanged(discussion)
    for name in NOTES:
        setattr(discussion, name, notes.get(name, ""))
    discussion.notes_at = now or timezone.now()
    discussion.version += 1
    discussion.save()
    return discussion


# --- Into the record -------------------------------------------------------------------------------------------------


@transaction.atomic
def add_discussion_to_record(
    *,
    by: "User",
    discussion_id: uuid.UUID,
    activity_id: uuid.UUID,
    reflection: str = "",
    now: datetime.datetime | None = None,
) -> Logged:
    """Make one's own activity of a discussion: once, whatever the id; one that was deleted comes back.

    All its minutes are participatory where a body asks. Raises Refused, NotYours, Discussion.DoesNotExist.
    """
    now = now or timezone.now()
    lock_reader(by)
    discussion = locked(by, discussion_id)
    participant = discussion.participants.select_related("activity").get(user=by)
    if participant.activity is not None:
        if participant.activity.deleted_at is None:
            return Logged(participant.activity, is_new=False)
        with suppress(Activity.DoesNotExist):  # It is past undoing, and the night has not taken it yet.
            return Logged(restore_activity(by=by, activity_id=participant.activity.pk, now=now), is_new=True)
    if participant.minutes is None or participant.left_at is None:
        raise Refused("Say first how long you were there.")
    if not any(participant.met(other) for other in discussion.participants.exclude(pk=participant.pk)):
        raise Refused(ALONE)
    first, last = by.profile.local_date(participant.joined_at), by.profile.local_date(participant.left_at)
    fields: dict[str, Any] = {
        "title": discussion.title,
        "provider": PROVIDER,
        "kind": discussion.kind,
        "done_on": first,
        "done_until": last if last > first else None,
        "minutes": participant.minutes,
        "participatory_minutes": participant.minutes if is_participatory(by, first) else 0,
    }
    logged = add_activity(by=by, activity_id=activity_id, fields=fields, reflection=reflection, now=now)
    participant.activity = logged.activity
    participant.save(update_fields=["activity"])
    return logged


def is_participatory(user: "User", day: datetime.date) -> bool:
    """Whether a body of theirs asks which minutes were participatory, and all that ask take a discussion as such."""
    versions = [version_on(enrolment, day) for enrolment in user.enrolments.current(day)]
    asking = [version for version in versions if version is not None and version.asks_participatory]
    return bool(asking) and all(offered(version, is_reading=False).participatory for version in asking)
