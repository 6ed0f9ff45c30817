"""Where archives lie until they are fetched, or brought back: the storage named "archives", outside the web root."""

import datetime
import uuid
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import Storage, storages

from cpd.models import Archive

# A file younger than this may be one whose row is being written.
YOUNG = datetime.timedelta(hours=1)


def store() -> Storage:
    """The storage of the setting STORAGES["archives"]."""
    return storages["archives"]


def keep(pk: uuid.UUID, content: IO[bytes]) -> None:
    """Keep an archive, whole or not at all, in place of any that an earlier try left."""
    drop(pk)
    content.seek(0)
    store().save(_name(pk), File(content))


def open_archive(pk: uuid.UUID) -> File[Any]:
    """The file, to be read and closed. Raises FileNotFoundError."""
    return store().open(_name(pk), "rb")


def drop(pk: uuid.UUID) -> None:
    """Delete the file, if it is there."""
    store().delete(_name(pk))


def drop_ownerless(now: datetime.datetime) -> int:
    """Delete the files of which no row is left; how many."""
    try:
        _, names = store().listdir("")
    except FileNotFoundError:
        return 0
    known = {_name(pk) for pk in Archive.objects.values_list("pk", flat=True)}
    old = [each for each in names if each not in known and store().get_modified_time(each) < now - YOUNG]
    for name in old:
        store().delete(name)
    return len(old)


def _name(pk: uuid.UUID) -> str:
    return f"{pk}.zip"
