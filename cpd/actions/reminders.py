"""Writes about reminders, the private calendar and notices. Each may be repeated without harm."""

import datetime
import hashlib
import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cpd.actions.audit import write_down
from cpd.models import AskAfter, AuditWhat, HowOften, Impact, Mailing, Notice, Reminders

if TYPE_CHECKING:
    from accounts.models import User


# How the subject of a notice or a mail about an article begins: "article/12/3".
ABOUT_ARTICLES = "article/"
# And of a mail that asks whether an activity changed anything: "impact/<activity>".
ABOUT_IMPACT = "impact/"
# And of one that somebody commented on what a link shows: "comment/<link>/2026-11-23".
ABOUT_COMMENTS = "comment/"


class AddressChanged(Exception):
    """The calendar's address was made or stopped in another tab since the form was opened."""


@transaction.atomic
def choose_reminders(
    *,
    by: "User",
    how_often: HowOften,
    tell_of_changes: bool = False,
    ask_after: AskAfter = AskAfter.NEVER,
    now: datetime.datetime | None = None,
) -> Reminders:
    """Keep how somebody wants to be reminded, whether they want a mail when an article they logged changes,

    and how long after an activity one that asks if it changed anything: of what they record from now on.
    """
    now = now or timezone.now()
    reminders = _lock_reminders(by)
    if how_often is HowOften.MONTHLY and reminders.how_often != HowOften.MONTHLY:
        # The month of choosing counts as told: the first mail comes on the first of the next.
        Mailing.objects.get_or_create(
            user=by, about=monthly_about(by.profile.local_date(now)), defaults={"due_at": now, "sent_at": now}
        )
    # What waits already is not wanted either.
    waiting = Mailing.objects.filter(user=by, sent_at__isnull=True)
    if how_often is HowOften.OFF:
        others = Q(about__startswith=ABOUT_ARTICLES) | Q(about__startswith=ABOUT_IMPACT)
        # Comments are no reminders: they come by a link that its owner turned on, and end with it.
        waiting.exclude(others | Q(about__startswith=ABOUT_COMMENTS)).delete()
    if not tell_of_changes:
        waiting.filter(about__startswith=ABOUT_ARTICLES).delete()
    if ask_after is AskAfter.NEVER:
        waiting.filter(about__startswith=ABOUT_IMPACT).delete()
        reminders.asking_since = None
    elif reminders.asking_since is None:
        reminders.asking_since = now
    reminders.how_often, reminders.tell_of_changes, reminders.ask_after_weeks = how_often, tell_of_changes, ask_after
    reminders.save(update_fields=["how_often", "tell_of_changes", "ask_after_weeks", "asking_since"])
    return reminders


@transaction.atomic
def stop_all_mail(*, by: "User") -> None:
    """Stop every mail that is not about the account itself: the reminders, and what was asked for one by one."""
    choose_reminders(by=by, how_often=HowOften.OFF)
    Impact.objects.filter(activity__user=by, asked_at__isnull=True).update(ask_on=None)


@transaction.atomic
def make_calendar_address(
    *, by: "User", form_key: uuid.UUID, seen: str, now: datetime.datetime | None = None
) -> tuple[Reminders, str]:
    """Give somebody's calendar a new address; any earlier one stops working. Returns its token, which is not kept.

    The same form twice gives the same address. `seen` is what `calendar_state` said when the form was opened; raises
    AddressChanged when that is no longer so, so that an old form cannot bring a stopped address back.
    """
    token = salted_hmac("cpd.calendar", f"{by.pk}/{form_key}", algorithm="sha256").hexdigest()
    digest = digest_of_token(token)
    reminders = _lock_reminders(by)
    if reminders.calendar_sha256 != digest:
        if calendar_state(reminders) != seen:
            raise AddressChanged
        reminders.calendar_sha256 = digest
        reminders.calendar_made_at = now or timezone.now()
        reminders.save(update_fields=["calendar_sha256", "calendar_made_at"])
        write_down(owner=by, what=AuditWhat.CALENDAR_MADE, by=by)
    return reminders, token


@transaction.atomic
def revoke_calendar_address(*, by: "User") -> None:
    """Stop the calendar's address at once. When it was made stays known, for forms that are still open."""
    reminders = _lock_reminders(by)
    if reminders.calendar_sha256:
        reminders.calendar_sha256 = ""
        reminders.save(update_fields=["calendar_sha256"])
        write_down(owner=by, what=AuditWhat.CALENDAR_STOPPED, by=by)


def dismiss_notice(*, by: "User", notice_id: uuid.UUID, now: datetime.datetime | None = None) -> None:
    """Put a notice away. Raises Notice.DoesNotExist."""
    notice = Notice.objects.get(user=by, pk=notice_id)
    if notice.dismissed_at is None:
        notice.dismissed_at = now or timezone.now()
        notice.save(update_fields=["dismissed_at"])


# --- What others use -------------------------------------------------------------------------------------------------


def calendar_state(reminders: Reminders | None) -> str:
    """Which address was made last, so that a form can tell whether it still knows the newest."""
    made_at = reminders.calendar_made_at if reminders is not None else None
    return made_at.isoformat() if made_at else ""


def digest_of_token(token: str) -> str:
    """What is kept of a calendar's address."""
    return hashlib.sha256(token.encode()).hexdigest()


def monthly_about(day: datetime.date) -> str:
    """The name of the mail of a month: "monthly/2026-11"."""
    return f"monthly/{day:%Y-%m}"


def _lock_reminders(by: "User") -> Reminders:
    Reminders.objects.get_or_create(user=by)
    return Reminders.objects.select_for_update().get(user=by)
