"""Making a code for reading on a shared computer, and typing one in."""

from typing import TYPE_CHECKING, Any

from django import forms

from cpd.forms.fields import CodeField
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

    code = CodeField(
        CODES,
        not_one=NOT_OURS,  # What cannot be one is told nothing else than one that is unknown.
        help_text="Ten letters and figures, like 7K3MQ-4XWA9. Small letters and spaces do not matter.",
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
