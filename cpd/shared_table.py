"""The log of a link as a table, for whoever takes it along. Reading it back, cpd.importing undoes what is done here."""

import csv
import io
from collections.abc import Iterable

from cpd.shared_record import SharedEntry
from meducation.lib.text import plain_cell

HEADER = ("Date", "Last day", "What", "Kind", "Provider", "Minutes", "How known", "Highlight", "Reflection", "Comments")


def as_csv(entries: Iterable[SharedEntry]) -> str:
    """The log, minutes as whole numbers, with the mark by which spreadsheets know that it is UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for entry in entries:
        activity, reflection = entry.activity, entry.reflection
        comments = "\n".join(f"{each.appraiser.name}: {each.words or 'Discussed'}" for each in entry.comments)
        writer.writerow(
            (
                activity.done_on.isoformat(),
                activity.done_until.isoformat() if activity.done_until else "",
                plain_cell(activity.title),
                activity.get_kind_display(),
                plain_cell(activity.provider),
                activity.minutes,
                entry.known_by,
                "yes" if activity.is_highlight else "",
                plain_cell(reflection.words if reflection else ""),
                plain_cell(comments),
            )
        )
    return out.getvalue()
