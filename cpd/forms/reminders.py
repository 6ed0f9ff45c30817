"""How somebody wants to be reminded, and the address of their calendar."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms

from cpd.models import HowOften

if TYPE_CHECKING:
    from accounts.models import User

from meducation.lib.forms import OwnedForm


class RemindersForm(OwnedForm):
    """How often, and whether of changed articles."""

    how_often = forms.TypedChoiceField(
        label="E-mail me",
        choices=HowOften.choices,
        coerce=HowOften,
        widget=forms.RadioSelect,
        help_text="What is left for each of your registrations, with its dates. Never what you wrote.",
        error_messages={"required": "Choose how often.", "invalid_choice": "Choose one of the list."},
    )

    tell_of_changes = forms.BooleanField(
        label="Tell me by e-mail when an article I logged changes",
        required=False,
        help_text="When it is updated, corrected, withdrawn or retired: only what changed, before and after.",
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)


class CalendarForm(forms.Form):
    """Asks for a new address. Nobody types into it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    @classmethod
    def fresh(cls, seen: str) -> "CalendarForm":
        """A form that makes one address, however often it is sent."""
        return cls(initial={"key": uuid.uuid4(), "seen": seen})
