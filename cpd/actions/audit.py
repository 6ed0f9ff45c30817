"""The log of who saw what: lines are added, and never changed."""

import uuid
from typing import TYPE_CHECKING

from cpd.models import LONGEST_SEEN_BY, AuditEvent, AuditWhat
from meducation.lib.text import one_line

if TYPE_CHECKING:
    from accounts.models import User


def write_down(
    *,
    owner: "User",
    what: AuditWhat,
    by: "User | None" = None,
    seen_by: str = "",
    about: uuid.UUID | None = None,
) -> None:
    """Add a line to the owner's log, in the transaction of what it tells. One query.

    `by` is somebody with an account. `seen_by` names anybody else in words the owner knows; it is cut to what fits.
    `about` is the id of the link, certificate or file.
    """
    AuditEvent.objects.create(owner=owner, what=what, by=by, seen_by=one_line(seen_by)[:LONGEST_SEEN_BY], about=about)
