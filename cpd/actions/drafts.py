"""Writes to unsaved words. Each may be repeated without harm, and none lets an older save replace a newer one."""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from cpd.drafts import MOST_CHARACTERS, MOST_DRAFTS, Words, length, title_of
from cpd.models import Activity, Artefact, Draft

if TYPE_CHECKING:
    from accounts.models import User


class NotYourDraft(Exception):
    """The words are about somebody else's activity or artefact."""


class TooManyWords(Exception):
    """More than is kept of one form."""


@dataclass(frozen=True)
class Typed:
    """What one tab of one device sends."""

    kind: str
    subject: uuid.UUID
    device: uuid.UUID
    slot: int
    sequence: int
    address: str
    base_version: int | None
    words: Words


def save_draft(*, by: "User", typed: Typed, now: datetime.datetime | None = None) -> Draft:
    """Keep the words, unless later ones of the same tab are there. Raises NotYourDraft, TooManyWords."""
    now = now or timezone.now()
    _check(by, typed)
    mine = by.drafts.of_slot(typed.subject, typed.device, typed.slot)
    fields = {
        "sequence": typed.sequence,
        "kind": typed.kind,
        "address": typed.address,
        "base_version": typed.base_version,
        "words": typed.words,
        "title": title_of(typed.words),
        "saved_at": now,
    }
    for _ in range(2):
        newest = mine.order_by("-sequence", "put_away_at").first()
        if newest is not None and newest.sequence >= typed.sequence:
            return newest
        # The condition again, in the statement itself: two saves of a tab may arrive side by side.
        if mine.filter(put_away_at__isnull=True, sequence__lt=typed.sequence).update(**fields):
            return mine.get(put_away_at__isnull=True)
        try:
            with transaction.atomic():
                draft = by.drafts.create(subject=typed.subject, device=typed.device, slot=typed.slot, **fields)
                make_room(by=by, now=now)
                return draft
        except IntegrityError:
            # The other of the two was first.
            continue
    return mine.get(put_away_at__isnull=True)


@transaction.atomic
def put_words_away(*, by: "User", draft_id: uuid.UUID, typed: Typed, now: datetime.datetime | None = None) -> Draft:
    """Keep words that were not chosen, to be had back for 30 days. The same `draft_id` twice is one.

    Raises NotYourDraft, TooManyWords.
    """
    now = now or timezone.now()
    _check(by, typed)
    draft, _ = Draft.objects.get_or_create(
        pk=draft_id,
        defaults={
            "user": by,
            "kind": typed.kind,
            "subject": typed.subject,
            "device": typed.device,
            "slot": typed.slot,
            "sequence": typed.sequence,
            "address": typed.address,
            "base_version": typed.base_version,
            "words": typed.words,
            "title": title_of(typed.words),
            "saved_at": now,
            "put_away_at": now,
        },
    )
    if draft.user_id != by.pk:
        raise NotYourDraft
    make_room(by=by, now=now)
    return draft


def _check(by: "User", typed: Typed) -> None:
    if length(typed.words) > MOST_CHARACTERS:
        raise TooManyWords
    if Activity.objects.filter(pk=typed.subject).exclude(user=by).exists():
        raise NotYourDraft
    if Artefact.objects.filter(pk=typed.subject).exclude(enrolment__user=by).exists():
        raise NotYourDraft


@transaction.atomic
def discard_draft(*, by: "User", draft_id: uuid.UUID, now: datetime.datetime | None = None) -> Draft:
    """Put a draft away; for 30 days it can be had back. Raises Draft.DoesNotExist."""
    now = now or timezone.now()
    draft = by.drafts.written().select_for_update().get(pk=draft_id)
    if draft.put_away_at is None:
        draft.put_away_at = now
        draft.save(update_fields=["put_away_at"])
        make_room(by=by, now=now)
    return draft


@transaction.atomic
def restore_draft(*, by: "User", draft_id: uuid.UUID, now: datetime.datetime | None = None) -> Draft:
    """Have a discarded draft back. Raises Draft.DoesNotExist after 30 days."""
    now = now or timezone.now()
    draft = by.drafts.written().select_for_update().get(pk=draft_id)
    if draft.put_away_at is None:
        return draft
    draft = by.drafts.put_away(now).get(pk=draft_id)
    if by.drafts.of_slot(draft.subject, draft.device, draft.slot).filter(put_away_at__isnull=True).exists():
        # That tab went on with other words since: these must not take their place, nor they theirs.
        draft.device = uuid.uuid4()
    draft.put_away_at = None
    draft.saved_at = now
    draft.save(update_fields=["device", "put_away_at", "saved_at"])
    make_room(by=by, now=now)
    return draft


@transaction.atomic
def settle_draft(
    *,
    by: "User",
    subject: uuid.UUID,
    kind: str,
    tab: tuple[uuid.UUID, int, int] | None = None,
    seen: Collection[uuid.UUID] = (),
    now: datetime.datetime | None = None,
) -> None:
    """What was typed is saved: forget the words of the `tab` (device, slot, sequence) that saved it.

    Its row stays without words, so that a save of the draft that was held up on the way does not bring them back.
    Drafts of other devices that the form was opened with or put beside are `seen`, and put away; all others wait.
    """
    now = now or timezone.now()
    if tab is not None:
        device, slot, sequence = tab
        blank = {"words": {}, "title": "", "sequence": sequence, "saved_at": now}
        live = by.drafts.of_slot(subject, device, slot).filter(put_away_at__isnull=True)
        if not live.exists():
            new = Draft(user=by, kind=kind, subject=subject, device=device, slot=slot, address="", **blank)
            Draft.objects.bulk_create([new], ignore_conflicts=True)
        # Words typed after the form was sent belong to nobody's save yet: they stay.
        live.filter(sequence__lte=sequence).update(**blank)
    by.drafts.waiting().filter(pk__in=seen, subject=subject).update(put_away_at=now)


def make_room(*, by: "User", now: datetime.datetime) -> None:
    """Keep at most so many: of those to be gone on with the oldest are put away, of those put away the oldest go."""
    surplus = by.drafts.waiting().order_by("-saved_at", "-pk").values_list("pk", flat=True)[MOST_DRAFTS:]
    if pks := list(surplus):
        by.drafts.filter(pk__in=pks).update(put_away_at=now)
    beyond = by.drafts.filter(put_away_at__isnull=False).order_by("-put_away_at", "-pk")
    if pks := list(beyond.values_list("pk", flat=True)[MOST_DRAFTS:]):
        by.drafts.filter(pk__in=pks).delete()
