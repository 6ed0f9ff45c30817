"""What goes into a portfolio, and the making of it."""

import datetime
import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms

from cpd.models import PackKind
from cpd.portfolio.contents import Chosen
from meducation.lib.forms import DayField

if TYPE_CHECKING:
    from accounts.models import User

CENTURIES = (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31))
IN_CENTURIES = "Enter a date from 1900 to 2200."


class ChoiceForm(forms.Form):
    """What is to be in it. Sent by GET: its answers are the address of the preview, and name nobody."""

    kind = forms.ChoiceField(
        label="What is it for?", choices=PackKind, widget=forms.RadioSelect, initial=PackKind.PORTFOLIO
    )
    first = DayField(label="First day", error_messages={"required": "Enter the first day."})
    last = DayField(label="Last day", error_messages={"required": "Enter the last day."})
    reflections = forms.ChoiceField(
        label="Reflections",
        choices=[
            ("none", "None"),
            ("shareable", "Those you marked as may be shown"),
            ("all", "All, private ones too"),
        ],
        widget=forms.RadioSelect,
        initial="shareable",
    )
    highlights_only = forms.BooleanField(label="Highlights only", required=False)
    requirements = forms.BooleanField(label="Where you stand with each requirement", required=False, initial=True)
    plan = forms.BooleanField(label="Your plan, and what came of it", required=False, initial=True)
    papers = forms.BooleanField(
        label="Other papers bodies ask for",
        required=False,
        help_text="Practice hours, feedback, reflective accounts, discussions, declarations. A pack has its body’s.",
    )

    @classmethod
    def initial_for(cls, user: "User", today: datetime.date) -> dict[str, Any]:
        """This CPD year so far."""
        return {"first": user.profile.year_of(today).first, "last": today}

    def offer_first(self, frameworks: Collection[str]) -> None:
        """Offer the packs of these frameworks before others, after the portfolio."""
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = sorted(
                PackKind.choices, key=lambda choice: (choice[0] != PackKind.PORTFOLIO, choice[0] not in frameworks)
            )

    def clean(self) -> dict[str, Any]:
        """The days in these centuries and in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("first", "last"):
            day = cleaned.get(name)
            if day is not None and not CENTURIES[0] <= day <= CENTURIES[1]:
                self.add_error(name, IN_CENTURIES)
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot be before the first.")
        return cleaned

    def chosen(self, left_out: frozenset[uuid.UUID] = frozenset()) -> Chosen:
        """What a form without errors says."""
        said = self.cleaned_data
        kind = PackKind(said["kind"])
        is_pack = bool(kind.framework)
        is_portfolio = kind is PackKind.PORTFOLIO
        return Chosen(
            kind=kind,
            first=said["first"],
            last=said["last"],
            highlights_only=said["highlights_only"],
            reflections=said["reflections"],
            # A pack is what its body asks for; a log for another program is the log alone.
            plan=said["plan"] and (is_portfolio or is_pack),
            requirements=said["requirements"] if is_portfolio else is_pack,
            papers=said["papers"] or not is_portfolio,
            left_out=left_out,
        )


class MakeForm(forms.Form):
    """Make what the preview shows, without the activities that are ticked."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    leave_out = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, entries: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["leave_out"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(entry, entry) for entry in entries or []]

    def left_out(self) -> frozenset[uuid.UUID]:
        """The activities that stay out, of a form without errors."""
        return frozenset(uuid.UUID(each) for each in self.cleaned_data["leave_out"])
