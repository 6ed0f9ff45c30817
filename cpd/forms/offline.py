"""What of an activity can be typed without a connection, and how one is kept on a device to be changed there."""

from copy import deepcopy
from typing import Any

from django import forms

from cpd.forms.activities import ActivityForm
from cpd.models import Activity, Kind
from meducation.lib.kept_words import OWNER_FIELD

# In the order of the page. What an activity counts towards needs the server; it guesses, and can be told later.
OFFLINE_NAMES = ("title", "done_on", "minutes", "kind", "reflection", "important", "next_step")


class OfflineActivityForm(forms.Form):
    """The few fields of an activity that need no server, for a page that is the same for everybody.

    It is never bound: what is typed is sent to the addresses of ActivityForm, under the same names, when it can be.
    """

    def __init__(self) -> None:
        super().__init__(initial={"kind": Kind.COURSE})
        for name in OFFLINE_NAMES:
            self.fields[name] = deepcopy(ActivityForm.base_fields[name])


def as_posted(activity: Activity) -> list[tuple[str, str]]:
    """The names and values that the form of an activity would send if nothing were changed.

    What it counts towards is left out: of fields that were not on a form, its sending says nothing.
    """
    posted: list[tuple[str, str]] = []
    for name, value in ActivityForm.initial_for(activity).items():
        field = ActivityForm.base_fields.get(name)
        if field is None or name == OWNER_FIELD:
            continue
        prepared: Any = field.prepare_value(value)
        if isinstance(field, forms.BooleanField):
            posted += [(name, "on")] if prepared else []
        elif isinstance(prepared, list | tuple):
            posted += [(name, str(each)) for each in prepared]
        else:
            posted.append((name, "" if prepared is None else str(prepared)))
    return posted
