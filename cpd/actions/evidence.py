"""Writes to evidence files. The file is stored first, then its row is committed: never a row without its file."""

import datetime
import shutil
import tempfile
import uuid
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from cpd.evidence import parts, storing
from cpd.evidence.judging import judge
from cpd.evidence.names import clean_name
from cpd.evidence.pictures import redraw
from cpd.evidence.refusing import NO_ROOM, TOO_LARGE, NoRoom, OverQuota, Refused
from cpd.evidence.scanning import scan
from cpd.models import Activity, Evidence, FileKind, Scan, UnfinishedUpload
from cpd.models.evidence import MOST_BYTES
from cpd.reading import lock_reader
from meducation.lib.dates import day_month_year
from meducation.lib.files import is_full

if TYPE_CHECKING:
    from accounts.models import User

# Uploads in parts that one person may have under way.
MOST_UNFINISHED = 20


class HasAlready(Exception):
    """The person has this very file; `evidence` is it. Nothing was stored."""

    def __init__(self, evidence: Evidence, *, is_here: bool) -> None:
        self.evidence, self.is_here = evidence, is_here
        if is_here:
            sentence = "This activity has this file already."
        else:
            day = day_month_year(timezone.localdate(evidence.uploaded_at))
            title = evidence.activity.title if evidence.activity is not None else ""
            sentence = f"You have this file already, with “{title}”, added on {day}."
        super().__init__(sentence)


class WrongPlace(Exception):
    """A part does not follow on what has come; `received` is how much that is, in bytes."""

    def __init__(self, received: int) -> None:
        super().__init__("Not where the upload stands.")
        self.received = received


class AddedAgain(Exception):
    """The activity got the same file again after this one was deleted."""


@dataclass(frozen=True)
class Added:
    """What came of adding: the file, and whether this request made it."""

    evidence: Evidence
    is_new: bool


@dataclass(frozen=True)
class _Kept:
    """A file that is stored, and has no row yet."""

    kind: FileKind
    size: int
    sha256: str
    stored_as: str
    scan: Scan


def add_evidence(
    *,
    by: "User",
    evidence_id: uuid.UUID,
    activity_id: uuid.UUID,
    file: IO[bytes],
    name: str,
    now: datetime.datetime | None = None,
) -> Added:
    """Keep a file as evidence of an activity, which may be one that is still to be saved under `activity_id`.

    The same `evidence_id` again gives the same file. Raises Refused, CannotJustNow, HasAlready, and
    Activity.DoesNotExist or Evidence.DoesNotExist when an id is somebody else's.
    """
    sent_sha256 = storing.digest(file)
    size = file.tell()
    # Asked here to spare the work, and once more below, where nobody can come between.
    if (existing := _check(by, evidence_id, activity_id, sent_sha256, min(size, MOST_BYTES))) is not None:
        return Added(existing, is_new=False)
    kept = _keep(file, size, sent_sha256)
    try:
        # Durable: were this part of another transaction that is rolled back, the file would stay.
        with transaction.atomic(durable=True):
            lock_reader(by)
            made_meanwhile = _check(by, evidence_id, activity_id, sent_sha256, kept.size)
            if made_meanwhile is None:
                evidence = Evidence(
                    pk=evidence_id,
                    user=by,
                    activity=_activity(by, activity_id),
                    meant_for=activity_id,
                    name=clean_name(name, kept.kind),
                    kind=kept.kind,
                    size=kept.size,
                    sha256=kept.sha256,
                    sent_sha256=sent_sha256,
                    stored_as=kept.stored_as,
                    scan=kept.scan,
                    uploaded_at=now or timezone.now(),
                )
                evidence.full_clean(exclude=["user", "activity"], validate_unique=False)
                evidence.save(force_insert=True)
    except (OperationalError, InterfaceError):
        # Whether it was committed is not known. If it was not, the night takes the file away.
        raise
    except BaseException:
        storing.remove(kept.stored_as)
        raise
    if made_meanwhile is not None:
        storing.remove(kept.stored_as)
        return Added(made_meanwhile, is_new=False)
    return Added(evidence, is_new=True)


