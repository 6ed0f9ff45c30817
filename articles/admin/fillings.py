"""Fillings of a form: {name: [values]}, as a browser sends them.

Of the saved article, of somebody's open form, of words that were kept; and how the rows of one fit those there are now.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.http import QueryDict

from meducation.lib import kept_words

type Filling = dict[str, list[str]]

# Hidden fields that are about the form itself, and what a script adds to them.
KEY, VERSION, OVER, DOING, LEFT = "working_copy", "version", "over", "doing", "left"
ABOUT_THE_FORM = {KEY, VERSION, DOING, LEFT, kept_words.OWNER_FIELD, "csrfmiddlewaretoken"}


def filling_of(form: forms.BaseForm, formsets: Sequence[forms.BaseFormSet[Any]]) -> Filling:
    """What a browser would send for a form that nobody touched."""
    filling = sent_by(form)
    for formset in formsets:
        filling |= sent_by(formset.management_form)
        for row in formset.initial_forms:
            filling |= sent_by(row)
        filling[f"{formset.prefix}-TOTAL_FORMS"] = [str(len(formset.initial_forms))]
    return filling


def sent_by(form: forms.BaseForm) -> Filling:
    """What a browser would send for the boxes of one form or row that nobody touched."""
    sent: Filling = {}
    for bound in form:
        widget, value = bare_widget(bound.field), bound.value()
        if isinstance(widget, forms.MultiWidget):
            names = names_of_boxes(bound.html_name, widget)
            for part, name, each in zip(widget.widgets, names, widget.decompress(value) or [], strict=False):
                sent[name] = [str(part.format_value(each) or "")]
        elif isinstance(widget, forms.CheckboxInput):
            if value:
                sent[bound.html_name] = ["on"]
        elif isinstance(value, list | tuple):
            sent[bound.html_name] = [str(getattr(each, "pk", each)) for each in value]
        else:
            shown = widget.format_value(value)
            sent[bound.html_name] = (
                [str(each) for each in shown if each != ""]
                if isinstance(shown, list)
                else [str(shown if shown is not None else "")]
            )
    return sent


def names_of_boxes(name: str, widget: forms.Widget) -> list[str]:
    """The names under which a browser sends one field: "publish_at_0" and "publish_at_1" for a date and a time."""
    if not isinstance(widget, forms.MultiWidget):
        return [name]
    # Django's own attribute; the types that we check with do not know of it.
    parts: list[str] = vars(widget)["widgets_names"]
    return [f"{name}{part}" for part in parts]


def bare_widget(field: forms.Field) -> forms.Widget:
    """The widget itself, where the admin has wrapped it."""
    return field.widget.widget if isinstance(field.widget, RelatedFieldWidgetWrapper) else field.widget


def filling_from(posted: QueryDict) -> Filling:
    """What a browser sent, without buttons and what is about the form itself."""
    return {
        name: [str(value) for value in values]
        for name, values in posted.lists()
        if name not in ABOUT_THE_FORM and not name.startswith("_")
    }


def as_posted(fields: Filling) -> QueryDict:
    """A filling as if it had just been sent."""
    words = QueryDict(mutable=True)
    for name, values in fields.items():
        words.setlist(name, values)
    return words


def fitted(words: QueryDict, saved: Filling, formsets: list[Any], *, seen: int | None) -> QueryDict:
    """`words` with rows as they now have to be sent: those that are in the table first, then the new ones.

    A row that somebody deleted meanwhile becomes a new one; one that somebody added since `seen` is added.
    """
    result = words.copy()
    for formset in formsets:
        prefix = formset.prefix
        if f"{prefix}-TOTAL_FORMS" not in words:
            continue
        stored = {row["id"][0]: row for row in _rows_of(saved, prefix) if row.get("id")}
        sent = _rows_of(words, prefix)
        there = [row for row in sent if _pk(row) in stored]
        new = [{name: value for name, value in row.items() if name != "id"} for row in sent if _pk(row) not in stored]
        missing = [row for pk, row in stored.items() if pk not in {_pk(row) for row in there}]
        for name in [name for name in result if name.startswith(f"{prefix}-") and name.split("-")[1].isdecimal()]:
            del result[name]
        rows = [*there, *missing, *new]
        for number, row in enumerate(rows):
            for name, values in row.items():
                result.setlist(f"{prefix}-{number}-{name}", values)
        result[f"{prefix}-TOTAL_FORMS"] = str(len(rows))
        result[f"{prefix}-INITIAL_FORMS"] = str(len(there) + len(missing))
    return result


def _rows_of(words: QueryDict | Filling, prefix: str) -> list[dict[str, list[str]]]:
    rows: dict[int, dict[str, list[str]]] = {}
    for name in words:
        start, _, rest = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and start.isdecimal() and len(start) < 5 and rest:
            values = words.getlist(name) if isinstance(words, QueryDict) else words[name]
            rows.setdefault(int(start), {})[rest] = [str(value) for value in values]
    return [rows[number] for number in sorted(rows)]


def _pk(row: dict[str, list[str]]) -> str:
    return (row.get("id") or [""])[0]
