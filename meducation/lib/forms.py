"""What forms of several apps share."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict

from meducation.lib.kept_words import OWNER_FIELD, owner_token, take

# The browser's own control sends the first form; the others are for people who type, and for browsers without one.
DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y"]
# After the browser's Back button: the form's id is used, and what was saved under it says something else.
SENT_ALREADY = "This form was sent already. Open it anew to add another."


class DayField(forms.DateField):
    """A day, by the browser's calendar or typed as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "control--short"})
        )
        kwargs.setdefault("input_formats", DATE_FORMATS)
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "Enter a date that exists, like 22 November 2026."


class OwnedForm(forms.Form):
    """A form whose words are kept when its owner's session ends while they type (meducation.lib.kept_words)."""

    def __init__(self, *args: Any, owner_pk: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[OWNER_FIELD] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=owner_token(owner_pk)
        )

    def put_back(self, words: QueryDict) -> None:
        """Show `words`, typed before the session ended, in the fields they were typed into; unchecked."""
        if any(name in words for name in self.fields):
            # Nothing is sent for a box without a tick: what was unticked stays so.
            for name, field in self.fields.items():
                if isinstance(field, forms.BooleanField | forms.MultipleChoiceField) and name not in words:
                    self.initial[name] = None
        for name, field in self.fields.items():
            if name in words and name != OWNER_FIELD:
                several = isinstance(field, forms.MultipleChoiceField)
                self.initial[name] = words.getlist(name) if several else words[name]


def put_words_back(request: HttpRequest, form: OwnedForm) -> None:
    """Fill a form with what was kept for this person on this address, if anything was, and say so."""
    words = take(request)
    if words is not None:
        form.put_back(words)
        messages.info(request, "We kept what you had typed. Check it, then save.")
