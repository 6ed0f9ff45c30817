"""The part of an activity's form that says what it counts towards: a few fields for each framework of the person."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from cpd import catalogue
from cpd.actions.placements import Said, guessed, version_on
from cpd.forms.fields import FigureField
from cpd.models import Enrolment, Placement
from cpd.rules.guessing import Facts, Place, category_label, habit_of, in_short, marks_of, offered, unmet
from cpd.rules.types import Choice, DoubleCount, Framework, Question, Unit, Version
from cpd.rules.words import amount_in_words
from meducation.lib.dates import duration

# As many fit on a phone at one look; more are a list to open.
MOST_ROUNDS = 4
MOST_ITEMS = 999
NOT_SAID = ("", "Not said yet")
WHOLE_MINUTES = {"invalid": "Enter the minutes as a whole number, like 45.", "min_value": "Enter 0 or more minutes."}


@dataclass(frozen=True)
class Row:
    """One field, and whether it is offered for this kind of activity."""

    field: forms.Field
    is_offered: bool
    is_split: bool = False


class PlacementPart:
    """The fields about one enrolment. Their names begin with its id, so that several stand in one form.

    Everything that the rules know is there, so that nothing posted is quietly dropped; what is not offered for this
    kind of activity is shown only while something is in it, and then it is an error.
    """

    def __init__(
        self,
        enrolment: Enrolment,
        framework: Framework,
        version: Version,
        *,
        facts: Facts,
        placement: Placement | None = None,
        kind_before: str = "",
    ) -> None:
        self.enrolment, self.framework, self.version, self.facts = enrolment, framework, version, facts
        self.placement = placement
        self.offer = offered(version, is_reading=facts.is_reading)
        self.guess = guessed(enrolment, version, facts).place
        # What the form offers at first: what stands, unless that was a guess for another kind.
        self.shown = self.guess
        if placement is not None and (facts.kind == kind_before or not placement.is_guess):
            self.shown = Place(placement.category, frozenset(placement.marks))
        # A place that nobody has seen is about to be saved: the kind was changed, and the guess followed.
        self.is_unseen = False
        self.rows = self._rows()
        self.form: forms.Form = forms.Form()  # The activity's, as soon as it has the fields.

    @property
    def key(self) -> str:
        """The enrolment's id, with which the names of the fields begin."""
        return str(self.enrolment.pk)

    def name(self, what: str) -> str:
        """A field's name in the form."""
        return f"{self.key}-{what}"

    @property
    def marker(self) -> str:
        """The name of the hidden box that says: these fields were on the page, so an empty one is an answer."""
        return self.name("shown")

    @property
    def category_name(self) -> str:
        """The name of the field for the category."""
        return self.name("category")

    # --- Fields ------------------------------------------------------------------------------------------------------

    def _rows(self) -> dict[str, Row]:
        version, offer = self.version, self.offer
        rows: dict[str, Row] = {}
        if version.categories:
            rows[self.category_name] = Row(self._category_field(), bool(offer.categories))
        offered_questions = {question.id: question for question in offer.questions}
        for question in version.questions:
            there = offered_questions.get(question.id)
            field = self._question_field(question, there.choices if there else ())
            rows[self.name(f"q-{question.id}")] = Row(field, there is not None)
        if version.unit is not None and version.unit.stated:
            rows[self.name("stated")] = Row(_stated_field(version.unit), offer.stated)
        if version.unit is not None and any(rate.per_item is not None for rate in version.unit.rates):
            rows[self.name("items")] = Row(_items_field(), offer.items)
        if version.double_count is DoubleCount.SPLIT and len(version.categories) > 1:
            for category in version.categories:
                is_offered = offer.split and category.id in offer.category_ids
                rows[self.name(f"split-{category.id}")] = Row(_split_field(category), is_offered, is_split=True)
        return rows

    def _category_field(self) -> forms.ChoiceField:
        is_few = len(self.offer.categories) <= MOST_ROUNDS
        choices = [(each.id, _with_help(each) if is_few else each.label) for each in self.offer.categories]
        return forms.ChoiceField(
            label="Category",
            required=False,
            choices=[NOT_SAID, *choices],
            widget=forms.RadioSelect if is_few else forms.Select,
            error_messages={"invalid_choice": self.why_not or "Choose a category of the list."},
        )

    def _question_field(self, question: Question, choices: Iterable[Choice]) -> forms.Field:
        if not question.choices:
            return forms.BooleanField(label=question.label, help_text=question.help, required=False)
        return forms.MultipleChoiceField(
            label=question.label,
            help_text=question.help,
            required=False,
            choices=[(each.id, each.label) for each in choices],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": self.why_not or "Tick those of the list only."},
        )

    @property
    def why_not(self) -> str:
        """Why something is not offered for reading; empty for anything else."""
        reading = self.version.reading
        if not self.facts.is_reading or reading is None or not reading.never:
            return ""
        return f"{reading.sentence} If you did more than read, choose another kind. Otherwise clear this."

    @property
    def note(self) -> str:
        """What the body says of reading, where it allows less for it."""
        return self.version.reading.sentence if self.version.reading is not None and self.why_not else ""

    @property
    def is_note_sure(self) -> bool:
        """Whether that is the body's own word."""
        return self.version.reading is not None and self.version.reading.cite.is_sure

    def initial(self) -> dict[str, Any]:
        """The fields' first values: as the activity stands, or the guess."""
        values: dict[str, Any] = {self.category_name: self.shown.category}
        for question in self.version.questions:
            answers = _answers(question, self.shown)
            values[self.name(f"q-{question.id}")] = answers if question.choices else bool(answers)
        placement = self.placement
        values[self.name("items")] = placement.items if placement is not None else 1
        if placement is not None:
            values[self.name("stated")] = _plain(placement.stated)
            values |= {self.name(f"split-{category}"): minutes for category, minutes in placement.split.items()}
        return {name: value for name, value in values.items() if name in self.rows}

    # --- When the kind changes ---------------------------------------------------------------------------------------

    def follow(self, data: QueryDict, before: "PlacementPart") -> None:
        """Where `data` still says what the form offered for another kind, let it say what is offered for this one."""
        for name, now in self._posted(self.shown).items():
            was = before._posted(before.shown).get(name, [])
            if _given(data, name) == was and was != now:
                data.setlist(name, now)
                self.is_unseen = True

    def suggest(self, data: QueryDict, *, anew: bool) -> None:
        """Let `data` say the guess: `anew` whatever the person said, otherwise for a category that is not offered.

        Facts that are never guessed stay.
        """
        is_offered = data.get(self.category_name, "") in self.offer.category_ids | {""}
        for name, now in self._posted(self.guess).items():
            if anew or (name == self.category_name and not is_offered):
                data.setlist(name, now)

    def _posted(self, place: Place) -> dict[str, list[str]]:
        """What a form would post for a place, of the fields that are ever guessed; in alphabetical order."""
        posted = {self.category_name: [place.category] if place.category else []}
        for question in self.version.questions:
            if question.remembered:
                posted[self.name(f"q-{question.id}")] = sorted(_answers(question, place))
        return posted

    # --- What is said ------------------------------------------------------------------------------------------------

    def check(self, cleaned: dict[str, Any]) -> None:
        """Tell the form what cannot be: more than the body allows for reading, more minutes than there are."""
        for name, row in self.rows.items():
            if not row.is_offered and name not in self.form.errors and _holds(name, cleaned.get(name)):
                self.form.add_error(name, self.why_not)
        filled = [name for name, row in self.rows.items() if row.is_split and cleaned.get(name)]
        total, minutes = sum(cleaned[name] for name in filled), cleaned.get("minutes")
        if filled and minutes is not None and total > minutes:
            sentence = f"Together these are {total:,} minutes, more than the {minutes:,} it took. Enter fewer."
            self.form.add_error(filled[-1], sentence)
        self._check_stated(cleaned)

    def _check_stated(self, cleaned: dict[str, Any]) -> None:
        """A certificate cannot state more time than the activity took; of anything but a time nobody can say."""
        name, unit = self.name("stated"), self.version.unit
        stated, minutes = cleaned.get(name), cleaned.get("minutes")
        if unit is None or not unit.is_time or not stated or minutes is None or name in self.form.errors:
            return
        if int(stated * 60 + Decimal("0.5")) > minutes:
            states = amount_in_words(stated, unit)
            sentence = f"Your certificate states {states}, but you entered {duration(minutes)}. Correct one of them."
            self.form.add_error(name, sentence)

    def said(self, cleaned: dict[str, Any]) -> Said:
        """What a form without errors says."""
        place = self._place_in({name: cleaned.get(name) for name in self.rows})
        split = {
            category.id: cleaned.get(self.name(f"split-{category.id}")) or 0 for category in self.version.categories
        }
        lasting = habit_of(self.version, place)
        is_other = lasting not in (habit_of(self.version, self.shown), habit_of(self.version, self.guess))
        return Said(
            place=place,
            split={category: minutes for category, minutes in split.items() if minutes},
            stated=cleaned.get(self.name("stated")),
            items=cleaned.get(self.name("items")) or 1,
            is_guess=self.is_unseen,
            is_remembered=is_other and not self.is_unseen,
        )

    def _place_in(self, values: dict[str, Any]) -> Place:
        marks: set[str] = set()
        for question in self.version.questions:
            answer = values.get(self.name(f"q-{question.id}"))
            if question.choices:
                marks.update(f"{question.id}/{choice}" for choice in answer or ())
            elif answer:
                marks.add(question.id)
        return Place(values.get(self.category_name) or "", frozenset(marks))

    # --- On the page -------------------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """What stands in the fields now, checked or not; a category only if it is offered."""
        said = self._place_in({name: self.form[name].value() for name in self.rows})
        return said if said.category in self.offer.category_ids else Place("", said.marks)

    @property
    def in_short(self) -> str:
        """The same in a few words."""
        divided = [str(field.label) for field in self.split if field.value()]
        if len(divided) > 1:
            return ", ".join(divided)
        return in_short(
            self.version,
            self.facts,
            self.place,
            trusts_unsure=self.enrolment.trusts_unsure,
            participatory=_holds("participatory_minutes", self.form["participatory_minutes"].value()),
        )

    @property
    def fields(self) -> list[BoundField]:
        """The fields to show, without those of the split."""
        return self._shown(is_split=False)

    @property
    def category_helps(self) -> list[Choice]:
        """What the categories mean, where a list to open has no room for it."""
        if len(self.offer.categories) <= MOST_ROUNDS:
            return []
        return [category for category in self.offer.categories if category.help]

    @property
    def split(self) -> list[BoundField]:
        """The fields that divide the minutes among categories."""
        return self._shown(is_split=True)

    @property
    def is_divided(self) -> bool:
        """Whether there is something in them to look at."""
        return any(field.value() or field.errors for field in self.split)

    @property
    def is_open(self) -> bool:
        """Whether it wants an answer: it is wrong, has no category, or as it stands counts for nothing."""
        if any(self.form[name].errors for name in self.rows):
            return True
        if self.offer.is_nothing:
            return bool(self.fields)
        if self.offer.categories and not category_label(self.version, self.place.category):
            return True
        return bool(unmet(self.version, self.facts, self.place, trusts_unsure=self.enrolment.trusts_unsure))

    def _shown(self, *, is_split: bool) -> list[BoundField]:
        """The fields offered, and those that hold something, which must not vanish."""
        return [
            self.form[name]
            for name, row in self.rows.items()
            if row.is_split == is_split
            and (row.is_offered or self.form[name].errors or _holds(name, self.form[name].value()))
        ]


