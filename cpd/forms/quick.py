"""What is put down in a hurry."""

from django import forms

from cpd.forms.fields import MinutesField, check_minutes
from meducation.lib.forms import OwnedForm


class QuickForm(OwnedForm):
    """What it was, and how long it took. All else can wait."""

    title = forms.CharField(
        label="What did you do?", max_length=200, error_messages={"required": "Say what you did, in a few words."}
    )
    minutes = MinutesField(label="Minutes")
    id = forms.UUIDField(widget=forms.HiddenInput)

    def clean_minutes(self) -> int:
        """As many as fit into today."""
        return check_minutes(self.cleaned_data["minutes"], days=1)
