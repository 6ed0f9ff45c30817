"""What is asked about a discussion: before, while it goes on, and afterwards."""

import datetime
import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import validate_email

from cpd.discussions import CODES, Person
from cpd.forms.fields import MINUTES_HINT, CodeField, MinutesField, ReflectionField, check_in_record
from cpd.models import DISCUSSION_KINDS, LONGEST_DISCUSSION, LONGEST_LINE, LONGEST_NOTES
from meducation.lib.dates import duration
from meducation.lib.forms import DayField, OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

# How long ago a discussion may be that is recorded afterwards: later, nobody remembers who was there.
DAYS_AFTERWARDS = 14
TOO_LONG_AGO = f"That is more than {DAYS_AFTERWARDS} days ago. Add it to your CPD by hand instead."
MOST_MINUTES = int(LONGEST_DISCUSSION.total_seconds() // 60)
IDENTIFY_NOBODY = "Do not include anything that could identify a patient."
SEEN_BY_OTHERS = "The others in this discussion see it."
NO_NAME = "Enter your name as colleagues know you, like Anna Brown."
# What makes an address of a name, in the mail that it stands in.
NOT_IN_A_NAME = re.compile(r"[@/:<>\\]|www\.", re.IGNORECASE)
NOT_A_CODE = f"A code has {CODES.length} letters and figures, like K7MW-3QXD."
LONGEST_LIST = 20_000
SEPARATORS = re.compile(r"[\s,;]+")


class NameField(forms.CharField):
    """One's own name, as the others in the room know it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Your name")
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "name"}))
        super().__init__(max_length=150, error_messages={"required": NO_NAME}, **kwargs)

    def clean(self, value: Any) -> str:
        """The name in one line. Raises ValidationError."""
        name = " ".join(str(super().clean(value)).split())
        if NOT_IN_A_NAME.search(name) or not any(sign.isalpha() for sign in name):
            raise forms.ValidationError(NO_NAME, code="not_a_name")
        return name


class DiscussionForm(OwnedForm):
    """A discussion: one that begins now, or one that took place already."""

    title = forms.CharField(
        label="What is it about?",
        max_length=200,
        help_text=f"Everybody who joins sees it. {IDENTIFY_NOBODY}",
        error_messages={"required": "Say what it is about, in a few words."},
    )
    kind = forms.ChoiceField(
        label="Kind", choices=DISCUSSION_KINDS, error_messages={"invalid_choice": "Choose a kind from the list."}
    )
    day = DayField(label="Date", error_messages={"required": "Enter the date it took place."})
    began_at = forms.TimeField(
        label="It began at",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "control--short"}),
        error_messages={"required": "Enter when it began, like 13:00.", "invalid": "Enter a time, like 13:00."},
    )
    minutes = MinutesField(label="It took, in minutes", help_text=MINUTES_HINT, max_value=MOST_MINUTES, min_value=1)
    name = NameField(help_text="The others see it. Nobody sees your e-mail address.")
    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: "User", is_afterwards: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.user, self.is_afterwards = user, is_afterwards
        self.fields["minutes"].error_messages |= {
            "max_value": f"A discussion takes at most {MOST_MINUTES} minutes. Record longer ones as several.",
            "min_value": "Enter at least 1 minute.",
        }
        if not is_afterwards:
            for name in ("day", "began_at", "minutes"):
                del self.fields[name]

    def clean_day(self) -> datetime.date:
        """A day of the last two weeks, where the person is."""
        day: datetime.date = self.cleaned_data["day"]
        today = self.user.profile.local_date()
        if day > today:
            raise forms.ValidationError("This date is in the future. Enter the day it took place.", code="future")
        if (today - day).days > DAYS_AFTERWARDS:
            raise forms.ValidationError(TOO_LONG_AGO, code="too_long_ago")
        check_in_record(day, self.user.profile)
        return day

    def clean(self) -> dict[str, Any]:
        """The moments it began and ended, of which neither lies ahead."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.is_afterwards or not {"day", "began_at", "minutes"} <= cleaned.keys():
            return cleaned
        zone = self.user.profile.zone
        began_at = datetime.datetime.combine(cleaned["day"], cleaned["began_at"], tzinfo=zone)
        as_utc = began_at.astimezone(datetime.UTC)
        if as_utc.astimezone(zone).replace(tzinfo=None) != began_at.replace(tzinfo=None):
            self.add_error("began_at", "The clocks went forward then, and skipped this time. Enter another.")
            return cleaned
        # In elapsed minutes: a night on which the clocks change is no longer or shorter for that.
        ended_at = as_utc + datetime.timedelta(minutes=cleaned["minutes"])
        if ended_at > datetime.datetime.now(datetime.UTC):
            self.add_error("minutes", "It would not be over yet. Start it as one that goes on, or enter less.")
        cleaned["took_place"] = (as_utc, ended_at)
        return cleaned


class JoinForm(OwnedForm):
    """A code that was read out, and who one is."""

    code = CodeField(
        CODES,
        not_one=NOT_A_CODE,
        help_text=f"{CODES.length} letters and figures, read out or shown by whoever began the discussion.",
    )
    name = NameField(help_text="The others in the discussion see it. Nobody sees your e-mail address.")

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)


