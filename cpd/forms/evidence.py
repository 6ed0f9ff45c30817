"""A file, as evidence of an activity."""

import uuid
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cpd.evidence.judging import ACCEPTED
from cpd.evidence.refusing import EMPTY, TOO_LARGE
from cpd.models.evidence import MOST_BYTES

CHOOSE = "Choose a file first."
HINT = (
    "PDF, a photograph or picture, or a Word, Excel, PowerPoint or OpenDocument file, up to 25 MB. Leave out anything"
    " that could identify a patient."
)


class EvidenceForm(forms.Form):
    """One file, sent whole: for browsers that do not send it in parts (static/js/evidence.js)."""

    file = forms.FileField(
        label="Add a file",
        help_text=HINT,
        error_messages={"required": CHOOSE, "empty": EMPTY, "invalid": CHOOSE, "missing": CHOOSE},
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"id": uuid.uuid4()})
        super().__init__(*args, **kwargs)

    def clean_file(self) -> UploadedFile[Any]:
        """Not more than is taken of any kind."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        return file


class UploadForm(forms.Form):
    """What a page says of a file before it sends it in parts."""

    id = forms.UUIDField()
    activity = forms.UUIDField()
    name = forms.CharField(max_length=1000, required=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", required=False)


class UseForm(forms.Form):
    """Which activity a file is to be the evidence of as well."""

    id = forms.UUIDField()
    activity = forms.UUIDField()
