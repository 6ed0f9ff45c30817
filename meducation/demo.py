"""Only in the demonstration: the mail it would have sent, to read in the browser."""

import email
import email.policy
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

NEWEST = 20


@dataclass(frozen=True)
class Letter:
    """One message: its lines for the page."""

    to: str
    subject: str
    date: str
    text: str


@login_not_required
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The newest messages, newest first."""
    return render(request, "demo_mail.html", {"letters": letters()})


def letters() -> list[Letter]:
    """The newest messages that the demonstration's mail folder holds."""
    folder = settings.DEMO_MAIL_DIR
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)[:NEWEST]
    return [_letter(file.read_bytes()) for file in files]


def _letter(raw: bytes) -> Letter:
    # The file backend writes a line of dashes after each message.
    message = email.message_from_bytes(
        raw.split(b"\n-------------------------------------------------------------------------------\n")[0],
        policy=email.policy.default,
    )
    body = message.get_body(preferencelist=("plain",))
    return Letter(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        date=str(message["Date"]),
        text=str(body.get_content()) if body is not None else "",
    )
