"""The files of an activity, as its page and its form show them."""

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cpd.forms.evidence import EvidenceForm
from cpd.models import Evidence

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class EvidencePanel:
    """The files of one activity, or of one that is still to be saved; no id where its form has lost it."""

    activity_id: uuid.UUID | None
    kept: tuple[Evidence, ...] = ()
    deleted: tuple[Evidence, ...] = ()
    form: EvidenceForm = field(default_factory=EvidenceForm)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show, not even to put back."""
        return not self.kept and not self.deleted


def panel_of(user: "User", activity_id: object, form: EvidenceForm | None = None) -> EvidencePanel:
    """What a person has with an activity of that id, which may be as a form sent it. One query."""
    form = form or EvidenceForm()
    try:
        key = uuid.UUID(str(activity_id))
    except ValueError:
        return EvidencePanel(None, form=form)
    rows = list(user.evidence.meant_for(key).shown())
    return EvidencePanel(
        key,
        kept=tuple(row for row in rows if row.deleted_at is None),
        deleted=tuple(row for row in rows if row.deleted_at is not None),
        form=form,
    )
