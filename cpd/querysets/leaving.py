"""How somebody stands who leaves."""

from typing import TYPE_CHECKING

from cpd.models import Leaving

if TYPE_CHECKING:
    from accounts.models import User


def leaving_of(user: "User") -> Leaving | None:
    """Whether a record is read-only, or its account about to close; None for whoever goes on as ever. One query."""
    return Leaving.objects.filter(user=user).first()
