"""The few activities of a year that their owner wants to be read first."""

import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from cpd.models import Activity
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User

MOST_HIGHLIGHTS = 5


class EnoughHighlights(Exception):
    """The activity's CPD year has as many highlights as it may; `highlights` are they."""

    def __init__(self, highlights: list[Activity]) -> None:
        super().__init__("The year has enough highlights.")
        self.highlights = highlights


@transaction.atomic
def set_highlight(*, by: "User", activity_id: uuid.UUID, is_on: bool) -> Activity:
    """Make an activity a highlight of its CPD year, or take the mark off.

    Raises EnoughHighlights, Activity.DoesNotExist.
    """
    # Two marks at once must not make six.
    lock_reader(by)
    activity = Activity.objects.owned_by(by).kept().select_for_update(of=("self",)).get(pk=activity_id)
    if activity.is_highlight == is_on:
        return activity
    if is_on and len(others := _others(activity, by)) >= MOST_HIGHLIGHTS:
        raise EnoughHighlights(others)
    activity.is_highlight = is_on
    activity.version += 1
    activity.save(update_fields=["is_highlight", "version", "changed_at"])
    return activity


def drop_crowded_highlight(activity: Activity, *, by: "User") -> None:
    """Take the mark off an activity that moves into a year with enough of them; unsaved, and under lock_reader."""
    if activity.is_highlight and len(_others(activity, by)) >= MOST_HIGHLIGHTS:
        activity.is_highlight = False


def _others(activity: Activity, by: "User") -> list[Activity]:
    """The highlights of the activity's CPD year, apart from it."""
    year = by.profile.year_of(activity.done_on)
    return list(by.activities.kept().within(year).highlights().exclude(pk=activity.pk).order_by("done_on", "pk"))
