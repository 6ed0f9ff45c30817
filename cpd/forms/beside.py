"""Two versions of the same form side by side, so that the person chooses and nothing is overwritten unseen."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField

from cpd.drafts import words_in
from meducation.lib.dates import day_month_year

NOTHING = "Nothing"


@dataclass(frozen=True)
class Pair:
    """One field in both versions, as it is shown."""

    name: str
    label: str
    mine: str
    theirs: str
    differs: bool
    # What the field would be sent as; "[]" as JSON for an unticked box.
    theirs_values: str = "[]"


@dataclass(frozen=True)
class Beside:
    """Both versions. `theirs` says in a few words where the other one is from, `explains` what to know about it."""

    theirs: str
    explains: str
    pairs: list[Pair] = field(default_factory=list)
    # The key of the other draft, or "saved".
    draft: str = ""

    @property
    def different(self) -> list[Pair]:
        """What there is to choose between."""
        return [pair for pair in self.pairs if pair.differs]

    @property
    def same(self) -> list[Pair]:
        """The rest."""
        return [pair for pair in self.pairs if not pair.differs]


def side_by_side(mine: forms.Form, theirs: forms.Form) -> list[Pair]:
    """Every visible field in which anything stands, in the order of the form; what only theirs asks comes last."""
    words, their_words = words_in(mine), words_in(theirs)
    shown = {each.name: each for each in [*theirs.visible_fields(), *mine.visible_fields()]}
    order = [each.name for each in mine.visible_fields()]
    order += [each.name for each in theirs.visible_fields() if each.name not in order]
    return [
        Pair(
            name=name,
            label=str(shown[name].label),
            mine=_shown(words.get(name, []), shown[name]),
            theirs=_shown(their_words.get(name, []), shown[name]),
            differs=words.get(name, []) != their_words.get(name, []),
            theirs_values=json.dumps(their_words.get(name, [])),
        )
        for name in order
        if words.get(name) or their_words.get(name)
    ]


def _shown(values: list[str], bound: BoundField) -> str:
    asked = bound.field
    if isinstance(asked, forms.BooleanField):
        return "Yes" if values else "No"
    if isinstance(asked, forms.DateField):
        return ", ".join(map(_day, values)) or NOTHING
    choices: Any = asked.choices if isinstance(asked, forms.ChoiceField) else []
    labels = dict(_flat(choices))
    return ", ".join(labels.get(value, value) for value in values) or NOTHING


def _day(typed: str) -> str:
    """As people write it; what is no day, as it was typed."""
    try:
        return day_month_year(datetime.date.fromisoformat(typed))
    except ValueError:
        return typed


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, str]]:
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)
