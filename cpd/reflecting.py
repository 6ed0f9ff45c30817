"""What somebody wrote that may serve another activity too."""

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpd.standing import asks_reflection
from meducation.lib.dates import day_month_year

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from cpd.forms.placements import PlacementPart

MOST_OFFERED = 20
LOOKED_THROUGH = 60


@dataclass(slots=True)
class Reusable:
    """A reflection of one's own, by the newest activity that has it."""

    reflection_id: uuid.UUID
    title: str
    done_on: datetime.date
    others: int = 0  # Further activities that share it.

    @property
    def label(self) -> str:
        """Which it is, without its words."""
        more = f", and {self.others} more" if self.others else ""
        return f"{self.title}, {day_month_year(self.done_on)}{more}"


def reusable_reflections(user: "User", *, apart_from: uuid.UUID | None = None) -> list[Reusable]:
    """The reflections of somebody's latest activities, the newest first, without that of `apart_from`. One query."""
    rows = user.activities.kept().reflected().order_by("-done_on", "-recorded_at", "-pk")
    found: dict[uuid.UUID, Reusable] = {}
    for reflection_id, title, done_on in rows.values_list("reflection_id", "title", "done_on")[:LOOKED_THROUGH]:
        if reflection_id == apart_from:
            continue
        if reflection_id in found:
            found[reflection_id].others += 1
        elif len(found) < MOST_OFFERED:
            found[reflection_id] = Reusable(reflection_id, title, done_on)
    return list(found.values())


def what_bodies_ask(parts: "Iterable[PlacementPart]") -> str:
    """One sentence: which of the bodies an activity may count towards count reflections. None sets a limit of words."""
    names = {part.framework.short: asks_reflection(part.version) for part in parts}
    asking = [name for name, asks in names.items() if asks]
    if not names:
        return "Each part is optional."
    if not asking:
        return "Each part is optional. None of your bodies counts reflections on single activities."
    return f"Each part is optional, but {_listed(asking)} {'count' if len(asking) > 1 else 'counts'} reflections."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
