"""An enrolment with what its framework says of it, and what several forms ask about one."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from cpd import catalogue
from cpd.models import Enrolment
from cpd.rules import anchors, numbers
from cpd.rules.titles import history_of, likely, version_asked
from cpd.rules.types import Framework, TitleHeld, Version
from meducation.lib.forms import DayField

NO_DATE = "Without this date we cannot tell your cycle."
NO_TITLE = "Without this we cannot tell which figures are yours."
TOO_LONG = "This is longer than %(limit_value)d characters. Shorten it."


@dataclass(frozen=True)
class Registration:
    """An enrolment with what its framework says. Without a framework, this release does not know it."""

    enrolment: Enrolment
    framework: Framework | None
    version: Version | None
    history: tuple[TitleHeld, ...]

    @property
    def name(self) -> str:
        """For headings."""
        return self.framework.name if self.framework else self.enrolment.framework

    @property
    def short(self) -> str:
        """For sentences."""
        return self.framework.short if self.framework else self.enrolment.framework

    @property
    def held(self) -> frozenset[str]:
        """The titles held last."""
        return self.history[-1].titles if self.history else frozenset()

    def titles_in_words(self) -> list[tuple[datetime.date | None, str]]:
        """Since when, and what was held, in order."""
        labels = {title.id: title.label for title in self.version.titles} if self.version else {}
        return [
            (held.since, ", ".join(labels.get(title, title) for title in sorted(held.titles))) for held in self.history
        ]


def registration_of(enrolment: Enrolment, today: datetime.date) -> Registration:
    """An enrolment with its framework, as it stands on a day."""
    framework = catalogue.framework(enrolment.framework)
    return Registration(
        enrolment=enrolment,
        framework=framework,
        version=version_asked(framework, today) if framework else None,
        history=history_of(enrolment.titles),
    )


class NumberField(forms.CharField):
    """The number on a register, or as a member of a college."""

    def __init__(self, registration: Registration, **kwargs: Any) -> None:
        framework = registration.framework
        known = numbers.forms_of(framework, registration.held) if framework else []
        labels = {form.label for form in known}
        label = labels.pop() if len(labels) == 1 else framework.number_label if framework else ""
        is_register = framework is None or framework.status == "regulator"
        super().__init__(
            label=label or ("Number on the register" if is_register else "Membership number"),
            required=False,
            max_length=numbers.LONGEST,
            help_text=f"For example {' or '.join(form.example for form in known)}." if known else "",
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "control--short"}),
            **kwargs,
        )
        self.error_messages["max_length"] = TOO_LONG


class SureField(forms.BooleanField):
    """Lets a number of an unusual form through: we know the usual one only."""

    def __init__(self) -> None:
        super().__init__(required=False, label="This is how it stands on the register")


def titles_field(version: Version, *, profession: str, stored: Iterable[str], label: str) -> forms.Field:
    """One title, or several where the body allows that; the likely ones first, and none that is held left out."""
    first = likely(version, profession)
    ordered = [*first, *(title for title in version.titles if title not in first)]
    choices = [(title.id, f"{title.label}. {title.help}" if title.help else title.label) for title in ordered]
    choices += [(title, title) for title in sorted(stored) if title not in {each.id for each in ordered}]
    if version.several_titles:
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            help_text="Tick all you hold.",
        )
    return forms.ChoiceField(label=label, required=False, choices=choices, widget=forms.RadioSelect)


def titles_from(value: str | Sequence[str]) -> frozenset[str]:
    """What such a field gives, as a set."""
    return frozenset([value] if isinstance(value, str) else value) - {""}


def initial_of(version: Version, titles: Iterable[str]) -> list[str] | str:
    """The other way round."""
    ordered = sorted(titles)
    return ordered if version.several_titles else "".join(ordered[:1])


def anchor_field(version: Version) -> DayField:
    """The day of the cycle that the framework asks for. It may be left out, and that is said."""
    cycle = version.cycle
    helped = " ".join(part for part in (cycle.help, "Leave it empty if you do not have it at hand.", NO_DATE) if part)
    return DayField(label=cycle.asks or "When does your cycle start?", required=False, help_text=helped)


def anchor_fault(
    registration: Registration,
    day: datetime.date,
    *,
    ever: Iterable[str],
    held: Iterable[str],
    today: datetime.date,
) -> str | None:
    """Why a day cannot be the one asked for, for somebody who holds `held` and ever held `ever`; None where it can.

    A day that is kept already may be some cycles ago, for cycles roll over by themselves; nobody types such a one.
    """
    if registration.version is None:
        return None
    rule = registration.version.cycle
    if fault := anchors.fault_of(rule, day, titles=frozenset(ever), today=today):
        return fault
    if day == registration.enrolment.anchor_on:
        return None
    return anchors.fault_of_passed(rule, day, titles=frozenset(held), today=today)


def joined_field() -> DayField:
    """The first day on the register, or as a member."""
    return DayField(
        label="When did you join?",
        required=False,
        help_text="Some bodies ask for less in your first cycle. Nothing is asked for the time before.",
    )


def check_joined(day: datetime.date | None, today: datetime.date) -> None:
    """Raise ValidationError for a day on which nobody can have joined."""
    if day is None:
        return
    if day > today:
        raise forms.ValidationError("This date is in the future. Enter the day you joined.", code="future")
    if fault := anchors.fault_of_past(day, today):
        raise forms.ValidationError(fault, code="past")


def number_fault(registration: Registration, number: str, *, titles: Iterable[str]) -> str | None:
    """What is unusual about a number; nothing where its form is not known, or where it was let through before."""
    if registration.framework is None or number in ("", registration.enrolment.number):
        return None
    return numbers.fault_of(registration.framework, number, list(titles))


def tidied(registration: Registration, number: str, *, titles: Iterable[str]) -> str:
    """A number as its register writes it, where its form is known."""
    return numbers.tidied(registration.framework, number, list(titles)) if registration.framework else number
