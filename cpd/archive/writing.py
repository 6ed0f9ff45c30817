"""Writing an archive: row by row and piece by piece, so that its size does not matter."""

import hashlib
import logging
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.db import transaction

from accounts.models import User
from cpd.archive.kinds import KINDS, LEFT_OUT, OF_ACCOUNT, OF_PROFILE, reader_clock
from cpd.archive.manifest import NAME, Listed, canonical, manifest_of, readable
from cpd.archive.rows import history_of, plain, rows_of
from cpd.evidence.storing import PIECE_BYTES, storage
from cpd.models import Evidence
from cpd.progress import Progress
from cpd.reading import lock_reader

logger = logging.getLogger(__name__)

ACCOUNT = "account.json"
# The same record gives the same bytes: no entry has a time of its own.
NO_TIME = (1980, 1, 1, 0, 0, 0)
READ_ME = """This is everything Meducation holds about you.

manifest.json lists every file with its SHA-256. Files that end in .jsonl hold one row of JSON on each line; those
under history/ hold the earlier states of such rows. The files you kept as evidence are under evidence/, named by their
SHA-256 (see evidence.jsonl for the names you gave them). What is left out, and why, is said in manifest.json.

The format is version 1 of meducation-archive: docs/archive-format.md of the program.
"""


def write_archive(user: User, target: IO[bytes], progress: Progress) -> dict[str, Any]:
    """Write all that is held about somebody into a ZIP; returns its manifest.

    What is being read or changed meanwhile waits until the rows are written; files of evidence never change.
    Raises OSError when the disk is full: the target then holds half an archive, for the caller to throw away.
    """
    listed: list[Listed] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        listed.append(_add(archive, "READ-ME.txt", [READ_ME.encode()]))
        with transaction.atomic():
            lock_reader(user)
            user.refresh_from_db()
            listed.append(_add(archive, ACCOUNT, [canonical(_account(user))]))
            for kind in KINDS:
                listed.append(_add_rows(archive, f"{kind.name}.jsonl", rows_of(kind, user), progress))
                if kind.history is not None:
                    name = f"history/{kind.name}.jsonl"
                    listed.append(_add_rows(archive, name, history_of(kind, user), progress))
            kept = dict(user.evidence.order_by("sha256", "pk").values_list("sha256", "stored_as"))
        missing = []
        for sha256, stored_as in sorted(kept.items()):
            try:
                listed.append(_add_file(archive, sha256, stored_as))
            except FileNotFoundError:
                # Its owner still gets everything else.
                logger.exception("A stored file is missing: restore it from a copy.")
                missing.append(sha256)
            progress.moved()
        manifest = manifest_of(listed, left_out=LEFT_OUT, missing=missing)
        _add(archive, NAME, [readable(manifest)])
    return manifest


def how_much(user: User) -> int:
    """About how many steps writing will take: rows and files, without their history."""
    return sum(kind.own(user).count() for kind in KINDS) + Evidence.objects.filter(user=user).count()


def _account(user: User) -> dict[str, Any]:
    profile = user.profile
    return {
        **{name: plain(getattr(user, name)) for name in OF_ACCOUNT},
        "profile": {name: _said(getattr(profile, name)) for name in OF_PROFILE},
        "counted_until": plain(reader_clock(user)),
    }


def _said(value: Any) -> Any:
    value = plain(value)
    return value if value is None or isinstance(value, str | int) else str(value)  # A country is its code.


def _add_rows(archive: zipfile.ZipFile, name: str, rows: Iterator[dict[str, Any]], progress: Progress) -> Listed:
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in rows:
            count += 1
            progress.moved()
            yield canonical(row) + b"\n"

    added = _add(archive, name, lines())
    return Listed(added.name, added.sha256, added.bytes, rows=count)


def _add_file(archive: zipfile.ZipFile, sha256: str, stored_as: str) -> Listed:
    with storage().open(stored_as, "rb") as file:
        # Pictures and office files are compressed already.
        return _add(archive, f"evidence/{sha256}", iter(lambda: file.read(PIECE_BYTES), b""), zipfile.ZIP_STORED)


def _add(
    archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes] | list[bytes], method: int = zipfile.ZIP_DEFLATED
) -> Listed:
    info = zipfile.ZipInfo(name, NO_TIME)
    info.compress_type = method
    info.external_attr = 0o600 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as entry:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            entry.write(piece)
    return Listed(name, digest.hexdigest(), size)
