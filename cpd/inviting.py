"""The mail that invites somebody to a discussion. It holds the host's name, and nothing else that a person wrote."""

import logging
import uuid
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cpd.discussions import INVITATION_DAYS, token_of
from cpd.models import Discussion, Invitation
from cpd.reminding import site_address

logger = logging.getLogger(__name__)


def send_invitations(discussion_id: uuid.UUID) -> int:
    """Send what was not sent yet, each in a transaction of its own; how many. What fails goes on waiting."""
    waiting = Invitation.objects.filter(discussion=discussion_id, sent_at__isnull=True, taken_at__isnull=True)
    sent = 0
    for pk in list(waiting.order_by("created_at", "pk").values_list("pk", flat=True)):
        try:
            sent += _send(pk)
        except (OSError, SMTPException):
            logger.exception("An invitation could not be sent; it goes on waiting.")
    return sent


@transaction.atomic
def _send(pk: uuid.UUID) -> bool:
    """Send one, unless somebody else does or nobody could take it. Raises what the connection raises."""
    invitation = (
        Invitation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("discussion")
        .filter(pk=pk, sent_at__isnull=True)
        .first()
    )
    if invitation is None:
        return False
    discussion = invitation.discussion
    host = discussion.participants.filter(user=discussion.host_id, user__is_active=True).first()
    is_open = discussion.is_afterwards or discussion.end() is None
    if host is None or discussion.cancelled_at is not None or not is_open:
        return False
    _message(invitation, discussion, host.name).send()
    # Only now: who crashes before this line sends it again rather than never.
    invitation.sent_at = timezone.now()
    invitation.save(update_fields=["sent_at"])
    return True


def _message(invitation: Invitation, discussion: Discussion, host_name: str) -> EmailMultiAlternatives:
    context = {
        "host_name": host_name,
        "kind": discussion.get_kind_display().lower(),
        # The article's title is public. What the host typed may be about a patient, and does not leave the site.
        "article_title": discussion.article_title,
        "is_afterwards": discussion.is_afterwards,
        "days": INVITATION_DAYS,
        "address": site_address(reverse("cpd:discussion-invited", args=[token_of(invitation.pk)])),
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=render_to_string("emails/discussion_invitation_subject.txt", context).strip(),
        body=render_to_string("emails/discussion_invitation_message.txt", context),
        to=[invitation.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("emails/discussion_invitation_message.html", context), "text/html")
    return message
