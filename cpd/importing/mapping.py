"""How a file's columns become activities: a mapping, and what it makes of a row."""

import datetime
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cpd.importing import events, values
from cpd.importing.columns import FIELDS, kind_synonyms
from cpd.importing.values import Measure, Order
from cpd.models import LONGEST_REFLECTION, MOST_MINUTES_A_DAY, Kind, Reason
from meducation.lib.dates import day_month_year
from meducation.lib.text import one_line, printable

LONGEST_TITLE, LONGEST_PROVIDER, LONGEST_TAG, MOST_TAGS = 200, 150, 40, 20
QUOTED = 60


@dataclass(frozen=True)
class Mapping:
    """Which column is what, and how its cells are meant."""

    columns: AnyMapping[str, int] = field(default_factory=dict)
    order: Order | None = None
    measure: Measure | None = None
    minutes_a_point: int | None = None
    kinds: AnyMapping[str, str] = field(default_factory=dict)  # A person's own word, in small letters → kind.
    kind: str = Kind.OTHER  # Of rows whose word says nothing.
    minutes_a_day: int | None = None  # Of events of a calendar that last all day.

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            "columns": dict(self.columns),
            "order": self.order,
            "measure": self.measure,
            "minutes_a_point": self.minutes_a_point,
            "kinds": dict(self.kinds),
            "kind": self.kind,
            "minutes_a_day": self.minutes_a_day,
        }

    @classmethod
    def from_json(cls, kept: AnyMapping[str, Any]) -> "Mapping":
        """From the database; an empty one where nothing is kept."""
        return cls(
            columns={name: column for name, column in kept.get("columns", {}).items() if name in FIELDS},
            order=Order(kept["order"]) if kept.get("order") else None,
            measure=Measure(kept["measure"]) if kept.get("measure") else None,
            minutes_a_point=kept.get("minutes_a_point"),
            kinds={word: kind for word, kind in kept.get("kinds", {}).items() if kind in Kind.values},
            kind=Kind(kept["kind"]) if kept.get("kind") in Kind.values else Kind.OTHER,
            minutes_a_day=kept.get("minutes_a_day"),
        )

    def with_kinds(self, kinds: AnyMapping[str, str]) -> "Mapping":
        """The same with these words for kinds."""
        return replace(self, kinds=dict(kinds))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as an activity would have it."""

    line: int
    title: str
    done_on: datetime.date
    done_until: datetime.date | None
    minutes: int
    kind: str
    provider: str = ""
    reflection: str = ""
    important: str = ""
    next_step: str = ""
    tags: tuple[str, ...] = ()
    key: str = ""

    @property
    def has_words(self) -> bool:
        """Whether there is a reflection."""
        return bool(self.reflection or self.important or self.next_step)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that cannot be taken: why, as a sentence for its owner."""

    line: int
    reason: Reason
    sentence: str
    title: str = ""


class _Refused(Exception):
    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


