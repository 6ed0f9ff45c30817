"""Papers of links that would keep a request waiting: the queue makes them, and the next one who asks gets the file.

They lie among the papers of portfolios (cpd.portfolio.storing), under a name that says what they were made of: when an
entry, a reflection or the link changes, the name is another, so nobody gets what is not shown any more. No row names
them, so the night takes them away.
"""

import io
import logging
import uuid
from typing import IO

from django.core.files.base import File
from django.db.models import Count, Max
from django.tasks import task
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cpd.models import ShareLink
from cpd.portfolio.making import ENTRIES_AT_ONCE
from cpd.portfolio.storing import storage
from cpd.shared_paper import as_pdf
from cpd.shared_record import shared_view
from meducation.lib.typesetting import CannotBeSet

logger = logging.getLogger(__name__)


def is_long(link: ShareLink) -> bool:
    """Whether the paper takes longer than somebody should wait for a page. One query."""
    return link.entries.count() > ENTRIES_AT_ONCE


def name_of_paper(link: ShareLink) -> str:
    """Where the paper of what a link shows at this moment lies. One query.

    Of the plan, the requirements and the files it holds what was so within the hour.
    """
    kept = link.activities.filter(deleted_at__isnull=True)
    state = kept.aggregate(
        number=Count("pk"),
        changed=Max("changed_at"),
        versions=Max("reflection__changed_at"),
        confirmed=Max("reflection__identifiers_confirmed_at"),
        comments=Max("share_comments__written_at"),
        last=Max("share_entries__pk"),
    )
    said = [link.pk, link.version, f"{timezone.now():%Y-%m-%dT%H}", link.comments.count(), *state.values()]
    digest = salted_hmac("cpd.shared_paper", "/".join(str(each) for each in said), algorithm="sha256").hexdigest()
    return f"{digest[:2]}/{digest[:32]}"


def ready_paper(link: ShareLink) -> IO[bytes] | None:
    """The paper, if it is made; None where the queue has still to make it. Raises CannotBeSet: it tried."""
    name = name_of_paper(link)
    try:
        file = storage().open(name)
    except FileNotFoundError:
        make_shared_paper.enqueue(str(link.pk))
        return None
    if file.size == 0:
        file.close()
        raise CannotBeSet
    return file


@task
def make_shared_paper(pk: str) -> bool:
    """Make the paper of a link that is still open; whether it was made. Safe to run twice and side by side."""
    link = ShareLink.objects.open_at(timezone.now()).select_related("user__profile").filter(pk=uuid.UUID(pk)).first()
    if link is None:
        return False
    with timezone.override(link.user.profile.zone):
        name = name_of_paper(link)
        if storage().exists(name):
            return False
        try:
            pdf = as_pdf(shared_view(link), made_on=timezone.localdate())
        except CannotBeSet:
            # An empty file says that it was tried, so that nobody waits for it.
            logger.exception("The paper of a link could not be set.")
            pdf = b""
    storage().save(name, File(io.BytesIO(pdf), name=name))
    return bool(pdf)
