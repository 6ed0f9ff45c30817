"""Certificates as others meet them: their codes and addresses, how each stands now, and whom it names.

Whether reading is certified is decided when a certificate is made (cpd.certifying). What became since of the article
and of the record decides how it stands; nothing of what was certified changes.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from articles.models import Status as ArticleStatus
from articles.standing import CORRECTION, WITHDRAWAL, Change, changes_from
from cpd.models import Certificate
from meducation.lib.codes import Codes
from meducation.lib.dates import day_month_year, duration, site_day

if TYPE_CHECKING:
    from articles.models import Article

# 55 bits: at the rate we answer, guessing one of a million certificates would take longer than paper lasts.
CODES = Codes("cpd.certificate", length=12, group=4)


# What stands before a first name, and stays with it when a name is shortened.
TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame"})
# What a certificate is not, said on its paper and wherever it is shown.
IS_NOT = (
    "It is no accreditation: no regulator, college or approving body has approved the article or this certificate.",
    "It does not show that somebody is competent, nor what they learned.",
    "The name is as its holder entered it. Nobody has checked it.",
)
COUNTED = "Time is counted while the page is in view and being read from; it stops when nothing happens."
# The confirmation that the General Dental Council asks of a provider since 4 March 2025 (cpd/frameworks/uk-gdc.toml).
GDC_CONFIRMS = (
    "We confirm that the information provided on this certificate is full and accurate and that this CPD has been"
    " subject to quality assurance."
)
GDC_HINT = "The GDC does not approve providers. Check with your regulator that it counts."


class Status(StrEnum):
    """How a certificate stands."""

    VALID = "valid"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Standing:
    """How a certificate stands, and why, a sentence each."""

    status: Status
    because: tuple[str, ...] = ()
    # What does not touch what was certified, and is said all the same.
    besides: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """ "Valid"."""
        return self.status.capitalize()


@dataclass(frozen=True)
class OfArticle:
    """What became of an article since the text that was read."""

    changes: Sequence[Change] = ()
    retired_on: datetime.date | None = None
    is_gone: bool = False


def standing_of(certificate: Certificate, since: OfArticle) -> Standing:
    """How a certificate stands, by its record's fields and what became of its article. Pure.

    Its holder withdraws it, or takes the activity out of the record; a withdrawn article withdraws it as well, until a
    new text of the article follows. A change of the activity's time or days corrects it, and so does a correction of
    the article, though the reading itself stays as it was measured.
    """
    withdrawn, corrected, besides = [], [], []
    if certificate.withdrawn_at is not None:
        withdrawn.append(f"Its holder withdrew it on {day_month_year(site_day(certificate.withdrawn_at))}.")
    elif certificate.record_deleted_at is not None:
        day = day_month_year(site_day(certificate.record_deleted_at))
        withdrawn.append(f"Its holder took the reading out of their record on {day}.")
    if not certificate.is_as_recorded:
        corrected.append(f"Its holder has changed the record since. It now says {_as_recorded(certificate)}.")
    later = sorted(since.changes, key=lambda change: -change.number)
    if later and later[0].significance == WITHDRAWAL:
        withdrawn.append(_told("The article was withdrawn", later[0]))
    for change in later:
        if change.significance == CORRECTION:
            corrected.append(_told("The article was corrected", change))
        elif change.significance != WITHDRAWAL:
            besides.append(_told("The article was updated", change))
    if since.retired_on is not None:
        besides.append(f"The article was retired on {day_month_year(since.retired_on)}.")
    if since.is_gone:
        besides.append("The article is no longer on Meducation. What was certified is kept here.")
    if withdrawn:
        return Standing(Status.WITHDRAWN, (*withdrawn, *corrected), tuple(besides))
    return Standing(Status.CORRECTED if corrected else Status.VALID, tuple(corrected), tuple(besides))


def _told(what: str, change: Change) -> str:
    return f"{what} on {day_month_year(change.on)}, after this reading. {change.note}".strip()


def _as_recorded(certificate: Certificate) -> str:
    days = day_month_year(certificate.record_done_on)
    if certificate.record_done_until is not None:
        days = f"{days} to {day_month_year(certificate.record_done_until)}"
    return f"{duration(certificate.record_minutes)}, {days}"


def standing_now(certificate: Certificate, now: datetime.datetime | None = None) -> Standing:
    """How a certificate from `CertificateQuerySet.with_standing()` stands. Takes no query."""
    now = now or timezone.now()
    rows = certificate.changes  # type: ignore[attr-defined]  # of with_standing()
    return standing_of(certificate, _of_article(certificate.article, changes_from(rows, now)))


def _of_article(article: "Article | None", changes: Sequence[Change]) -> OfArticle:
    if article is None:
        return OfArticle(is_gone=True)
    is_retired = article.status == ArticleStatus.RETIRED and article.retired_at is not None
    return OfArticle(changes, retired_on=site_day(article.retired_at) if is_retired else None)


# --- Codes and addresses ---------------------------------------------------------------------------------------------


def certificate_behind(text: str) -> Certificate | None:
    """The certificate that a code stands for, as somebody typed it; None when there is none. At most one query."""
    code = CODES.typed(text)
    if not code:
        return None
    return Certificate.objects.with_standing().filter(code_sha256__in=CODES.digests(code)).first()


def code_of(certificate: Certificate) -> str:
    """Its code in groups of four, as it is printed. Empty when the secret it was made by is not known any more."""
    return CODES.grouped(CODES.kept_as(certificate.code_sha256, certificate.pk))


def address_to_check(certificate: Certificate) -> str:
    """The whole address at which anybody checks it; without a code to show, that of the page which asks for one."""
    code = code_of(certificate)
    return f"{settings.SITE_URL}{reverse('verify-certificate', args=[code]) if code else reverse('verify')}"


def is_issued_file(certificate: Certificate, sha256: str) -> bool:
    """Whether a file with this SHA-256 was given out as this certificate."""
    return sha256 in certificate.pdf_sha256s


# --- Names -----------------------------------------------------------------------------------------------------------


def shortened(name: str) -> str:
    """A name by which its bearer knows it and a stranger does not: "Amara O.", "Ngozi A. B.", "李…".

    Titles stay with the first name they stand before, as in "Dr Amara O.".
    """
    words = name.split()
    if len(words) < 2:
        return f"{name.strip()[:1]}…"
    titles = 0
    while titles < len(words) - 2 and words[titles].rstrip(".").casefold() in TITLES:
        titles += 1
    kept, rest = words[: titles + 1], words[titles + 1 :]
    return " ".join([*kept, *(f"{word[:1]}." for word in rest)])
