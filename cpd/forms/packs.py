"""What goes into a portfolio, and the making of it."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from cpd.models import PackKind
from cpd.portfolio.contents import Chosen
from cpd.portfolio.periods import Periods
from meducation.lib.forms import DayField, OwnedForm

CENTURIES = (datetime.date(1900, 1, 1), datetime.date(2200, 12, 31))
IN_CENTURIES = "Enter a date from 1900 to 2200."


class ChoiceForm(forms.Form):
    """What is to be in it. Sent by GET: its answers are the address of the preview, and name nobody."""

    kind = forms.ChoiceField(
        label="What is it for?", choices=PackKind, widget=forms.RadioSelect, initial=PackKind.PORTFOLIO
    )
    period = forms.ChoiceField(
        label="Which days?",
        choices=[
            ("usual", "What its body looks at: its present cycle or year, else this CPD year"),
            ("year", "This CPD year"),
            ("other", "Other days"),
        ],
        widget=forms.RadioSelect,
        initial="usual",
        required=False,
    )
    first = DayField(label="First day", required=False)
    last = DayField(label="Last day", required=False)
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

    def __init__(self, *args: Any, periods: Periods, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._periods = periods
        self.fields["period"].help_text = periods.sentence
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            # After the portfolio, the packs of one's own bodies.
            field.choices = sorted(
                PackKind.choices, key=lambda choice: (choice[0] != PackKind.PORTFOLIO, choice[0] not in periods.bodies)
            )

    def clean(self) -> dict[str, Any]:
        """Days in these centuries and in order, whichever way they were chosen."""
        cleaned: dict[str, Any] = super().clean() or {}
        # An address without a choice names its days.
        if cleaned.get("period") in ("usual", "year"):
            self._use_days_of(cleaned)
            return cleaned
        for name, words in (("first", "Enter the first day."), ("last", "Enter the last day.")):
            day = cleaned.get(name)
            if day is not None and not CENTURIES[0] <= day <= CENTURIES[1]:
                self.add_error(name, IN_CENTURIES)
            elif day is None and name not in self.errors:
                self.add_error(name, words)
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day cannot be before the first.")
        return cleaned

    def _use_days_of(self, cleaned: dict[str, Any]) -> None:
        for name in ("first", "last"):
            # What stands in fields that were not meant is no matter.
            self.errors.pop(name, None)
        if "kind" in cleaned:
            kind = PackKind(cleaned["kind"])
            span = self._periods.usual(kind) if cleaned["period"] == "usual" else self._periods.this_year(kind)
            cleaned["first"], cleaned["last"] = span.first, span.last

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


class MakeForm(OwnedForm):
    """Make what the preview shows, without the activities that are ticked; or go to another page of them."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    leave_out = forms.MultipleChoiceField(required=False)  # On the page that was shown.
    elsewhere = forms.CharField(widget=forms.HiddenInput, required=False)  # Ids ticked on other pages.
    shown = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)  # The page that was shown.
    show = forms.IntegerField(required=False, min_value=1)  # The page to go to; it is a button's.

    def __init__(self, *args: Any, entries: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entries = frozenset(entries)
        field = self.fields["leave_out"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(entry, entry) for entry in self._entries]

    @property
    def ticked(self) -> frozenset[str]:
        """Ids of all that was ticked, on this page and on others, and is there still."""
        here = self["leave_out"].value() or []
        return self._entries & {*here, *str(self["elsewhere"].value() or "").split()}

    @property
    def page(self) -> str:
        """The page to show: the one that was asked for, or that was shown; whatever was sent for it."""
        return str(self["show"].value() or self["shown"].value() or 1)

    @property
    def goes_on(self) -> bool:
        """Whether another page is asked for, and nothing is to be made yet."""
        return bool(self["show"].value())

    def left_out(self) -> frozenset[uuid.UUID]:
        """The activities that stay out."""
        return frozenset(uuid.UUID(each) for each in self.ticked)
