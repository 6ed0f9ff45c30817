"""Looking after an enrolment: dates, titles, number, leave, grants."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from cpd.actions.enrolments import state_of
from cpd.forms.fields import FigureField
from cpd.forms.registrations import (
    TOO_LONG,
    NumberField,
    Registration,
    SureField,
    anchor_fault,
    anchor_field,
    check_joined,
    initial_of,
    joined_field,
    number_fault,
    tidied,
    titles_field,
    titles_from,
)
from cpd.rules import anchors
from cpd.rules.titles import ever_held, rows_of
from cpd.rules.types import Cycle, ProRata, Requirement, TitleHeld, Version
from cpd.rules.words import in_words
from cpd.wording import amount, unit_of
from meducation.lib.forms import DayField, OwnedForm

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Leave

# Longer ahead, nobody knows when they will be away.
LEAVE_YEARS_AHEAD = 5
MOST_TITLE_ROWS = 50


class EnrolmentForm(OwnedForm):
    """Everything about one enrolment but leave and grants. Titles stand in rows, each from a day on."""

    left_on = DayField(
        label="When did you leave?",
        required=False,
        help_text="Only when you have left. Its requirements are then no longer asked of you; your record stays.",
    )
    working_percent = forms.IntegerField(
        label="How much do you work, in per cent of full time?",
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "1", "max": "100"}),
        min_value=1,
        max_value=100,
        error_messages={
            "required": "Enter a percentage from 1 to 100.",
            "invalid": "Enter a whole number from 1 to 100.",
            "min_value": "Enter a percentage from 1 to 100.",
            "max_value": "Enter a percentage from 1 to 100.",
        },
    )
    trusts_unsure = forms.BooleanField(
        label="I have checked the figures marked “Check with your regulator” with my regulator. Count them.",
        required=False,
    )
    seen = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": "Open this page again, and change what you like there."},
    )

    def __init__(self, *args: Any, user: "User", registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.user, self.registration = user, registration
        self.today = user.profile.local_date()
        enrolment, version = registration.enrolment, registration.version
        self.title_rows = 0
        if version is not None and version.cycle.anchor:
            self.fields["anchor_on"] = anchor_field(version)
        if version is not None and len(version.titles) > 1:
            self._add_title_rows(version)
        self.fields["number"] = NumberField(registration)
        self.fields["sure"] = SureField()
        self.fields["joined_on"] = joined_field()
        if version is None or version.pro_rata.part_time not in (ProRata.DAYS, ProRata.MONTHS):
            del self.fields["working_percent"]
        names = unsure_names(version, registration.held)
        if not names:
            del self.fields["trusts_unsure"]
        else:
            self.fields["trusts_unsure"].help_text = f"These are: {', '.join(names)}."
        for name in ("anchor_on", "number", "joined_on", "left_on", "working_percent", "trusts_unsure"):
            self.initial.setdefault(name, getattr(enrolment, name))
        self.initial.setdefault("seen", state_of(enrolment))

    def over(self, registration: Registration) -> "EnrolmentForm":
        """The same words, to be saved over another state of the enrolment."""
        data = self.data.copy()  # type: ignore[attr-defined]  # the stubs know only a mapping
        data["seen"] = state_of(registration.enrolment)
        return EnrolmentForm(data, user=self.user, registration=registration)

    def _add_title_rows(self, version: Version) -> None:
        """A row for each change there was, and an empty one for the next."""
        history = self.registration.history or (TitleHeld(frozenset()),)
        profession, stored = self.user.profile.profession, ever_held(history)
        self.title_rows = len(history) + 1
        # A form that was opened when there were more keeps what was typed into them.
        while self.is_bound and f"since_{self.title_rows}" in self.data and self.title_rows < MOST_TITLE_ROWS:
            self.title_rows += 1
        for number in range(self.title_rows):
            held = history[number] if number < len(history) else None
            if number:
                self.fields[f"since_{number}"] = DayField(label="Since", required=False)
                self.initial.setdefault(f"since_{number}", held.since if held else None)
            label = "I hold" if number else "At first" if len(history) > 1 else "I am registered as"
            self.fields[f"titles_{number}"] = titles_field(version, profession=profession, stored=stored, label=label)
            self.initial.setdefault(f"titles_{number}", initial_of(version, held.titles if held else ()))
            if number and held:
                self.fields[f"drop_{number}"] = forms.BooleanField(required=False, label="Take this change out")

    def rows(self) -> list[dict[str, Any]]:
        """For the template: each row of titles with its fields."""
        return [
            {
                "number": number,
                "is_new": number == self.title_rows - 1,
                "since": self[f"since_{number}"] if number else None,
                "titles": self[f"titles_{number}"],
                "drop": self[f"drop_{number}"] if f"drop_{number}" in self.fields else None,
            }
            for number in range(self.title_rows)
        ]

    def clean_joined_on(self) -> datetime.date | None:
        """A day on which one can have joined."""
        day: datetime.date | None = self.cleaned_data["joined_on"]
        check_joined(day, self.today)
        return day

    def clean_left_on(self) -> datetime.date | None:
        """Not long ago and not far ahead."""
        day: datetime.date | None = self.cleaned_data["left_on"]
        if day and (fault := anchors.fault_of_past(day, self.today) or anchors.fault_of_future(day, self.today)):
            raise forms.ValidationError(fault, code="left_on")
        return day

    def clean(self) -> dict[str, Any]:
        """What only makes sense together: dates, titles and the number."""
        cleaned: dict[str, Any] = super().clean() or {}
        joined, left = cleaned.get("joined_on"), cleaned.get("left_on")
        if joined and left and left < joined:
            self.add_error("left_on", "You cannot have left before you joined. Check both dates.")
        self._check_title_rows()
        day, history = cleaned.get("anchor_on"), self.history()
        held = history[-1].titles if history else frozenset[str]()
        if day and (
            fault := anchor_fault(self.registration, day, ever=ever_held(history), held=held, today=self.today)
        ):
            self.add_error("anchor_on", fault)
        fault = number_fault(self.registration, cleaned.get("number", ""), titles=ever_held(history))
        if fault and not cleaned.get("sure"):
            self.add_error("number", fault)
        return cleaned

    def _check_title_rows(self) -> None:
        """Each change has its own day, in a working life, and changes something."""
        days: set[datetime.date] = set()
        before: frozenset[str] = frozenset()
        for number in range(self.title_rows):
            since, titles = self._row(number)
            if number == 0:
                before = titles
                continue
            if self.cleaned_data.get(f"drop_{number}") or f"since_{number}" in self.errors:
                continue
            if since is None and titles:
                self.add_error(f"since_{number}", "Enter the day from which you hold it.")
            elif since is not None and not titles:
                self.add_error(f"titles_{number}", "Choose what you hold since that day, or clear the date.")
            elif since is not None:
                fault = anchors.fault_of_past(since, self.today) or anchors.fault_of_future(since, self.today)
                if since in days:
                    fault = "There is another change on this day. Put both into one."
                if fault:
                    self.add_error(f"since_{number}", fault)
                elif titles == before:
                    self.add_error(
                        f"titles_{number}", "You held the same before. Choose what changed, or clear the date."
                    )
                days.add(since)
                before = titles

    def _row(self, number: int) -> tuple[datetime.date | None, frozenset[str]]:
        return (
            self.cleaned_data.get(f"since_{number}"),
            titles_from(self.cleaned_data.get(f"titles_{number}") or ""),
        )

    def history(self) -> tuple[TitleHeld, ...]:
        """What was held since when, in order; what is kept already where no titles are asked for."""
        if not self.title_rows:
            return self.registration.history
        rows = [
            TitleHeld(titles, since)
            for number in range(self.title_rows)
            for since, titles in [self._row(number)]
            if titles and (since or not number) and not self.cleaned_data.get(f"drop_{number}")
        ]
        return tuple(sorted(rows, key=lambda held: held.since or datetime.date.min))

    def changes(self) -> dict[str, Any]:
        """The columns to save, of a form without errors."""
        names = ("anchor_on", "joined_on", "left_on", "working_percent", "trusts_unsure")
        changes = {name: self.cleaned_data[name] for name in names if name in self.fields}
        changes["number"] = tidied(self.registration, self.cleaned_data["number"], titles=ever_held(self.history()))
        if self.title_rows:
            changes["titles"] = rows_of(self.history())
        return changes


def unsure_names(version: Version | None, titles: frozenset[str]) -> list[str]:
    """The names of the requirements that count only when somebody says so: of all titles, where none is known."""
    return [
        each.name
        for each in (version.requirements if version else ())
        if not each.cite.is_sure and (not each.only or not titles or each.only & titles)
    ]


class LeaveForm(OwnedForm):
    """One period away from work, under this enrolment and others."""

    first_on = DayField(label="First day of leave", error_messages={"required": "Enter the first day."})
    last_on = DayField(
        label="Last day of leave",
        help_text="If you do not know it yet, enter the day you expect, and correct it later.",
        error_messages={"required": "Enter the last day."},
    )
    also = forms.MultipleChoiceField(label="Also for", required=False, widget=forms.CheckboxSelectMultiple)
    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, user: "User", leaves: Iterable["Leave"], others: Sequence[Registration], **kwargs: Any
    ) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.today = user.profile.local_date()
        self.leaves = list(leaves)
        self.initial.setdefault("id", uuid.uuid4())
        if others:
            self.fields["also"].choices = [(str(each.enrolment.pk), each.name) for each in others]  # type: ignore[attr-defined]  # the stubs know only Field
        else:
            del self.fields["also"]

    def clean_first_on(self) -> datetime.date:
        """Within a working life."""
        return self._check(self.cleaned_data["first_on"])

    def clean_last_on(self) -> datetime.date:
        """The same."""
        return self._check(self.cleaned_data["last_on"])

    def _check(self, day: datetime.date) -> datetime.date:
        if fault := anchors.fault_of_past(day, self.today) or anchors.fault_of_future(
            day, self.today, years=LEAVE_YEARS_AHEAD
        ):
            raise forms.ValidationError(fault, code="bounds")
        return day

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first, and no other leave lies between them."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if not first or not last:
            return cleaned
        if last < first:
            self.add_error("last_on", "The last day is before the first. Swap them, or correct one.")
            return cleaned
        for leave in self.leaves:
            if leave.pk != cleaned.get("id") and leave.first_on <= last and leave.last_on >= first:
                self.add_error("first_on", overlap(leave))
                break
        return cleaned

    def also_ids(self) -> list[uuid.UUID]:
        """The other enrolments it is entered for."""
        return [uuid.UUID(pk) for pk in self.cleaned_data.get("also", [])]


def overlap(leave: "Leave", name: str = "") -> str:
    """What to say of two leaves that overlap; with the framework's name if it is another one's."""
    days = f"{in_words(leave.first_on)} to {in_words(leave.last_on)}"
    where = f" for {name}" if name else ""
    return f"This overlaps your leave from {days}{where}. Change the dates, or delete that one first."


class GrantForm(OwnedForm):
    """What the body granted instead of its usual figure, in one cycle."""

    requirement = forms.ChoiceField(label="Instead of which requirement?", widget=forms.RadioSelect)
    cycle = forms.ChoiceField(label="In which cycle?", widget=forms.RadioSelect)
    value = FigureField(
        label="What is asked of you instead?",
        help_text="The figure alone, like 30. Hours with a decimal point: 7.5.",
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "control--short"}),
        error_messages={
            "required": "Enter the figure that was granted, like 30.",
            "invalid": "Enter the figure alone, like 30 or 7.5.",
            "min_value": "Enter 0 or more.",
            "max_digits": "This is too large. Enter the figure that was granted.",
            "max_whole_digits": "This is too large. Enter the figure that was granted.",
            "max_decimal_places": "Enter at most two decimal places.",
        },
    )
    reason = forms.CharField(
        label="Why, and where it stands",
        max_length=300,
        help_text="For example: parental leave, letter of 3 May 2026. Nobody but you sees it.",
        error_messages={"required": "Say in a few words who granted it and why.", "max_length": TOO_LONG},
    )
    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, user: "User", registration: Registration, cycles: Sequence[Cycle], **kwargs: Any
    ) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        for name in ("requirement", "cycle"):
            self.fields[name].error_messages["required"] = "Choose one."
        self.fields["requirement"].choices = [  # type: ignore[attr-defined]  # the stubs know only Field
            (requirement.id, usual_figure(requirement, registration)) for requirement in grantable(registration)
        ]
        self.fields["cycle"].choices = [  # type: ignore[attr-defined]  # the stubs know only Field
            (cycle.first.isoformat(), cycle_in_words(cycle, user.profile.local_date())) for cycle in cycles
        ]
        self.initial.setdefault("id", uuid.uuid4())
        if cycles:
            self.initial.setdefault("cycle", cycles[0].first.isoformat())

    def grant_fields(self) -> Mapping[str, Any]:
        """The columns of the grant."""
        return {
            "requirement": self.cleaned_data["requirement"],
            "cycle_first_on": datetime.date.fromisoformat(self.cleaned_data["cycle"]),
            "value": self.cleaned_data["value"],
            "reason": self.cleaned_data["reason"],
        }


def cycle_in_words(cycle: Cycle, today: datetime.date) -> str:
    """ "1 October 2024 to 30 September 2027 (present)"."""
    days = f"{in_words(cycle.first)} to {in_words(cycle.last)}"
    return f"{days} (present)" if today in cycle.whole else days


def grantable(registration: Registration) -> list[Requirement]:
    """The requirements with an amount that a body may change for one person."""
    if registration.version is None:
        return []
    held = ever_held(registration.history)
    return [
        requirement
        for requirement in registration.version.requirements
        if (requirement.value is not None or requirement.values)
        and (not requirement.only or not held or requirement.only & held)
    ]


def granted_figure(requirement: Requirement, value: Decimal, registration: Registration) -> str:
    """ "30 h": a figure of one's own, in what the requirement counts."""
    return amount(value, unit_of(requirement, registration.version))


def usual_figure(requirement: Requirement, registration: Registration) -> str:
    """ "CPD hours (usually 35 h)"; the name alone where the figure goes by a title that is not known."""
    values = [requirement.values[title] for title in registration.held if title in requirement.values]
    value = max(values, default=requirement.value)
    if value is None:
        return requirement.name
    return f"{requirement.name} (usually {amount(value, unit_of(requirement, registration.version))})"
