"""A file from elsewhere, and how its columns are meant."""

import hashlib
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from cpd.importing.columns import FIELDS, kind_synonyms
from cpd.importing.formats import MOST_BYTES, MOST_ROWS, TOO_BIG
from cpd.importing.mapping import Mapping
from cpd.importing.surveys import order_of
from cpd.importing.values import Measure, Order, kind_of
from cpd.models import MOST_MINUTES_A_DAY, FileFormat, Import, Kind
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

NOT_THERE = "Not in this file"
LABELS = {
    "title": "What you did",
    "done_on": "Date",
    "done_until": "Last day",
    "time": "Time it took",
    "kind": "Kind",
    "provider": "Who provided it",
    "reflection": "Reflection: what happened",
    "important": "Reflection: what is important",
    "next_step": "Reflection: what next",
    "tags": "Tags",
}
NEEDED = {
    "title": "Say which column has what you did.",
    "done_on": "Say which column has the date.",
    "time": "Say which column has the time it took.",
}
ORDERS = [(Order.DAY, "The day first: 31/12/2025"), (Order.MONTH, "The month first: 12/31/2025")]
MEASURES = [
    (Measure.MINUTES, "Minutes"),
    (Measure.HOURS, "Hours"),
    (Measure.POINTS, "Credits or points"),
]
LONGEST_EXAMPLE = 28


