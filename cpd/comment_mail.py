"""The mail that somebody commented on what a link shows: at most one a day for each link.

It says neither what was commented nor by whom: mails are read by others, and its link asks for a login.
"""

import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from cpd.actions.reminders import ABOUT_COMMENTS
from cpd.models import Mailing
from cpd.reminding import STALE_AFTER, site_address


def send_news_of_comments(user_pk: int, now: datetime.datetime | None = None) -> bool:
    """Tell somebody of the comments they have not seen, in one mail; whether one went out.

    Raises what the mail server's connection raises (OSError, SMTPException): then all of it goes on waiting.
    """
    now = now or timezone.now()
    with transaction.atomic():
        waiting = list(
            Mailing.objects.select_for_update(skip_locked=True).filter(
                user=user_pk, sent_at__isnull=True, due_at__gt=now - STALE_AFTER, about__startswith=ABOUT_COMMENTS
            )
        )
        user = User.objects.filter(pk=user_pk, is_active=True).first()
        if not waiting or user is None:
            return False
        keys = [mailing.about.removeprefix(ABOUT_COMMENTS).partition("/")[0] for mailing in waiting]
        # What they have seen meanwhile is no news; it counts as told.
        links = list(user.share_links.filter(pk__in=keys).with_news().order_by("created_at", "pk"))
        if links:
            _message(user, [site_address(link.get_absolute_url()) for link in links]).send()
        # Only now: who crashes before this line sends it again rather than never.
        Mailing.objects.filter(pk__in=[mailing.pk for mailing in waiting]).update(sent_at=now)
    return bool(links)


def _message(user: User, addresses: list[str]) -> EmailMultiAlternatives:
    context = {"addresses": addresses, "site_url": settings.SITE_URL}
    message = EmailMultiAlternatives(
        subject="A comment on what you shared",
        body=render_to_string("emails/comment_written_message.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("emails/comment_written_message.html", context), "text/html")
    return message
