"""What two fillings of one form differ in, for people to read side by side.

A filling is {name: [values]}, as a browser sends it: of the saved article, of somebody's open form, of a kept one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag
from django import forms
from django_prose_editor.fields import ProseEditorFormField

from articles.admin.fillings import Filling, bare_widget, names_of_boxes, sent_by
from articles.sanitising import sanitise

WORD = re.compile(r"\w+|\s+|[^\w\s]")
BLOCKS = {"p", "li", "h2", "h3", "h4", "tr", "figcaption", "figure", "blockquote", "table", "ul", "ol", "hr"}
# Comparing word by word takes the product of both lengths; a longer passage is shown whole.
MOST_WORDS = 3_000
MOST_LINES = 3_000
# About the change or about the form, not of the article.
NOT_OF_THE_ARTICLE = {"significance", "note", "owner"}
ROW_MATTERS_NOT = {"id", "article", "DELETE"}


@dataclass(frozen=True)
class Piece:
    """Some words, and whether the other side lacks them."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True)
class Change:
    """A passage that differs: as it is saved, and as it is in one's own form."""

    saved: tuple[Piece, ...]
    own: tuple[Piece, ...]


@dataclass(frozen=True)
class Difference:
    """A part of the form in which the two differ. Without changes the words are the same, their form is not."""

    label: str
    changes: tuple[Change, ...]


def is_same(form: forms.BaseForm, formsets: Sequence[forms.BaseFormSet[Any]], saved: Filling, own: Filling) -> bool:
    """Whether saving `own` would change nothing of `saved`."""
    return _essence(form, formsets, saved) == _essence(form, formsets, own)


def differences(
    form: forms.BaseForm, formsets: Sequence[forms.BaseFormSet[Any]], saved: Filling, own: Filling
) -> list[Difference]:
    """Part by part, in the order of the form."""
    found = []
    essences = _essence(form, formsets, saved), _essence(form, formsets, own)
    for label, (one, other) in _lines(form, formsets, saved, own).items():
        if one != other:
            found.append(Difference(label, tuple(_changes(one, other))))
        elif essences[0][label] != essences[1][label]:
            found.append(Difference(label, ()))
    return found


# --- Values -----------------------------------------------------------------------------------------------------------


def _values(filling: Filling, name: str, field: forms.Field) -> list[str]:
    values = [value for each in names_of_boxes(name, bare_widget(field)) for value in filling.get(each, [])]
    return [_tidy(value) for value in values if _tidy(value)]


def _tidy(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\x00", "").strip()


def _essence(form: forms.BaseForm, formsets: Sequence[forms.BaseFormSet[Any]], filling: Filling) -> dict[str, object]:
    """The values that decide, by the label of their part."""
    parts: dict[str, object] = {}
    for name, field in form.fields.items():
        if name not in NOT_OF_THE_ARTICLE:
            values = _values(filling, form.add_prefix(name), field)
            several = isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)
            is_rich = isinstance(field, ProseEditorFormField)
            parts[_label(name, field)] = (
                sorted(values) if several else [sanitise(v) for v in values if sanitise(v)] if (is_rich) else values
            )
    for formset in formsets:
        parts[_heading(formset)] = [
            [(name, value) for name, field, key in row for value in _values(filling, key, field)]
            for row in _rows(formset, filling)
        ]
    return parts


def _rows(formset: forms.BaseFormSet[Any], filling: Filling) -> Iterator[list[tuple[str, forms.Field, str]]]:
    """The rows that are filled and not to be deleted: for each box its name, its field and its key."""
    empty = formset.empty_form
    fields = {name: field for name, field in empty.fields.items() if name not in ROW_MATTERS_NOT}
    # What is chosen in an empty row already, such as the first kind of question, does not fill it.
    chosen, start = sent_by(empty), f"{formset.prefix}-__prefix__-"
    blank = {name: _values(chosen, f"{start}{name}", field) for name, field in fields.items()} | {"position": []}
    for number in range(_count(filling, f"{formset.prefix}-TOTAL_FORMS")):
        start = f"{formset.prefix}-{number}-"
        row = [(name, field, f"{start}{name}") for name, field in fields.items()]
        values = {name: _values(filling, key, field) for name, field, key in row if name != "position"}
        is_filled = any(value and value != blank[name] for name, value in values.items())
        if is_filled and not filling.get(f"{start}DELETE"):
            yield row


