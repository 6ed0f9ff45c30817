"""What waits for somebody to go on with, counted in one query: the tracker has a line for each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Value

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Waiting:
    """How many of each."""

    discussions: int = 0
    drafts: int = 0


def waiting_for(user: "User") -> Waiting:
    """Discussions that want an answer, and drafts of unsaved words."""
    from cpd.models import Participant

    discussions = Participant.objects.filter(user=user).waiting()
    counted = [
        rows.order_by().values("user").annotate(what=Value(what), count=Count("pk")).values_list("what", "count")
        for what, rows in {"discussions": discussions, "drafts": user.drafts.waiting()}.items()
    ]
    return Waiting(**dict(counted[0].union(*counted[1:], all=True)))
