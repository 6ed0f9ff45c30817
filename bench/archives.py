"""An archive of 2,000 activities, written and put back, beside a ZIP of the same bytes: part of `make bench`."""

import io
import tempfile
import uuid
import zipfile
from typing import IO

from bench import memory
from bench.portfolio import fill

ENTRIES = 2_000


def measure(email: str) -> str:
    """The lines of a table, for somebody with that address. Their account is made anew."""
    from accounts.models import User
    from cpd.archive.reading import CheckedArchive
    from cpd.archive.restoring import restore
    from cpd.archive.writing import write_archive
    from cpd.progress import Progress

    user = User.objects.select_related("profile").get(email=email)
    user.activities.all().delete()
    fill(user, ENTRIES, 10)
    with tempfile.TemporaryFile() as file:
        written = memory.of(lambda: write_archive(user, file, Progress()))
        size = file.seek(0, io.SEEK_END)
        zipped = memory.of(lambda: _zip_again(file))
        # Rows keep their ids, so that they must be gone before they come back.
        user.delete()
        other = User.objects.create_user(email=email, name="Dr Bench")
        checked = memory.of(lambda: CheckedArchive(file))
        archive = CheckedArchive(file)
        restored = memory.of(lambda: restore(by=other, archive=archive, about=uuid.uuid4(), progress=Progress()))
    assert other.activities.count() == ENTRIES
    lines = [
        f"| archive of {ENTRIES:,} activities, {size / 1e6:.0f} MB | seconds | peak MB | times zipping |",
        "|---|--:|--:|--:|",
    ]
    for what, work in (("written", written), ("checked", checked), ("put back", restored), ("zipped again", zipped)):
        lines.append(f"| {what} | {work.seconds:.2f} | {work.megabytes:.0f} | {work.seconds / zipped.seconds:.1f} |")
    return "\n".join(lines)


def _zip_again(file: IO[bytes]) -> None:
    with (
        zipfile.ZipFile(file) as old,
        tempfile.TemporaryFile() as target,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, old.read(part), part.compress_type)
