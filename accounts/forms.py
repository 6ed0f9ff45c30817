"""Forms about people.

allauth reads the sign-up form from here while it defines its own, so nothing of `allauth.account.forms` can be
imported; forms that build on allauth's are in `accounts.entrance_forms`.
"""

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django_countries import countries

from accounts.models import MONTHS, Profession, User
from accounts.time_zones import known_zones, place_of, zones_by_region
from meducation.lib.forms import DayField, OwnedForm

NAME_HINT = "As it should appear on your record."
# Nobody practising today was at work before this.
EARLIEST_RECORD = datetime.date(1950, 1, 1)


class NameField(forms.CharField):
    """A person's name, in one box: one fits more of the world than two."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        super().__init__(label="Name", max_length=150, help_text=NAME_HINT, **kwargs)
        self.error_messages |= {
            "required": "Enter your name.",
            "max_length": "This is longer than %(limit_value)d characters. Shorten it.",
        }


class DetectedTimeZoneField(forms.Field):
    """What the browser says its time zone is. Nobody typed it, so nobody is bothered when it makes no sense."""

    widget = forms.HiddenInput(attrs={"data-detect": ""})

    def clean(self, value: Any) -> str:
        """A zone we know, or nothing."""
        return value if isinstance(value, str) and value in known_zones() else ""


class SignupDetailsForm(forms.Form):
    """What sign-up asks beyond e-mail and password. The rest of the profile can wait."""

    field_order = ("name", "email", "password1", "time_zone")

    name = NameField()
    time_zone = DetectedTimeZoneField(required=False)

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth asks for this; the adapter has already saved the person whole (accounts.adapters)."""


class ProfileForm(OwnedForm):
    """What a person tells us about themselves."""

    name = NameField()
    profession = forms.ChoiceField(
        label="Profession", required=False, choices=[("", "Choose one"), *Profession.choices]
    )
    country = forms.ChoiceField(label="Country", required=False, help_text="Where you practise.")
    specialty = forms.CharField(
        label="Specialty",
        required=False,
        max_length=100,
        help_text="For example: general practice, theatre nursing.",
        error_messages={"max_length": "This is longer than %(limit_value)d characters. Shorten it."},
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        help_text="Decides which day, and so which CPD year, something you did belongs to.",
        error_messages={"required": "Choose your time zone.", "invalid_choice": "Choose a time zone from the list."},
    )
    year_starts_in = forms.TypedChoiceField(
        label="CPD year starts on the first of",
        coerce=int,
        choices=MONTHS,
        error_messages={"required": "Choose a month.", "invalid_choice": "Choose a month from the list."},
    )
    record_starts_on = DayField(
        label="Record starts on",
        help_text="Nothing older can be recorded, which catches slips of the keyboard.",
        error_messages={"required": "Enter the first day of your record."},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        profile = user.profile
        initial = {
            "name": user.name,
            "profession": profile.profession,
            "country": profile.country.code,
            "specialty": profile.specialty,
            "time_zone": profile.time_zone,
            "year_starts_in": profile.year_starts_in,
            "record_starts_on": profile.record_starts_on,
        }
        super().__init__(*args, owner_pk=user.pk, initial=initial, **kwargs)
        self.profile = profile
        self.fields["country"].choices = [("", "Choose one"), *countries]  # type: ignore[attr-defined]  # the stubs know only Field
        self.fields["time_zone"].choices = _zones_with(profile.time_zone)  # type: ignore[attr-defined]  # the stubs know only Field

    def clean_record_starts_on(self) -> datetime.date:
        """Not in the future where the person is, and within a working life."""
        day: datetime.date = self.cleaned_data["record_starts_on"]
        if day > self.profile.local_date():
            raise forms.ValidationError("This is in the future. Enter the first day of your record.", code="future")
        if day < EARLIEST_RECORD:
            raise forms.ValidationError("Check the year: this is before 1950.", code="too_early")
        return day

    def profile_fields(self) -> dict[str, Any]:
        """The columns of the profile."""
        return {name: value for name, value in self.cleaned_data.items() if name in PROFILE_FIELDS}


PROFILE_FIELDS = ("profession", "country", "specialty", "time_zone", "year_starts_in", "record_starts_on")


def _zones_with(current: str) -> list[Any]:
    """The choices of zones; with `current`, should that be an old spelling that the list leaves out."""
    groups: list[Any] = list(zones_by_region())
    if not any(name == current for _, places in groups for name, _ in places):
        groups.insert(0, ("Yours", [(current, place_of(current))]))
    return groups
