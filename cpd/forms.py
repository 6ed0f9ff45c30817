"""What people type into their record, checked, with sentences that say what to do."""

import datetime
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from cpd.actions import InboxChoice
from cpd.models import LONGEST_REFLECTION, MOST_MINUTES_A_DAY, Activity, Kind
from cpd.reading import BeatReport, Measured, UnclaimedReading, most_minutes
from meducation.lib.dates import time_read
from meducation.lib.forms import DayField, OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

MINUTES_HINT = "Whole minutes, like 45."
REFLECTION_HINT = "What will you take from this? Do not include anything that could identify a patient."
LOGGED_MEANWHILE = "Some of this reading was logged from another page meanwhile. Check the minutes, then save again."
NEEDS_REASON = "You enter more than was timed. Say why, in a few words."


class MinutesField(forms.IntegerField):
    """Whole minutes of one day's activity."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.NumberInput(attrs={"inputmode": "numeric", "class": "control--short", "min": "1"})
        )
        super().__init__(**kwargs)
        self.error_messages |= {
            "required": "Enter the minutes it took, like 45.",
            "invalid": "Enter the minutes as a whole number, like 45.",
        }


class ReflectionField(forms.CharField):
    """Optional words of one's own."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        super().__init__(required=False, max_length=LONGEST_REFLECTION, strip=True, help_text=REFLECTION_HINT, **kwargs)
        self.error_messages["max_length"] = (
            "This is longer than %(limit_value)d characters (it has %(show_value)d). Shorten it, or make two entries."
        )


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


class ActivityForm(OwnedForm):
    """One line of the record, to add or to change."""

    title = forms.CharField(
        label="What did you do?", max_length=200, error_messages={"required": "Say what you did, in a few words."}
    )
    kind = forms.ChoiceField(label="Kind", choices=Kind.choices)
    provider = forms.CharField(
        label="Who provided it?",
        required=False,
        max_length=150,
        help_text="For example a college, a trust or a journal.",
    )
    done_on = DayField(label="Date", error_messages={"required": "Enter the date you did it."})
    done_until = DayField(label="Last day", required=False, help_text="Only when it took more than one day.")
    minutes = MinutesField(label="Minutes", help_text=MINUTES_HINT)
    more_because = forms.CharField(label="Why more than was timed?", required=False, max_length=300)
    reflection = ReflectionField(label="Reflection")
    id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(
        self,
        *args: Any,
        user: "User",
        activity: Activity | None = None,
        measured: Measured | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.user = user
        self.activity = activity
        self.measured = measured
        if self.timed_ms is None:
            del self.fields["more_because"]
        else:
            self.fields["minutes"].help_text = f"{MINUTES_HINT} We timed {time_read(self.timed_ms)}."

    @property
    def timed_ms(self) -> int | None:
        """What was measured of it; None for what was not timed."""
        if self.measured is not None:
            return self.measured.timed_ms
        return self.activity.timed_ms if self.activity is not None else None

    def clean_done_on(self) -> datetime.date:
        """Not in the future where the person is, and not before their record starts."""
        return self._check_day(self.cleaned_data["done_on"])

    def clean_done_until(self) -> datetime.date | None:
        """The same."""
        day = self.cleaned_data["done_until"]
        return self._check_day(day) if day else None

    def _check_day(self, day: datetime.date) -> datetime.date:
        profile = self.user.profile
        if day > profile.local_date():
            raise forms.ValidationError("This date is in the future. Enter the day you did it.", code="future")
        if day < profile.record_starts_on:
            start = profile.record_starts_on
            raise forms.ValidationError(
                f"Your record starts on {start.day} {start:%B %Y}. Check the year, or move the start in your profile.",
                code="before_record",
            )
        return day

    def clean(self) -> dict[str, Any]:
        """What only makes sense together: the days, the minutes in them, and the reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("done_on"), cleaned.get("done_until")
        if first and last and last < first:
            self.add_error("done_until", "The last day is before the first. Swap them, or clear this one.")
            return cleaned
        minutes = cleaned.get("minutes")
        if minutes is None:
            return cleaned
        try:
            check_minutes(minutes, days=(last - first).days + 1 if first and last else 1)
        except forms.ValidationError as error:
            self.add_error("minutes", error)
        if self.timed_ms is not None:
            most = most_minutes(self.timed_ms)
            if minutes > most and not cleaned.get("more_because"):
                self.add_error("more_because", NEEDS_REASON)
            elif minutes <= most:
                cleaned["more_because"] = ""
        return cleaned

    def activity_fields(self) -> dict[str, Any]:
        """The columns of the activity, without the reflection."""
        names = ("title", "kind", "provider", "done_on", "done_until", "minutes", "more_because")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def for_version(self, version: int) -> "ActivityForm":
        """The same words, to be saved over another version of the activity."""
        data = QueryDict(mutable=True)
        data.update({name: self[name].value() for name in self.fields if self[name].value() is not None})
        data["version"] = str(version)
        return ActivityForm(data, user=self.user, activity=self.activity, measured=self.measured)

    @classmethod
    def initial_for(cls, activity: Activity) -> dict[str, Any]:
        """The form's values for an activity that is to be changed."""
        return {
            "title": activity.title,
            "kind": activity.kind,
            "provider": activity.provider,
            "done_on": activity.done_on,
            "done_until": activity.done_until,
            "minutes": activity.minutes,
            "more_because": activity.more_because,
            "reflection": activity.reflection.text if activity.reflection else "",
            "id": activity.pk,
            "version": activity.version,
        }


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


def check_minutes(minutes: int, *, days: int) -> int:
    """`minutes`, if so many fit into `days`. Raises ValidationError with a sentence."""
    if minutes < 1:
        raise forms.ValidationError("Enter at least 1 minute.", code="too_few")
    most = MOST_MINUTES_A_DAY * days
    if minutes > most:
        raise forms.ValidationError(
            f"That is more than fits: at most {most:,} minutes in {days} day{'s' if days > 1 else ''}.", code="too_many"
        )
    return minutes


def sentences_of(form: forms.Form) -> Mapping[str, list[str]]:
    """Errors by field, as plain sentences, for an answer in JSON."""
    return {field: [str(message) for message in messages] for field, messages in form.errors.items()}
