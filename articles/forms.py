"""Forms for readers."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from articles.assessing import AskedQuestion
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

MISSING = "Choose an answer."
UNKNOWN = "Choose one of the answers shown."


class BeginForm(forms.Form):
    """The id of the attempt that the button begins: sent twice, it begins one."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class AnswersForm(OwnedForm):
    """All questions of an attempt, in its order. The right answers are not in it."""

    def __init__(self, *args: Any, user: "User", questions: Sequence[AskedQuestion], **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        for number, question in enumerate(questions, start=1):
            self.fields[question.key] = forms.ChoiceField(
                label=f"{number}. {question.text}",
                choices=[(option.key, option.text) for option in question.options],
                widget=forms.RadioSelect,
                error_messages={"required": MISSING, "invalid_choice": UNKNOWN},
            )
        self.keys = [question.key for question in questions]

    def answers(self) -> dict[str, str]:
        """From question key to answer key."""
        return {key: self.cleaned_data[key] for key in self.keys}
