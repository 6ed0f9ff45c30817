"""A link with 500 entries, as a page and as a PDF: part of `make bench`."""

import datetime
import uuid

from bench import memory
from bench.portfolio import bare, fill

ENTRIES = 500


def measure(email: str) -> str:
    """The lines of a table, for somebody with that address."""
    from django.utils import timezone

    from accounts.models import User
    from cpd import sharing
    from cpd.models import ShareEntry, ShareLink
    from cpd.shared_paper import as_pdf, words_of
    from cpd.shared_record import shared_view
    from cpd.views.shared import shown_to

    user = User.objects.select_related("profile").get(email=email)
    user.activities.all().delete()
    fill(user, ENTRIES, 1)
    now, key = timezone.now(), uuid.uuid4()
    today = user.profile.local_date()
    link = ShareLink.objects.create(
        id=key,
        user=user,
        audience="Appraisal",
        shown_name="Dr Bench",
        first_on=today - datetime.timedelta(days=400),
        last_on=today,
        with_reflections=True,
        with_files=True,
        token_sha256=sharing.digest_of(sharing.token_of(key)),
        started_at=now,
        expires_at=now + datetime.timedelta(days=14),
    )
    ShareEntry.objects.bulk_create(ShareEntry(link=link, activity=activity) for activity in user.activities.all())
    shown_to(shared_view(link))  # Templates are read, and the standing is worked out.
    page = memory.of(lambda: shown_to(shared_view(link)))
    record = shared_view(link)
    paper = memory.of(lambda: as_pdf(record, made_on=today))
    seconds, megabytes, _ = bare("shared_record", words_of(record), today)
    return "\n".join(
        [
            f"| link with {ENTRIES} entries | seconds | peak MB of the process that asks | times typst alone |",
            "|---|--:|--:|--:|",
            f"| page | {page.seconds:.2f} | {page.megabytes:.0f} | |",
            f"| PDF | {paper.seconds:.2f} | {paper.megabytes:.0f} | {paper.seconds / seconds:.1f} |",
            f"| typst alone | {seconds:.2f} | {megabytes:.0f} | 1.0 |",
        ]
    )
