"""From rows to what the rules speak of. The one room that knows both: rules know no database, and models no rules."""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import F, FilteredRelation, Q

from cpd import catalogue
from cpd.models import Artefact as ArtefactRow
from cpd.models import Enrolment, Grant, Placement
from cpd.models import Leave as LeaveRow
from cpd.rules.engine import current_cycle
from cpd.rules.titles import history_of
from cpd.rules.types import Artefact, Enrolled, Entry, Framework, Leave

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Activity

# What an entry needs of an activity.
ACTIVITY_COLUMNS = (
    "pk",
    "done_on",
    "done_until",
    "minutes",
    "participatory_minutes",
    "kind",
    "reflection_id",
    "recorded_at",
)
ROWS_AT_ONCE = 1000
PLACEMENT_COLUMNS = ("category", "marks", "split", "stated", "items")


def enrolled_of(
    enrolment: Enrolment,
    *,
    leaves: Iterable[LeaveRow] | None = None,
    grants: Iterable[Grant] | None = None,
    cycle_first_on: datetime.date | None = None,
) -> Enrolled:
    """A person's place in a framework. `leaves` and `grants` are asked of the database unless given.

    What a body granted holds for one cycle: the one that begins on `cycle_first_on`; without it, nothing is granted.
    """
    leaves = enrolment.leaves.all() if leaves is None else leaves
    granted: dict[str, Decimal] = {}
    if cycle_first_on is not None:
        grants = enrolment.grants.all() if grants is None else grants
        granted = {grant.requirement: grant.value for grant in grants if grant.cycle_first_on == cycle_first_on}
    return Enrolled(
        framework=enrolment.framework,
        titles=history_of(enrolment.titles),
        anchor=enrolment.anchor_on,
        joined_on=enrolment.joined_on,
        left_on=enrolment.left_on,
        leave=tuple(Leave(leave.first_on, leave.last_on) for leave in leaves),
        working_share=Decimal(enrolment.working_percent) / 100,
        granted=granted,
        recorded_since=enrolment.user.profile.local_date(enrolment.user.date_joined),
        trusts_unsure=enrolment.trusts_unsure,
    )


def enrolled_in_cycle(
    enrolment: Enrolment,
    framework: Framework,
    on: datetime.date,
    *,
    leaves: Iterable[LeaveRow] | None = None,
    grants: Iterable[Grant] | None = None,
) -> Enrolled:
    """The same with what was granted for the cycle around `on`."""
    plain = enrolled_of(enrolment, leaves=leaves)
    cycle = current_cycle(framework, plain, on)
    if cycle is None:
        return plain
    return enrolled_of(enrolment, leaves=leaves, grants=grants, cycle_first_on=cycle.first)


def entries_of(user: "User", enrolments: Iterable[Enrolment]) -> dict[uuid.UUID, list[Entry]]:
    """All of a person's activities as each enrolment sees them, by the enrolment's key. One query."""
    enrolments = list(enrolments)
    if not enrolments:
        return {}
    rows = user.activities.kept()
    columns: list[str] = list(ACTIVITY_COLUMNS)
    names: dict[uuid.UUID, list[str]] = {}
    for number, enrolment in enumerate(enrolments):
        alias = f"place_{number}"
        rows = rows.annotate(**{alias: FilteredRelation("placements", condition=Q(placements__enrolment=enrolment.pk))})
        names[enrolment.pk] = [f"{alias}_{column}" for column in PLACEMENT_COLUMNS]
        rows = rows.annotate(**{f"{alias}_{column}": F(f"{alias}__{column}") for column in PLACEMENT_COLUMNS})
        columns += names[enrolment.pk]
    entries: dict[uuid.UUID, list[Entry]] = {enrolment.pk: [] for enrolment in enrolments}
    first = len(ACTIVITY_COLUMNS)
    width = len(PLACEMENT_COLUMNS)
    local_date = user.profile.local_date
    # In pieces: not all rows of a long record beside all entries made of them.
    for row in rows.values_list(*columns).iterator(chunk_size=ROWS_AT_ONCE):
        pk, done_on, done_until, minutes, participatory, kind, reflection, recorded_at = row[:first]
        key, note, recorded_on = str(pk), str(reflection) if reflection else "", local_date(recorded_at)
        for number, enrolment in enumerate(enrolments):
            start = first + number * width
            category, marks, split, stated, items = row[start : start + width]
            entries[enrolment.pk].append(
                Entry(
                    key=key,
                    done_on=done_on,
                    minutes=minutes,
                    participatory_minutes=participatory,
                    kind=kind,
                    category=category or "",
                    split=tuple(split.items()) if split else (),
                    marks=frozenset(marks) if marks else frozenset(),
                    stated=stated,
                    items=items or 1,
                    note=note,
                    recorded_on=recorded_on,
                    until=done_until,
                )
            )
    return entries


def entry_of(activity: "Activity", placement: Placement | None) -> Entry:
    """One activity in the place it has under one enrolment."""
    return Entry(
        key=str(activity.pk),
        done_on=activity.done_on,
        minutes=activity.minutes,
        participatory_minutes=activity.participatory_minutes,
        kind=activity.kind,
        category=placement.category if placement else "",
        split=tuple(placement.split.items()) if placement else (),
        marks=frozenset(placement.marks) if placement else frozenset(),
        stated=placement.stated if placement else None,
        items=placement.items if placement else 1,
        note=str(activity.reflection_id) if activity.reflection_id else "",
        recorded_on=activity.user.profile.local_date(activity.recorded_at),
        until=activity.done_until,
    )


def artefacts_of(enrolments: Iterable[Enrolment]) -> dict[uuid.UUID, list[Artefact]]:
    """What bodies want to see that is no activity, by the enrolment's key. One query."""
    by_key = {enrolment.pk: enrolment for enrolment in enrolments}
    found: dict[uuid.UUID, list[Artefact]] = {key: [] for key in by_key}
    for row in ArtefactRow.objects.kept().filter(enrolment__in=list(by_key)):
        found[row.enrolment_id].append(artefact_of(row, by_key[row.enrolment_id].framework))
    return found


def artefact_of(row: ArtefactRow, framework_id: str) -> Artefact:
    """One artefact of an enrolment in that framework."""
    return Artefact(
        kind=row.kind,
        done_on=row.done_on,
        quantity=row.quantity,
        until=row.done_until,
        marks=marks_of(framework_id, row.kind, row.answers),
    )


def marks_of(framework_id: str, kind: str, answers: Mapping[str, Any] | list[Any]) -> frozenset[str]:
    """The marks that chosen answers make: "type/planned". Words that people typed make none, nor does an odd shape."""
    if not isinstance(answers, Mapping):
        return frozenset()
    marks: set[str] = set()
    for name in _choice_fields(framework_id, kind):
        answer = answers.get(name, [])
        marks |= {f"{name}/{value}" for value in (answer if isinstance(answer, list) else [answer])}
    return frozenset(marks)


@cache
def _choice_fields(framework_id: str, kind: str) -> frozenset[str]:
    framework = catalogue.framework(framework_id)
    return frozenset(
        field.id
        for version in (framework.versions if framework else ())
        for artefact in version.artefacts
        if artefact.id == kind
        for field in artefact.fields
        if field.choices
    )
