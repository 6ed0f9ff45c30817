"""Writes to artefacts: accounts, discussions, plans, declarations. Each may be repeated without harm."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cpd.actions.activities import NotYours, SentAlready
from cpd.models import Artefact, Enrolment
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User

# What a form may change of an artefact.
EDITABLE = ("done_on", "done_until", "quantity", "answers")


class ArtefactChanged(Exception):
    """The artefact was changed since the form was opened; `current` is how it stands now."""

    def __init__(self, current: Artefact) -> None:
        super().__init__("The artefact was changed meanwhile.")
        self.current = current


@dataclass(frozen=True)
class Recorded:
    """What came of recording: the artefact, and whether this request made it."""

    artefact: Artefact
    is_new: bool


@transaction.atomic
def record_artefact(
    *,
    by: "User",
    enrolment_id: uuid.UUID,
    artefact_id: uuid.UUID,
    kind: str,
    fields: Mapping[str, Any],
    now: datetime.datetime | None = None,
) -> Recorded:
    """Keep a new artefact. The same `artefact_id` again gives the same one.

    Raises SentAlready when that one says something else, NotYours, Enrolment.DoesNotExist.
    """
    lock_reader(by)
    enrolment = Enrolment.objects.owned_by(by).kept().get(pk=enrolment_id)
    existing = Artefact.objects.select_related("enrolment").filter(pk=artefact_id).first()
    if existing is not None:
        if existing.enrolment_id != enrolment.pk:
            raise NotYours
        if existing.kind != kind or any(getattr(existing, name) != fields[name] for name in EDITABLE if name in fields):
            raise SentAlready
        return Recorded(existing, is_new=False)
    artefact = Artefact(
        pk=artefact_id,
        enrolment=enrolment,
        kind=kind,
        recorded_at=now or timezone.now(),
        **{name: fields[name] for name in EDITABLE if name in fields},
    )
    artefact.full_clean(exclude=["enrolment"], validate_unique=False)
    artefact.save(force_insert=True)
    return Recorded(artefact, is_new=True)


@transaction.atomic
def amend_artefact(*, by: "User", artefact_id: uuid.UUID, version: int, fields: Mapping[str, Any]) -> Artefact:
    """Change an artefact that still is at `version`. Raises ArtefactChanged, Artefact.DoesNotExist."""
    artefact = (
        Artefact.objects.owned_by(by)
        .kept()
        .select_related("enrolment")
        .select_for_update(of=("self",))
        .get(pk=artefact_id)
    )
    if artefact.version != version:
        raise ArtefactChanged(artefact)
    for name in EDITABLE:
        if name in fields:
            setattr(artefact, name, fields[name])
    artefact.version += 1
    artefact.full_clean(exclude=["enrolment"], validate_unique=False)
    artefact.save()
    return artefact


@transaction.atomic
def delete_artefact(*, by: "User", artefact_id: uuid.UUID, now: datetime.datetime | None = None) -> Artefact:
    """Put an artefact away; for 30 days it can be had back. Raises Artefact.DoesNotExist."""
    artefact = Artefact.objects.owned_by(by).select_for_update(of=("self",)).get(pk=artefact_id)
    if artefact.deleted_at is None:
        artefact.deleted_at = now or timezone.now()
        artefact.version += 1
        artefact.save(update_fields=["deleted_at", "version", "changed_at"])
    return artefact


@transaction.atomic
def restore_artefact(*, by: "User", artefact_id: uuid.UUID, now: datetime.datetime | None = None) -> Artefact:
    """Put a deleted artefact back. Raises Artefact.DoesNotExist after 30 days."""
    artefact = Artefact.objects.owned_by(by).select_for_update(of=("self",)).get(pk=artefact_id)
    if artefact.deleted_at is None:
        return artefact
    artefact = Artefact.objects.owned_by(by).restorable(now).get(pk=artefact_id)
    artefact.deleted_at = None
    artefact.version += 1
    artefact.save(update_fields=["deleted_at", "version", "changed_at"])
    return artefact
