"""Short codes that stand for reading on a shared computer: how they are made, written, recognised and drawn."""

import datetime
import uuid
from dataclasses import dataclass

import segno
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cpd.models import ReadingCode
from cpd.reading import Measured, measure

GOOD_FOR = datetime.timedelta(days=7)
# Crockford's: no I, L, O or U, so that what is written down by hand is read back.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10  # Of 5 bits each: 50 in all.
GROUP = 5
LOOK_ALIKES = str.maketrans("OILU", "011V")
QUIET_ZONE = 4  # Modules of white around, as scanners need.


def code_from(browser: uuid.UUID, form_key: uuid.UUID) -> str:
    """The code that one form of one browser makes: worked out from the site's secret, so that it need not be kept."""
    number = int.from_bytes(salted_hmac("cpd.reading-code", f"{browser}/{form_key}", algorithm="sha256").digest())
    characters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)


def plain_code(typed: str) -> str:
    """A code as it was made, from one as somebody typed it: any case, spaces, dashes, O for 0. Empty: none."""
    code = "".join(typed.split()).replace("-", "").replace("–", "").upper().translate(LOOK_ALIKES)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def grouped(code: str) -> str:
    """A code as people read it: "ABCDE-FGHJK"."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def digest_of_code(code: str) -> str:
    """What is kept of a code."""
    return salted_hmac("cpd.reading-code.digest", code, algorithm="sha256").hexdigest()


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
            sha256=digest_of_code(code), claimed_at__isnull=True, expires_at__gt=now or timezone.now()
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


@dataclass(frozen=True)
class Drawing:
    """A QR code as one path of an SVG, in a square of `size` units."""

    size: int
    path: str


def drawn(address: str) -> Drawing:
    """An address as a QR code."""
    modules = list(segno.make(address, error="m", micro=False).matrix_iter(border=QUIET_ZONE))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, is_dark in enumerate(row) if is_dark)
    return Drawing(len(modules), path)
