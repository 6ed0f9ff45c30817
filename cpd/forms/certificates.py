"""Making a certificate, and checking one."""

import uuid
from typing import Any

from django import forms

from meducation.lib.forms import OwnedForm

UNKNOWN = "No certificate has this code. Compare it with the paper, letter by letter."
CHOOSE = "Choose the PDF first."


class MakeForm(OwnedForm):
    """Asks for a certificate. Nobody types into it."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class CheckForm(forms.Form):
    """The code of a certificate, as somebody reads it from the paper."""

    code = forms.CharField(
        label="Code of the certificate",
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "class": "control--code",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        help_text="Twelve letters and figures, like 7K3M-Q4XW-A9CD. Small letters and spaces do not matter.",
        error_messages={"required": "Enter the code.", "max_length": UNKNOWN},
    )


class FileForm(forms.Form):
    """A file that may be the one that was issued. It is read once, and kept nowhere."""

    file = forms.FileField(
        label="The certificate as a PDF",
        help_text="It is compared with the file that was issued, and not kept.",
        allow_empty_file=True,
        max_length=None,
        error_messages={"required": CHOOSE, "invalid": CHOOSE, "missing": CHOOSE},
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