class UploadForm(OwnedForm):
    """One file to bring."""

    file = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.ics"}),
        help_text=f"CSV, Excel (.xlsx), calendar (.ics). Up to {MOST_BYTES // 1024 // 1024} MB and {MOST_ROWS:,} rows.",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty.",
            "invalid": "Choose the file first.",
        },
    )
    id = forms.UUIDField(widget=forms.HiddenInput)

    def clean_file(self) -> "UploadedFile[bytes]":
        """Not larger than what is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(TOO_BIG, code="too_big")
        return file


class ColumnsForm(OwnedForm):
    """Which column is what. It asks only what the file leaves open, and offers what can be guessed."""

    def __init__(self, data: QueryDict | None = None, *, user: "User", brought: Import, **kwargs: Any) -> None:
        super().__init__(data, owner_pk=user.pk, **kwargs)
        self.brought = brought
        self.mapping = Mapping.from_json(brought.mapping)
        self.columns: list[dict[str, Any]] = brought.survey["columns"]
        self.is_calendar = brought.format == FileFormat.ICS
        for name in FIELDS:
            self.fields[name] = self._column_field(name)
        self._add_meanings()
        # The words of the column that is chosen now, or was when the page was made.
        self.words = self._words(data.get("kind") if data is not None else None)
        for field, word in self.words.items():
            self.fields[field] = forms.ChoiceField(
                label=f"“{word}” is",
                required=False,
                choices=[("", "As the others"), *Kind.choices],
                initial=kind_of(word, self.mapping.kinds, kind_synonyms()) or "",
            )
        self.fields["kind_of_others"] = forms.ChoiceField(
            label="All others are", choices=Kind.choices, initial=self.mapping.kind
        )

    def _column_field(self, name: str) -> forms.ChoiceField:
        choices = [(str(number), self._label(number)) for number in range(len(self.columns))]
        needed = NEEDED.get(name)
        return forms.ChoiceField(
            label=LABELS[name],
            required=needed is not None,
            choices=[("", NOT_THERE), *choices],
            initial=str(self.mapping.columns.get(name, "")),
            error_messages={"required": needed or "", "invalid_choice": "Choose a column of this file."},
        )

    def _label(self, number: int) -> str:
        header, examples = self.brought.headers[number], self.columns[number]["examples"]
        if not examples:
            return f"{header} (empty)"
        example = examples[0]
        return f"{header} (like “{example if len(example) <= LONGEST_EXAMPLE else example[:LONGEST_EXAMPLE] + '…'}”)"

    def _add_meanings(self) -> None:
        if self.is_calendar:
            self.fields["minutes_a_day"] = forms.IntegerField(
                label="Minutes of an event that lasts all day",
                required=False,
                min_value=1,
                max_value=MOST_MINUTES_A_DAY,
                initial=self.mapping.minutes_a_day,
                help_text="For each of its days. Without it, such events are left out and listed.",
            )
            return
        self.fields["order"] = forms.ChoiceField(
            label="How dates in figures are written",
            required=False,
            choices=ORDERS,
            widget=forms.RadioSelect,
            initial=self.mapping.order,
        )
        self.fields["measure"] = forms.ChoiceField(
            label="What a plain number means",
            required=False,
            choices=MEASURES,
            widget=forms.RadioSelect,
            initial=self.mapping.measure,
            help_text="Times with a unit of their own, like “1h 30m”, “90 min” or “1:30”, are read as they stand.",
        )
        self.fields["minutes_a_point"] = forms.IntegerField(
            label="Minutes of one credit or point",
            required=False,
            min_value=1,
            max_value=MOST_MINUTES_A_DAY,
            initial=self.mapping.minutes_a_point,
            help_text="We record minutes. What one credit stands for, only the body that gave it can say.",
        )

    def _words(self, posted: str | None) -> dict[str, str]:
        column = posted if posted is not None else self.mapping.columns.get("kind", "")
        if not str(column).isascii() or not str(column).isdecimal() or len(str(column)) > 3:
            return {}
        number = int(column)
        words = self.columns[number]["words"] if number < len(self.columns) else []
        return {f"word_{hashlib.sha256(word.encode(errors='replace')).hexdigest()[:12]}": word for word in words}

    def column_fields(self) -> list[forms.BoundField]:
        """Which column is what."""
        return [self[name] for name in FIELDS]

    def meaning_fields(self) -> list[forms.BoundField]:
        """How dates and numbers are meant."""
        names = ("minutes_a_day", "order", "measure", "minutes_a_point")
        return [self[name] for name in names if name in self.fields]

    def kind_fields(self) -> list[forms.BoundField]:
        """What the words for kinds mean."""
        return [self[name] for name in (*self.words, "kind_of_others")]

    def clean(self) -> dict[str, Any]:
        """No column twice, and nothing left that could mean two things."""
        cleaned: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for name in FIELDS:
            column = cleaned.get(name)
            if column and column in taken:
                self.add_error(name, f"This column is “{LABELS[taken[column]]}” already. Choose another.")
            elif column:
                taken[column] = name
        if not self.is_calendar:
            self._check_order(cleaned)
            self._check_measure(cleaned)
        return cleaned

    def _check_order(self, cleaned: dict[str, Any]) -> None:
        places = [int(cleaned[name]) if cleaned.get(name) else None for name in ("done_on", "done_until")]
        told, is_open = order_of(self.brought.survey, places)
        if not cleaned.get("order") and is_open:
            self.add_error(
                "order", "Some dates in this file, like 01/02/2025, could be two different days. Say which comes first."
            )
        elif not cleaned.get("order"):
            cleaned["order"] = told

    def _check_measure(self, cleaned: dict[str, Any]) -> None:
        column = cleaned.get("time")
        if column and not cleaned.get("measure") and self.columns[int(column)]["plain_numbers"]:
            self.add_error("measure", "There are plain numbers in this column. Say what they are.")
        in_points, is_wrong = cleaned.get("measure") == Measure.POINTS, "minutes_a_point" in self.errors
        if in_points and not is_wrong and not cleaned.get("minutes_a_point"):
            self.add_error("minutes_a_point", "Say how many minutes one credit or point stands for.")

    def said(self) -> Mapping:
        """What a form without errors says."""
        cleaned = self.cleaned_data
        measure = cleaned.get("measure")
        return Mapping(
            columns={name: int(cleaned[name]) for name in FIELDS if cleaned.get(name)},
            order=Order(cleaned["order"]) if cleaned.get("order") else None,
            measure=Measure.MINUTES if self.is_calendar else Measure(measure) if measure else None,
            minutes_a_point=cleaned.get("minutes_a_point"),
            kinds={word: cleaned[field] for field, word in self.words.items() if cleaned.get(field)},
            kind=cleaned["kind_of_others"],
            minutes_a_day=cleaned.get("minutes_a_day"),
        )


class SheetForm(forms.Form):
    """Another sheet of the same workbook."""

    sheet = forms.ChoiceField(label="Sheet")

    def __init__(self, *args: Any, brought: Import, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheets = brought.survey.get("sheets", [])
        self.fields["sheet"] = forms.ChoiceField(
            label="Sheet",
            choices=[(name, name) for name in sheets],
            initial=brought.survey.get("sheet"),
            error_messages={"invalid_choice": "Choose a sheet of this workbook."},
        )


class UndoForm(forms.Form):
    """Whether what was changed since goes too."""

    changed = forms.ChoiceField(
        label="What you changed since",
        choices=[("keep", "Keep those"), ("remove", "Take them away too")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what is to become of those you changed."},
    )
