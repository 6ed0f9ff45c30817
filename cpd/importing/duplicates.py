"""What is in the record already, or came before in the same file."""

import re
from typing import TYPE_CHECKING

from cpd.importing.mapping import Entry
from cpd.models import Reason

if TYPE_CHECKING:
    import datetime

    from accounts.models import User


class Known:
    """Remembers what it was shown: by day, title and minutes, and by the name a calendar has for it.

    Only a number for each is kept, so that a record of a hundred thousand stays small.
    """

    def __init__(self, user: "User") -> None:
        rows = user.activities.kept().values_list("done_on", "title", "minutes", "brought_key")
        self._record: set[int] = set()
        self._file: set[int] = set()
        for day, title, minutes, key in rows.iterator():
            self._record.add(_mark(day, title, minutes))
            if key:
                self._record.add(hash(key))

    def meet(self, entry: Entry) -> Reason | None:
        """Why an entry is a duplicate; None the first time it is met. With a calendar's name, only that counts."""
        by_looks = _mark(entry.done_on, entry.title, entry.minutes)
        mark = hash(entry.key) if entry.key else by_looks
        if mark in self._record or by_looks in self._record:
            return Reason.IN_RECORD
        if mark in self._file:
            return Reason.TWICE
        self._file.add(mark)
        return None


def sentence_of(reason: Reason) -> str:
    """Why a duplicate is one, for its owner."""
    if reason == Reason.IN_RECORD:
        return "Your record has an activity of this day, title and length already."
    return "The same day, title and length stand further up in this file."


def _mark(day: "datetime.date", title: str, minutes: int) -> int:
    return hash((day, " ".join(re.findall(r"\w+", title.casefold())), minutes))
