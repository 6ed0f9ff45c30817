"""Joining frameworks, in three short screens: whose rules, under which titles, by which number."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.http import QueryDict
from django.utils.text import get_text_list
from django_countries import countries

from accounts.models import Profession
from cpd import catalogue
from cpd.actions.enrolments import state_of
from cpd.forms.registrations import (
    NO_DATE,
    NO_TITLE,
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
from cpd.models import Enrolment
from cpd.rules.titles import certain, ever_held, holding, rows_of
from cpd.rules.types import Framework
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

INTERNATIONAL = "More than one country"
REGULATORS_FIRST = {"regulator": 0, "professional-body": 1, "credit-system": 2}


@dataclass(frozen=True)
class Offered:
    """A framework in the list, with its box to tick; or with the enrolment there is already."""

    framework: Framework
    box: Any
    enrolment: Enrolment | None

    @property
    def is_regulator(self) -> bool:
        """Whether registration depends on it."""
        return self.framework.status == "regulator"


class FrameworksForm(OwnedForm):
    """Screen 1: who somebody is, and whose rules apply to them."""

    profession = forms.ChoiceField(
        label="Profession", required=False, choices=[("", "Choose one"), *Profession.choices]
    )
    country = forms.ChoiceField(label="Country where you practise", required=False)
    frameworks = forms.MultipleChoiceField(
        label="Registers and colleges", required=False, widget=forms.CheckboxSelectMultiple
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: "User", enrolments: Iterable[Enrolment], **kwargs: Any) -> None:
        profile = user.profile
        initial = {"profession": profile.profession, "country": profile.country.code, "key": uuid.uuid4()}
        super().__init__(*args, owner_pk=user.pk, initial=initial, **kwargs)
        self.enrolled = {enrolment.framework: enrolment for enrolment in enrolments}
        self.fields["country"].choices = [("", "Choose one"), *countries]  # type: ignore[attr-defined]  # the stubs know only Field
        self._arrange()

    def put_back(self, words: QueryDict) -> None:
        """The list goes by what was typed, too."""
        super().put_back(words)
        self._arrange()

    def answer(self, name: str) -> str:
        """What stands in a box now, typed or remembered."""
        return str((self.data if self.is_bound else self.initial).get(name) or "")

    def _arrange(self) -> None:
        """Who is offered what: what fits first; the boxes that can be ticked before those that need not be."""
        self.likely = catalogue.likely(self.answer("profession"), self.answer("country"))
        fitting = {framework.id for framework in self.likely}
        self.others = sorted(
            (framework for framework in catalogue.frameworks().values() if framework.id not in fitting),
            key=lambda framework: (
                country_of(framework),
                REGULATORS_FIRST.get(framework.status, 9),
                framework.name.casefold(),
            ),
        )
        everything = [*self.likely, *self.others]
        # An enrolled one may be posted again by the same form sent twice.
        ordered = sorted(everything, key=lambda framework: framework.id in self.enrolled)
        self.fields["frameworks"].choices = [(framework.id, framework.name) for framework in ordered]  # type: ignore[attr-defined]  # the stubs know only Field

    def clean_frameworks(self) -> list[str]:
        """At least one: whoever wants none can skip this."""
        chosen: list[str] = self.cleaned_data["frameworks"]
        if not chosen:
            raise forms.ValidationError("Tick at least one, or skip this step: you can come back later.", code="none")
        return chosen

    def chosen(self) -> list[Framework]:
        """What is ticked, in the order of the list."""
        ticked = set(self.cleaned_data["frameworks"])
        return [framework for framework in [*self.likely, *self.others] if framework.id in ticked]

    def offered(self) -> list[Offered]:
        """What fits the profession and the country."""
        return self._rows(self.likely)

    def other_countries(self) -> list[tuple[str, list[Offered]]]:
        """The rest, by country: the person's own first."""
        groups: dict[str, list[Framework]] = defaultdict(list)
        for framework in self.others:
            groups[country_of(framework)].append(framework)
        # Typed, perhaps by no browser: only what is in the list has a name.
        own = str(dict(countries).get(self.answer("country"), ""))
        names = sorted(groups, key=lambda name: (name != own, name))
        return [(name, self._rows(groups[name])) for name in names]

    def is_described(self) -> bool:
        """Whether profession and country are chosen, so that something could fit."""
        return bool(self.answer("profession") and self.answer("country"))

    def is_other_ticked(self) -> bool:
        """Whether something outside the likely ones is ticked, so that it must be seen."""
        ticked = set(self["frameworks"].value() or [])
        return any(framework.id in ticked for framework in self.others)

    def _rows(self, frameworks: Iterable[Framework]) -> list[Offered]:
        boxes = {box.data["value"]: box for box in self["frameworks"]}
        return [
            Offered(framework, boxes.get(framework.id), self.enrolled.get(framework.id)) for framework in frameworks
        ]


