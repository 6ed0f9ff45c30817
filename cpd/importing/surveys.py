"""A look through a whole file before anything is decided: its columns, examples, and what is doubtful in each."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cpd.importing import columns, events, values
from cpd.importing.delimited import MOST_COLUMNS, Row
from cpd.importing.formats import MOST_ROWS, TOO_MANY_ROWS
from cpd.importing.mapping import Mapping
from cpd.importing.unreadable import Unreadable
from cpd.importing.values import Measure, Numeric, Order
from meducation.lib.text import one_line

EXAMPLES, LONGEST_EXAMPLE = 3, 60
# A column with more different words than this is no column of kinds.
MOST_WORDS = 40


@dataclass
class Column:
    """What was seen in one column."""

    examples: list[str] = field(default_factory=list)
    only_day_first: int = 0
    only_month_first: int = 0
    either: int = 0  # Days that could be two different ones.
    days: int = 0
    plain_numbers: int = 0
    words: dict[str, int] | None = field(default_factory=dict)  # None: too many.

    def see(self, cell: str) -> None:
        """Take note of a cell with something in it."""
        if len(self.examples) < EXAMPLES and (example := one_line(cell)[:LONGEST_EXAMPLE]) not in self.examples:
            self.examples.append(example)
        day = values.read_day(cell)
        if day is not None:
            self.days += 1
        if isinstance(day, Numeric):
            orders = day.orders
            self.only_day_first += orders == {Order.DAY}
            self.only_month_first += orders == {Order.MONTH}
            self.either += len(orders) == 2 and day.first != day.second
        self.plain_numbers += values.is_plain_number(cell)
        if self.words is not None and len(cell) <= LONGEST_EXAMPLE:
            word = one_line(cell).casefold()
            self.words[word] = self.words.get(word, 0) + 1
            if len(self.words) > MOST_WORDS:
                self.words = None

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            "examples": self.examples,
            "only_day_first": self.only_day_first,
            "only_month_first": self.only_month_first,
            "either": self.either,
            "days": self.days,
            "plain_numbers": self.plain_numbers,
            "words": sorted(self.words or {}),
        }


class Survey:
    """Looks at rows as they go by."""

    def __init__(self, *, fixed_headers: Sequence[str] = ()) -> None:
        self.headers: list[str] = list(fixed_headers)
        self.columns: list[Column] = []
        self.rows = 0

    def pass_on(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows below the header, each looked at. Raises Unreadable where there are none, or too many."""
        rows = iter(rows)
        first = list(itertools.islice(rows, columns.ROWS_ABOVE))
        if not first:
            raise Unreadable("There is nothing in this file.")
        if not self.headers:
            header = columns.header_row([cells for _, cells in first])
            names = first[header][1] if header is not None else []
            body = first[(header + 1) if header is not None else 0 :]
            width = min(MOST_COLUMNS, max([len(names), *(len(cells) for _, cells in body)], default=0))
            if width < 2:
                raise Unreadable("This file has one column only. An activity needs a title, a date and a time.")
            self.headers = columns.names_of(names, width)
            first = body
        self.columns = [Column() for _ in self.headers]
        for row in itertools.chain(first, rows):
            self.rows += 1
            if self.rows > MOST_ROWS:
                raise Unreadable(TOO_MANY_ROWS)
            for column, cell in zip(self.columns, row[1], strict=False):
                if cell:
                    column.see(cell)
            yield row
        if not self.rows:
            raise Unreadable("There is nothing below the names of the columns.")

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {"headers": self.headers, "columns": [column.as_json() for column in self.columns]}


def order_of(survey: dict[str, Any], places: Iterable[int | None]) -> tuple[Order | None, bool]:
    """Which comes first in the days of some columns, as far as it can be told, and whether it has to be asked.

    One day that can be read in one way only tells for all of them, unless another tells the opposite.
    """
    chosen = [survey["columns"][place] for place in places if place is not None]
    day_first = sum(column["only_day_first"] for column in chosen)
    month_first = sum(column["only_month_first"] for column in chosen)
    either = sum(column["either"] for column in chosen)
    if day_first and month_first:
        return None, True
    if day_first or month_first:
        return (Order.DAY if day_first else Order.MONTH), False
    return None, bool(either)


def first_guess(survey: dict[str, Any], *, is_calendar: bool) -> Mapping:
    """The mapping that the names of the columns suggest, and what is in them."""
    headers = survey["headers"]
    if is_calendar:
        names = {"title": "Title", "done_on": "Date", "done_until": "Last day", "time": "Minutes", "provider": "Place"}
        found = {name: events.HEADERS.index(header) for name, header in names.items()}
        return Mapping(columns=found | {"kind": events.HEADERS.index("Categories")}, measure=Measure.MINUTES)
    found = columns.guess(headers)
    if "done_on" not in found:
        by_days = [place for place, column in enumerate(survey["columns"]) if column["days"]]
        free = [place for place in by_days if place not in found.values()]
        if free:
            found["done_on"] = max(free, key=lambda place: survey["columns"][place]["days"])
    order, _ = order_of(survey, [found.get("done_on"), found.get("done_until")])
    measure = columns.measure_of(headers[found["time"]]) if "time" in found else None
    return Mapping(columns=found, order=order, measure=measure)
