"""The form of an artefact, shaped as its body asks (cpd.rules.types.ArtefactKind)."""

import datetime
import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from cpd.forms.fields import check_in_record
from cpd.models import LONGEST_ANSWER, Artefact
from cpd.rules.artefacts import HOURS_A_DAY, ArtefactShape
from cpd.rules.types import ArtefactField
from meducation.lib.forms import DayField, OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

# So that a box called "id" or "version" by a body cannot meet one of ours.
PREFIX = "answer-"
LONGEST_SHORT_ANSWER = 300
IDENTIFY_NOBODY = "Do not include anything that could identify a patient."
HOURS_AS = "Enter the hours as a number, like 7.5."
PLAIN_HOURS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?")


class HoursField(forms.CharField):
    """Hours with up to two decimals. A comma is asked about, not guessed at: "1,200" is 1.2 in half of Europe."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "control--short"}))
        super().__init__(**kwargs)
        self.error_messages["required"] = "Enter the hours, like 7.5."

    def to_python(self, value: Any) -> Any:
        """The Decimal; None when nothing was entered. Raises ValidationError."""
        typed = super().to_python(value)
        if not typed:
            return None
        if not PLAIN_HOURS.fullmatch(typed):
            raise forms.ValidationError(HOURS_AS, code="invalid")
        hours = Decimal(typed)
        if hours <= 0:
            raise forms.ValidationError("Enter more than 0 hours, like 7.5.", code="too_few")
        return hours


class ArtefactForm(OwnedForm):
    """One artefact, to record or to change."""

    done_on = DayField(label="Date", error_messages={"required": "Enter the date."})
    done_until = DayField(label="Last day", required=False)
    id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(
        self,
        *args: Any,
        user: "User",
        shape: ArtefactShape,
        titles: frozenset[str] = frozenset(),
        artefact: Artefact | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.user = user
        self.shape = shape
        self.titles = titles
        self.artefact = artefact
        if shape.has_period:
            self.fields["done_on"].label = "First day"
            self.fields["done_on"].error_messages["required"] = "Enter the first day."
            self.fields["done_until"].help_text = "Leave it empty if it was one day."
        else:
            del self.fields["done_until"]
        for field in () if shape.kind.is_declaration else shape.kind.fields:
            self.fields[PREFIX + field.id] = form_field(field, is_quantity=field.id == shape.kind.quantity)
            if titles and self._is_about_titles(field):
                self._fit_to_titles(field)
        if shape.kind.is_declaration:
            self.fields["declared"] = forms.BooleanField(
                label="I declare this",
                error_messages={"required": "Tick the box to declare it. If you cannot, leave this page."},
            )
            self.order_fields(["declared", "done_on"])

    def _is_about_titles(self, field: ArtefactField) -> bool:
        choices = {choice.id for choice in field.choices}
        return field.kind == "choice" and bool(choices) and choices <= {title.id for title in self.shape.version.titles}

    def _fit_to_titles(self, field: ArtefactField) -> None:
        """Of a title that is one of the choices, the answer is known. Otherwise it is needed: the rules go by it."""
        name = PREFIX + field.id
        ids = {choice.id for choice in field.choices}
        if len(self.titles) == 1 and self.titles <= ids:
            if self.artefact is None:
                self.initial.setdefault(name, *self.titles)
            return
        marks = {
            mark
            for rule in self.shape.version.requirements
            if rule.artefact == self.shape.kind.id and rule.only & self.titles
            for mark in rule.where.marks
        }
        asked = {choice for choice in ids if f"{field.id}/{choice}" in marks} or ids
        # What was answered before stays to be seen.
        asked |= {self.artefact.answers.get(field.id)} if self.artefact is not None else set()
        self.fields[name] = form_field(
            replace(field, required=True, choices=tuple(choice for choice in field.choices if choice.id in asked)),
            is_quantity=False,
        )

    def clean_done_on(self) -> datetime.date:
        """Not in the future where the person is, and not before their record starts."""
        return self._check_day(self.cleaned_data["done_on"])

    def clean_done_until(self) -> datetime.date | None:
        """The same; but a gap may be explained before it is over."""
        day = self.cleaned_data["done_until"]
        return self._check_day(day, may_be_ahead=self.shape.explains_gap) if day else None

    def _check_day(self, day: datetime.date, *, may_be_ahead: bool = False) -> datetime.date:
        profile = self.user.profile
        if day > profile.local_date() and not may_be_ahead:
            raise forms.ValidationError("This date is in the future. Enter the day it was.", code="future")
        check_in_record(day, profile)
        if day.year > profile.local_date().year + 10:
            raise forms.ValidationError("This is more than ten years ahead. Check the year.", code="too_far")
        return day

    def clean(self) -> dict[str, Any]:
        """What only makes sense together: the days, and the hours in them."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("done_on"), cleaned.get("done_until")
        if first and last and last < first:
            self.add_error("done_until", "The last day is before the first. Swap them, or clear this one.")
            return cleaned
        hours = cleaned.get(PREFIX + self.shape.kind.quantity)
        if first and hours and "done_until" not in self.errors:
            days = ((last or first) - first).days + 1
            if hours > HOURS_A_DAY * days:
                self.add_error(
                    PREFIX + self.shape.kind.quantity,
                    f"That is more than fits: at most {HOURS_A_DAY * days:,} hours in {days:,} "
                    f"day{'s' if days > 1 else ''}. Enter fewer, or a later last day.",
                )
        return cleaned

    def artefact_fields(self) -> dict[str, Any]:
        """The columns of the artefact, of a form without errors."""
        kind = self.shape.kind
        # What an earlier version of the form asked for, and this one does not, is kept as it is.
        answers: dict[str, Any] = dict(self.artefact.answers) if self.artefact is not None else {}
        if not kind.is_declaration:
            for field in kind.fields:
                answer = _plain(self.cleaned_data[PREFIX + field.id])
                if field.id == kind.quantity or not answer:
                    answers.pop(field.id, None)
                else:
                    answers[field.id] = answer
        quantity = self.cleaned_data[PREFIX + kind.quantity] if kind.quantity else Decimal(1)
        return {
            "done_on": self.cleaned_data["done_on"],
            "done_until": self.cleaned_data.get("done_until"),
            "quantity": quantity,
            "answers": answers,
        }

    def for_version(self, version: int) -> "ArtefactForm":
        """The same words, to be saved over another version of the artefact."""
        data = QueryDict(mutable=True)
        for name in self.fields:
            value = self[name].value()
            if isinstance(value, list):
                data.setlist(name, value)
            elif value not in (None, False):
                data[name] = str(value)
        data["version"] = str(version)
        return ArtefactForm(data, user=self.user, shape=self.shape, titles=self.titles, artefact=self.artefact)

    @classmethod
    def initial_for(cls, artefact: Artefact, shape: ArtefactShape) -> dict[str, Any]:
        """The form's values for an artefact that is to be changed."""
        answers = {PREFIX + name: answer for name, answer in artefact.answers.items()}
        if shape.kind.quantity:
            answers[PREFIX + shape.kind.quantity] = plain_number(artefact.quantity)
        return {
            **answers,
            "done_on": artefact.done_on,
            "done_until": artefact.done_until,
            "declared": True,
            "id": artefact.pk,
            "version": artefact.version,
        }


