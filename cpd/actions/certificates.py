"""Making certificates, and taking them back. Each is one transaction, done `by` somebody, and may be repeated."""

import datetime
import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from cpd.actions.activities import NotYours
from cpd.actions.audit import write_down
from cpd.certificate_paper import paper_of
from cpd.certificates import CODES, shortened
from cpd.certifying import Obstacle, certifiable
from cpd.models import AuditWhat, Certificate
from cpd.reading import lock_reader

if TYPE_CHECKING:
    from accounts.models import User


class CannotCertify(Exception):
    """There is nothing to certify; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.text)
        self.obstacle = obstacle


@dataclass(frozen=True)
class Issued:
    """What came of asking: the certificate, and whether this request made it."""

    certificate: Certificate
    is_new: bool


@transaction.atomic
def make_certificate(
    *, by: "User", certificate_id: uuid.UUID, activity_id: uuid.UUID, now: datetime.datetime | None = None
) -> Issued:
    """Certify a person's own activity as it stands now.

    The same `certificate_id` again gives the same certificate, and so does asking for another one that would say just
    what one says that still holds. Raises CannotCertify, NotYours, Activity.DoesNotExist.
    """
    now = now or timezone.now()
    lock_reader(by)
    existing = Certificate.objects.filter(pk=certificate_id).first()
    if existing is not None:
        if existing.user_id != by.pk:
            raise NotYours
        return Issued(existing, is_new=False)
    activity = by.activities.kept().select_for_update().get(pk=activity_id)
    found = certifiable(activity, user=by)
    if found.obstacle is not None:
        raise CannotCertify(found.obstacle)
    for other in by.certificates.filter(activity=activity, withdrawn_at__isnull=True).order_by("-issued_at", "pk"):
        if all(getattr(other, name) == value for name, value in found.facts.items()):
            return Issued(other, is_new=False)
    certificate = Certificate(
        pk=certificate_id,
        user=by,
        activity=activity,
        article=activity.article,
        code_sha256=CODES.digest(CODES.of(certificate_id)),
        issued_at=now,
        record_minutes=activity.minutes,
        record_done_on=activity.done_on,
        record_done_until=activity.done_until,
        **found.facts,
    )
    certificate.full_clean(exclude=["user", "activity", "article"], validate_unique=False)
    certificate.save(force_insert=True)
    write_down(owner=by, what=AuditWhat.CERTIFICATE_MADE, by=by, about=certificate.pk)
    return Issued(certificate, is_new=True)


@transaction.atomic
def withdraw_certificate(*, by: "User", certificate_id: uuid.UUID, now: datetime.datetime | None = None) -> Certificate:
    """Say of one's certificate that it is not to be relied on any more. Raises Certificate.DoesNotExist."""
    certificate: Certificate = by.certificates.select_for_update().get(pk=certificate_id)
    if certificate.withdrawn_at is None:
        certificate.withdrawn_at = now or timezone.now()
        certificate.save(update_fields=["withdrawn_at"])
        write_down(owner=by, what=AuditWhat.CERTIFICATE_WITHDRAWN, by=by, about=certificate.pk)
    return certificate


@transaction.atomic
def restore_certificate(*, by: "User", certificate_id: uuid.UUID) -> Certificate:
    """Let one's withdrawn certificate stand again. Raises Certificate.DoesNotExist."""
    certificate: Certificate = by.certificates.select_for_update().get(pk=certificate_id)
    if certificate.withdrawn_at is not None:
        certificate.withdrawn_at = None
        certificate.save(update_fields=["withdrawn_at"])
        write_down(owner=by, what=AuditWhat.CERTIFICATE_RESTORED, by=by, about=certificate.pk)
    return certificate


def give_out(*, certificate: Certificate) -> bytes:
    """The certificate as a PDF. Its hash is kept before it leaves, so that the file can be known again.

    Set before the transaction begins: it takes half a second. Raises CannotBeSet, and Certificate.DoesNotExist.
    """
    pdf = paper_of(certificate)
    sha256 = hashlib.sha256(pdf).hexdigest()
    with transaction.atomic():
        locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if sha256 not in locked.pdf_sha256s:
            locked.pdf_sha256s.append(sha256)
            locked.save(update_fields=["pdf_sha256s"])
    return pdf


@transaction.atomic
def note_check(*, certificate: Certificate, by: "User | None" = None) -> None:
    """Tell the holder that somebody opened their certificate's public page; nothing of one who checks their own."""
    if certificate.user is not None and certificate.user != by:
        write_down(
            owner=certificate.user,
            what=AuditWhat.CERTIFICATE_CHECKED,
            seen_by="Somebody who has the code",
            about=certificate.pk,
        )


@transaction.atomic
def part_with_certificates(*, by: "User") -> int:
    """Let go of all of one's certificates, before the account is closed; how many.

    They stay valid as they are. Of the name only what the public page shows stays.
    """
    parted = 0
    for certificate in by.certificates.select_for_update().order_by("pk"):
        certificate.holder_name = shortened(certificate.holder_name)
        certificate.user, certificate.activity = None, None
        certificate.save(update_fields=["holder_name", "user", "activity"])
        parted += 1
    return parted
