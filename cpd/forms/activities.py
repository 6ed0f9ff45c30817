"""One line of the record, as it is typed."""

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from cpd.forms.fields import MINUTES_HINT, NEEDS_REASON, MinutesField, ReflectionField, check_minutes
from cpd.models import Activity, Kind
from cpd.reading import Measured, most_minutes
from meducation.lib.dates import time_read
from meducation.lib.forms import DayField, OwnedForm

if TYPE_CHECKING:
    from accounts.models import User


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
