"""Fields that forms of the record share, and the sentences about them."""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from django import forms

from cpd.models import LONGEST_REFLECTION, LONGEST_TAG, MOST_MINUTES_A_DAY, MOST_TAGS
from meducation.lib.codes import Codes
from meducation.lib.dates import day_month_year

if TYPE_CHECKING:
    from accounts.models import Profile

PLAIN_FIGURE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
MINUTES_HINT = "Whole minutes, like 45."
REFLECTION_HINT = "What will you take from this? Do not include anything that could identify a patient."
LOGGED_MEANWHILE = "Some of this reading was logged from another page meanwhile. Check the minutes, then save again."
LONGEST_TYPED_CODE = 60
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


class TagsField(forms.CharField):
    """A person's own words to find things by, with commas between them. No two differ only in their case."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", f"With commas between them, like asthma, clinic. At most {MOST_TAGS}.")
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """The tags in the order typed. Raises ValidationError for too many, or one that is too long."""
        # After the checks of a text: those look for NUL bytes, and in a list would find none.
        tags = tags_in(super().clean(value) or "")
        if too_long := next((tag for tag in tags if len(tag) > LONGEST_TAG), None):
            raise forms.ValidationError(
                f"“{too_long[:LONGEST_TAG]}…” is too long for a tag: at most {LONGEST_TAG} characters.", code="too_long"
            )
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(f"These are {len(tags)} tags. Keep at most {MOST_TAGS}.", code="too_many")
        return tags

    def prepare_value(self, value: Any) -> Any:
        """As they are typed."""
        return ", ".join(value) if isinstance(value, list) else value


class FigureField(forms.DecimalField):
    """A figure as people write it. "0E+99999999999" is a number to Python, and to nobody else."""

    def to_python(self, value: Any) -> Any:
        """The Decimal; None when nothing was entered. Raises ValidationError."""
        if isinstance(value, str) and value.strip() and not PLAIN_FIGURE.fullmatch(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class ReflectionField(forms.CharField):
    """Optional words of one's own."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        kwargs.setdefault("help_text", REFLECTION_HINT)
        super().__init__(required=False, max_length=LONGEST_REFLECTION, strip=True, **kwargs)
        self.error_messages["max_length"] = (
            "This is longer than %(limit_value)d characters (it has %(show_value)d). Shorten it, or make two entries."
        )

    def to_python(self, value: Any) -> str:
        """With the line ends of this system: a browser sends other ones than a script does, for the same words."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


def tags_in(text: str) -> list[str]:
    """The tags of a text with commas: without blanks around, none empty, none twice, whatever its capitals."""
    found: dict[str, str] = {}
    for part in unicodedata.normalize("NFC", text).split(","):
        if tag := " ".join(part.split()):
            found.setdefault(tag.casefold(), tag)
    return list(found.values())


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Give a form's field its choices, where these depend on who asks."""
    cast(forms.ChoiceField, form.fields[name]).choices = list(choices)


class WrittenAtField(forms.CharField):
    """When a device says that the form was filled in there, in ISO 8601 with a zone. Nonsense is not said."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False)

    def to_python(self, value: Any) -> Any:
        """The instant, or None."""
        try:
            written = datetime.datetime.fromisoformat(str(value))
            return written.astimezone(datetime.UTC) if written.tzinfo is not None else None
        except (ValueError, OverflowError):
            return None


class CodeField(forms.CharField):
    """A short code as somebody typed it; its value is the code as it was made. `not_one` is said of anything else."""

    def __init__(self, codes: Codes, *, not_one: str, **kwargs: Any) -> None:
        self.codes, self.not_one = codes, not_one
        attrs = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "class": "control--code"}
        super().__init__(
            label="Code",
            widget=forms.TextInput(attrs=attrs),
            error_messages={"required": "Enter the code."},
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """The code; nothing when nothing was typed. Raises ValidationError."""
        typed = super().to_python(value) or ""
        code = self.codes.typed(typed[: LONGEST_TYPED_CODE + 1])
        if typed and not code:
            raise forms.ValidationError(self.not_one, code="not_a_code")
        return code


def check_in_record(day: datetime.date, profile: "Profile") -> None:
    """Raise ValidationError for a day before somebody's record starts: a slip of the keyboard, as a rule."""
    if day < profile.record_starts_on:
        start = day_month_year(profile.record_starts_on)
        raise forms.ValidationError(
            f"Your record starts on {start}. Check the year, or move the start in your profile.", code="before_record"
        )


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
