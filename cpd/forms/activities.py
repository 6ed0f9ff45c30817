"""One line of the record, as it is typed."""

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from cpd.actions.placements import SaidByEnrolment
from cpd.forms.fields import (
    MINUTES_HINT,
    NEEDS_REASON,
    MinutesField,
    TagsField,
    WrittenAtField,
    check_in_record,
    check_minutes,
)
from cpd.forms.placements import PlacementPart, parts_of
from cpd.forms.reflections import ReflectionForm
from cpd.models import Activity, Enrolment, Kind, Placement
from cpd.reading import Measured, most_minutes
from cpd.reflecting import Reusable, what_bodies_ask
from cpd.rules.guessing import Facts
from meducation.lib.dates import time_read
from meducation.lib.forms import DayField

if TYPE_CHECKING:
    from accounts.models import User

# The name of the button that saves what is to be finished later.
LATER = "finish_later"
# Ten tags, and room for blanks and words that stand there twice.
LONGEST_TAGS = 1000
# What most activities do without.
MORE = ("provider", "done_until", "tags")
NOT_PARTICIPATORY = (
    "Reading alone is not participatory. Clear this, or choose another kind if you learned with other people."
)


class ActivityForm(ReflectionForm):
    """One line of the record, to add or to change.

    With `finish_later` posted, as by the button of that name, it is put down in a hurry: the kind can wait, too.
    """

    # What is wrong is listed from the top of the page down.
    field_order = ("title", "done_on", "minutes", "more_because", "kind", *MORE)
    title = forms.CharField(
        label="What did you do?", max_length=200, error_messages={"required": "Say what you did, in a few words."}
    )
    kind = forms.ChoiceField(label="Kind", choices=Kind.choices)
    provider = forms.CharField(
        label="Who provided it?",
        required=False,
        max_length=150,
        help_text="For example a college, a trust or a journal.",
    )
    done_on = DayField(label="Date", error_messages={"required": "Enter the date you did it."})
    done_until = DayField(label="Last day", required=False, help_text="Only when it took more than one day.")
    minutes = MinutesField(label="Minutes", help_text=MINUTES_HINT)
    more_because = forms.CharField(label="Why more than was timed?", required=False, max_length=300)
    participatory_minutes = MinutesField(label="Participatory minutes", required=False, min_value=0)
    tags = TagsField(label="Tags", required=False, max_length=LONGEST_TAGS)
    id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)
    written_at = WrittenAtField()
    # The kind for which the form offers what it counts towards.
    placed_for = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        user: "User",
        activity: Activity | None = None,
        measured: Measured | None = None,
        enrolments: Sequence[Enrolment] = (),
        placements: Sequence[Placement] = (),
        topics: frozenset[str] = frozenset(),
        reusable: Sequence[Reusable] = (),
        shared_with: int = 0,
        **kwargs: Any,
    ) -> None:
        reflected = activity.reflection if activity is not None else None
        super().__init__(
            data, owner_pk=user.pk, reusable=reusable, shared_with=shared_with, reflected=reflected, **kwargs
        )
        self.user = user
        self.activity = activity
        self.measured = measured
        self.enrolments, self.placements, self.topics = enrolments, placements, topics
        if self.timed_ms is None:
            del self.fields["more_because"]
        else:
            self.fields["minutes"].help_text = f"{MINUTES_HINT} We timed {time_read(self.timed_ms)}."
        self.parts: list[PlacementPart] = []
        values = self.initial if data is None else data
        self._place(values.get("kind"), values.get("done_on"))
        self.words = QueryDict() if data is None else self._followed(data)
        self.is_for_later = LATER in self.words
        self.fields["kind"].required = not self.is_for_later
        if data is not None:
            self.data = self.words

    # --- What it counts towards --------------------------------------------------------------------------------------

    def _place(self, kind: Any, day: Any) -> None:
        """Make the fields for an activity of a kind, done on a day: what is offered depends on both."""
        for part in self.parts:
            for name in part.rows:
                del self.fields[name]
        self.parts = self._parts_for(kind, day)
        for part in self.parts:
            part.form = self
            self.fields |= {name: row.field for name, row in part.rows.items()}
            self.initial = {**self.initial, **part.initial()}
        self.initial = {**self.initial, "placed_for": kind}
        if self.is_participatory_asked:
            self.fields["participatory_minutes"].help_text = self._participatory_help()

    def _parts_for(self, kind: Any, day: Any) -> list[PlacementPart]:
        try:
            done_on = self.fields["done_on"].clean(day)
            self._check_day(done_on)
        except forms.ValidationError:
            # A slip of the keyboard: the fields stay on the page, with what is in them.
            done_on = self.activity.done_on if self.activity is not None else self.user.profile.local_date()
        return parts_of(
            self.enrolments,
            day=done_on,
            facts=Facts(kind if kind in Kind.values else Kind.OTHER, self.topics),
            placements=self.placements,
            kind_before=self.activity.kind if self.activity is not None else "",
        )

    def _followed(self, data: QueryDict) -> QueryDict:
        """What was posted, where nobody touched the guess for another kind with the guess for this one."""
        data = data.copy()
        kind, before = data.get("kind"), data.get("placed_for")
        if before in Kind.values and before != kind:
            for part, part_before in zip(self.parts, self._parts_for(before, data.get("done_on")), strict=True):
                part.follow(data, part_before)
        if "suggest" in data:
            for part in self.parts:
                part.suggest(data, anew=data["suggest"] == "all")
        data["placed_for"] = kind or ""
        return data

    def unchecked(self) -> "ActivityForm":
        """The same words in a form that has not been sent yet: to look at other suggestions."""
        form = self._again(None)
        form.put_back(self.words)
        return form

    def put_back(self, words: QueryDict) -> None:
        """Show `words`, with the fields for the kind and the day they speak of."""
        self._place(words.get("kind"), words.get("done_on"))
        for part in self.parts:
            # Nothing is sent for a box without a tick.
            self.initial = {**self.initial, **{name: None for name in part.rows if name not in words}}
        super().put_back(words)

    @property
    def is_participatory_asked(self) -> bool:
        """Whether a body asks which minutes were participatory, or there are some already."""
        has_some = self.activity is not None and self.activity.participatory_minutes > 0
        return has_some or any(part.version.asks_participatory for part in self.parts)

    @property
    def is_participatory_offered(self) -> bool:
        """Whether this kind of activity may be participatory: only if every body that asks allows it."""
        asking = [part for part in self.parts if part.version.asks_participatory]
        return all(part.offer.participatory for part in asking)

    def _participatory_help(self) -> str:
        helps = [
            f"{part.framework.short}: {part.version.participatory_help}"
            for part in self.parts
            if part.version.asks_participatory and part.version.participatory_help
        ]
        return " ".join(["A part of the minutes, or nothing.", *helps])

    def participatory(self) -> BoundField | None:
        """The field for participatory minutes, where it is offered or something is in it."""
        field = self["participatory_minutes"]
        is_shown = self.is_participatory_offered or field.value() not in (None, "", 0, "0")
        return field if self.is_participatory_asked and is_shown else None

    def about_the_activity(self) -> list[BoundField]:
        """The fields before those: what was done, when, for how long."""
        return [self[name] for name in self.field_order if name in self.fields and name not in MORE]

    def more_about_the_activity(self) -> list[BoundField]:
        """Those that most activities do without."""
        return [self[name] for name in MORE]

    @property
    def tells_more(self) -> bool:
        """Whether something is in those, or wrong with them."""
        return any(field.value() or field.errors for field in self.more_about_the_activity())

    @property
    def what_bodies_ask(self) -> str:
        """Whether the person's bodies ask for a reflection, in one sentence."""
        return what_bodies_ask(self.parts)

    def places(self) -> SaidByEnrolment:
        """What a form without errors says of each enrolment whose fields were on its page.

        Of the others it says nothing: somebody may have enrolled in another tab since, or put a date right.
        """
        return {part.enrolment.pk: part.said(self.cleaned_data) for part in self.parts if part.marker in self.data}

    # --- The activity itself -----------------------------------------------------------------------------------------

    @property
    def timed_ms(self) -> int | None:
        """What was measured of it; None for what was not timed."""
        if self.measured is not None:
            return self.measured.timed_ms
        return self.activity.timed_ms if self.activity is not None else None

    def clean_kind(self) -> str:
        """In a hurry, whatever it was."""
        return self.cleaned_data["kind"] or Kind.OTHER

    def clean_done_on(self) -> datetime.date:
        """Not in the future where the person is, and not before their record starts."""
        return self._check_day(self.cleaned_data["done_on"])

    def clean_done_until(self) -> datetime.date | None:
        """The same."""
        day = self.cleaned_data["done_until"]
        return self._check_day(day) if day else None

    def _check_day(self, day: datetime.date) -> datetime.date:
        profile = self.user.profile
        if day > profile.local_date():
            raise forms.ValidationError("This date is in the future. Enter the day you did it.", code="future")
        check_in_record(day, profile)
        return day

    def clean(self) -> dict[str, Any]:
        """What only makes sense together: the days, the minutes in them, and the reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("done_on"), cleaned.get("done_until")
        if first and last and last < first:
            self.add_error("done_until", "The last day is before the first. Swap them, or clear this one.")
            return cleaned
        for part in self.parts:
            part.check(cleaned)
        minutes = cleaned.get("minutes")
        if minutes is None:
            return cleaned
        self._check_participatory(cleaned.get("participatory_minutes") or 0, minutes)
        try:
            check_minutes(minutes, days=(last - first).days + 1 if first and last else 1)
        except forms.ValidationError as error:
            self.add_error("minutes", error)
        if self.timed_ms is not None:
            most = most_minutes(self.timed_ms)
            if minutes > most and not cleaned.get("more_because"):
                self.add_error("more_because", NEEDS_REASON)
            elif minutes <= most:
                cleaned["more_because"] = ""
        return cleaned

    def _check_participatory(self, participatory: int, minutes: int) -> None:
        if participatory and self.is_participatory_asked and not self.is_participatory_offered:
            self.add_error("participatory_minutes", NOT_PARTICIPATORY)
        elif participatory > minutes:
            self.add_error("participatory_minutes", f"This is a part of the {minutes:,} minutes. Enter fewer.")

    def activity_fields(self) -> dict[str, Any]:
        """The columns of the activity, without the reflection."""
        fields = {name: self.cleaned_data[name] for name in self.field_order if name in self.cleaned_data}
        fields["finish_later"] = self.is_for_later
        fields["written_at"] = self.cleaned_data["written_at"]
        if self.is_participatory_asked:
            fields["participatory_minutes"] = self.cleaned_data["participatory_minutes"] or 0
        return fields

    def over(self, current: Activity) -> "ActivityForm":
        """The same words, to be saved over the activity and the reflection that stand there now."""
        data = self.words.copy()
        data["version"] = str(current.version)
        data["reflection_version"] = str(current.reflection.version) if current.reflection else ""
        return self._again(data)

    def _again(self, data: QueryDict | None) -> "ActivityForm":
        return ActivityForm(
            data,
            user=self.user,
            activity=self.activity,
            measured=self.measured,
            enrolments=self.enrolments,
            placements=self.placements,
            topics=self.topics,
            reusable=self.reusable,
            shared_with=self.shared_with,
        )

    @classmethod
    def initial_for(cls, activity: Activity) -> dict[str, Any]:
        """The form's values for an activity that is to be changed."""
        return {
            "title": activity.title,
            "kind": activity.kind,
            "provider": activity.provider,
            "done_on": activity.done_on,
            "done_until": activity.done_until,
            "minutes": activity.minutes,
            "more_because": activity.more_because,
            "participatory_minutes": activity.participatory_minutes or None,
            "tags": activity.tags,
            "id": activity.pk,
            "version": activity.version,
            **cls.initial_reflection(activity),
        }