def parts_of(
    enrolments: Iterable[Enrolment],
    *,
    day: datetime.date,
    facts: Facts,
    placements: Iterable[Placement] = (),
    kind_before: str = "",
) -> list[PlacementPart]:
    """A part for each enrolment whose rules on that day are known. `kind_before`: of the activity, as it is stored."""
    there = {placement.enrolment_id: placement for placement in placements}
    parts = []
    for enrolment in enrolments:
        framework, version = catalogue.framework(enrolment.framework), version_on(enrolment, day)
        if framework is not None and version is not None:
            placement = there.get(enrolment.pk)
            parts.append(
                PlacementPart(enrolment, framework, version, facts=facts, placement=placement, kind_before=kind_before)
            )
    return parts


def _stated_field(unit: Unit) -> FigureField:
    hint = f"Only where it states {unit.plural}. They then stand instead of the minutes."
    too_many = "A certificate states less than that. Check the number."
    return FigureField(
        label=f"{unit.plural[:1].upper()}{unit.plural[1:]} on your certificate",
        help_text=f"{hint} Half an hour is 0.5." if unit.is_time else hint,
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "class": "control--short", "step": "any"}),
        error_messages={"invalid": "Enter a number, like 1.5.", "min_value": "Enter 0 or more."}
        | dict.fromkeys(("max_digits", "max_whole_digits"), too_many)
        | {"max_decimal_places": "Enter at most 3 figures after the point."},
    )


