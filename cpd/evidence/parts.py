"""What has come of uploads that are still under way: one file each, in the folder into which the site takes files."""

import datetime
import os
import uuid
from pathlib import Path
from typing import IO

from django.conf import settings

from cpd.evidence.refusing import NO_ROOM, NoRoom
from meducation.lib.files import is_full

# A part may have this much: small enough to be sent again where the network breaks off, and held in memory.
MOST_PART_BYTES = 1024 * 1024


def folder() -> Path:
    """Where they are; the web servers share it."""
    path = Path(settings.UPLOADS_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def received(upload_id: uuid.UUID) -> int:
    """How many bytes have come."""
    try:
        return _path(upload_id).stat().st_size
    except FileNotFoundError:
        return 0


def append(upload_id: uuid.UUID, offset: int, piece: bytes) -> None:
    """Write the piece that begins at `offset`, the whole of it or nothing. Raises NoRoom. Needs the upload's lock."""
    with _path(upload_id).open("ab") as file:
        try:
            file.write(piece)
            file.flush()
        except OSError as error:
            # What fitted must not be taken for received: the sender would go on in the wrong place.
            os.truncate(file.fileno(), offset)
            if is_full(error):
                raise NoRoom(NO_ROOM) from error
            raise


def opened(upload_id: uuid.UUID) -> IO[bytes]:
    """What has come, to be read."""
    return _path(upload_id).open("rb")


def drop(upload_id: uuid.UUID) -> None:
    """Take it away."""
    _path(upload_id).unlink(missing_ok=True)


def drop_older_than(moment: datetime.datetime) -> int:
    """Take away what nobody has added to since then, whatever broke off and left it here; how many."""
    dropped = 0
    for path in folder().iterdir():
        if path.is_file() and path.stat().st_mtime < moment.timestamp():
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped


def _path(upload_id: uuid.UUID) -> Path:
    return folder() / f"{upload_id}.part"
