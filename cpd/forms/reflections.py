"""What somebody makes of an activity, as it is typed."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms

from cpd.actions.reflections import Reflected
from cpd.forms.fields import ReflectionField
from cpd.forms.identifiers import IdentifierGate
from cpd.models import Activity, AiUse
from cpd.reflecting import Reusable
from meducation.lib.dates import day_month_year
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from cpd.models import Reflection

PARTS = ("reflection", "important", "next_step")
WRITE_HERE = ("", "None: I write here, or nothing")
NOT_DECLARED = ("", "Not said")


class ReflectionForm(IdentifierGate, OwnedForm):
    """The part of an activity's form about its reflection."""

    reflection = ReflectionField(label="What happened?", help_text="", widget=forms.Textarea(attrs={"rows": 3}))
    important = ReflectionField(label="What is important?", help_text="", widget=forms.Textarea(attrs={"rows": 3}))
    next_step = ReflectionField(label="What next?", help_text="", widget=forms.Textarea(attrs={"rows": 3}))
    ai_use = forms.ChoiceField(
        label="Did you use AI to write this?",
        required=False,
        choices=[NOT_DECLARED, *AiUse.choices],
        help_text="Your own declaration. We note the day you make it.",
    )
    is_shareable = forms.BooleanField(
        label="Show this reflection to people I share the activity with",
        required=False,
        help_text="Without the tick it is private: only you can read it, whatever you share.",
    )
    shared_reflection = forms.ChoiceField(
        label="Use a reflection you wrote for another activity",
        required=False,
        help_text="One reflection may serve several activities. A change to it is a change for all of them.",
        error_messages={"invalid_choice": "Choose a reflection of the list."},
    )
    is_separate = forms.BooleanField(
        label="Write a separate reflection",
        required=False,
        help_text="What is in the boxes is then for this activity only; the others keep the words they have.",
    )
    reflection_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(
        self,
        *args: Any,
        reusable: Sequence[Reusable] = (),
        shared_with: int = 0,
        reflected: "Reflection | None" = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reusable, self.shared_with, self.saved_reflection = reusable, shared_with, reflected
        choices = [(str(each.reflection_id), each.label) for each in reusable]
        self.fields["shared_reflection"].choices = [WRITE_HERE, *choices]  # type: ignore[attr-defined]  # a ChoiceField
        if not shared_with:
            del self.fields["is_separate"]
        if reflected is not None and reflected.ai_declared_on is not None:
            self.fields["ai_use"].help_text = f"Declared on {day_month_year(reflected.ai_declared_on)}."

    def clean(self) -> dict[str, Any]:
        """Words, or a reflection that is there already: not both."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("shared_reflection") and any(cleaned.get(part) for part in PARTS):
            self.add_error(
                "shared_reflection",
                "There are words in the boxes as well. Clear them to use this reflection, or choose none here.",
            )
        return cleaned

    def reflected(self) -> Reflected:
        """What a form without errors says."""
        said = self.cleaned_data
        shared = said["shared_reflection"]
        return Reflected(
            text=said["reflection"],
            important=said["important"],
            next_step=said["next_step"],
            ai_use=said["ai_use"],
            is_shareable=said["is_shareable"],
            is_confirmed=said["identifiers_confirmed"],
            version=said["reflection_version"],
            shared=uuid.UUID(shared) if shared else None,
            is_separate=said.get("is_separate", False),
        )

    @classmethod
    def initial_reflection(cls, activity: Activity) -> dict[str, Any]:
        """The values for an activity's reflection as it stands."""
        reflection = activity.reflection
        if reflection is None:
            return {"reflection": "", "important": "", "next_step": "", "reflection_version": None}
        return {
            "reflection": reflection.text,
            "important": reflection.important,
            "next_step": reflection.next_step,
            "ai_use": reflection.ai_use,
            "is_shareable": reflection.is_shareable,
            "reflection_version": reflection.version,
        }
