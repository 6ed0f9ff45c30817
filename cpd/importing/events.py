"""Events of a calendar file as rows of a table. The calendar is read an event at a time, however many there are."""

import datetime
import hashlib
import io
import zoneinfo
from collections.abc import Iterator
from typing import IO, Any

from icalendar import Event

from cpd.importing.delimited import Row
from cpd.importing.unreadable import Unreadable
from cpd.models import Reason

HEADERS = ["Title", "Date", "Last day", "Minutes", "Place", "Categories", "Key", "Note"]
KEY, NOTE = HEADERS.index("Key"), HEADERS.index("Note")
# In the note of an event that is a day or several, and not hours of them.
ALL_DAY = "all-day"
MOST_LINES_OF_AN_EVENT = 5_000
DAY = datetime.timedelta(days=1)


def rows_of(file: IO[bytes], zone: zoneinfo.ZoneInfo) -> Iterator[Row]:
    """An event a row, in the calendar of somebody who lives in `zone`. Raises Unreadable.

    The zones that a calendar describes itself are passed over: known names are enough, and for any other the hours
    stand as they are written.
    """
    file.seek(0)
    text = io.TextIOWrapper(io.BytesIO(file.read()), encoding="utf-8-sig", errors="replace")
    event: list[str] | None = None
    begins = 0
    for number, line in enumerate(text, start=1):
        mark = line.strip().upper()
        if mark == "BEGIN:VEVENT":
            event, begins = [], number
        if event is not None:
            event.append(line)
            if len(event) > MOST_LINES_OF_AN_EVENT:
                raise Unreadable(f"The event on line {begins:,} does not end.")
        if mark == "END:VEVENT" and event is not None:
            yield begins, _cells("".join(event), zone)
            event = None
    if event is not None:
        raise Unreadable(f"This calendar is cut off: the event on line {begins:,} does not end.")


def _cells(text: str, zone: zoneinfo.ZoneInfo) -> list[str]:
    try:
        event: Any = Event.from_ical(text)
        first, last = event.get("DTSTART"), event.get("DTEND")
        start = first.dt if first is not None else None
        end = last.dt if last is not None else None
        length = event.get("DURATION")
        if end is None and start is not None and length is not None:
            end = start + length.dt
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        # What can be said of it is that it is there.
        return [_title(text), "", "", "", "", "", "", ""]
    row = dict.fromkeys(HEADERS, "")
    row |= {"Title": str(event.get("SUMMARY", "")), "Place": str(event.get("LOCATION", ""))}
    row["Categories"] = _categories(event.get("CATEGORIES"))
    if isinstance(start, datetime.datetime):
        row |= _timed(start, end, zone)
    elif isinstance(start, datetime.date):
        until = end - DAY if isinstance(end, datetime.date) and not isinstance(end, datetime.datetime) else start
        row |= {"Date": start.isoformat(), "Last day": until.isoformat() if until > start else "", "Note": ALL_DAY}
    uid = str(event.get("UID", ""))
    if uid and start is not None:
        # An instance of a series has the series' name; its start tells them apart.
        row["Key"] = hashlib.sha256(f"{uid}\n{start.isoformat()}".encode(errors="replace")).hexdigest()
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        row["Note"] = Reason.CANCELLED
    elif event.get("RRULE") is not None or event.get("RDATE") is not None:
        row["Note"] = Reason.REPEATS
    return list(row.values())


def _timed(start: datetime.datetime, end: Any, zone: zoneinfo.ZoneInfo) -> dict[str, str]:
    begins = _there(start, zone)
    row = {"Date": begins.date().isoformat()}
    if isinstance(end, datetime.datetime):
        ends = _there(end, zone)
        row["Minutes"] = str(max(0, round((ends - begins) / datetime.timedelta(minutes=1))))
        # Midnight is the end of a day, not the beginning of the next.
        last = (ends - datetime.timedelta(microseconds=1)).date()
        if last > begins.date():
            row["Last day"] = last.isoformat()
    return row


def _there(moment: datetime.datetime, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    """A moment by the person's clock; one without a zone is by it already."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _categories(found: Any) -> str:
    several = found if isinstance(found, list) else [found] if found is not None else []
    return "; ".join(str(name) for part in several for name in getattr(part, "cats", []))


def _title(text: str) -> str:
    for line in text.splitlines():
        name, _, words = line.partition(":")
        if name.upper().startswith("SUMMARY"):
            return words.strip()
    return ""
