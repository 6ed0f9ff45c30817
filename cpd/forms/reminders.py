"""How somebody wants to be reminded, and the address of their calendar."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms

from cpd.models import AskAfter, HowOften

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

    ask_after = forms.TypedChoiceField(
        label="Ask me whether an activity changed anything",
        choices=AskAfter.choices,
        coerce=lambda value: AskAfter(int(value)),
        required=False,
        widget=forms.RadioSelect,
        help_text="Once for each activity you record from now on, answered in one press from the mail. "
        "The mail says its date and kind, not its title.",
        error_messages={"invalid_choice": "Choose one of the list."},
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)

    def clean_ask_after(self) -> AskAfter:
        """Not asked, where nothing is said of it."""
        return self.cleaned_data["ask_after"] or AskAfter.NEVER


class CalendarForm(forms.Form):
    """Asks for a new address. Nobody types into it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    @classmethod
    def fresh(cls, seen: str) -> "CalendarForm":
        """A form that makes one address, however often it is sent."""
        return cls(initial={"key": uuid.uuid4(), "seen": seen})
