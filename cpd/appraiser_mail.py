"""The mail with a code, by which an appraiser shows that an address is theirs.

It holds the name of whose record it is, and nothing that the appraiser typed: somebody could type another's address.
"""

import logging
import uuid
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from cpd.actions.sharing import CODE_MINUTES
from cpd.models import Appraiser
from cpd.sharing import mailed_code_of

logger = logging.getLogger(__name__)


def send_code(appraiser_id: uuid.UUID) -> bool:
    """Send the newest code to an appraiser, once; whether it was sent. What fails, they can ask for again."""
    try:
        return _send(appraiser_id)
    except (OSError, SMTPException):
        logger.exception("A code could not be sent to an appraiser.")
        return False


@transaction.atomic
def _send(appraiser_id: uuid.UUID) -> bool:
    now = timezone.now()
    waiting = Appraiser.objects.filter(pk=appraiser_id, code_sent_at__isnull=True, code_expires_at__gt=now)
    # Of two runs of the task, the second passes by.
    appraiser = waiting.select_related("link").select_for_update(of=("self",), skip_locked=True).first()
    if appraiser is None or not appraiser.link.is_open(now):
        return False
    _message(appraiser).send()
    appraiser.code_sent_at = now
    appraiser.save(update_fields=["code_sent_at"])
    return True


def _message(appraiser: Appraiser) -> EmailMultiAlternatives:
    context = {
        "code": mailed_code_of(appraiser),
        "minutes": CODE_MINUTES,
        "owner_name": appraiser.link.shown_name,
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=render_to_string("emails/appraiser_code_subject.txt", context).strip(),
        body=render_to_string("emails/appraiser_code_message.txt", context),
        to=[appraiser.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("emails/appraiser_code_message.html", context), "text/html")
    return message