@dataclass(frozen=True)
class RowReader:
    """Makes activities of rows, for somebody whose record starts on one day and for whom it is another."""

    mapping: Mapping
    today: datetime.date
    starts_on: datetime.date
    is_calendar: bool = False

    def read(self, line: int, cells: Sequence[str]) -> Entry | Refusal:
        """What a row is."""
        title = one_line(self._cell(cells, "title"))
        try:
            return self._entry(line, title, cells)
        except _Refused as refused:
            return Refusal(line, refused.reason, refused.sentence, title[:LONGEST_TITLE])

    def _entry(self, line: int, title: str, cells: Sequence[str]) -> Entry:
        note = cells[events.NOTE] if self.is_calendar and len(cells) > events.NOTE else ""
        _check_note(note)
        if not title:
            raise _Refused(Reason.NO_TITLE, "There is nothing in the column of the title.")
        if len(title) > LONGEST_TITLE:
            raise _Refused(
                Reason.LONG_TITLE, f"The title has {len(title):,} characters; {LONGEST_TITLE} are the most. Shorten it."
            )
        first, last = self._days(cells)
        return Entry(
            line=line,
            title=title,
            done_on=first,
            done_until=last if last > first else None,
            minutes=self._minutes(cells, (last - first).days + 1, note),
            kind=values.kind_of(self._cell(cells, "kind"), self.mapping.kinds, kind_synonyms()) or self.mapping.kind,
            provider=_short(one_line(self._cell(cells, "provider")), LONGEST_PROVIDER, "name of the provider"),
            reflection=self._words(cells, "reflection"),
            important=self._words(cells, "important"),
            next_step=self._words(cells, "next_step"),
            tags=self._tags(cells),
            key=cells[events.KEY] if self.is_calendar and len(cells) > events.KEY else "",
        )

    def _cell(self, cells: Sequence[str], name: str) -> str:
        column = self.mapping.columns.get(name)
        return printable(cells[column]).strip() if column is not None and column < len(cells) else ""

    def _days(self, cells: Sequence[str]) -> tuple[datetime.date, datetime.date]:
        first = self._day(cells, "done_on")
        if first is None:
            raise _Refused(Reason.NO_DATE, "There is nothing in the column of the date.")
        last = self._day(cells, "done_until") or first
        if last < first:
            raise _Refused(Reason.BACKWARDS, f"The last day, {day_month_year(last)}, is before the first.")
        if last > self.today:
            raise _Refused(Reason.FUTURE, f"{day_month_year(last)} is in the future. Import it when it is done.")
        if first < self.starts_on:
            start = day_month_year(self.starts_on)
            raise _Refused(
                Reason.BEFORE_RECORD,
                f"{day_month_year(first)} is before your record starts, on {start}. Check the year, or move the start "
                "in your profile.",
            )
        return first, last

    def _day(self, cells: Sequence[str], name: str) -> datetime.date | None:
        cell = self._cell(cells, name)
        if not cell:
            return None
        day = values.day_of(cell, self.mapping.order)
        if day is None:
            raise _Refused(Reason.ODD_DATE, f"“{_quoted(cell)}” is no date we can read.")
        return day

    def _minutes(self, cells: Sequence[str], days: int, note: str) -> int:
        if note == events.ALL_DAY:
            if self.mapping.minutes_a_day is None:
                raise _Refused(Reason.NO_TIME, "This lasts all day. Say how many minutes such a day is.")
            return self.mapping.minutes_a_day * days
        cell = self._cell(cells, "time")
        if not cell:
            raise _Refused(Reason.NO_TIME, "There is nothing in the column of the time.")
        minutes = values.minutes_of(cell, self.mapping.measure, self.mapping.minutes_a_point)
        if minutes is None:
            raise _Refused(Reason.ODD_TIME, f"“{_quoted(cell)}” is no length of time we can read.")
        if minutes < 1:
            raise _Refused(Reason.TOO_LITTLE, f"“{_quoted(cell)}” is less than a minute.")
        most = MOST_MINUTES_A_DAY * days
        if minutes > most:
            raise _Refused(
                Reason.TOO_MUCH,
                f"{minutes:,} minutes are more than fit into {days} day{'s' if days > 1 else ''} ({most:,}).",
            )
        return minutes

    def _words(self, cells: Sequence[str], name: str) -> str:
        return _short(self._cell(cells, name), LONGEST_REFLECTION, "reflection")

    def _tags(self, cells: Sequence[str]) -> tuple[str, ...]:
        tags = [one_line(tag) for tag in values.tags_of(self._cell(cells, "tags"))]
        if len(tags) > MOST_TAGS:
            raise _Refused(Reason.LONG_TEXT, f"There are {len(tags)} tags; {MOST_TAGS} are the most.")
        return tuple(_short(tag, LONGEST_TAG, "tag") for tag in tags)


def _check_note(note: str) -> None:
    if note == Reason.REPEATS:
        raise _Refused(
            Reason.REPEATS,
            "This event repeats, and we cannot know which times you went. Add those you attended by hand.",
        )
    if note == Reason.CANCELLED:
        raise _Refused(Reason.CANCELLED, "This event was cancelled.")


def _short(text: str, most: int, what: str) -> str:
    if len(text) > most:
        raise _Refused(Reason.LONG_TEXT, f"The {what} has {len(text):,} characters; {most:,} are the most. Shorten it.")
    return text


def _quoted(cell: str) -> str:
    text = one_line(cell)
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