@transaction.atomic
def use_again(
    *,
    by: "User",
    evidence_id: uuid.UUID,
    source_id: uuid.UUID,
    activity_id: uuid.UUID,
    now: datetime.datetime | None = None,
) -> Added:
    """Make a file that is kept the evidence of one more activity; it is stored once.

    Raises OverQuota, HasAlready when that activity has it, Evidence.DoesNotExist, Activity.DoesNotExist.
    """
    lock_reader(by)
    # Locked: should its row be past keeping, the night waits for this one before it looks whose the stored file is.
    source = Evidence.objects.owned_by(by).kept().select_for_update(of=("self",)).get(pk=source_id)
    if (existing := _existing(by, evidence_id)) is not None:
        return Added(existing, is_new=False)
    activity = _activity(by, activity_id)
    _check_number(by, activity_id)
    here = Evidence.objects.owned_by(by).kept().meant_for(activity_id).filter(sent_sha256=source.sent_sha256).first()
    if here is not None:
        raise HasAlready(here, is_here=True)
    evidence = Evidence.objects.create(
        pk=evidence_id,
        user=by,
        activity=activity,
        meant_for=activity_id,
        name=source.name,
        kind=source.kind,
        size=source.size,
        sha256=source.sha256,
        sent_sha256=source.sent_sha256,
        stored_as=source.stored_as,
        scan=source.scan,
        uploaded_at=now or timezone.now(),
    )
    return Added(evidence, is_new=True)


@transaction.atomic
def delete_evidence(*, by: "User", evidence_id: uuid.UUID, now: datetime.datetime | None = None) -> Evidence:
    """Take a file away from its activity; for 30 days it can be had back. Raises Evidence.DoesNotExist."""
    lock_reader(by)
    evidence = Evidence.objects.owned_by(by).select_for_update(of=("self",)).get(pk=evidence_id)
    if evidence.deleted_at is None:
        evidence.deleted_at = now or timezone.now()
        evidence.save(update_fields=["deleted_at"])
    return evidence


@transaction.atomic
def restore_evidence(*, by: "User", evidence_id: uuid.UUID, now: datetime.datetime | None = None) -> Evidence:
    """Put a deleted file back. Raises AddedAgain, OverQuota, and Evidence.DoesNotExist after 30 days."""
    lock_reader(by)
    evidence = Evidence.objects.owned_by(by).select_for_update(of=("self",)).get(pk=evidence_id)
    if evidence.deleted_at is None:
        return evidence
    evidence = Evidence.objects.owned_by(by).restorable(now).get(pk=evidence_id)
    here = Evidence.objects.owned_by(by).kept().meant_for(evidence.meant_for)
    if here.filter(sent_sha256=evidence.sent_sha256).exists():
        raise AddedAgain
    _check_number(by, evidence.meant_for)
    evidence.deleted_at = None
    evidence.save(update_fields=["deleted_at"])
    return evidence


def attach_waiting(activity: Activity) -> int:
    """Give a new activity the files that its owner chose on its form; how many. Part of saving the activity."""
    waiting = Evidence.objects.filter(user=activity.user_id, meant_for=activity.pk, activity__isnull=True)
    return waiting.update(activity=activity)


# --- Uploads in parts ------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_upload(
    *,
    by: "User",
    upload_id: uuid.UUID,
    activity_id: uuid.UUID,
    name: str,
    size: int,
    sha256: str = "",
    now: datetime.datetime | None = None,
) -> int | None:
    """Begin an upload in parts, or go on with it; how many bytes have come, None when all is done already.

    The same file, known by its `sha256`, need not be sent. Raises Refused, NoRoom, HasAlready, Activity.DoesNotExist,
    UnfinishedUpload.DoesNotExist when the id is somebody else's.
    """
    lock_reader(by)
    existing = UnfinishedUpload.objects.filter(pk=upload_id).first()
    if existing is not None:
        if existing.user_id != by.pk or existing.size != size or existing.meant_for != activity_id:
            raise UnfinishedUpload.DoesNotExist
        return parts.received(upload_id)
    if not 1 <= size <= MOST_BYTES:
        raise Refused(TOO_LARGE)
    if _check(by, upload_id, activity_id, sha256, size) is not None:
        return None
    if by.unfinished_uploads.count() >= MOST_UNFINISHED:
        raise OverQuota("Too many uploads are under way. Wait until some have come, or cancel them.")
    # What is stored in the end may lie elsewhere, but the parts lie here.
    if shutil.disk_usage(parts.folder()).free < size:
        raise NoRoom(NO_ROOM)
    UnfinishedUpload.objects.create(
        pk=upload_id,
        user=by,
        meant_for=activity_id,
        name=clean_name(name),
        size=size,
        started_at=now or timezone.now(),
    )
    return 0


@transaction.atomic
def append_part(*, by: "User", upload_id: uuid.UUID, offset: int, piece: bytes) -> int:
    """Take the part that begins at `offset`; how many bytes have come.

    Raises WrongPlace, Refused, NoRoom, UnfinishedUpload.DoesNotExist.
    """
    upload = UnfinishedUpload.objects.owned_by(by).select_for_update().get(pk=upload_id)
    received = parts.received(upload.pk)
    if offset != received:
        raise WrongPlace(received)
    if received + len(piece) > upload.size:
        raise Refused(TOO_LARGE)
    parts.append(upload.pk, offset, piece)
    return offset + len(piece)