def form_field(field: ArtefactField, *, is_quantity: bool) -> forms.Field:
    """The form's field for one box. The box that is summed cannot stay empty, whatever the file says."""
    required = field.required or is_quantity
    sentences = {"required": "Fill this in."}
    too_long = "This is longer than %(limit_value)d characters (it has %(show_value)d). Shorten it."
    choices = [(choice.id, choice.label) for choice in field.choices]
    common: dict[str, Any] = {"label": field.label, "required": required, "help_text": field.help}
    match field.kind:
        case "short":
            return forms.CharField(
                max_length=LONGEST_SHORT_ANSWER, error_messages=sentences | {"max_length": too_long}, **common
            )
        case "date":
            return DayField(error_messages={"required": "Enter the date."}, **common)
        case "hours":
            return HoursField(**common)
        case "choice":
            return forms.ChoiceField(
                choices=[("", "Choose one"), *choices],
                error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the list."},
                **common,
            )
        case "choices":
            return forms.MultipleChoiceField(
                choices=choices,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": "Tick at least one.", "invalid_choice": "Choose from the list."},
                **common,
            )
        case _:
            return forms.CharField(
                max_length=LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": 6}),
                error_messages=sentences | {"max_length": too_long},
                **common | {"help_text": f"{field.help} {IDENTIFY_NOBODY}".strip()},
            )


def plain_number(number: Decimal) -> str:
    """ "450", "7.5": without zeros that say nothing."""
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"


def _plain(value: Any) -> Any:
    """An answer as it is kept: text, or a list of choices."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return plain_number(value) if isinstance(value, Decimal) else value
