"""How an activity came to say what it says: every change of it, of its reflection and of its places, by whom and when.

Database triggers write the history (pghistory), so a change by any route is in it: a form, an import, a line of SQL.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.apps import apps

from cpd import catalogue
from cpd.models import Activity, AiUse, Kind
from cpd.rules.guessing import category_label
from cpd.rules.types import Question, Version
from meducation.lib.dates import day_month_year, duration

if TYPE_CHECKING:
    from accounts.models import User

# Of each of the three histories. Whoever changed something more often than that sees the newest.
MOST_EVENTS = 200
NOTHING = "nothing"
YOU = "You"
NOT_HERE = "Meducation itself, or somebody with access to its database"
SOMEBODY = "Somebody else who was logged in"

# What is shown of each kind of row, and in which words. What is not named here says nothing to people.
OF_ACTIVITY = {
    "title": "What",
    "kind": "Kind",
    "provider": "Provider",
    "done_on": "Date",
    "done_until": "Last day",
    "minutes": "Minutes",
    "participatory_minutes": "Participatory minutes",
    "more_because": "Why more than was timed",
    "measured_seconds": "Counted while reading",
    "offline_seconds": "Recorded offline",
    "tags": "Tags",
    "is_highlight": "Highlight",
    "finish_later": "To finish later",
}
OF_REFLECTION = {
    "text": "What happened",
    "important": "What is important",
    "next_step": "What next",
    "ai_use": "Use of AI",
    "is_shareable": "May be shared",
}
OF_PLACEMENT = {
    "category": "category",
    "marks": "answers",
    "split": "minutes by category",
    "stated": "stated on the certificate",
    "items": "number of papers or chapters",
}
LONG = frozenset({"text", "important", "next_step"})


@dataclass(frozen=True)
class Difference:
    """One thing that changed: what it said, and what it says since."""

    what: str
    before: str
    after: str
    is_long: bool = False


@dataclass(frozen=True)
class Edit:
    """All that one transaction changed."""

    at: datetime.datetime
    who: str
    what: str
    differences: Sequence[Difference]


@dataclass(frozen=True)
class _Event:
    key: tuple[str, Any]
    at: datetime.datetime
    who: str
    row: Mapping[str, Any]
    names: Mapping[str, str]


def edits_of(activity: Activity, *, user: "User") -> list[Edit]:
    """What happened to the activity, the newest first. Four queries, however often that was."""
    events = sorted(_events(activity, user), key=lambda event: event.at)
    seen: dict[tuple[str, Any], Mapping[str, Any]] = {}
    edits = []
    for at, together in groupby(events, key=lambda event: event.at):
        group = list(together)
        differences: list[Difference] = []
        what = "Changed"
        for event in group:
            before = seen.get(event.key)
            if event.key[0] == "activity":
                what = _what(before, event.row)
            # What an activity said when it was recorded is on its page; only what changed since is said here.
            if before is not None or event.key[0] == "reflection":
                differences.extend(_differences(before or {}, event.row, event.names))
            seen[event.key] = event.row
        if differences or what != "Changed":
            edits.append(Edit(at=at, who=group[0].who, what=what, differences=differences))
    return edits[::-1]


def _what(before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> str:
    if before is None:
        return "Recorded"
    if before["deleted_at"] is None and row["deleted_at"] is not None:
        return "Deleted"
    if before["deleted_at"] is not None and row["deleted_at"] is None:
        return "Put back"
    return "Changed"


def _events(activity: Activity, user: "User") -> Iterator[_Event]:
    rows = _rows("ActivityEvent", pgh_obj_id=activity.pk)
    yield from (_event(("activity", activity.pk), row, OF_ACTIVITY, user) for row in rows)
    reflections = {row["reflection_id"] for row in rows} - {None}
    if reflections:
        for row in _rows("ReflectionEvent", pgh_obj_id__in=reflections, user_id=user.pk):
            yield _event(("reflection", row["id"]), row, OF_REFLECTION, user)
    frameworks = dict(user.enrolments.values_list("pk", "framework"))
    for row in _rows("PlacementEvent", activity_id=activity.pk):
        framework = catalogue.framework(frameworks.get(row["enrolment_id"], ""))
        if framework is None:
            continue
        names = {name: f"{framework.short}: {words}" for name, words in OF_PLACEMENT.items()}
        labelled = _in_labels(row, framework.version_on(activity.done_on))
        yield _event(("placement", row["id"]), labelled, names, user)


def _in_labels(row: Mapping[str, Any], version: Version | None) -> Mapping[str, Any]:
    """The place with the framework's own words where its rules are known, and with their ids where not."""
    if version is None:
        return row
    labels = {mark: label for question in version.questions for mark, label in _marks(question)}
    return {
        **row,
        "category": category_label(version, row["category"]) or row["category"],
        "marks": [labels.get(mark, mark) for mark in row["marks"]],
        "split": {category_label(version, each) or each: minutes for each, minutes in row["split"].items()},
    }


def _marks(question: Question) -> Iterator[tuple[str, str]]:
    if not question.choices:
        yield question.id, question.label
    for choice in question.choices:
        yield f"{question.id}/{choice.id}", choice.label


def _rows(model: str, **which: Any) -> list[dict[str, Any]]:
    events = apps.get_model("cpd", model)._default_manager.filter(**which)
    newest = list(events.order_by("-pgh_id").values("pgh_context__metadata", *_columns(model))[:MOST_EVENTS])
    return newest[::-1]


def _columns(model: str) -> Iterable[str]:
    return [field.attname for field in apps.get_model("cpd", model)._meta.concrete_fields]


def _event(key: tuple[str, Any], row: Mapping[str, Any], names: Mapping[str, str], user: "User") -> _Event:
    by = (row["pgh_context__metadata"] or {}).get("user")
    who = NOT_HERE if by is None else YOU if by == user.pk else SOMEBODY
    return _Event(key, row["pgh_created_at"], who, row, names)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Difference]:
    for name, words in names.items():
        was, now = _in_words(name, before.get(name)), _in_words(name, after[name])
        if was != now:
            yield Difference(words, was, now, is_long=name in LONG)


def _in_words(name: str, value: Any) -> str:
    """A value as its owner knows it from the form."""
    if value in (None, "", [], {}, False):
        return NOTHING if name not in ("is_highlight", "finish_later", "is_shareable") else "no"
    match name:
        case "kind":
            return str(dict(Kind.choices).get(value, value))
        case "ai_use":
            return str(dict(AiUse.choices).get(value, value))
        case "minutes" | "participatory_minutes":
            return duration(value)
        case "measured_seconds" | "offline_seconds":
            return duration(round(value / 60))
        case "stated":
            return f"{value.normalize():f}"
        case "split":
            return ", ".join(f"{label} {duration(minutes)}" for label, minutes in value.items())
    if isinstance(value, bool):
        return "yes"
    if isinstance(value, datetime.date):
        return day_month_year(value)
    return ", ".join(value) if isinstance(value, list) else str(value)
