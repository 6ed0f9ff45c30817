"""Whether an activity changed anything, and whether a mail should ask."""

from typing import TYPE_CHECKING, Any

from django import forms

from cpd.models import LONGEST_IMPACT, AskAfter, ImpactAnswer
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from accounts.models import User


class ImpactForm(OwnedForm):
    """The answer, and words if there are any."""

    answer = forms.TypedChoiceField(
        label="Did it change anything?",
        choices=ImpactAnswer.choices,
        coerce=ImpactAnswer,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the list."},
    )
    words = forms.CharField(
        label="In your own words",
        required=False,
        max_length=LONGEST_IMPACT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What you do otherwise now, or what stood in the way. "
        "Do not include anything that could identify a patient.",
        error_messages={
            "max_length": "This is longer than %(limit_value)d characters (it has %(show_value)d). Shorten it."
        },
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)


class AnswerForm(forms.Form):
    """The answer that one press brings."""

    answer = forms.TypedChoiceField(choices=ImpactAnswer.choices, coerce=ImpactAnswer)


class AskForm(forms.Form):
    """When a mail should ask about one activity."""

    after = forms.TypedChoiceField(
        label="Ask me by e-mail",
        choices=AskAfter.choices,
        coerce=lambda value: AskAfter(int(value)),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the list."},
    )
