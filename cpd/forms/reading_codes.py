"""Making a code for reading on a shared computer, and typing one in."""

from typing import TYPE_CHECKING, Any

from django import forms

from cpd.reading_codes import CODES
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

NOT_OURS = "This code has been used, has expired, or is not one of ours."


class MakeCodeForm(forms.Form):
    """Asks for a code. Nobody types into it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    article = forms.SlugField(widget=forms.HiddenInput, max_length=120)


class ClaimForm(OwnedForm):
    """A code as it was written down."""

    code = forms.CharField(
        label="Code",
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "class": "control--code",
                "autocapitalize": "characters",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        help_text="Ten letters and figures, like 7K3MQ-4XWA9. Small letters and spaces do not matter.",
        error_messages={"required": "Enter the code.", "max_length": NOT_OURS},
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)

    def clean_code(self) -> str:
        """The code as it was made. What cannot be one is told nothing else than one that is unknown."""
        code = CODES.typed(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(NOT_OURS, code="unknown")
        return code
