"""What to change of several activities at once."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from cpd import catalogue
from cpd.actions.placements import version_on
from cpd.actions.several import Change
from cpd.forms.fields import TagsField, set_choices
from cpd.models import Enrolment, Kind
from meducation.lib.forms import OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

AS_THEY_ARE = ("", "Leave as they are")
NOTHING_SAID = "Choose what to change: the kind, the tags or what they count as."


class SeveralForm(OwnedForm):
    """Kind, tags and category, each of them only if it is to change. A field for the category of each framework."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=[AS_THEY_ARE, *Kind.choices])
    add_tags = TagsField(label="Add tags", required=False)
    remove_tags = forms.MultipleChoiceField(label="Take off tags", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: "User",
        enrolments: Sequence[Enrolment] = (),
        tags: Sequence[str] = (),
    ) -> None:
        super().__init__(data, owner_pk=user.pk)
        if tags:
            set_choices(self, "remove_tags", ((tag, tag) for tag in tags))
        else:
            del self.fields["remove_tags"]
        self.categories: dict[str, uuid.UUID] = {}
        today = user.profile.local_date()
        for enrolment in enrolments:
            framework, version = catalogue.framework(enrolment.framework), version_on(enrolment, today)
            if framework is None or version is None or not version.categories:
                continue
            name = f"{enrolment.pk}-category"
            self.categories[name] = enrolment.pk
            self.fields[name] = forms.ChoiceField(
                label=f"{framework.short}: counts as",
                required=False,
                choices=[AS_THEY_ARE, *((each.id, each.label) for each in version.categories)],
            )

    def clean(self) -> dict[str, Any]:
        """At least one thing to change."""
        cleaned: dict[str, Any] = super().clean() or {}
        names = ["kind", "add_tags", "remove_tags", *self.categories]
        if not self.errors and not any(cleaned.get(name) for name in names):
            raise forms.ValidationError(NOTHING_SAID)
        return cleaned

    def change(self) -> Change:
        """What a form without errors says."""
        said = self.cleaned_data
        return Change(
            kind=said["kind"],
            add_tags=tuple(said["add_tags"]),
            remove_tags=frozenset(said.get("remove_tags", ())),
            categories={pk: said[name] for name, pk in self.categories.items() if said[name]},
        )
