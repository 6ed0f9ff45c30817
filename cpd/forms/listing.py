"""What the list of activities shows: words, dates, kind and the rest, as its address says it."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict

from cpd import catalogue
from cpd.actions.placements import version_on
from cpd.forms.fields import set_choices
from cpd.models import Enrolment, Kind
from cpd.querysets.record import ActivityQuerySet
from cpd.rules.cycles import DAY, add_months
from meducation.lib.dates import Span
from meducation.lib.forms import DayField

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_SEARCH = 200
THIS_YEAR, LAST_YEAR, TWELVE_MONTHS = "year", "year-before", "twelve-months"
# Ways to sort, and how each is said to the database. Ties are broken in one way, so that pages never overlap.
ORDERS: Mapping[str, tuple[str, ...]] = {
    "": ("-done_on", "-recorded_at", "-pk"),
    "oldest": ("done_on", "recorded_at", "pk"),
    "longest": ("-minutes", "-done_on", "-pk"),
    "shortest": ("minutes", "-done_on", "-pk"),
    "recorded": ("-recorded_at", "-pk"),
    "title": ("title", "-done_on", "-pk"),
}
ORDER_WORDS = {
    "": "Newest first",
    "oldest": "Oldest first",
    "longest": "Longest first",
    "shortest": "Shortest first",
    "recorded": "Last recorded first",
    "title": "By title",
}
# Ticks that narrow the list, each with what it keeps.
ONLY: Mapping[str, tuple[str, Callable[[ActivityQuerySet], ActivityQuerySet]]] = {
    "no-reflection": ("No reflection", ActivityQuerySet.without_reflection),
    "timed": ("Timed", ActivityQuerySet.timed),
    "evidence": ("Evidence files", ActivityQuerySet.with_files),
    "highlight": ("Highlights", ActivityQuerySet.highlights),
    "to-finish": ("To finish", ActivityQuerySet.unfinished),
}


@dataclass(frozen=True)
class Asked:
    """What the list's address asks for, with what makes no sense left out."""

    words: str = ""
    span: Span | None = None
    first: datetime.date | None = None
    last: datetime.date | None = None
    kind: str = ""
    place: tuple[uuid.UUID, str] | None = None
    tag: str = ""
    only: Sequence[str] = field(default_factory=tuple)
    order: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves anything out besides what the search words do."""
        return any((self.span, self.first, self.last, self.kind, self.place, self.tag, self.only))

    def of(self, activities: ActivityQuerySet) -> ActivityQuerySet:
        """Those of `activities` that it asks for, in no order yet."""
        found = activities
        if self.words:
            found = found.about(self.words)
        if self.span:
            found = found.within(self.span)
        found = found.done_between(self.first, self.last)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.place:
            found = found.placed_in(*self.place)
        if self.tag:
            found = found.tagged(self.tag)
        for each in self.only:
            found = ONLY[each][1](found)
        return found

    @property
    def ordering(self) -> tuple[str, ...]:
        """How they are sorted."""
        return ORDERS[self.order]


class ActivityListForm(forms.Form):
    """The list's search box and filters. Sent by GET; a wrong value is said and otherwise passed over."""

    q = forms.CharField(label="Search your activities", required=False, max_length=LONGEST_SEARCH)
    span = forms.ChoiceField(label="When", required=False)
    first = DayField(label="From", required=False)
    last = DayField(label="To", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any kind"), *Kind.choices])
    place = forms.ChoiceField(label="Counts as", required=False)
    tag = forms.ChoiceField(label="Tag", required=False)
    only = forms.MultipleChoiceField(
        label="Only those with",
        required=False,
        choices=[(name, label) for name, (label, _) in ONLY.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    sort = forms.ChoiceField(label="Sort", required=False, choices=list(ORDER_WORDS.items()))

    def __init__(
        self, data: QueryDict, *, user: "User", enrolments: Sequence[Enrolment] = (), tags: Sequence[str] = ()
    ) -> None:
        super().__init__(data)
        today = user.profile.local_date()
        self.spans = _spans(user)
        spans = ((name, label) for name, (label, _) in self.spans.items())
        set_choices(self, "span", [("", "Any time"), *spans])
        set_choices(self, "place", [("", "Anything"), *_places(enrolments, today)])
        set_choices(self, "tag", [("", "Any tag"), *((tag, tag) for tag in tags)])
        if not enrolments:
            del self.fields["place"]
        if not tags:
            del self.fields["tag"]

    def clean(self) -> dict[str, Any]:
        """Dates in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first. Swap them, or clear one.")
        return cleaned

    def asked(self) -> Asked:
        """What it asks for. Whatever is wrong asks for nothing; the form says so beside the field."""
        self.is_valid()
        said = self.cleaned_data
        place = said.get("place", "")
        return Asked(
            words=" ".join(said.get("q", "").split()),
            span=self.spans[said["span"]][1] if said.get("span") else None,
            first=said.get("first"),
            last=said.get("last"),
            kind=said.get("kind", ""),
            place=_place_of(place) if place else None,
            tag=said.get("tag", ""),
            only=tuple(said.get("only", ())),
            order=said.get("sort", ""),
        )


def _spans(user: "User") -> Mapping[str, tuple[str, Span]]:
    today = user.profile.local_date()
    this_year = user.profile.year_of(today)
    year_before = user.profile.year_of(this_year.first.replace(year=this_year.first.year - 1))
    return {
        THIS_YEAR: ("This CPD year", this_year),
        LAST_YEAR: ("The CPD year before", year_before),
        TWELVE_MONTHS: ("The last twelve months", Span(add_months(today, -12) + DAY, today)),
    }


def _places(enrolments: Sequence[Enrolment], today: datetime.date) -> list[tuple[str, list[tuple[str, str]]]]:
    """The categories of each framework of the person, under its name."""
    groups = []
    for enrolment in enrolments:
        framework, version = catalogue.framework(enrolment.framework), version_on(enrolment, today)
        if framework is None or version is None or not version.categories:
            continue
        categories = [(f"{enrolment.pk}:{each.id}", each.label) for each in version.categories]
        groups.append((framework.short, [*categories, (f"{enrolment.pk}:", "No category yet")]))
    return groups


def _place_of(value: str) -> tuple[uuid.UUID, str]:
    enrolment, _, category = value.partition(":")
    return uuid.UUID(enrolment), category