def _count(filling: Filling, name: str) -> int:
    text = (filling.get(name) or ["0"])[0]
    return min(int(text), 1_000) if text.isdecimal() else 0


# --- From values to lines --------------------------------------------------------------------------------------------


def _lines(
    form: forms.BaseForm, formsets: Sequence[forms.BaseFormSet[Any]], *fillings: Filling
) -> dict[str, tuple[list[str], ...]]:
    """Label: the lines of each filling."""
    parts = {}
    for name, field in form.fields.items():
        if name not in NOT_OF_THE_ARTICLE:
            each = tuple(_readable(_values(filling, form.add_prefix(name), field), field) for filling in fillings)
            parts[_label(name, field)] = each
    for formset in formsets:
        parts[_heading(formset)] = tuple(
            [
                " · ".join(line for _, field, key in row for line in _readable(_values(filling, key, field), field))
                for row in _rows(formset, filling)
            ]
            for filling in fillings
        )
    return parts


def _label(name: str, field: forms.Field) -> str:
    return str(field.label or name.replace("_", " ").capitalize())


def _heading(formset: forms.BaseFormSet[Any]) -> str:
    model = getattr(formset, "model", None)
    return str(model._meta.verbose_name_plural).capitalize() if model else str(formset.prefix)


def _readable(values: list[str], field: forms.Field) -> list[str]:
    if isinstance(field, ProseEditorFormField):
        return [line for value in values for line in lines_of(value)]
    if isinstance(field, forms.BooleanField):
        return ["Yes" if values else "No"]
    if isinstance(field, forms.ModelChoiceField):
        keys = [value for value in values if value.isdecimal()]
        rows = field.queryset.filter(pk__in=keys) if field.queryset is not None else []
        return sorted(str(row) for row in rows)
    if isinstance(field, forms.ChoiceField):
        named = {str(value): str(label) for value, label in field.widget.choices}
        return [named.get(value, value) for value in values]
    if isinstance(bare_widget(field), forms.MultiWidget):
        return [" ".join(values)] if values else []
    return [line.strip() for value in values for line in value.splitlines() if line.strip()]


def lines_of(html: str) -> list[str]:
    """The words of rich text, a paragraph, list item or row of a table a line."""
    lines: list[list[str]] = [[]]

    def walk(node: Tag) -> None:
        for child in node.children:
            if isinstance(child, Tag):
                if child.name in BLOCKS:
                    lines.append([])
                if child.name == "img":
                    lines[-1].append(f"[Picture: {child.get('alt') or 'without words of its own'}]")
                walk(child)
                if child.name in ("td", "th"):
                    lines[-1].append(" | ")
                if child.name in BLOCKS:
                    lines.append([])
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                lines[-1].append(str(child))

    walk(BeautifulSoup(sanitise(html), "html.parser"))
    return [text for line in lines if (text := " ".join("".join(line).split()).removesuffix(" |"))]


# --- From lines to changes -------------------------------------------------------------------------------------------


def _changes(saved: list[str], own: list[str]) -> Iterator[Change]:
    if len(saved) + len(own) > MOST_LINES:
        yield Change(_whole("\n".join(saved)), _whole("\n".join(own)))
        return
    for kind, start, end, own_start, own_end in SequenceMatcher(None, saved, own, autojunk=False).get_opcodes():
        if kind != "equal":
            yield _change("\n".join(saved[start:end]), "\n".join(own[own_start:own_end]))


def _change(saved: str, own: str) -> Change:
    one, other = WORD.findall(saved), WORD.findall(own)
    if not one or not other or max(len(one), len(other)) > MOST_WORDS:
        return Change(_whole(saved), _whole(own))
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return Change(
        tuple(Piece("".join(one[a:b]), kind != "equal") for kind, a, b, _, _ in steps if a < b),
        tuple(Piece("".join(other[a:b]), kind != "equal") for kind, _, _, a, b in steps if a < b),
    )


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, is_changed=True),) if text else ()
