"""Forms of leaving and coming back."""

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings

from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MEGABYTE = 1024 * 1024
# Beside as much evidence as somebody may keep.
ROOM_FOR_ROWS_MB = 200


def most_archive_bytes() -> int:
    """The largest export anybody can have."""
    return (int(settings.EVIDENCE_MB_A_PERSON) + ROOM_FOR_ROWS_MB) * MEGABYTE


class ExportForm(forms.Form):
    """A button: have everything exported."""

    id = forms.UUIDField(widget=forms.HiddenInput)


class BringBackForm(OwnedForm):
    """An export that is to be brought back."""

    file = forms.FileField(
        label="Export",
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        help_text="The .zip file you downloaded from Meducation, unchanged.",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty.",
            "invalid": "Choose the file first.",
        },
    )
    id = forms.UUIDField(widget=forms.HiddenInput)

    def clean_file(self) -> "UploadedFile[bytes]":
        """Not larger than an export can be."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > most_archive_bytes():
            raise forms.ValidationError("This file is larger than an export can be.", code="too_big")
        return file


class CloseForm(OwnedForm):
    """Closing an account asks once."""

    sure = forms.BooleanField(
        label="I have what I want to keep, and want my account to be closed",
        error_messages={"required": "Tick the box to close your account."},
    )