def country_of(framework: Framework) -> str:
    """The country's name; of a part of a country, the country's."""
    codes = {code.split("-")[0] for code in framework.countries}
    return str(countries.name(codes.pop())) if len(codes) == 1 else INTERNATIONAL


class SeveralForm(OwnedForm):
    """A form with the same questions for several enrolments: fields are named for the enrolment they are about."""

    # Its fields in order, without the enrolment's id.
    questions: tuple[str, ...] = ()

    def __init__(self, *args: Any, user: "User", registrations: Sequence[Registration], **kwargs: Any) -> None:
        super().__init__(*args, owner_pk=user.pk, **kwargs)
        self.user = user
        self.today = user.profile.local_date()
        self.registrations = registrations
        for registration in registrations:
            name = f"seen_{registration.enrolment.pk}"
            self.fields[name] = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
            self.initial[name] = state_of(registration.enrolment)

    def seen(self) -> dict[uuid.UUID, str]:
        """In which state each was when the form was opened, of a form without errors."""
        found = {each.enrolment.pk: self.cleaned_data[f"seen_{each.enrolment.pk}"] for each in self.registrations}
        return {pk: state for pk, state in found.items() if state}

    def over(self, changed: Registration) -> Self:
        """The same words, to be saved over another state of one enrolment; with a sentence that says so."""
        data = self.data.copy()  # type: ignore[attr-defined]  # the stubs know only a mapping
        data[f"seen_{changed.enrolment.pk}"] = state_of(changed.enrolment)
        registrations = [changed if each.enrolment.pk == changed.enrolment.pk else each for each in self.registrations]
        form = type(self)(data, user=self.user, registrations=registrations)
        form.add_error(
            None,
            f"{changed.name} was changed somewhere else while you were typing. Your words are still in the form: "
            "save again to replace what is there with them.",
        )
        return form

    def rows(self) -> list[dict[str, Any]]:
        """For the template: each enrolment with its fields, by the question's name."""
        return [
            {"registration": registration, **{name: self[field] for name, field in self._of(registration)}}
            for registration in self.registrations
            if list(self._of(registration))
        ]

    def _of(self, registration: Registration) -> Iterator[tuple[str, str]]:
        for question in self.questions:
            if (field := f"{question}_{registration.enrolment.pk}") in self.fields:
                yield question, field


