"""The work on an archive, by the queue: with its progress told, and a mail when an export is ready."""

import hashlib
import logging
import tempfile
import uuid
from pathlib import Path
from smtplib import SMTPException
from typing import IO

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from cpd.actions.audit import write_down
from cpd.archive import storing
from cpd.archive.mailing import tell_that_export_is_ready
from cpd.archive.reading import CheckedArchive, Refused
from cpd.archive.restoring import restore
from cpd.archive.writing import how_much, write_archive
from cpd.evidence.refusing import CannotJustNow, NoRoom
from cpd.models import Archive, ArchiveKind, ArchiveState, AuditWhat
from cpd.progress import Heard, Progress, told
from meducation.lib.files import is_full

logger = logging.getLogger(__name__)

CHUNK = 1 << 20
NO_ROOM = "There is no room on the disk for this just now. Nothing was changed. Try again later, or write to us."
BROKE_OFF = "This did not come to its end, and nothing was changed. Try again."
GONE = "The file is no longer kept here. Upload it again."


@task
def work_on_archive(pk: str) -> str:
    """Do what an archive waits for; returns the state it came to. Safe to run twice and side by side."""
    key = uuid.UUID(pk)
    # Whoever changes the row does the work.
    mine = Archive.objects.filter(pk=key, state=ArchiveState.WAITING)
    if mine.update(state=ArchiveState.WORKING, started_at=timezone.now()):
        archive = Archive.objects.select_related("user__profile").get(pk=key)
        try:
            (_make if archive.kind == ArchiveKind.EXPORT else _bring_back)(archive)
        except (Refused, NoRoom, CannotJustNow) as error:
            _fail(archive, str(error))
        except FileNotFoundError:
            _fail(archive, GONE)
        except Exception as error:
            # The error's own words may hold words of the person.
            logger.error("Work on an archive broke off: %s", type(error).__name__)
            _fail(archive, NO_ROOM if is_full(error) else BROKE_OFF)
    return Archive.objects.filter(pk=key).values_list("state", flat=True).first() or "gone"


def has_stopped(archive: Archive, heard: Heard | None) -> bool:
    """Whether somebody took the work up and nothing is heard of them any more."""
    if archive.state != ArchiveState.WORKING or archive.started_at is None:
        return False
    return (heard or Heard(0, 0, archive.started_at)).is_silent(timezone.now())


def _make(archive: Archive) -> None:
    user = archive.user
    steps = how_much(user)
    Archive.objects.filter(pk=archive.pk).update(steps=steps)
    folder = Path(settings.UPLOADS_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Without a name: whatever becomes of this process, nothing of it stays on the disk.
    with told(archive.pk, of=steps) as progress, tempfile.TemporaryFile(dir=folder) as file:
        manifest = write_archive(user, file, progress)
        size = file.tell()
        digest = _digest(file)
        storing.keep(archive.pk, file)
    with transaction.atomic():
        Archive.objects.filter(pk=archive.pk).update(
            state=ArchiveState.DONE,
            size=size,
            sha256=digest,
            rows=sum(each["rows"] or 0 for each in manifest["files"]),
            finished_at=timezone.now(),
            problem="",
        )
        write_down(owner=user, what=AuditWhat.RECORD_EXPORTED, by=user, about=archive.pk)
    try:
        tell_that_export_is_ready(user, archive)
    except (OSError, SMTPException):
        # The page says it as well.
        logger.exception("The mail about an export could not be sent.")


def _bring_back(archive: Archive) -> None:
    with storing.open_archive(archive.pk) as file:
        brought = CheckedArchive(file)
        steps = brought.count()
        Archive.objects.filter(pk=archive.pk).update(steps=steps)
        with told(archive.pk, of=steps) as progress:
            _restore(archive, brought, progress)
    storing.drop(archive.pk)


def _restore(archive: Archive, brought: CheckedArchive, progress: Progress) -> None:
    with transaction.atomic():
        done = restore(by=archive.user, archive=brought, about=archive.pk, progress=progress)
        Archive.objects.filter(pk=archive.pk).update(
            state=ArchiveState.DONE,
            rows=done.rows,
            without_article=done.without_article,
            finished_at=timezone.now(),
            problem="",
        )


def _fail(archive: Archive, problem: str) -> None:
    Archive.objects.filter(pk=archive.pk).update(
        state=ArchiveState.FAILED, problem=problem[:400], finished_at=timezone.now()
    )
    storing.drop(archive.pk)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
