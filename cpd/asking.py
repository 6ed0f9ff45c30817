""" "Did it change anything?": who is asked it about what, once, some weeks after, and how the answer comes back.

The mail says when an activity was done and of which kind it was, never what it was called: mails are read by others.
"""

import datetime
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from cpd.actions.reminders import ABOUT_IMPACT, digest_of_token
from cpd.models import Activity, Impact, ImpactAnswer, Mailing, Provenance, Reminders
from cpd.reminding import BATCH, STALE_AFTER, site_address, stoppable_message

logger = logging.getLogger(__name__)

# For so long the links of a mail take an answer.
ANSWERABLE_FOR = datetime.timedelta(days=60)
# What was written down later than this after it was done is no fresh learning: nobody is asked of it unasked.
FRESH_FOR = datetime.timedelta(days=31)


# --- Whether and when ------------------------------------------------------------------------------------------------


def day_to_ask(activity: Activity, impact: Impact | None, reminders: Reminders | None) -> datetime.date | None:
    """When a mail will ask about an activity; None when none will, or one did.

    What was said of this very activity goes before what was said of all. Its `user` needs a profile at hand.
    """
    if impact is not None:
        return impact.ask_on if impact.asked_at is None and not impact.answer else None
    if reminders is None or reminders.asking_since is None or activity.recorded_at < reminders.asking_since:
        return None
    recorded_on = activity.user.profile.local_date(activity.recorded_at)
    if activity.provenance == Provenance.IMPORTED or recorded_on - activity.last_day > FRESH_FOR:
        return None
    return day_after_weeks(activity, reminders.ask_after_weeks)


def day_after_weeks(activity: Activity, weeks: int) -> datetime.date:
    """So many weeks after the last day of an activity."""
    return activity.last_day + datetime.timedelta(weeks=weeks)


# --- The mail --------------------------------------------------------------------------------------------------------


def write_due_questions(now: datetime.datetime) -> int:
    """Write a mailing for every activity that is due to be asked about; how many. Safe to run twice."""
    today = now.date() + datetime.timedelta(days=1)  # Somewhere it is tomorrow already; each is looked at again below.
    wanting = User.objects.filter(is_active=True).filter(
        Q(reminders__asking_since__isnull=False)
        | Q(activities__impact__ask_on__lte=today, activities__impact__asked_at=None, activities__impact__answer="")
    )
    written = 0
    for keys in batched(wanting.order_by("pk").values_list("pk", flat=True).distinct(), BATCH, strict=False):
        for user_pk in keys:
            try:
                written += write_questions_of(user_pk, now)
            except Exception:  # One person's record must not keep everybody else's question back.
                logger.exception("The questions to one person could not be worked out.")
    return written


@transaction.atomic
def write_questions_of(user_pk: int, now: datetime.datetime) -> int:
    """The same for one person. Their reminders are locked: whoever stops all mail waits until this is written."""
    reminders = Reminders.objects.select_for_update().filter(user=user_pk).first()
    user = User.objects.select_related("profile").get(pk=user_pk)
    today = user.profile.local_date(now)
    written = 0
    for activity, impact in _not_asked(user, reminders, today):
        day = day_to_ask(activity, impact, reminders)
        if day is None or day > today:
            continue
        question = impact or Impact(activity=activity, ask_on=day)
        question.asked_at, question.token_sha256 = now, digest_of_token(token_of(activity))
        question.save()
        Mailing.objects.get_or_create(user=user, about=f"{ABOUT_IMPACT}{activity.pk}", defaults={"due_at": now})
        written += 1
    return written


def _not_asked(
    user: User, reminders: Reminders | None, today: datetime.date
) -> Iterator[tuple[Activity, Impact | None]]:
    """Activities that may be due: those asked about by name, and those for which the default may speak."""
    kept = user.activities.kept().order_by("done_on", "pk")
    for activity in kept.filter(
        impact__ask_on__lte=today, impact__asked_at__isnull=True, impact__answer=""
    ).select_related("impact"):
        activity.user = user
        yield activity, activity.impact
    if reminders is not None and reminders.asking_since is not None:
        for activity in kept.filter(
            impact__isnull=True,
            recorded_at__gte=reminders.asking_since,
            done_on__lte=today - datetime.timedelta(weeks=reminders.ask_after_weeks),
        ).exclude(provenance=Provenance.IMPORTED):
            activity.user = user
            yield activity, None


@dataclass(frozen=True)
class Question:
    """One activity in a mail."""

    activity: Activity
    address: str

    @property
    def links(self) -> list[tuple[str, str]]:
        """Each answer in words, and the address that brings it."""
        return [(str(answer.label), f"{self.address}?answer={answer.value}") for answer in ImpactAnswer]


def send_questions(user_pk: int, now: datetime.datetime | None = None) -> bool:
    """Ask somebody all that waits to be asked, in one mail; whether there was anything.

    Raises what the mail server's connection raises (OSError, SMTPException): then all of it goes on waiting.
    """
    now = now or timezone.now()
    with transaction.atomic():
        waiting = list(
            Mailing.objects.select_for_update(skip_locked=True).filter(
                user=user_pk, sent_at__isnull=True, due_at__gt=now - STALE_AFTER, about__startswith=ABOUT_IMPACT
            )
        )
        user = User.objects.select_related("profile").filter(pk=user_pk, is_active=True).first()
        if not waiting or user is None:
            return False
        keys = [mailing.about.removeprefix(ABOUT_IMPACT) for mailing in waiting]
        # What was answered or deleted meanwhile is not asked; it counts as sent.
        asked = user.activities.kept().filter(pk__in=keys, impact__answer="").order_by("done_on", "pk")
        questions = [Question(activity, answer_address(activity)) for activity in asked]
        if questions:
            _message(user, questions).send()
        # Only now: who crashes before this line sends it again rather than never.
        Mailing.objects.filter(pk__in=[mailing.pk for mailing in waiting]).update(sent_at=now)
    return bool(questions)


def _message(user: User, questions: Iterable[Question]) -> EmailMultiAlternatives:
    context = {"questions": questions, "days": ANSWERABLE_FOR.days}
    return stoppable_message(user, "cpd_impact", subject="Did it change anything?", context=context)


# --- The address of an answer ----------------------------------------------------------------------------------------


def token_of(activity: Activity) -> str:
    """What the address of an activity's question ends with. It is worked out when a mail is sent, and not kept."""
    return salted_hmac("cpd.impact", str(activity.pk), algorithm="sha256").hexdigest()


def answer_address(activity: Activity) -> str:
    """The whole address at which the question about an activity is answered."""
    return site_address(reverse("cpd:impact-answer", args=[token_of(activity)]))


def question_at(token: str, now: datetime.datetime | None = None) -> Impact | None:
    """What a token asks about; None for one that is unknown or too old, or whose activity or owner is gone."""
    return (
        Impact.objects.filter(
            token_sha256=digest_of_token(token),
            asked_at__gt=(now or timezone.now()) - ANSWERABLE_FOR,
            activity__deleted_at__isnull=True,
            activity__user__is_active=True,
        )
        .select_related("activity")
        .first()
    )