class TitlesForm(SeveralForm):
    """Screen 2: title and anchor date of each."""

    questions = ("titles", "anchor")

    def __init__(self, *args: Any, user: "User", registrations: Sequence[Registration], **kwargs: Any) -> None:
        super().__init__(*args, user=user, registrations=registrations, **kwargs)
        profession = user.profile.profession
        for registration in registrations:
            pk, version = registration.enrolment.pk, registration.version
            if version is None:
                continue
            if len(version.titles) > 1:
                self.fields[f"titles_{pk}"] = titles_field(
                    version, profession=profession, stored=registration.held, label="What are you registered as?"
                )
                guessed = registration.held or certain(version, profession)
                self.initial[f"titles_{pk}"] = initial_of(version, guessed)
            if version.cycle.anchor:
                self.fields[f"anchor_{pk}"] = anchor_field(version)
                self.initial[f"anchor_{pk}"] = registration.enrolment.anchor_on

    def clean(self) -> dict[str, Any]:
        """Each date by its own framework's rule."""
        cleaned: dict[str, Any] = super().clean() or {}
        for registration in self.registrations:
            field = f"anchor_{registration.enrolment.pk}"
            day = cleaned.get(field)
            if day is None:
                continue
            held = self._titles(registration)
            # A cycle may have begun under a title held before.
            ever = held | ever_held(registration.history[:-1])
            if fault := anchor_fault(registration, day, ever=ever, held=held, today=self.today):
                self.add_error(field, fault)
        return cleaned

    def changes(self) -> dict[uuid.UUID, dict[str, Any]]:
        """What to save, by enrolment, of a form without errors."""
        changes: dict[uuid.UUID, dict[str, Any]] = {}
        for registration in self.registrations:
            pk, fields = registration.enrolment.pk, {}
            if f"titles_{pk}" in self.fields:
                fields["titles"] = rows_of(holding(registration.history, self._titles(registration)))
            if f"anchor_{pk}" in self.fields:
                fields["anchor_on"] = self.cleaned_data[f"anchor_{pk}"]
            changes[pk] = fields
        return changes

    def left_out(self) -> list[str]:
        """What cannot be told without the answers that were left out: a sentence for dates, one for titles."""
        dates, titles = [], []
        for registration in self.registrations:
            pk = registration.enrolment.pk
            if f"anchor_{pk}" in self.fields and self.cleaned_data.get(f"anchor_{pk}") is None:
                dates.append(registration.short)
            if f"titles_{pk}" in self.fields and not self._titles(registration):
                titles.append(registration.short)
        sentences = [f"You left out the date for {get_text_list(dates, 'and')}. {NO_DATE}"] if dates else []
        return sentences + (
            [f"You left out what you are registered as for {get_text_list(titles, 'and')}. {NO_TITLE}"]
            if titles
            else []
        )

    def _titles(self, registration: Registration) -> frozenset[str]:
        """What is chosen; what is kept already where nothing is."""
        chosen = titles_from(self.cleaned_data.get(f"titles_{registration.enrolment.pk}") or "")
        return chosen or registration.held


class NumbersForm(SeveralForm):
    """Screen 3: the number on each register, and since when."""

    questions = ("number", "sure", "joined")

    def __init__(self, *args: Any, user: "User", registrations: Sequence[Registration], **kwargs: Any) -> None:
        super().__init__(*args, user=user, registrations=registrations, **kwargs)
        for registration in registrations:
            pk = registration.enrolment.pk
            self.fields[f"number_{pk}"] = NumberField(registration)
            self.fields[f"sure_{pk}"] = SureField()
            self.fields[f"joined_{pk}"] = joined_field()
            self.initial[f"number_{pk}"] = registration.enrolment.number
            self.initial[f"joined_{pk}"] = registration.enrolment.joined_on

    def clean(self) -> dict[str, Any]:
        """An unusual number is asked about once; a day that cannot be is refused."""
        cleaned: dict[str, Any] = super().clean() or {}
        for registration in self.registrations:
            pk = registration.enrolment.pk
            fault = number_fault(registration, cleaned.get(f"number_{pk}", ""), titles=registration.held)
            if fault and not cleaned.get(f"sure_{pk}"):
                self.add_error(f"number_{pk}", fault)
            try:
                check_joined(cleaned.get(f"joined_{pk}"), self.today)
            except forms.ValidationError as error:
                self.add_error(f"joined_{pk}", error)
        return cleaned

    def changes(self) -> dict[uuid.UUID, dict[str, Any]]:
        """What to save, by enrolment, of a form without errors."""
        changes: dict[uuid.UUID, dict[str, Any]] = {}
        for registration in self.registrations:
            pk = registration.enrolment.pk
            number = tidied(registration, self.cleaned_data[f"number_{pk}"], titles=registration.held)
            changes[pk] = {"number": number, "joined_on": self.cleaned_data[f"joined_{pk}"]}
        return changes
