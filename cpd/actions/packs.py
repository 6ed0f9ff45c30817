"""Writes to portfolios and packs, and to the files made of them."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cpd.actions.activities import NotYours
from cpd.actions.audit import write_down
from cpd.actions.sharing import stop_link
from cpd.models import AuditWhat, Pack, PackFile, PackFormat, PackKind
from cpd.portfolio.contents import Chosen, Portfolio
from cpd.portfolio.keeping import TEMPLATE_VERSION, asks_of, digest_of, to_json
from cpd.portfolio.storing import Stored, remove
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def make_pack(*, by: "User", pack_id: uuid.UUID, portfolio: Portfolio) -> Pack:
    """Freeze what a portfolio says under the next number. The same form twice is one pack. Raises NotYours."""
    # Two at once must not have the same number.
    lock_reader(by)
    there = _made_before(by, pack_id)
    if there is not None:
        return there
    pack = Pack(
        id=pack_id,
        user=by,
        number=_next_number(by),
        kind=portfolio.kind,
        first_on=portfolio.first,
        last_on=portfolio.last,
    )
    _freeze(pack, portfolio)
    pack.save(force_insert=True)
    _write_down(pack)
    return pack


@transaction.atomic
def ask_for_pack(*, by: "User", pack_id: uuid.UUID, chosen: Chosen, activities: Iterable[uuid.UUID]) -> Pack:
    """Take the next number for what is too long to be read now, and keep which activities it is about.

    `freeze_pack` puts it together. The same form twice is one pack. Raises NotYours.
    """
    lock_reader(by)
    there = _made_before(by, pack_id)
    if there is not None:
        return there
    pack = Pack.objects.create(
        id=pack_id,
        user=by,
        number=_next_number(by),
        kind=chosen.kind,
        first_on=chosen.first,
        last_on=chosen.last,
        template_version=TEMPLATE_VERSION,
        entries=list(activities),
        asks=asks_of(chosen),
    )
    _write_down(pack)
    return pack


@transaction.atomic
def freeze_pack(*, pack_id: uuid.UUID, portfolio: Portfolio) -> Pack:
    """Say what a pack that was asked for says, once. Raises Pack.DoesNotExist where it was deleted meanwhile."""
    pack = Pack.objects.select_for_update(of=("self",)).select_related("user__profile").get(pk=pack_id)
    if not pack.is_frozen:
        pack.made_at = timezone.now()
        _freeze(pack, portfolio)
        pack.save()
    return pack


def _freeze(pack: Pack, portfolio: Portfolio) -> None:
    said = to_json(replace(portfolio, number=pack.number))
    pack.template_version = TEMPLATE_VERSION
    pack.entries = [uuid.UUID(entry.id) for entry in portfolio.entries]
    pack.contents, pack.sha256, pack.asks = said, digest_of(said), {}


def _made_before(by: "User", pack_id: uuid.UUID) -> Pack | None:
    there = Pack.objects.filter(pk=pack_id).first()
    if there is not None and there.user_id != by.pk:
        raise NotYours
    return there


def _next_number(by: "User") -> int:
    return (Pack.objects.owned_by(by).aggregate(last=Max("number"))["last"] or 0) + 1


def _write_down(pack: Pack) -> None:
    what = AuditWhat.PORTFOLIO_MADE if pack.kind == PackKind.PORTFOLIO else AuditWhat.PACK_MADE
    write_down(owner=pack.user, what=what, by=pack.user, about=pack.pk)


@transaction.atomic
def ask_for_file(*, by: "User", pack_id: uuid.UUID, format: PackFormat) -> PackFile:
    """The row of one of its files, to be made where it is not there. Raises Pack.DoesNotExist."""
    pack = Pack.objects.owned_by(by).select_for_update(of=("self",)).select_related("user").get(pk=pack_id)
    file, is_new = PackFile.objects.get_or_create(pack=pack, format=format.value)
    if not is_new and file.problem:
        file.problem, file.started_at, file.asked_at = "", None, timezone.now()
        file.save(update_fields=["problem", "started_at", "asked_at"])
    return file


@transaction.atomic
def begin_file(*, file_id: uuid.UUID) -> None:
    """Say that its making was taken up."""
    PackFile.objects.filter(pk=file_id, stored_as="").update(started_at=timezone.now(), problem="")


@transaction.atomic
def keep_file(*, file_id: uuid.UUID, stored: Stored) -> bool:
    """Say where a file that was made lies. False: it was there already, or its pack is gone, so this one goes."""
    file = PackFile.objects.select_for_update().filter(pk=file_id, stored_as="").first()
    if file is None:
        transaction.on_commit(partial(remove, stored.name))
        return False
    file.stored_as, file.size, file.sha256, file.made_at, file.problem = (
        stored.name,
        stored.size,
        stored.sha256,
        timezone.now(),
        "",
    )
    file.save(update_fields=["stored_as", "size", "sha256", "made_at", "problem"])
    return True


@transaction.atomic
def fail_file(*, file_id: uuid.UUID, problem: str) -> None:
    """Say why it could not be made."""
    PackFile.objects.filter(pk=file_id, stored_as="").update(problem=problem)


@transaction.atomic
def delete_pack(*, by: "User", pack_id: uuid.UUID) -> bool:
    """Delete a pack with its files, for good; whether there was one. The record stays as it is.

    Links to it are stopped, and cannot be turned on again.
    """
    pack = Pack.objects.owned_by(by).select_for_update().filter(pk=pack_id).first()
    if pack is None:
        return False
    for key in pack.share_links.values_list("pk", flat=True):
        stop_link(by=by, link_id=key)
    names = [name for name in pack.files.values_list("stored_as", flat=True) if name]
    pack.delete()
    write_down(owner=by, what=AuditWhat.PACK_DELETED, by=by, about=pack_id)
    for name in names:
        transaction.on_commit(partial(remove, name))
    return True
