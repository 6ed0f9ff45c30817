"""Short codes that stand for reading on a shared computer: what they stand for."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from cpd.models import ReadingCode
from cpd.reading import Measured, measure
from meducation.lib.codes import Codes

GOOD_FOR = datetime.timedelta(days=7)
CODES = Codes("cpd.reading-code", length=10, group=5)


@dataclass(frozen=True)
class Held:
    """What a code stands for."""

    title: str
    slug: str
    measured: Measured


def reading_behind(code: str, now: datetime.datetime | None = None) -> Held | None:
    """What a code stands for; None when it is used, expired or unknown: which of these is nobody's business."""
    found = (
        ReadingCode.objects.filter(
            sha256=CODES.digest(code), claimed_at__isnull=True, expires_at__gt=now or timezone.now()
        )
        .select_related("article", "holder")
        .first()
    )
    if found is None or found.holder is None:
        return None
    sittings = list(found.holder.sittings.select_related("revision").order_by("started_at"))
    if not sittings:
        return None
    return Held(sittings[-1].revision.title, found.article.slug, measure(sittings))
