"""Joining frameworks and looking after an enrolment. Each is one transaction, done `by` somebody.

Whatever changes who is enrolled takes the lock of the record (`lock_reader`): an activity logged at the same moment
needs its place there too, and a framework is joined one at a time. The rest locks the enrolments it changes, the oldest
first, as placing an activity does.
"""

import datetime
import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import change_profile
from cpd.actions.activities import NotYours, SentAlready
from cpd.actions.placements import place_all
from cpd.models import Enrolment, Grant, Leave
from cpd.reading import lock_reader
from cpd.rules.titles import certain, rows_of, version_asked
from cpd.rules.types import Framework, TitleHeld

if TYPE_CHECKING:
    from accounts.models import User

# A deterministic id for each framework ticked in one form: sent twice, it enrols once.
FORM_NAMESPACE = uuid.UUID("0c6f5a8e-2b0d-4d0a-9a53-3f0f4c6f3c11")
# The same for one leave that is entered under several enrolments.
LEAVE_NAMESPACE = uuid.UUID("a5f8f3d2-7c3e-4f4b-8a66-8a0e2f1d9b57")
# What a form may change of an enrolment.
EDITABLE = ("titles", "anchor_on", "number", "joined_on", "left_on", "working_percent", "trusts_unsure")
# What of it decides where its cycles begin and end.
DECIDES_CYCLES = ("titles", "anchor_on", "joined_on", "left_on")


class EnrolledAgain(Exception):
    """The framework of a deleted enrolment has been joined anew since."""


class EnrolmentChanged(Exception):
    """The enrolment was changed since the form was opened; `current` is how it stands now."""

    def __init__(self, current: Enrolment) -> None:
        super().__init__("The enrolment was changed meanwhile.")
        self.current = current


class Overlaps(Exception):
    """The leave overlaps one that is entered already."""

    def __init__(self, enrolment: Enrolment, leave: Leave) -> None:
        super().__init__("Two periods of leave overlap.")
        self.enrolment, self.leave = enrolment, leave


@dataclass(frozen=True)
class Joined:
    """What came of enrolling in one framework: the enrolment, and whether this request made it."""

    enrolment: Enrolment
    is_new: bool


# --- Joining ---------------------------------------------------------------------------------------------------------


def save_practice(*, by: "User", fields: Mapping[str, str]) -> None:
    """Keep what somebody practises as, and where (`profession`, `country`), in their profile."""
    change_profile(by=by, name=by.name, fields=fields)


@transaction.atomic
def enrol(*, by: "User", form_key: uuid.UUID, frameworks: Iterable[Framework], profession: str = "") -> list[Joined]:
    """Put somebody into `frameworks`; where they are in one already, that enrolment stands. Raises nothing.

    The title is the one their `profession` allows, if there is only one. The same `form_key` again makes no other
    enrolment; one that was deleted meanwhile comes back.
    """
    lock_reader(by)
    present = {
        enrolment.framework: enrolment
        for enrolment in Enrolment.objects.owned_by(by).kept().filter(left_on__isnull=True)
    }
    joined = []
    for framework in frameworks:
        if (enrolment := present.get(framework.id)) is not None:
            joined.append(Joined(enrolment, is_new=False))
            continue
        key = uuid.uuid5(FORM_NAMESPACE, f"{form_key}/{by.pk}/{framework.id}")
        enrolment = Enrolment.objects.owned_by(by).filter(pk=key).first()
        if enrolment is None:
            titles = certain(version_asked(framework, by.profile.local_date()), profession)
            history = [TitleHeld(titles)] if titles else []
            enrolment = Enrolment(pk=key, user=by, framework=framework.id, titles=rows_of(history))
            enrolment.full_clean(validate_unique=False)
            enrolment.save(force_insert=True)
        elif enrolment.deleted_at is not None:
            enrolment.deleted_at = None
            enrolment.save(update_fields=["deleted_at", "changed_at"])
        place_all(enrolment=enrolment, by=by)
        joined.append(Joined(enrolment, is_new=True))
    return joined


def state_of(enrolment: Enrolment) -> str:
    """What a form keeps, so that it overwrites nothing unseen: changes with anything that can be edited."""
    return hashlib.sha256(repr([getattr(enrolment, name) for name in EDITABLE]).encode()).hexdigest()


@transaction.atomic
def amend_enrolments(
    *, by: "User", changes: Mapping[uuid.UUID, Mapping[str, Any]], seen: Mapping[uuid.UUID, str] | None = None
) -> list[Enrolment]:
    """Change columns of several enrolments, by their ids; all or none.

    Those in `seen` must still be in that state, or be as `changes` say already: a form sent twice is no change.
    Raises EnrolmentChanged, Enrolment.DoesNotExist, ValidationError.
    """
    lock_reader(by)
    enrolments = _locked(by, changes)
    for enrolment in enrolments:
        fields, left_before = changes[enrolment.pk], enrolment.left_on
        is_as_seen = seen is None or seen.get(enrolment.pk) in (None, state_of(enrolment))
        if not is_as_seen and any(getattr(enrolment, name) != fields[name] for name in EDITABLE if name in fields):
            raise EnrolmentChanged(enrolment)
        decided = [getattr(enrolment, name) for name in DECIDES_CYCLES]
        for name in EDITABLE:
            if name in fields:
                setattr(enrolment, name, fields[name])
        if decided != [getattr(enrolment, name) for name in DECIDES_CYCLES]:
            enrolment.dates_changed_at = timezone.now()
        enrolment.full_clean(validate_unique=False)
        # Not the other columns: what is remembered of one's habits may be written at this moment.
        written = [name for name in EDITABLE if name in fields]
        enrolment.save(update_fields=[*written, "changed_at", "dates_changed_at"])
        if left_before is not None and (enrolment.left_on is None or enrolment.left_on > left_before):
            # What was done after that day has no place here yet.
            place_all(enrolment=enrolment, by=by)
    return enrolments


