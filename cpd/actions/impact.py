"""Writes about whether an activity changed anything. Each may be repeated without harm."""

import datetime
import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cpd.asking import day_after_weeks, question_at
from cpd.models import Activity, AskAfter, Impact, ImpactAnswer
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def choose_when_to_ask(*, by: "User", activity_id: uuid.UUID, after: AskAfter) -> Impact:
    """When a mail asks about one activity, or that none does. Of one that was asked about already, nothing changes.

    Raises Activity.DoesNotExist.
    """
    lock_reader(by)
    activity = by.activities.kept().get(pk=activity_id)
    impact, _ = Impact.objects.select_for_update().get_or_create(activity=activity)
    if impact.asked_at is None and not impact.answer:
        impact.ask_on = None if after is AskAfter.NEVER else day_after_weeks(activity, after)
        impact.save(update_fields=["ask_on"])
    return impact


@transaction.atomic
def say_what_changed(
    *, by: "User", activity_id: uuid.UUID, answer: ImpactAnswer, words: str, now: datetime.datetime | None = None
) -> Impact:
    """Keep the owner's answer and their words; what was said before is in the history. Raises Activity.DoesNotExist."""
    lock_reader(by)
    activity: Activity = by.activities.kept().get(pk=activity_id)
    impact, _ = Impact.objects.select_for_update().get_or_create(activity=activity)
    if impact.answer != answer:
        impact.answer, impact.answered_at = answer, now or timezone.now()
    impact.words = words
    impact.full_clean(exclude=["activity"], validate_unique=False)
    impact.save()
    return impact


@transaction.atomic
def answer_from_mail(*, token: str, answer: ImpactAnswer, now: datetime.datetime | None = None) -> Impact | None:
    """Keep the answer that came by the address in a mail; None when that address takes none (any more).

    Until it has expired, another answer replaces it: a thumb slips. Words stay as they are.
    """
    now = now or timezone.now()
    found = question_at(token, now)
    if found is None:
        return None
    impact = Impact.objects.select_for_update().select_related("activity").get(pk=found.pk)
    if impact.answer != answer:
        impact.answer, impact.answered_at = answer, now
        impact.save(update_fields=["answer", "answered_at"])
    return impact
