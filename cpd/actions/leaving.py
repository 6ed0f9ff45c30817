"""Archives of everything, a record made read-only, and the closing of an account."""

import datetime
import logging
import uuid
from smtplib import SMTPException
from typing import IO, TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cpd.actions.activities import NotYours
from cpd.actions.audit import write_down
from cpd.actions.certificates import part_with_certificates
from cpd.actions.sharing import stop_link
from cpd.archive import storing
from cpd.archive.kinds import KINDS
from cpd.archive.mailing import tell_that_account_is_closed, tell_that_account_will_close
from cpd.archive.rows import own_history
from cpd.archive.work import work_on_archive
from cpd.models import Archive, ArchiveKind, ArchiveState, AuditWhat, Discussion, Leaving, Participant
from meducation.lib.dates import day_month_year

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

# How long somebody has to change their mind about closing the account.
DAYS_TO_STAY = 30
# Kinds of rows that are others' as well.
SHARED = ("discussions", "confirmations")


class OneAtATime(Exception):
    """Another archive of the same person is being worked on."""


@transaction.atomic
def ask_for_export(*, by: "User", archive_id: uuid.UUID) -> Archive:
    """Have an export of everything made. The same id again is the same one. Raises OneAtATime, NotYours."""
    return _begin(by, archive_id, ArchiveKind.EXPORT, None)


@transaction.atomic
def bring_back(*, by: "User", archive_id: uuid.UUID, file: IO[bytes]) -> Archive:
    """Have an archive checked and put back. Raises OneAtATime, NotYours, and OSError when there is no room."""
    return _begin(by, archive_id, ArchiveKind.BROUGHT, file)


def _begin(by: "User", archive_id: uuid.UUID, kind: ArchiveKind, file: IO[bytes] | None) -> Archive:
    existing = Archive.objects.filter(pk=archive_id).first()
    if existing is not None:
        if existing.user_id != by.pk:
            raise NotYours
        return existing
    try:
        with transaction.atomic():
            archive = Archive.objects.create(pk=archive_id, user=by, kind=kind)
    except IntegrityError as error:
        raise OneAtATime from error
    if file is not None:
        storing.keep(archive_id, file)
    work_on_archive.enqueue(str(archive_id))
    return archive


@transaction.atomic
def try_again(*, by: "User", archive_id: uuid.UUID) -> Archive:
    """Take up work that stopped. Raises Archive.DoesNotExist."""
    archive = by.archives.select_for_update().get(pk=archive_id)
    if archive.state == ArchiveState.WORKING:
        archive.state, archive.started_at = ArchiveState.WAITING, None
        archive.save(update_fields=["state", "started_at"])
        work_on_archive.enqueue(str(archive_id))
    return archive


@transaction.atomic
def delete_archive(*, by: "User", archive_id: uuid.UUID) -> None:
    """Delete an archive here, before its days are over. Raises Archive.DoesNotExist."""
    archive = by.archives.get(pk=archive_id)
    if archive.kind == ArchiveKind.EXPORT:
        write_down(owner=by, what=AuditWhat.EXPORT_DELETED, by=by, about=archive_id)
    archive.delete()
    transaction.on_commit(lambda: storing.drop(archive_id))


def tidy_archives(now: datetime.datetime) -> dict[str, int]:
    """Delete archives whose days are over, and files of which no row is left; how many of each."""
    old = Archive.objects.past_keeping(now).delete()[0]
    return {"archives": old, "archive files": storing.drop_ownerless(now)}


# --- A record in which nobody writes ---------------------------------------------------------------------------------


@transaction.atomic
def make_read_only(*, by: "User", now: datetime.datetime | None = None) -> Leaving:
    """Let nobody write in the record any more, its owner included. Again: nothing changes."""
    leaving, is_new = Leaving.objects.get_or_create(user=by, defaults={"read_only_since": now or timezone.now()})
    if is_new:
        write_down(owner=by, what=AuditWhat.MADE_READ_ONLY, by=by)
    return leaving