@transaction.atomic
def delete_enrolment(*, by: "User", enrolment_id: uuid.UUID, now: datetime.datetime | None = None) -> Enrolment:
    """Take an enrolment out; for 30 days it can be had back. The record stays. Raises Enrolment.DoesNotExist."""
    lock_reader(by)
    enrolment = Enrolment.objects.owned_by(by).select_for_update().get(pk=enrolment_id)
    if enrolment.deleted_at is None:
        enrolment.deleted_at = now or timezone.now()
        enrolment.save(update_fields=["deleted_at", "changed_at"])
    return enrolment


@transaction.atomic
def restore_enrolment(*, by: "User", enrolment_id: uuid.UUID, now: datetime.datetime | None = None) -> Enrolment:
    """Put a deleted enrolment back. Raises EnrolledAgain, and Enrolment.DoesNotExist after 30 days."""
    lock_reader(by)
    enrolment = Enrolment.objects.owned_by(by).select_for_update().get(pk=enrolment_id)
    if enrolment.deleted_at is None:
        return enrolment
    enrolment = Enrolment.objects.owned_by(by).restorable(now).get(pk=enrolment_id)
    others = Enrolment.objects.owned_by(by).kept().filter(framework=enrolment.framework, left_on__isnull=True)
    if enrolment.left_on is None and others.exists():
        raise EnrolledAgain
    enrolment.deleted_at = None
    enrolment.save(update_fields=["deleted_at", "changed_at"])
    # What was logged meanwhile has no place here yet.
    place_all(enrolment=enrolment, by=by)
    return enrolment


# --- Leave and grants ------------------------------------------------------------------------------------------------


@transaction.atomic
def add_leave(
    *,
    by: "User",
    enrolment_id: uuid.UUID,
    leave_id: uuid.UUID,
    first_on: datetime.date,
    last_on: datetime.date,
    also: Sequence[uuid.UUID] = (),
) -> list[Leave]:
    """Enter one leave under an enrolment, and under the others in `also`; under all of them or none.

    The same `leave_id` again adds nothing. Raises SentAlready when it has other days, Overlaps, NotYours,
    Enrolment.DoesNotExist, ValidationError.
    """
    leaves = []
    for enrolment in _locked(by, {enrolment_id, *also}):
        key = leave_id if enrolment.pk == enrolment_id else uuid.uuid5(LEAVE_NAMESPACE, f"{leave_id}/{enrolment.pk}")
        existing = Leave.objects.select_related("enrolment").filter(pk=key).first()
        if existing is not None:
            if existing.enrolment.user_id != by.pk:
                raise NotYours
            if (existing.enrolment_id, existing.first_on, existing.last_on) != (enrolment.pk, first_on, last_on):
                raise SentAlready
            leaves.append(existing)
            continue
        other = enrolment.leaves.filter(first_on__lte=last_on, last_on__gte=first_on).order_by("first_on").first()
        if other is not None:
            raise Overlaps(enrolment, other)
        leave = Leave(pk=key, enrolment=enrolment, first_on=first_on, last_on=last_on)
        leave.full_clean(exclude=["enrolment"], validate_unique=False)
        leave.save(force_insert=True)
        leaves.append(leave)
    return leaves


@transaction.atomic
def delete_leave(*, by: "User", enrolment_id: uuid.UUID, leave_id: uuid.UUID) -> None:
    """Take one leave out; its history keeps the days. Raises Leave.DoesNotExist, Enrolment.DoesNotExist."""
    [enrolment] = _locked(by, {enrolment_id})
    enrolment.leaves.get(pk=leave_id).delete()


@transaction.atomic
def add_grant(
    *,
    by: "User",
    enrolment_id: uuid.UUID,
    grant_id: uuid.UUID,
    requirement: str,
    cycle_first_on: datetime.date,
    value: Decimal,
    reason: str,
) -> Grant:
    """Keep what a body allowed instead of its usual figure. The same `grant_id` again adds nothing.

    Raises SentAlready when that one says something else, NotYours, Enrolment.DoesNotExist, and ValidationError when
    there is another for this requirement and cycle.
    """
    [enrolment] = _locked(by, {enrolment_id})
    columns: dict[str, Any] = {
        "enrolment": enrolment,
        "requirement": requirement,
        "cycle_first_on": cycle_first_on,
        "value": value,
        "reason": reason,
    }
    existing = Grant.objects.select_related("enrolment").filter(pk=grant_id).first()
    if existing is not None:
        if existing.enrolment.user_id != by.pk:
            raise NotYours
        if any(getattr(existing, name) != column for name, column in columns.items()):
            raise SentAlready
        return existing
    grant = Grant(pk=grant_id, **columns)
    grant.full_clean(validate_unique=False)
    grant.save(force_insert=True)
    return grant


@transaction.atomic
def delete_grant(*, by: "User", enrolment_id: uuid.UUID, grant_id: uuid.UUID) -> None:
    """Take one out; its history keeps it. Raises Grant.DoesNotExist, Enrolment.DoesNotExist."""
    [enrolment] = _locked(by, {enrolment_id})
    enrolment.grants.get(pk=grant_id).delete()


def _locked(by: "User", ids: Iterable[uuid.UUID]) -> list[Enrolment]:
    """The person's own enrolments of those ids, locked, the oldest first. Raises Enrolment.DoesNotExist."""
    wanted = set(ids)
    found = list(
        Enrolment.objects.owned_by(by).kept().filter(pk__in=wanted).select_for_update().order_by("created_at", "pk")
    )
    if len(found) != len(wanted):
        raise Enrolment.DoesNotExist
    return found
