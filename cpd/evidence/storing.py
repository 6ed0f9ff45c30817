"""Where evidence lies: the storage named "evidence", a folder or S3 (docs/deploy.md). Names in it are random."""

import datetime
import hashlib
import logging
import secrets
from collections.abc import Iterator
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from cpd.evidence.refusing import NO_ROOM, CannotJustNow, NoRoom
from cpd.models import Evidence
from meducation.lib.files import is_full

logger = logging.getLogger(__name__)

PIECE_BYTES = 64 * 1024
# A file younger than this may be one whose row is being written.
YOUNG = datetime.timedelta(hours=1)
CANNOT_STORE = "Files cannot be stored just now, so this one was not. Try again in a few minutes."


def storage() -> Storage:
    """The storage of evidence."""
    return storages["evidence"]


def digest(file: IO[bytes]) -> str:
    """The SHA-256 of a whole file."""
    file.seek(0)
    sha256 = hashlib.sha256()
    while piece := file.read(PIECE_BYTES):
        sha256.update(piece)
    return sha256.hexdigest()


def store(file: IO[bytes]) -> str:
    """Keep a file, whole or not at all; the name it is kept under. Raises NoRoom, CannotJustNow."""
    name = secrets.token_hex(16)
    name = f"{name[:2]}/{name}"
    file.seek(0)
    try:
        return storage().save(name, File(file, name=name))
    except Exception as error:
        # A disk says so in one way, each maker of object storage in another.
        if is_full(error):
            raise NoRoom(NO_ROOM) from error
        logger.exception("A file could not be stored.")
        raise CannotJustNow(CANNOT_STORE) from error


def remove(stored_as: str) -> None:
    """Take a file away that no row names. A fault here loses nothing: the night tries again."""
    try:
        storage().delete(stored_as)
    except Exception:
        logger.exception("A file could not be removed.")


def remove_ownerless(now: datetime.datetime) -> int:
    """Take away every stored file that no row names: of what was deleted long ago, or broke off; how many.

    Rows go first, in a transaction; the files follow here. So a row never lacks its file, whatever fails between.
    """
    removed = 0
    for names in _stored():
        known = set(Evidence.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
        for name in names:
            if name not in known and storage().get_modified_time(name) < now - YOUNG:
                storage().delete(name)
                removed += 1
    return removed


def _stored() -> Iterator[list[str]]:
    """The names in each folder."""
    try:
        folders, _ = storage().listdir("")
    except FileNotFoundError:
        return
    for folder in folders:
        _, names = storage().listdir(folder)
        yield [f"{folder}/{name}" for name in names]