def finish_upload(*, by: "User", upload_id: uuid.UUID, now: datetime.datetime | None = None) -> Added:
    """Make an upload of which all has come a piece of evidence. Raises what add_evidence does, and WrongPlace."""
    done = Evidence.objects.owned_by(by).filter(pk=upload_id).first()
    if done is not None:
        # The answer to an earlier request was lost on its way.
        return Added(done, is_new=False)
    upload = UnfinishedUpload.objects.owned_by(by).get(pk=upload_id)
    received = parts.received(upload.pk)
    if received != upload.size:
        raise WrongPlace(received)
    try:
        with parts.opened(upload.pk) as file:
            added = add_evidence(
                by=by, evidence_id=upload.pk, activity_id=upload.meant_for, file=file, name=upload.name, now=now
            )
    except (Refused, HasAlready, Activity.DoesNotExist):
        cancel_upload(by=by, upload_id=upload_id)
        raise
    cancel_upload(by=by, upload_id=upload_id)
    return added


def cancel_upload(*, by: "User", upload_id: uuid.UUID) -> bool:
    """Forget an upload and what has come of it; False when there was none."""
    with transaction.atomic():
        deleted, _ = UnfinishedUpload.objects.owned_by(by).filter(pk=upload_id).delete()
    if deleted:
        parts.drop(upload_id)
    return bool(deleted)


def remove_leftovers(now: datetime.datetime) -> dict[str, int]:
    """By night, after the rows: stored files that are nobody's, and uploads that broke off; how many of each."""
    given_up = UnfinishedUpload.objects.given_up(now).delete()[0]
    parts.drop_older_than(now - datetime.timedelta(days=1))
    return {"uploads": given_up, "files": storing.remove_ownerless(now)}


# --- What these share ------------------------------------------------------------------------------------------------


def _check(by: "User", evidence_id: uuid.UUID, activity_id: uuid.UUID, sent_sha256: str, size: int) -> Evidence | None:
    """What an earlier request with the same id made.

    Raises HasAlready, OverQuota, and DoesNotExist of what is somebody else's.
    """
    if (existing := _existing(by, evidence_id)) is not None:
        return existing
    _activity(by, activity_id)
    same = Evidence.objects.owned_by(by).kept().filter(sent_sha256=sent_sha256).select_related("activity")
    if (here := same.meant_for(activity_id).first()) is not None:
        raise HasAlready(here, is_here=True)
    if (elsewhere := same.filter(activity__isnull=False).order_by("-uploaded_at").first()) is not None:
        raise HasAlready(elsewhere, is_here=False)
    _check_number(by, activity_id)
    # What is deleted takes room for 30 days more; what is under way will take it.
    under_way = by.unfinished_uploads.exclude(pk=evidence_id).bytes_promised()
    if by.evidence.bytes_in_all() + under_way + size > settings.EVIDENCE_MB_A_PERSON * 1024 * 1024:
        raise OverQuota(
            f"Your files would take more than {settings.EVIDENCE_MB_A_PERSON:,} MB in all. Delete some that you do not"
            " need; their room is free 30 days later, when they can no longer be had back."
        )
    return None


def _check_number(by: "User", activity_id: uuid.UUID) -> None:
    if by.evidence.kept().meant_for(activity_id).count() >= settings.EVIDENCE_FILES_AN_ACTIVITY:
        raise OverQuota(f"An activity has at most {settings.EVIDENCE_FILES_AN_ACTIVITY} files.")


def _existing(by: "User", evidence_id: uuid.UUID) -> Evidence | None:
    evidence = Evidence.objects.filter(pk=evidence_id).first()
    if evidence is not None and evidence.user_id != by.pk:
        raise Evidence.DoesNotExist
    return evidence


def _activity(by: "User", activity_id: uuid.UUID) -> Activity | None:
    """The person's activity of that id; None while there is none. Raises Activity.DoesNotExist."""
    activity = Activity.objects.filter(pk=activity_id).first()
    if activity is not None and (activity.user_id != by.pk or activity.deleted_at is not None):
        raise Activity.DoesNotExist
    return activity


def _keep(file: IO[bytes], size: int, sent_sha256: str) -> _Kept:
    """Look at a file, have it scanned, and store it: a picture drawn anew, any other as it is. Raises Refused, …"""
    kind = judge(file, size)
    scanned = scan(file)
    if kind is not None:
        return _Kept(kind, size, sent_sha256, storing.store(file), scanned)
    try:
        with tempfile.TemporaryFile(dir=parts.folder()) as drawn:
            kind = redraw(file, drawn)
            sha256 = storing.digest(drawn)
            return _Kept(kind, drawn.tell(), sha256, storing.store(drawn), scanned)
    except OSError as error:
        if is_full(error):
            raise NoRoom(NO_ROOM) from error
        raise