class InvitedForm(OwnedForm):
    """Who one is."""

    name = NameField(help_text="The others in the discussion see it. Nobody sees your e-mail address.")

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)


class InviteForm(OwnedForm):
    """Addresses, as people paste them."""

    emails = forms.CharField(
        label="E-mail addresses",
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
        help_text="With gaps, commas or new lines between them. Each gets a mail with a link of their own.",
        error_messages={"required": "Enter at least one address."},
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)

    def clean_emails(self) -> list[str]:
        """Each once, in small letters. Raises ValidationError naming the first that is none."""
        emails = list(dict.fromkeys(filter(None, SEPARATORS.split(self.cleaned_data["emails"].lower()))))
        for email in emails:
            try:
                validate_email(email)
            except forms.ValidationError as error:
                raise forms.ValidationError(f"“{email[:60]}” is not an e-mail address.", code="invalid") from error
        if not emails:
            raise forms.ValidationError("Enter at least one address.", code="required")
        return emails


class MinutesForm(OwnedForm):
    """For how long one took part, and what one took from it."""

    minutes = MinutesField(label="Minutes you took part")
    line = forms.CharField(
        label="What I took from it",
        required=False,
        max_length=LONGEST_LINE,
        help_text=f"One line. {SEEN_BY_OTHERS} {IDENTIFY_NOBODY}",
    )

    def __init__(self, *args: Any, user: "User", elapsed: int, **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.elapsed = elapsed
        self.fields["minutes"].help_text = f"You were there for {duration(elapsed)}. Enter that, or less."
        self.fields["minutes"].widget.attrs["max"] = str(elapsed)

    def clean_minutes(self) -> int:
        """At least one, and no more than passed."""
        minutes: int = self.cleaned_data["minutes"]
        if minutes < 1:
            raise forms.ValidationError("Enter at least 1 minute.", code="too_few")
        if minutes > self.elapsed:
            raise forms.ValidationError(
                f"You were there for {duration(self.elapsed)}. Enter that, or less.", code="too_many"
            )
        return minutes


class ConfirmForm(OwnedForm):
    """A tick for each of the others who was there as long as they say."""

    there = forms.MultipleChoiceField(
        label="Were these people there with you, for so long?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Somebody has changed their minutes meanwhile. Look again, then tick."},
    )

    def __init__(self, *args: Any, user: "User", people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.people = [person.participant for person in people]
        # The minutes are part of what is ticked: nobody confirms a figure they did not see.
        self.fields["there"].choices = [  # type: ignore[attr-defined]  # a Field, to mypy
            (f"{person.pk}:{person.minutes}", f"{person.name}, {duration(person.minutes or 0)}")
            for person in self.people
        ]
        self.initial["there"] = [
            f"{person.participant.pk}:{person.participant.minutes}" for person in people if person.is_confirmed_by_me
        ]

    def ticked(self) -> dict[uuid.UUID, int]:
        """Whom they confirm, and for how many minutes."""
        pairs = (value.split(":") for value in self.cleaned_data["there"])
        return {uuid.UUID(key): int(minutes) for key, minutes in pairs}

    def unticked(self) -> set[uuid.UUID]:
        """The others on the page."""
        return {person.pk for person in self.people} - self.ticked().keys()


class NotesForm(OwnedForm):
    """The form of the group: what everybody's record says of the discussion."""

    reference = forms.CharField(
        label="What was read",
        required=False,
        max_length=LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The paper or articles, as you would cite them.",
    )
    discussed = forms.CharField(
        label="What was discussed",
        required=False,
        max_length=LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=f"Everybody who took part sees it. {IDENTIFY_NOBODY}",
    )
    main_points = forms.CharField(
        label="The main points", required=False, max_length=LONGEST_NOTES, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.user = user

    def words(self) -> dict[str, str]:
        """What was written, field by field."""
        return {name: self.cleaned_data[name] for name in ("reference", "discussed", "main_points")}

    def for_version(self, version: int) -> "NotesForm":
        """The same words, to be saved over another version."""
        return NotesForm({**self.words(), "version": version}, user=self.user)


class AddDiscussionForm(OwnedForm):
    """One's own activity of a discussion: its reflection is nobody else's."""

    reflection = ReflectionField(label="Reflection")
    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.fields["reflection"].help_text = f"Private to you. {self.fields['reflection'].help_text}"
