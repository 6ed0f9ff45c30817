"""The log of who saw what: each way in which something leaves a record, or is shown, writes its line."""

import datetime
import io
import uuid
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from cpd.actions.certificates import restore_certificate, withdraw_certificate
from cpd.actions.leaving import delete_archive
from cpd.actions.packs import ask_for_file, delete_pack
from cpd.actions.reminders import make_calendar_address, revoke_calendar_address
from cpd.actions.sharing import change_link, choose_entries, make_link, start_link
from cpd.evidence.storing import store
from cpd.models import AuditEvent, AuditWhat, PackFormat
from cpd.portfolio import work
from cpd.querysets.log import SEEN, SENT, log_of
from tests.cpd.test_sharing import FIELDS, address
from tests.factories.cpd import (
    ActivityFactory,
    ArchiveFactory,
    CertificateFactory,
    EvidenceFactory,
    PackFactory,
    ParticipantFactory,
    ShareEntryFactory,
    ShareLinkFactory,
)
from tests.support import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder", "papers_folder")]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test is kept waiting by another's tries."""
    cache.clear()


def stored_evidence(user: User) -> uuid.UUID:
    stored = store(io.BytesIO(files.pdf()))
    key: uuid.UUID = EvidenceFactory(user=user, activity=ActivityFactory(user=user), stored_as=stored).pk
    return key


def made_pack(user: User) -> uuid.UUID:
    pack = PackFactory(user=user)
    work.go_on(ask_for_file(by=user, pack_id=pack.pk, format=PackFormat.CSV))
    return pack.pk  # type: ignore[no-any-return]  # a factory's


DOWNLOADS: list[tuple[Callable[[User], uuid.UUID], str, AuditWhat]] = [
    (stored_evidence, "/cpd/evidence/{}/", AuditWhat.EVIDENCE_DOWNLOADED),
    (made_pack, "/cpd/portfolio/{}.csv", AuditWhat.PACK_DOWNLOADED),
    (
        lambda user: CertificateFactory(user=user).pk,
        "/cpd/certificates/{}/certificate.pdf",
        AuditWhat.CERTIFICATE_DOWNLOADED,
    ),
]


@pytest.mark.parametrize(("make", "path", "what"), DOWNLOADS)
def test_ones_own_downloads_are_in_the_log(
    reader_client: Client,
    stranger_client: Client,
    reader: User,
    make: Callable[..., uuid.UUID],
    path: str,
    what: AuditWhat,
) -> None:
    key = make(reader)
    lines = AuditEvent.objects.owned_by(reader).filter(what=what)
    # A stranger gets nothing.
    assert stranger_client.get(path.format(key)).status_code == 404
    assert not lines.exists()
    answer = reader_client.get(path.format(key))
    assert answer.status_code == 200 and b"".join(answer)
    assert [(line.by, line.about, line.seen_by) for line in lines] == [(reader, key, "")]
    page = reader_client.get("/cpd/log/?which=sent").text
    assert what.label in page and "You" in page
    assert what.label not in reader_client.get("/cpd/log/?which=seen").text


def test_a_file_that_left_by_a_link_was_seen_by_others(reader: User) -> None:
    link = ShareLinkFactory(user=reader, is_on=True, with_files=True)
    activity = ActivityFactory(user=reader)
    ShareEntryFactory(link=link, activity=activity)
    file = EvidenceFactory(user=reader, activity=activity, stored_as=store(io.BytesIO(files.pdf())))
    assert b"".join(Client().get(address(link, f"files/{file.pk}/")))
    assert [line["said"] for line in log_of(reader, SEEN)] == [AuditWhat.EVIDENCE_DOWNLOADED]
    assert not log_of(reader, SENT).exists()


def test_what_somebody_does_with_links_certificates_exports_and_calendars_is_in_the_log(reader: User) -> None:
    def last() -> str:
        return AuditEvent.objects.owned_by(reader).order_by("-pk")[0].what

    activity = ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    link = make_link(by=reader, link_id=uuid.uuid4(), fields=FIELDS).link
    start_link(by=reader, link_id=link.pk)
    assert last() == AuditWhat.LINK_MADE
    change_link(by=reader, link_id=link.pk, version=1, fields=FIELDS | {"with_reflections": True})
    assert last() == AuditWhat.LINK_CHANGED
    before = AuditEvent.objects.count()
    choose_entries(by=reader, link_id=link.pk, shown=[activity.pk], ticked=[])
    assert last() == AuditWhat.LINK_CHANGED and AuditEvent.objects.count() == before + 1
    certificate = CertificateFactory(user=reader)
    for _ in "ab":  # Pressed twice.
        withdraw_certificate(by=reader, certificate_id=certificate.pk)
    assert last() == AuditWhat.CERTIFICATE_WITHDRAWN
    assert AuditEvent.objects.filter(what=AuditWhat.CERTIFICATE_WITHDRAWN).count() == 1
    restore_certificate(by=reader, certificate_id=certificate.pk)
    assert last() == AuditWhat.CERTIFICATE_RESTORED
    delete_pack(by=reader, pack_id=PackFactory(user=reader).pk)
    assert last() == AuditWhat.PACK_DELETED
    delete_archive(by=reader, archive_id=ArchiveFactory(user=reader).pk)
    assert last() == AuditWhat.EXPORT_DELETED
    make_calendar_address(by=reader, form_key=uuid.uuid4(), seen="")
    assert last() == AuditWhat.CALENDAR_MADE
    for _ in "ab":
        revoke_calendar_address(by=reader)
    assert last() == AuditWhat.CALENDAR_STOPPED
    assert AuditEvent.objects.filter(what=AuditWhat.CALENDAR_STOPPED).count() == 1


def test_taking_part_in_a_discussion_is_in_the_log_of_who_did_alone(reader_client: Client, reader: User) -> None:
    ParticipantFactory()
    assert "Your part in a discussion" not in reader_client.get("/cpd/log/").text
    ParticipantFactory(user=reader)
    assert "Your part in a discussion added" in reader_client.get("/cpd/log/?which=changed").text