@transaction.atomic
def open_again(*, by: "User") -> None:
    """Let the owner write in the record again. Not while the account is about to close: that is stopped first."""
    deleted, _ = Leaving.objects.filter(user=by, closes_at__isnull=True).delete()
    if deleted:
        write_down(owner=by, what=AuditWhat.OPENED_AGAIN, by=by)


# --- Closing ---------------------------------------------------------------------------------------------------------


def ask_to_close(*, by: "User", now: datetime.datetime | None = None) -> Leaving:
    """Close the account in 30 days; until then it is read-only. Again: the day stays. Tells its owner by mail."""
    leaving, is_new = _ask_to_close(by, now or timezone.now())
    if is_new and leaving.closes_at is not None:
        try:
            tell_that_account_will_close(by, day_month_year(timezone.localdate(leaving.closes_at)))
        except (OSError, SMTPException):
            # The page says it as well.
            logger.exception("The mail about a closing account could not be sent.")
    return leaving


@transaction.atomic
def _ask_to_close(by: "User", now: datetime.datetime) -> tuple[Leaving, bool]:
    leaving = Leaving.objects.select_for_update().filter(user=by).first()
    if leaving is not None and leaving.closes_at is not None:
        return leaving, False
    was_read_only = leaving is not None
    leaving = leaving or Leaving(user=by, read_only_since=now)
    leaving.closes_at, leaving.was_read_only = now + datetime.timedelta(days=DAYS_TO_STAY), was_read_only
    leaving.save()
    for key in by.share_links.values_list("pk", flat=True):
        stop_link(by=by, link_id=key, now=now)
    write_down(owner=by, what=AuditWhat.CLOSING_ASKED, by=by)
    return leaving, True


@transaction.atomic
def stay(*, by: "User") -> None:
    """Change one's mind about closing the account. All is as it was before."""
    leaving = Leaving.objects.select_for_update().filter(user=by, closes_at__isnull=False).first()
    if leaving is None:
        return
    if leaving.was_read_only:
        leaving.closes_at = None
        leaving.save(update_fields=["closes_at"])
    else:
        leaving.delete()
    write_down(owner=by, what=AuditWhat.CLOSING_STOPPED, by=by)


def close_due_accounts(now: datetime.datetime) -> int:
    """Close the accounts whose owners did not change their minds; how many. One that fails stops no other."""
    closed = 0
    for leaving in Leaving.objects.due(now).select_related("user"):
        email = leaving.user.email
        try:
            if not close_account(user=leaving.user, now=now):
                continue
            closed += 1
            tell_that_account_is_closed(email)
        except (OSError, SMTPException):
            logger.exception("The mail about a closed account could not be sent.")
        except Exception as error:
            logger.error("An account could not be closed: %s", type(error).__name__)
    return closed


@transaction.atomic
def close_account(*, user: "User", now: datetime.datetime) -> bool:
    """Delete a person and everything that is theirs alone; whether it was due (they may just have decided to stay).

    What stays: the name and minutes by which they took part in discussions of others, who rely on it; certificates,
    with the name shortened; what they published. Stored files go the same night, when no row names them
    (cpd.actions.evidence.remove_leftovers).
    """
    if not Leaving.objects.select_for_update().due(now).filter(user=user).exists():
        return False
    _leave_discussions(user)
    # Before their activities go: whoever holds the paper can check it as before.
    part_with_certificates(by=user)
    for kind in KINDS:
        # What others rely on keeps its history; that of rows which are deleted goes with them.
        if kind.name not in SHARED and (history := own_history(kind, user)) is not None:
            history.delete()
    Session.objects.filter(session_key__in=UserSession.objects.filter(user=user).values("session_key")).delete()
    key = user.pk
    user.delete()
    logger.info("the account of user %s was closed", key)
    return True


def _leave_discussions(user: "User") -> None:
    """Those nobody else took part in go. In the others stays who was there, without their words."""
    others = Participant.objects.filter(discussion=OuterRef("pk")).exclude(user=user)
    Discussion.objects.filter(~Exists(others), host=user).delete()
    user.discussions_joined.update(line="", activity=None)
