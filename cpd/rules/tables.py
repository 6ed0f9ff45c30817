"""Tables of a TOML file, taken apart with care: every mistake is told with the file, the line and the figure.

Whoever maintains a figure is no programmer.
"""

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cpd.rules.types import MonthDay, Source


class FrameworkError(ValueError):
    """A file that cannot be used: which, where, and what is wrong with which figure."""

    def __init__(self, file: str, line: int | None, figure: str, problem: str) -> None:
        place = f", line {line}" if line else ""
        about = f", {figure}" if figure else ""
        super().__init__(f"{file}{place}{about}: {problem}")
        self.file, self.line, self.figure, self.problem = file, line, figure, problem


class Lines:
    """Where each table of the file stands: tomllib does not tell."""

    def __init__(self, text: str) -> None:
        self.found: dict[tuple[int, str, str], int] = {}
        version, header, header_line = -1, "", 1
        for number, line in enumerate(text.splitlines(), start=1):
            line = line.strip()
            if match := re.match(r"\[\[?([\w.\-]+)\]\]?", line):
                header, header_line = match[1], number
                if header == "versions":
                    version += 1
                elif not header.startswith("versions."):
                    version = -1 if version < 0 else version
                self.found.setdefault((version, header, ""), number)
            if match := re.match(r"(?:id|name)\s*=\s*[\"'](.*)[\"']\s*$", line):
                self.found.setdefault((version, header, match[1]), header_line)

    def of(self, version: int, header: str, key: str) -> int | None:
        """The line on which that table begins; of any version when it is in none."""
        for wanted in (version, *range(-1, 12)):
            if (line := self.found.get((wanted, header, key))) is not None:
                return line
        return self.found.get((version, header, ""))


class Table:
    """One table of the file. What is taken from it is checked; what is left over is a slip of the pen."""

    def __init__(self, data: Any, *, file: "File", figure: str, line: int | None) -> None:
        self.file, self.figure, self.line = file, figure, line
        if not isinstance(data, dict):
            raise self.wrong("this must be a table")
        self.rest: dict[str, Any] = dict(data)

    def wrong(self, problem: str) -> FrameworkError:
        """The error to raise."""
        return FrameworkError(self.file.name, self.line, self.figure, problem)

    def done(self) -> None:
        """Raise for anything that nobody asked for."""
        if self.rest:
            raise self.wrong(f"{', '.join(sorted(self.rest))} means nothing here")

    def _take(self, key: str, kind: type | tuple[type, ...], what: str, default: Any) -> Any:
        if key not in self.rest:
            return default
        value = self.rest.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(f"{key} must be {what}")
        return value

    def need(self, key: str) -> None:
        """Raise unless `key` is there."""
        if key not in self.rest:
            raise self.wrong(f"{key} is missing")

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty, or the default."""
        if default is None:
            self.need(key)
        value: str = self._take(key, str, "a text in quotes", default)
        if default is None and not value.strip():
            raise self.wrong(f"{key} is empty")
        return value.strip()

    def flag(self, key: str) -> bool:
        """True or false; false when absent."""
        return bool(self._take(key, bool, "true or false", False))

    def whole(self, key: str, default: int = 0) -> int:
        """A whole number of at least 0."""
        value: int = self._take(key, int, "a whole number", default)
        if value < 0:
            raise self.wrong(f"{key} must not be negative")
        return value

    def number(self, key: str) -> Decimal | None:
        """A number of at least 0, or None when absent."""
        value: Any = self._take(key, (int, Decimal), "a number", None)
        if value is None:
            return None
        if value < 0:
            raise self.wrong(f"{key} must not be negative")
        return Decimal(value)

    def day(self, key: str) -> datetime.date | None:
        """A date, or None when absent."""
        value: datetime.date | None = self._take(key, datetime.date, "a date like 2026-11-22", None)
        if isinstance(value, datetime.datetime):
            raise self.wrong(f"{key} must be a date without a time")
        return value

    def one[E: StrEnum](self, key: str, kind: type[E], default: E | None = None) -> E:
        """One of an enumeration's values."""
        value = self.text(key, default.value if default is not None else None)
        try:
            return kind(value)
        except ValueError:
            raise self.wrong(f"{key} must be one of {', '.join(kind)}, not “{value}”") from None

    def words(self, key: str) -> frozenset[str]:
        """A list of texts, as a set."""
        return frozenset(self.ordered(key))

    def ordered(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(key, list, "a list", [])
        if not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{key} must be a list of texts")
        return tuple(value)

    def month_day(self, key: str) -> MonthDay | None:
        """A day of every year, "05-01"."""
        value = self._take(key, str, 'a day of the year like "05-01"', None)
        return None if value is None else self._month_day(key, value)

    def _month_day(self, key: str, value: Any) -> MonthDay:
        try:
            day = datetime.datetime.strptime(f"2024-{value}", "%Y-%m-%d")  # noqa: DTZ007 (a day of a leap year, no moment)
        except ValueError:
            raise self.wrong(f'{key} must be a day of the year like "05-01"') from None
        return MonthDay(day.month, day.day)

    def by_key[T](self, key: str, convert: Callable[[Any], T]) -> dict[str, T]:
        """A table from texts to something."""
        return {name: convert(value) for name, value in self._take(key, dict, "a table", {}).items()}

    def numbers(self, key: str) -> dict[str, Decimal]:
        """A table from texts to numbers."""

        def convert(value: Any) -> Decimal:
            if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
                raise self.wrong(f"{key} must hold numbers that are not negative")
            return Decimal(value)

        return self.by_key(key, convert)

    def month_days(self, key: str) -> dict[str, MonthDay]:
        """A table from texts to days of the year."""
        return self.by_key(key, lambda value: self._month_day(key, value))

    def integers(self, key: str) -> dict[str, int]:
        """A table from texts to whole numbers."""
        return {name: int(value) for name, value in self.numbers(key).items()}

    def tables(self, key: str, *, header: str = "", named: str = "", version: int = -1) -> list["Table"]:
        """A list of tables, each with its own place in the file."""
        found = self._take(key, list, "a list of tables", [])
        tables = []
        for index, data in enumerate(found, start=1):
            name = str(data.get("id") or data.get("name") or index) if isinstance(data, dict) else str(index)
            line = self.file.lines.of(version, header, name) if header else self.line
            tables.append(Table(data, file=self.file, figure=f"{named or key} {name}", line=line or self.line))
        return tables

    def table(self, key: str, *, header: str = "", version: int = -1) -> "Table | None":
        """A table, or None when absent."""
        if key not in self.rest:
            return None
        line = self.file.lines.of(version, header or key, "") or self.line
        figure = f"{self.figure}, {key}" if self.figure else key
        return Table(self.rest.pop(key), file=self.file, figure=figure, line=line)


class File:
    """One file being read."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = Lines(text)
        self.sources: dict[str, Source] = {}
        self.used: set[str] = set()
        self.checked = datetime.date.min
