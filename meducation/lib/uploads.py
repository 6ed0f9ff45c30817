"""How the site takes files in: to the disk as they come, and no more than it can use."""

import errno
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from meducation.lib.files import is_full

MOST_FILE_BYTES = 25 * 1024 * 1024
# A browser shows our answer only when it could send its all: so what is a little too much is read, and thrown away.
MOST_REQUEST_BYTES = 100 * 1024 * 1024


class LimitedFileUploadHandler(FileUploadHandler):
    """For files too large for memory: into a folder of ours, with a limit that holds while they come.

    Django's own writes into /tmp, which in a container is memory, and stops at nothing.
    """

    most_file_bytes = MOST_FILE_BYTES
    most_request_bytes = MOST_REQUEST_BYTES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_too_large = False
        self.is_full = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse what nobody sends by mistake before reading it. Raises RequestDataTooBig."""
        if content_length > self.most_request_bytes:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.is_too_large = self.is_full = False
        folder = Path(settings.UPLOADS_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Without a name: whatever becomes of this process, nothing of it stays on the disk.
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (whoever gets the file closes it)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the piece, unless there is too much already."""
        if start + len(raw_data) > self.most_file_bytes:
            self.is_too_large = True
        if self.is_too_large or self.is_full:
            return
        try:
            self.file.write(raw_data)
            self.file.flush()
        except OSError as error:
            if not is_full(error):
                raise
            self.is_full = True

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The whole file; of one that is too large only the size, for its form to say so beside the field.

        Raises OSError when there is no room for it.
        """
        if self.is_full:
            self.file.close()
            raise OSError(errno.ENOSPC, "No room for an upload")
        if self.is_too_large:
            self.file.truncate(0)
        self.file.seek(0)
        return UploadedFile(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The sender is gone."""
        if hasattr(self, "file"):
            self.file.close()
