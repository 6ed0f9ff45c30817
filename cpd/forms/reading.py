"""What the reading timer sends, the sheet at the end of an article, and the inbox."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms

from cpd.actions import InboxChoice
from cpd.forms.fields import NEEDS_REASON, MinutesField, ReflectionField, check_minutes
from cpd.reading import BeatReport, UnclaimedReading
from meducation.lib.dates import time_read
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from accounts.models import User


class BeatForm(forms.Form):
    """One report of the reading timer. Not shown to anybody: its errors are for programs."""

    sitting = forms.UUIDField()
    article = forms.SlugField(max_length=160)
    revision = forms.IntegerField(min_value=1, max_value=1_000_000)
    sequence = forms.IntegerField(min_value=1, max_value=1_000_000)
    # A sitting of a week is a mistake or a lie.
    counted_ms = forms.IntegerField(min_value=0, max_value=7 * 24 * 3600 * 1000)
    furthest = forms.IntegerField(min_value=0, max_value=100)
    touched = forms.BooleanField(required=False)
    alone_ms = forms.IntegerField(min_value=0, max_value=7 * 24 * 3600 * 1000)
    # Of pages from after these were reported.
    section = forms.SlugField(max_length=80, required=False)
    place = forms.IntegerField(min_value=0, max_value=10_000_000, required=False)

    def report(self) -> BeatReport:
        """The checked report."""
        return BeatReport(**self.cleaned_data)


class LogReadingForm(forms.Form):
    """The sheet at the end of an article."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    article = forms.SlugField(max_length=160, widget=forms.HiddenInput)
    minutes = MinutesField(label="Minutes to log")
    reason = forms.CharField(label="Why more than was timed?", required=False, max_length=300)
    reflection = ReflectionField(label="Reflection")

    def clean_minutes(self) -> int:
        """Between a minute and a day."""
        return check_minutes(self.cleaned_data["minutes"], days=1)


class InboxForm(OwnedForm):
    """Unclaimed reading: tick what to log, correct the minutes, and write one reflection for all of it, or none."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reflection = ReflectionField(label="One reflection for all you tick")

    def __init__(self, *args: Any, user: "User", readings: list[UnclaimedReading], **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.readings = {reading.article.pk: reading for reading in readings}
        self.fields["key"].initial = uuid.uuid4
        for pk, reading in self.readings.items():
            self.fields[f"tick_{pk}"] = forms.BooleanField(required=False, label=reading.revision.title)
            self.fields[f"minutes_{pk}"] = MinutesField(
                required=False,
                label="Minutes",
                initial=reading.measured.minutes,
                help_text=f"We timed {time_read(reading.measured.timed_ms)}.",
            )
            self.fields[f"because_{pk}"] = forms.CharField(
                required=False, max_length=300, label="Why more than was timed?"
            )

    def rows(self) -> list[dict[str, Any]]:
        """For the template: each reading with its three fields."""
        return [
            {
                "reading": reading,
                "tick": self[f"tick_{pk}"],
                "minutes": self[f"minutes_{pk}"],
                "because": self[f"because_{pk}"],
            }
            for pk, reading in self.readings.items()
        ]

    def ticked(self) -> list[UnclaimedReading]:
        """The readings chosen, whether or not their minutes make sense."""
        return [reading for pk, reading in self.readings.items() if self.cleaned_data.get(f"tick_{pk}")]

    def clean(self) -> dict[str, Any]:
        """Minutes of what is ticked must make sense; the rest of the form is not asked about."""
        cleaned: dict[str, Any] = super().clean() or {}
        for pk, reading in self.readings.items():
            if not cleaned.get(f"tick_{pk}") or f"minutes_{pk}" in self.errors:
                continue
            minutes = cleaned.get(f"minutes_{pk}")
            if minutes is None:
                self.add_error(f"minutes_{pk}", "Enter the minutes it took, like 45.")
                continue
            try:
                check_minutes(minutes, days=1)
            except forms.ValidationError as error:
                self.add_error(f"minutes_{pk}", error)
                continue
            if minutes > reading.measured.most_minutes and not cleaned.get(f"because_{pk}"):
                self.add_error(f"because_{pk}", NEEDS_REASON)
        if not self.ticked():
            self.add_error(None, "Tick at least one article.")
        return cleaned

    def choices(self) -> list[InboxChoice]:
        """What to log, of a form without errors."""
        return [
            InboxChoice(
                reading=reading,
                minutes=self.cleaned_data[f"minutes_{reading.article.pk}"],
                more_because=self.cleaned_data[f"because_{reading.article.pk}"],
            )
            for reading in self.ticked()
        ]
