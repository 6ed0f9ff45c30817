"""What the form of a new activity begins with, when it is like one before."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cpd.models import Placement

if TYPE_CHECKING:
    from accounts.models import User
    from cpd.models import Activity, ActivityTemplate


@dataclass(frozen=True)
class Beginning:
    """Values for a form's fields, and the places of the activity it is like. Neither its days nor its reflection."""

    values: Mapping[str, Any] = field(default_factory=dict)
    placements: Sequence[Placement] = ()


def beginning_like(user: "User", *, repeat: str, template: str) -> Beginning | None:
    """As an activity of the person's, or as a template of theirs, by the id in a link; None where there is none such.

    Two queries at most.
    """
    if not repeat and not template:
        return Beginning()
    try:
        pk = uuid.UUID(repeat or template)
    except ValueError:
        return None
    return _like_activity(user, pk) if repeat else _like_template(user, pk)


def _like_activity(user: "User", pk: uuid.UUID) -> Beginning | None:
    activity = user.activities.kept().prefetch_related("placements").filter(pk=pk).first()
    if activity is None:
        return None
    return Beginning(_values(activity), list(activity.placements.all()))


def _like_template(user: "User", pk: uuid.UUID) -> Beginning | None:
    template = user.activity_templates.kept().filter(pk=pk).first()
    if template is None:
        return None
    placements = [
        Placement(enrolment_id=uuid.UUID(enrolment), is_guess=False, **place)
        for enrolment, place in template.places.items()
    ]
    return Beginning(_values(template), placements)


def _values(like: "Activity | ActivityTemplate") -> dict[str, Any]:
    return {
        "title": like.title,
        "kind": like.kind,
        "provider": like.provider,
        "minutes": like.minutes,
        "participatory_minutes": like.participatory_minutes or None,
        "tags": like.tags,
    }
