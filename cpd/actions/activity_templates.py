"""Writes to somebody's own templates for activities."""

import datetime
import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from cpd.actions.activities import NotYours
from cpd.models import LONGEST_TEMPLATE_NAME, Activity, ActivityTemplate, Placement
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User

MOST_TEMPLATES = 50
# What a template has of the activity it is made from, beside its places.
TEMPLATE_COLUMNS = ("title", "kind", "provider", "minutes", "participatory_minutes", "tags")


class EnoughTemplates(Exception):
    """Somebody has as many templates as they may."""


class NameTaken(Exception):
    """Somebody has another template of this name."""


@transaction.atomic
def make_template(*, by: "User", template_id: uuid.UUID, activity_id: uuid.UUID) -> ActivityTemplate:
    """Keep what an activity has in common with the next of its kind, under its title.

    The same `template_id` again gives the same template. Raises EnoughTemplates, NotYours, Activity.DoesNotExist.
    """
    lock_reader(by)
    existing = ActivityTemplate.objects.filter(pk=template_id).first()
    if existing is not None:
        if existing.user_id != by.pk:
            raise NotYours
        return existing
    activity = Activity.objects.owned_by(by).kept().prefetch_related("placements").get(pk=activity_id)
    names = set(by.activity_templates.kept().values_list("name", flat=True))
    if len(names) >= MOST_TEMPLATES:
        raise EnoughTemplates
    template = ActivityTemplate(
        pk=template_id,
        user=by,
        name=_free_name(activity.title, names),
        **{column: getattr(activity, column) for column in TEMPLATE_COLUMNS},
        places={str(each.enrolment_id): _place(each) for each in activity.placements.all() if not each.is_guess},
    )
    template.full_clean(exclude=["user"], validate_unique=False)
    template.save(force_insert=True)
    return template


@transaction.atomic
def rename_template(*, by: "User", template_id: uuid.UUID, name: str) -> ActivityTemplate:
    """Give a template another name. Raises NameTaken, ActivityTemplate.DoesNotExist."""
    lock_reader(by)
    template = by.activity_templates.kept().select_for_update().get(pk=template_id)
    _check_name(by, template, name)
    template.name = name
    template.save(update_fields=["name"])
    return template


@transaction.atomic
def delete_template(*, by: "User", template_id: uuid.UUID, now: datetime.datetime | None = None) -> ActivityTemplate:
    """Put a template away; for 30 days it can be had back. Raises ActivityTemplate.DoesNotExist."""
    lock_reader(by)
    template = ActivityTemplate.objects.owned_by(by).select_for_update().get(pk=template_id)
    if template.deleted_at is None:
        template.deleted_at = now or timezone.now()
        template.save(update_fields=["deleted_at"])
    return template


@transaction.atomic
def restore_template(*, by: "User", template_id: uuid.UUID, now: datetime.datetime | None = None) -> ActivityTemplate:
    """Put a deleted template back.

    Raises NameTaken, EnoughTemplates, and ActivityTemplate.DoesNotExist after 30 days.
    """
    lock_reader(by)
    template = ActivityTemplate.objects.owned_by(by).select_for_update().get(pk=template_id)
    if template.deleted_at is None:
        return template
    template = ActivityTemplate.objects.owned_by(by).restorable(now).get(pk=template_id)
    if by.activity_templates.kept().count() >= MOST_TEMPLATES:
        raise EnoughTemplates
    _check_name(by, template, template.name)
    template.deleted_at = None
    template.save(update_fields=["deleted_at"])
    return template


def _check_name(by: "User", template: ActivityTemplate, name: str) -> None:
    if by.activity_templates.kept().filter(name=name).exclude(pk=template.pk).exists():
        raise NameTaken


def _free_name(title: str, taken: set[str]) -> str:
    """The title, with a number behind it where that is taken."""
    name = title[:LONGEST_TEMPLATE_NAME].strip()
    number = 2
    while name in taken:
        behind = f" ({number})"
        name = title[: LONGEST_TEMPLATE_NAME - len(behind)].strip() + behind
        number += 1
    return name


def _place(placement: Placement) -> dict[str, Any]:
    return {
        "category": placement.category,
        "marks": placement.marks,
        "split": placement.split,
        "items": placement.items,
    }
