"""The mail that an export is ready. It says nothing of what is in it, and its link asks for a login."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from cpd.models import Archive
from cpd.models.leaving import ARCHIVE_DAYS
from cpd.reminding import site_address

if TYPE_CHECKING:
    from accounts.models import User


def tell_that_export_is_ready(user: "User", archive: Archive) -> None:
    """Send the mail. Raises what the connection raises."""
    context = {
        "address": site_address(archive.get_absolute_url()),
        "days": ARCHIVE_DAYS,
        "site_url": settings.SITE_URL,
    }
    _send(user.email, "Your export is ready", "export_ready_message", context)


def tell_that_account_will_close(user: "User", closes_on: str) -> None:
    """Say when the account will be closed, and how to stay. Raises what the connection raises."""
    context = {
        "closes_on": closes_on,
        "address": site_address(reverse("cpd:leaving")),
        "site_url": settings.SITE_URL,
    }
    _send(user.email, "Your account will be closed", "account_closing_message", context)


def tell_that_account_is_closed(email: str) -> None:
    """The last mail. Raises what the connection raises."""
    _send(email, "Your account is closed", "account_closed_message", {"site_url": settings.SITE_URL})


def _send(email: str, subject: str, template: str, context: Mapping[str, object]) -> None:
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"emails/{template}.txt", context),
        to=[email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string(f"emails/{template}.html", context), "text/html")
    message.send()
