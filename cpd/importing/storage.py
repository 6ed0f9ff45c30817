"""Where the file somebody brought lies until it is imported, and its rows once they were read. Outside the web root.

Two files an import, named by its id alone: what was uploaded, and the rows as lines of JSON, `[line, [cell, …]]`.
Reading a workbook takes many times as long as reading those, and each import reads them twice: for the preview, and for
good.
"""

import json
import uuid
from collections.abc import Iterator
from typing import IO

from django.core.files import File
from django.core.files.storage import Storage, storages

from cpd.importing.delimited import Row


def store() -> Storage:
    """The storage of the setting STORAGES["imports"]."""
    return storages["imports"]


def keep_upload(pk: uuid.UUID, content: IO[bytes]) -> None:
    """Keep the file, in place of any that an earlier try left."""
    drop(pk)
    content.seek(0)
    store().save(_upload(pk), File(content))


def open_upload(pk: uuid.UUID) -> IO[bytes]:
    """The file, to be read and closed. Raises FileNotFoundError."""
    return store().open(_upload(pk), "rb")


def has_upload(pk: uuid.UUID) -> bool:
    """Whether the file is still there."""
    return store().exists(_upload(pk))


def keep_rows(pk: uuid.UUID, lines: IO[bytes]) -> None:
    """Keep the rows that `write_row` wrote."""
    store().delete(_rows(pk))
    lines.seek(0)
    store().save(_rows(pk), File(lines))


def write_row(lines: IO[bytes], row: Row) -> None:
    """Put down one row."""
    lines.write(json.dumps(row, ensure_ascii=False).encode("utf-8", errors="replace") + b"\n")


def rows(pk: uuid.UUID) -> Iterator[Row]:
    """The rows, one at a time. Raises FileNotFoundError."""
    with store().open(_rows(pk), "rb") as lines:
        for text in lines:
            line, cells = json.loads(text)
            yield line, cells


def drop(pk: uuid.UUID) -> None:
    """Delete both files, if they are there."""
    store().delete(_upload(pk))
    store().delete(_rows(pk))


def _upload(pk: uuid.UUID) -> str:
    return f"{pk}.upload"


def _rows(pk: uuid.UUID) -> str:
    return f"{pk}.rows"
