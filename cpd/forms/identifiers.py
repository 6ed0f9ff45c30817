"""The patient-identifier check on forms: its own page, and the question before a reflection may be shown to others."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cpd.identifiers.checking import check, replace
from cpd.identifiers.findings import Finding
from cpd.identifying import PARTS_OF_REFLECTION, Checked, checked
from cpd.models import LONGEST_REFLECTION, Reflection

MOST_CHARACTERS = 5 * LONGEST_REFLECTION
TOO_LONG = f"This is more than {MOST_CHARACTERS:,} characters. Check it in parts."
KEPT_PRIVATE = (
    "Saved, and kept private: the words may identify a patient. Change them, or confirm that nobody can be identified."
)


class IdentifierCheckForm(forms.Form):
    """A text to look at. Nothing of it is kept."""

    text = forms.CharField(
        label="Text to check",
        widget=forms.Textarea(attrs={"rows": 10}),
        max_length=MOST_CHARACTERS,
        strip=False,
        help_text="We look at it on this server, show the result on the next page, and keep nothing.",
        error_messages={"required": "Paste or type the text to check.", "max_length": TOO_LONG},
    )

    def replaced(self, chosen: Sequence[str]) -> tuple[str, int]:
        """The text of a form without errors with neutral words for the findings of those marks, and for how many."""
        text: str = self.cleaned_data["text"]
        findings = [finding for finding in check(text) if mark_of(finding) in chosen]
        return replace(text, findings), len(findings)


def mark_of(finding: Finding) -> str:
    """Which finding of a text it is. Of a text that was changed since, a mark finds nothing rather than another."""
    return f"{finding.start}-{finding.end}-{finding.kind}"


class IdentifierGate(forms.Form):
    """The question before a reflection may be shown to others. It never stands in the way of saving.

    `saved_reflection` is the one in the form when it was opened; `part_fields` names the form's fields of its parts.
    """

    identifiers_confirmed = forms.BooleanField(
        label="I have checked it: nobody can be identified",
        required=False,
        help_text="Only needed when you show it to others and our check finds something in it.",
    )
    saved_reflection: Reflection | None = None
    part_fields = (("reflection", "text"), ("important", "important"), ("next_step", "next_step"))
    is_kept_private = False

    def identifiers(self) -> list[Checked]:
        """What was found in the words that stand in the form now."""
        names = {part: field for field, part in self.part_fields}
        fields = [("What you did", "title"), *((label, names[part]) for part, label in PARTS_OF_REFLECTION)]
        return checked((label, str(self[name].value() or "")) for label, name in fields if name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Keep private what needs a word of its author before others may read it."""
        cleaned: dict[str, Any] = super().clean() or {}
        wants_to_show = cleaned.get("is_shareable") and not cleaned.get("shared_reflection")
        if wants_to_show and not cleaned.get("identifiers_confirmed") and not self._was_confirmed(cleaned):
            self.is_kept_private = bool(self.identifiers())
            if self.is_kept_private:
                cleaned["is_shareable"] = False
        return cleaned

    def _was_confirmed(self, cleaned: dict[str, Any]) -> bool:
        """Whether just these words were confirmed before."""
        saved = self.saved_reflection
        return (
            saved is not None
            and saved.identifiers_confirmed_at is not None
            and all(cleaned.get(field, "") == getattr(saved, part) for field, part in self.part_fields)
        )
