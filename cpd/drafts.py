"""Unsaved words: which of them somebody may see, and how they come from a form and go back into one."""

import datetime
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.db import models
from django.db.models import Q
from django.http import QueryDict

from meducation.lib.kept_words import NOT_WORDS
from meducation.lib.text import printable

if TYPE_CHECKING:
    from cpd.models import Draft  # noqa: F401 (named as QuerySet["Draft"])

type Words = dict[str, list[str]]

# Characters of one draft, names of its fields included: the three longest texts of a reflection, and room to spare.
MOST_CHARACTERS = 200_000
MOST_DRAFTS = 50
# After so long nobody comes back for them.
DRAFT_DAYS = 90
# What was not chosen can be had back for so long, like everything that is deleted.
PUT_AWAY_DAYS = 30
# Fields of the form that say whose words these are and where from; no words themselves.
ABOUT_THE_DRAFT = {
    "beside",
    "draft",
    "draft_address",
    "draft_beside",
    "draft_device",
    "draft_key",
    "draft_kind",
    "draft_sequence",
    "draft_slot",
}
LONGEST_TITLE = 200


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts. Start from a person's own: nobody else's words are ever in reach."""

    def written(self) -> Self:
        """With words in them: what was saved since is empty, and only remembers up to where."""
        return self.exclude(words={})

    def waiting(self) -> Self:
        """To be gone on with."""
        return self.written().filter(put_away_at__isnull=True)

    def put_away(self, now: datetime.datetime) -> Self:
        """Discarded or not chosen, and still to be had back."""
        return self.written().filter(put_away_at__gt=now - datetime.timedelta(days=PUT_AWAY_DAYS))

    def of_slot(self, subject: uuid.UUID, device: uuid.UUID, slot: int) -> Self:
        """What one tab of one device keeps of one thing, put away or not."""
        return self.filter(subject=subject, device=device, slot=slot)

    def saved_on(self, device: uuid.UUID) -> Self:
        """What only remembers up to where a device saved its words."""
        return self.filter(words={}, put_away_at__isnull=True, device=device)

    def for_listing(self) -> Self:
        """Newest first, without the words: they may be pages."""
        return self.defer("words").order_by("-saved_at", "-pk")

    def past_keeping(self, now: datetime.datetime) -> Self:
        """What the night drops."""
        return self.filter(
            Q(saved_at__lt=now - datetime.timedelta(days=DRAFT_DAYS))
            | Q(put_away_at__lt=now - datetime.timedelta(days=PUT_AWAY_DAYS))
        )

    def begun_at(self, address: str) -> Self:
        """What was begun at an address as something new, and never saved."""
        return self.waiting().filter(address=address, base_version__isnull=True)


def cleaned_words(typed: Mapping[str, Any]) -> Words | None:
    """The fields of a form as a browser sends them, without what is not words; None when they are no such thing."""
    words: Words = {}
    for name, values in typed.items():
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            return None
        if name not in NOT_WORDS | ABOUT_THE_DRAFT:
            # A half character or a NUL cannot be stored, and no form would take it.
            words[printable(name)] = [printable(value) for value in values]
    return words


def length(words: Words) -> int:
    """Characters in all."""
    return sum(len(name) + sum(map(len, values)) for name, values in words.items())


def as_posted(words: Words, *, subject: uuid.UUID) -> QueryDict:
    """The words as a form takes them."""
    posted = QueryDict(mutable=True)
    for name, values in words.items():
        posted.setlist(name, values)
    posted["id"] = str(subject)
    return posted


def title_of(words: Words) -> str:
    """What a list calls them: the title, or else the beginning of the longest text."""
    title = (words.get("title") or [""])[0]
    texts = [value for name, values in words.items() if name not in ("id", "version") for value in values]
    return " ".join((title or max(texts, key=len, default="")).split())[:LONGEST_TITLE]


def words_in(form: forms.Form) -> Words:
    """What stands in the fields of a form, as a browser would send it."""
    words: Words = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            values = ["on"] if value else []
        elif isinstance(value, list | tuple):
            values = [str(each) for each in value]
        else:
            shown = field.field.widget.format_value(value) if value not in (None, "") else None
            values = [str(shown[0] if isinstance(shown, list) else shown)] if shown else []
        words[field.name] = values
    return {name: values for name, values in words.items() if name not in NOT_WORDS}
