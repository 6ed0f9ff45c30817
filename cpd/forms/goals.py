"""One goal of a plan, and which activities are part of it."""

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from cpd.actions.goals import EDITABLE
from cpd.forms.artefacts import IDENTIFY_NOBODY
from cpd.models import LONGEST_GOAL_TEXT, Goal, GoalStatus
from cpd.models.plan import CENTURIES
from meducation.lib.forms import DayField, OwnedForm

if TYPE_CHECKING:
    from accounts.models import User


class GoalTextField(forms.CharField):
    """Optional words about a goal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, max_length=LONGEST_GOAL_TEXT, widget=forms.Textarea(attrs={"rows": 3}), **kwargs
        )
        self.error_messages["max_length"] = (
            "This is longer than %(limit_value)d characters (it has %(show_value)d). Shorten it, or make two goals."
        )


class GoalForm(OwnedForm):
    """A goal, to add or to change."""

    title = forms.CharField(
        label="What do you want to learn or change?",
        max_length=200,
        error_messages={"required": "Say what you want to learn or change, in a few words."},
    )
    why = GoalTextField(label="Why?", help_text=IDENTIFY_NOBODY)
    how = GoalTextField(label="How will you go about it?")
    due_on = DayField(label="By when?", required=False)
    status = forms.ChoiceField(label="How far is it?", choices=GoalStatus.choices, widget=forms.RadioSelect)
    outcome = GoalTextField(label="What came of it?", help_text=IDENTIFY_NOBODY)
    id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, data: QueryDict | None = None, *, user: "User", goal: Goal | None = None, **kwargs: Any) -> None:
        super().__init__(data, owner_pk=user.pk, **kwargs)
        self.user = user
        self.goal = goal
        if goal is None:
            # Of what has not begun there is nothing to tell.
            del self.fields["status"], self.fields["outcome"]

    def clean_due_on(self) -> datetime.date | None:
        """A day that may come; one that has passed only where it stood there before."""
        day: datetime.date | None = self.cleaned_data["due_on"]
        if day is None or (self.goal is not None and day == self.goal.due_on):
            return day
        if day < self.user.profile.local_date():
            raise forms.ValidationError("This day has passed. Enter one to come, or leave it empty.", code="past")
        if not CENTURIES[0] <= day <= CENTURIES[1]:
            raise forms.ValidationError("Enter a date from 1900 to 2200.", code="centuries")
        return day

    def goal_fields(self) -> dict[str, Any]:
        """The columns of the goal."""
        return {name: self.cleaned_data[name] for name in EDITABLE if name in self.cleaned_data}

    def for_version(self, version: int) -> "GoalForm":
        """The same words, to be saved over another version of the goal."""
        data = QueryDict(mutable=True)
        data.update({name: str(value) for name, value in self.data.items()} | {"version": str(version)})
        return GoalForm(data, user=self.user, goal=self.goal)

    @classmethod
    def initial_for(cls, goal: Goal) -> dict[str, Any]:
        """The form's values for a goal that is to be changed."""
        return {name: getattr(goal, name) for name in EDITABLE} | {"id": goal.pk, "version": goal.version}


def keys_in(data: QueryDict, name: str, *, most: int) -> list[uuid.UUID]:
    """The keys that boxes of one name send; what is no key is left out, as are more than a page can hold."""
    return [key for text in data.getlist(name)[:most] if (key := _key(text)) is not None]


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
