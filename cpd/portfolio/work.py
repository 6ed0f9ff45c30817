"""Making the files: at once where that is quick, else by the queue, with progress told and a mail when it is ready."""

import datetime
import logging
import uuid
from collections.abc import Sequence
from smtplib import SMTPException
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone

from cpd.actions.packs import ask_for_file, ask_for_pack, begin_file, fail_file, freeze_pack, keep_file, make_pack
from cpd.models import Pack, PackFile, PackFormat
from cpd.portfolio.bundle import EvidenceGone
from cpd.portfolio.contents import Chosen
from cpd.portfolio.gathering import gathered
from cpd.portfolio.keeping import FromNewer, chosen_again
from cpd.portfolio.making import ENTRIES_AT_ONCE, is_quick, made
from cpd.portfolio.storing import store
from cpd.portfolio.totals import Counted
from cpd.progress import Heard, Progress, told
from cpd.reminding import site_address
from meducation.lib.files import is_full

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

# What waits so long was lost: its web server was stopped while it made the file, or the queue was emptied.
PATIENCE = datetime.timedelta(hours=1)

GONE = "An evidence file in it was deleted or changed since. Make a new portfolio."
NEWER = "A newer release of Meducation made this one, so it cannot be read here."
NO_ROOM = "There is no room to store the file just now. Try again later."
BROKE_OFF = "The file could not be made. Try again; if it happens again, tell us."


def is_long(activities: int) -> bool:
    """Whether so many are read and frozen by the queue, and not while somebody waits."""
    return activities > ENTRIES_AT_ONCE


def make(*, by: "User", pack_id: uuid.UUID, chosen: Chosen, log: Sequence[Counted]) -> Pack:
    """Make a pack with its PDF: at once where `log`, what is chosen, is short, else by the queue. Raises NotYours."""
    if is_long(len(log)):
        activities = [uuid.UUID(line.id) for line in log]
        pack = ask_for_pack(by=by, pack_id=pack_id, chosen=chosen, activities=activities)
    else:
        found = gathered(by, chosen, today=by.profile.local_date())
        pack = make_pack(by=by, pack_id=pack_id, portfolio=found.portfolio)
    go_on(ask_for_file(by=by, pack_id=pack.pk, format=PackFormat.PDF))
    return pack


def go_on(file: PackFile) -> None:
    """Make a file that is not there, now or by the queue."""
    if not file.is_at_work or file.started_at is not None:
        return
    if is_quick(file.pack, PackFormat(file.format)):
        _make(file, Progress())
    else:
        make_pack_file.enqueue(str(file.pk))


@task
def make_pack_file(pk: str) -> bool:
    """Make a file and tell its owner; whether it was made. Safe to run twice and side by side."""
    file = PackFile.objects.select_related("pack__user__profile").filter(pk=uuid.UUID(pk)).first()
    if file is None or not file.is_at_work:
        return False
    begin_file(file_id=file.pk)
    with told(file.pk, of=0) as progress:
        is_made = _make(file, progress)
    if is_made:
        _tell(file)
    return is_made


def has_stopped(file: PackFile, heard: Heard | None) -> bool:
    """Whether somebody took the work up and nothing is heard of them any more, or nobody did for too long."""
    if not file.is_at_work:
        return False
    if file.started_at is None:
        return timezone.now() - file.asked_at > PATIENCE
    return (heard or Heard(0, 0, file.started_at)).is_silent(timezone.now())


def _make(file: PackFile, progress: Progress) -> bool:
    """Whether it was made just now; if not, its owner is told why."""
    try:
        if not file.pack.is_frozen:
            file.pack = _put_together(file.pack)
        with made(file.pack, PackFormat(file.format), progress) as content:
            stored = store(content)
        return keep_file(file_id=file.pk, stored=stored)
    except EvidenceGone:
        problem = GONE
    except FromNewer:
        problem = NEWER
    except Pack.DoesNotExist:
        return False  # Deleted meanwhile.
    except Exception as error:
        # Its own words may hold words of theirs.
        logger.error("The file of a pack was not made: %s", type(error).__name__)
        problem = NO_ROOM if is_full(error) else BROKE_OFF
    fail_file(file_id=file.pk, problem=problem)
    return False


def _put_together(pack: Pack) -> Pack:
    found = gathered(pack.user, chosen_again(pack), today=pack.user.profile.local_date())
    return freeze_pack(pack_id=pack.pk, portfolio=found.portfolio)


def _tell(file: PackFile) -> None:
    """The mail names nothing of the record; where it cannot be sent, the page says that the file is ready."""
    context = {
        "format": file.get_format_display(),
        "address": site_address(file.pack.get_absolute_url()),
        "site_url": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=render_to_string("emails/portfolio_ready_subject.txt", context).strip(),
        body=render_to_string("emails/portfolio_ready_message.txt", context),
        to=[file.pack.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(render_to_string("emails/portfolio_ready_message.html", context), "text/html")
    try:
        message.send()
    except (OSError, SMTPException):
        logger.exception("The mail about a portfolio could not be sent.")
