"""The certificates that belong in a portfolio."""

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Q

from cpd.certificates import Status, code_of, standing_now
from cpd.models import Certificate
from cpd.portfolio.contents import CertificateLine, Chosen
from cpd.portfolio.log import activities_in

if TYPE_CHECKING:
    from accounts.models import User


def certificates_of(user: "User", chosen: Chosen) -> Iterator[CertificateLine]:
    """Those of the activities in the log, and those of other reading that were issued in the period. One query.

    What was withdrawn is not shown; nor is that of an activity of the period that was left out.
    """
    days = (chosen.first, chosen.last)
    begins = datetime.datetime.combine(chosen.first, datetime.time(), user.profile.zone)
    ends = datetime.datetime.combine(chosen.last, datetime.time.max, user.profile.zone)
    elsewhere = Q(issued_at__range=(begins, ends)) & ~Q(activity__done_on__range=days)
    found = user.certificates.filter(Q(activity__in=activities_in(user, chosen)) | elsewhere)
    for certificate in found.with_standing().order_by("issued_at", "pk"):
        standing = standing_now(certificate)
        if standing.status is not Status.WITHDRAWN:
            yield _line(user, certificate, standing.word)


def _line(user: "User", certificate: Certificate, standing: str) -> CertificateLine:
    return CertificateLine(
        id=str(certificate.pk),
        code=code_of(certificate),
        title=certificate.article_title,
        issued_on=user.profile.local_date(certificate.issued_at),
        first=certificate.done_on,
        last=certificate.done_until or certificate.done_on,
        minutes=certificate.minutes,
        standing=standing,
        outcomes=tuple(certificate.gdc_outcomes),
        verifiable_minutes=certificate.gdc_minutes,
    )
