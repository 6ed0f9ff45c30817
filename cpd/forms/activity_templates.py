"""A template of one's own, as it is typed."""

from django import forms

from cpd.models import LONGEST_TEMPLATE_NAME
from meducation.lib.forms import OwnedForm


class TemplateNameForm(OwnedForm):
    """What somebody calls a template of theirs."""

    name = forms.CharField(
        label="Name",
        max_length=LONGEST_TEMPLATE_NAME,
        error_messages={"required": "Give it a name, like Journal club on Fridays."},
    )
