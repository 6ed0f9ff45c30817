"""Files that are written whole or not at all, and what a machine says when it has no room for them."""

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

# No space left; over a quota of the file system.
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_full(error: BaseException | None) -> bool:
    """Whether this is how a machine says that the disk is full."""
    return isinstance(error, OSError) and error.errno in FULL


def write_whole(target: Path, content: bytes) -> None:
    """Make the file, and its folder, also if the disk fills up or the machine stops half-way: then there is none."""
    write_whole_in_pieces(target, [content])


def write_whole_in_pieces(target: Path, pieces: Iterable[bytes], *, mode: int = 0o644) -> None:
    """The same for what is too large to be held in memory."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=target.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).chmod(mode)
        Path(unfinished).replace(target)
        _keep_name(target.parent)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _keep_name(folder: Path) -> None:
    """Have the folder written out as well: a file whose name is lost with the power is lost."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