def _items_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="Number of papers, chapters or books",
        help_text="For categories in which each of them counts, and not the time.",
        required=False,
        min_value=1,
        max_value=MOST_ITEMS,
        error_messages={
            "invalid": "Enter a whole number, like 2.",
            "min_value": "Enter at least 1.",
            "max_value": f"Enter at most {MOST_ITEMS}.",
        },
    )


def _split_field(category: Choice) -> forms.IntegerField:
    return forms.IntegerField(label=category.label, required=False, min_value=0, error_messages=WHOLE_MINUTES)


def _with_help(category: Choice) -> str:
    return f"{category.label}. {category.help}" if category.help else category.label


def _answers(question: Question, place: Place) -> list[str]:
    """A question's answers as they are posted: the choices ticked, or "on" for a yes."""
    given = [mark for mark in marks_of(question) if mark in place.marks]
    return [mark.removeprefix(f"{question.id}/") for mark in given] if question.choices else ["on"] * len(given)


def _given(data: QueryDict, name: str) -> list[str]:
    return sorted(value for value in data.getlist(name) if value)


def _holds(name: str, value: Any) -> bool:
    """Whether there is something in a field. One paper is what everybody has."""
    return value not in (None, "", False, [], 0, "0") and not (name.endswith("-items") and str(value) == "1")


def _plain(value: Decimal | None) -> str | None:
    """ "1.5", not "1.500" or "1E+1"."""
    return None if value is None else f"{value.normalize():f}"
