"""A storage of Django's that never leaves half a file behind, and gives its files no address."""

from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from meducation.lib.files import write_whole_in_pieces


class WholeFileStorage(FileSystemStorage):
    """A folder outside the web root. Django's own leaves the first half of a file when the disk fills up."""

    def _save(self, name: str, content: File[Any]) -> str:
        # Readable by the site alone.
        write_whole_in_pieces(Path(self.path(name)), content.chunks(), mode=0o600)
        return name

    def url(self, name: str | None) -> str:
        """No file has one: a view decides who gets it."""
        raise NotImplementedError("These files have no address of their own.")
