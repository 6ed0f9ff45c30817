"""What a page sends while somebody types, and what it adds to the form that is saved."""

import json
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse

from cpd.actions.drafts import Typed
from cpd.drafts import cleaned_words
from cpd.models import Drafted

# The forms that keep drafts.
PAGES = {
    "activity-create": Drafted.ACTIVITY,
    "activity-update": Drafted.ACTIVITY,
    "artefact-create": Drafted.ARTEFACT,
    "artefact-update": Drafted.ARTEFACT,
}
LARGEST = 2**31 - 1
LATEST = 2**53 - 1


def address_of_form(typed: str, kind: str) -> str | None:
    """The address of a form of ours, with the article it is about and nothing else; None for any other."""
    try:
        parts = urlsplit(typed)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return None
    if match.app_names != ["cpd"] or PAGES.get(match.url_name or "") != kind:
        return None
    article = parse_qs(parts.query).get("article", [""])[0] if match.url_name == "activity-create" else ""
    return reverse(match.view_name, kwargs=match.kwargs, query={"article": article} if article else None)


class DraftForm(forms.Form):
    """The words of one tab, from JSON."""

    kind = forms.ChoiceField(choices=Drafted.choices)
    device = forms.UUIDField()
    slot = forms.IntegerField(min_value=0, max_value=999)
    sequence = forms.IntegerField(min_value=1, max_value=LATEST)
    base_version = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)
    address = forms.CharField(max_length=300)
    # Whose page it is (cpd.reading.reader_name): kept for nobody else.
    reader = forms.CharField(max_length=100)
    words = forms.JSONField()
    # Of words that were not chosen: the key under which they are put away.
    put_away = forms.UUIDField(required=False)

    @classmethod
    def from_json(cls, body: bytes | str) -> "DraftForm":
        """A form with what some JSON says; anything else is a form without anything."""
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            data = {}
        if not isinstance(data, dict):
            data = {}
        # Only plain values reach the fields; the words are checked by themselves.
        plain = {name: value for name, value in data.items() if isinstance(value, str | int)}
        return cls(plain | {"words": data.get("words")})

    def clean_words(self) -> dict[str, list[str]]:
        """Fields with their texts, at least one."""
        typed = self.cleaned_data["words"]
        words = cleaned_words(typed) if isinstance(typed, dict) else None
        if not words:
            raise forms.ValidationError("These are no words of a form.")
        return words

    def clean(self) -> dict[str, Any]:
        """The address must be that of a form for what the words are to be."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "address" in cleaned and "kind" in cleaned:
            cleaned["address"] = address_of_form(cleaned["address"], cleaned["kind"])
            if cleaned["address"] is None or len(cleaned["address"]) > 300:
                self.add_error("address", "This page keeps no drafts.")
        return cleaned

    def typed(self, subject: uuid.UUID) -> Typed:
        """The checked words."""
        names = ("kind", "device", "slot", "sequence", "base_version", "address", "words")
        return Typed(subject=subject, **{name: self.cleaned_data[name] for name in names})


class SavedFromForm(forms.Form):
    """What drafts.js adds to a form: which tab it is, and up to which of its drafts the words go."""

    draft = forms.UUIDField(required=False)
    draft_beside = forms.UUIDField(required=False)
    draft_device = forms.UUIDField(required=False)
    draft_slot = forms.IntegerField(min_value=0, max_value=999, required=False)
    draft_sequence = forms.IntegerField(min_value=1, max_value=LATEST, required=False)

    @classmethod
    def of(cls, posted: QueryDict) -> "SavedFromForm":
        """What was sent, as far as it makes sense."""
        form = cls(posted)
        form.is_valid()
        return form

    @property
    def tab(self) -> tuple[uuid.UUID, int, int] | None:
        """Device, slot and sequence; None when the page has not said all of it."""
        device = self.cleaned_data.get("draft_device")
        slot, sequence = self.cleaned_data.get("draft_slot"), self.cleaned_data.get("draft_sequence")
        return (device, slot, sequence) if device is not None and slot is not None and sequence is not None else None

    @property
    def seen(self) -> list[uuid.UUID]:
        """The drafts that this form was opened with, and that were shown beside it."""
        named = (self.cleaned_data.get("draft"), self.cleaned_data.get("draft_beside"))
        return [key for key in named if key is not None]
