"""Where the files of portfolios lie: the storage named "papers", a folder or S3 (docs/deploy.md). Names are random."""

import datetime
import hashlib
import logging
import secrets
from dataclasses import dataclass
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from cpd.models import PackFile

logger = logging.getLogger(__name__)

PIECE_BYTES = 64 * 1024
# A file is kept so long; whoever asks for it later waits while it is made again.
KEPT_DAYS = 30
# A file younger than this may be one whose row is being written.
YOUNG = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Stored:
    """A file that is kept: its name in the storage, what it holds."""

    name: str
    size: int
    sha256: str


def storage() -> Storage:
    """The storage of papers."""
    return storages["papers"]


def store(file: IO[bytes]) -> Stored:
    """Keep a file, whole or not at all. Raises OSError, and what object storage raises."""
    file.seek(0)
    sha256, size = hashlib.sha256(), 0
    while piece := file.read(PIECE_BYTES):
        sha256.update(piece)
        size += len(piece)
    file.seek(0)
    name = secrets.token_hex(16)
    name = f"{name[:2]}/{name}"
    return Stored(storage().save(name, File(file, name=name)), size, sha256.hexdigest())


def remove(stored_as: str) -> None:
    """Take a file away. A fault here loses nothing: the night tries again."""
    try:
        storage().delete(stored_as)
    except Exception:
        logger.exception("A file could not be removed.")


def remove_old(now: datetime.datetime) -> dict[str, int]:
    """Take away what was made long ago, and what no row names; how many files."""
    old = PackFile.objects.filter(made_at__lt=now - datetime.timedelta(days=KEPT_DAYS)).exclude(stored_as="")
    old.update(stored_as="", made_at=None, started_at=None)
    return {"papers": sum(_remove_ownerless(folder, now) for folder in _folders())}


def _folders() -> list[str]:
    try:
        return storage().listdir("")[0]
    except FileNotFoundError:
        return []


def _remove_ownerless(folder: str, now: datetime.datetime) -> int:
    names = [f"{folder}/{name}" for name in storage().listdir(folder)[1]]
    known = set(PackFile.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))
    ownerless = [name for name in names if name not in known and storage().get_modified_time(name) < now - YOUNG]
    for name in ownerless:
        remove(name)
    return len(ownerless)
