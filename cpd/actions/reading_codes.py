"""Taking reading along from a shared computer: making a code, and claiming what it stands for."""

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from articles.models import Article
from cpd.models import Reader, ReadingCode
from cpd.querysets.reading import SHORTEST_READING_MS
from cpd.reading import Measured, carry_over, measure
from cpd.reading_codes import CODES, GOOD_FOR

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Made:
    """A code, shown this once, until when it is good, and what it stands for."""

    code: str
    expires_at: datetime.datetime
    measured: Measured


@transaction.atomic
def make_code(
    *, browser: uuid.UUID, article: Article, form_key: uuid.UUID, now: datetime.datetime | None = None
) -> Made | None:
    """Make a code for what an anonymous browser has read of an article; None when that is nothing worth a code.

    The reading leaves the browser at once: what is reported from here on is a new sitting, so the code stands for what
    was measured up to now, and whoever logs in on the computer later gets none of it. The same form twice gives the
    same code.
    """
    now = now or timezone.now()
    # Before all else, as everywhere: a report under way is counted before, or not at all.
    reader = Reader.objects.select_for_update().filter(browser=browser).first()
    code = CODES.of(f"{browser}/{form_key}")
    made = ReadingCode.objects.select_related("holder").filter(pk=form_key, sha256=CODES.digest(code)).first()
    if made is not None:
        return Made(code, made.expires_at, measure(made.holder.sittings.all() if made.holder else ()))
    if reader is None or ReadingCode.objects.filter(pk=form_key).exists():
        return None
    sittings = list(reader.sittings.loggable().filter(article=article).order_by("started_at"))
    measured = measure(sittings)
    if measured.timed_ms < SHORTEST_READING_MS:
        return None
    holder = Reader.objects.create(browser=uuid.uuid4(), clock=max(sitting.last_beat_at for sitting in sittings))
    reader.sittings.filter(pk__in=[sitting.pk for sitting in sittings]).update(reader=holder)
    if reader.holder in {sitting.pk for sitting in sittings}:
        # Whoever reads on here need not wait for a sitting that has left.
        reader.holder = None
        reader.save(update_fields=["holder"])
    ReadingCode.objects.create(
        pk=form_key,
        sha256=CODES.digest(code),
        holder=holder,
        article=article,
        made_at=now,
        expires_at=now + GOOD_FOR,
    )
    return Made(code, now + GOOD_FOR, measured)


@transaction.atomic
def claim_code(*, by: "User", code: str, now: datetime.datetime | None = None) -> ReadingCode | None:
    """Give what a code stands for to a person; None when it is used, expired or unknown, whichever it is.

    Pressed twice by the same person, it says the same twice. As after logging in (`carry_over`), the reading is
    labelled as read before, and time in which the person was reading elsewhere is not counted twice.
    """
    now = now or timezone.now()
    # Locked: of two who claim it at the same moment, the second waits, and finds it claimed.
    found = (
        ReadingCode.objects.select_for_update(of=("self",))
        .select_related("article", "holder")
        .filter(sha256=CODES.digest(code), expires_at__gt=now)
        .first()
    )
    if found is None or (found.claimed_at is not None and found.claimed_by_id != by.pk):
        return None
    if found.claimed_at is None:
        browser = found.holder.browser if found.holder is not None else None
        found.claimed_at, found.claimed_by, found.holder = now, by, None
        found.save(update_fields=["claimed_at", "claimed_by", "holder"])
        if browser is not None:
            carry_over(browser=browser, by=by)
    return found


@transaction.atomic
def forget_reading(*, browser: uuid.UUID) -> int:
    """Delete what an anonymous browser has read and nobody has a code for; how many sittings."""
    reader = Reader.objects.select_for_update().filter(browser=browser).first()
    if reader is None:
        return 0
    sittings = reader.sittings.count()
    reader.delete()
    return sittings
