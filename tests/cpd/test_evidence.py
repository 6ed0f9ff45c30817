"""Evidence files: added whole or in parts, kept or refused, given to their owner alone; nothing half-stored."""

import datetime
import errno
import hashlib
import io
import os
import socket
import struct
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.models import User
from cpd.actions import add_activity, delete_activity
from cpd.actions.evidence import add_evidence, attach_waiting, begin_upload, delete_evidence, remove_leftovers
from cpd.evidence import parts, refusing, storing
from cpd.evidence.refusing import CannotJustNow, Refused
from cpd.models import Activity, Evidence, Scan, UnfinishedUpload
from cpd.tasks import tidy_now
from meducation.lib.uploads import MOST_FILE_BYTES
from meducation.lib.whole_storage import WholeFileStorage
from tests.factories.cpd import ActivityFactory
from tests.support import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]
JSON = {"accept": "application/json"}


@pytest.fixture
def activity(reader: User) -> Activity:
    return ActivityFactory(user=reader, title="Wound care day")


def stored(folder: Path) -> list[Path]:
    """All that lies in the storage, unfinished or not."""
    return [path for path in folder.rglob("*") if path.is_file()]


def coming(settings: Any) -> list[Path]:
    """What lies where files come in."""
    folder = Path(settings.UPLOADS_DIR)
    return list(folder.iterdir()) if folder.exists() else []


def add(user: User, activity_id: uuid.UUID, content: bytes = b"", name: str = "cert.pdf", **more: Any) -> Evidence:
    return add_evidence(
        by=user,
        evidence_id=more.pop("evidence_id", uuid.uuid4()),
        activity_id=activity_id,
        file=io.BytesIO(content or files.pdf()),
        name=name,
        **more,
    ).evidence


def body(response: Any) -> bytes:
    """All of a download."""
    return b"".join(response.streaming_content)


def send(client: Client, activity_id: uuid.UUID, content: bytes, name: str = "cert.pdf", **fields: Any) -> Any:
    return client.post(
        f"/cpd/evidence/of/{activity_id}/",
        {"id": uuid.uuid4(), "file": SimpleUploadedFile(name, content)} | fields,
    )


# --- Whole, by a form


def test_a_file_is_added_and_given_back(
    reader_client: Client, reader: User, activity: Activity, evidence_folder: Path
) -> None:
    content = files.pdf(b"Well done")
    response = send(reader_client, activity.pk, content, name="My ‘certificate’ ü.pdf")
    assert response.status_code == 302 and response.url == f"/cpd/activities/{activity.pk}/#evidence"
    evidence = reader.evidence.get()
    assert (evidence.activity, evidence.size, evidence.scan) == (activity, len(content), Scan.NOT_SCANNED)
    assert evidence.sha256 == evidence.sent_sha256 == hashlib.sha256(content).hexdigest()
    [path] = stored(evidence_folder)
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o077 == 0
    assert "certificate" not in str(path)
    page = reader_client.get(response.url).text
    assert "My ‘certificate’ ü.pdf" in page and "Not scanned for viruses" in page


def test_a_download_can_do_nothing_in_a_browser(reader_client: Client, reader: User, activity: Activity) -> None:
    evidence = add(reader, activity.pk, name="Üben „heute“.pdf")
    response = reader_client.get(evidence.get_absolute_url())
    assert body(response) == files.pdf()
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%9Cben%20%E2%80%9Eheute%E2%80%9C.pdf"
    )


def test_a_file_is_its_owners_alone(
    stranger_client: Client, author_client: Client, admin_client: Client, reader: User, activity: Activity
) -> None:
    evidence = add(reader, activity.pk)
    gone = add(reader, activity.pk, files.pdf(b"2"))
    delete_evidence(by=reader, evidence_id=gone.pk)
    for client in (stranger_client, author_client, admin_client):
        assert client.get(evidence.get_absolute_url()).status_code == 404
        assert client.get(f"/cpd/evidence/of/{activity.pk}/").status_code == 404
        assert send(client, activity.pk, files.pdf(b"mine")).status_code == 404
        assert client.post(f"/cpd/evidence/{evidence.pk}/delete/").status_code == 404
        assert client.post(f"/cpd/evidence/{gone.pk}/restore/").status_code == 404
        assert client.post(f"/cpd/evidence/{evidence.pk}/use/", {"activity": activity.pk}).status_code == 404
    assert reader.evidence.kept().count() == 1 == Evidence.objects.kept().count()


def test_a_deleted_file_or_one_of_a_deleted_activity_is_not_given_out(
    reader_client: Client, reader: User, activity: Activity
) -> None:
    evidence = add(reader, activity.pk)
    delete_activity(by=reader, activity_id=activity.pk)
    assert reader_client.get(evidence.get_absolute_url()).status_code == 404
    Activity.objects.update(deleted_at=None)
    delete_evidence(by=reader, evidence_id=evidence.pk)
    assert reader_client.get(evidence.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "This is a web page or a script"),
        (files.office(word__media__bomb=bytes(30 * files.MEGABYTE)), "Unpacked, this file would be enormous"),
        (files.pdf(size=5000)[:3000], "only a part of it arrived"),
        (files.png_header(60_000, 60_000), "more than 50 megapixels"),
        (b"", "The file is empty"),
    ],
    ids=["web page", "bomb", "cut", "pixels", "empty"],
)
def test_a_bad_file_is_a_sentence_and_leaves_nothing(
    reader_client: Client, activity: Activity, evidence_folder: Path, settings: Any, content: bytes, sentence: str
) -> None:
    response = send(reader_client, activity.pk, content)
    assert response.status_code == 422
    assert sentence in response.text and "<title>Error: " in response.text
    assert not Evidence.objects.exists() and not stored(evidence_folder) and not coming(settings)


def test_a_form_without_a_file_says_so(reader_client: Client, activity: Activity) -> None:
    response = reader_client.post(f"/cpd/evidence/of/{activity.pk}/", {"id": uuid.uuid4()})
    assert response.status_code == 422 and "Choose a file first." in response.text


def test_a_photograph_is_stored_without_its_place(reader: User, activity: Activity, evidence_folder: Path) -> None:
    original = files.photo_with_place()
    evidence = add(reader, activity.pk, original, name="IMG_1.HEIC")
    [path] = stored(evidence_folder)
    kept = path.read_bytes()
    assert b"SecretCameraMaker" not in kept and not Image.open(io.BytesIO(kept)).getexif()
    assert evidence.name == "IMG_1.jpg"
    assert evidence.sha256 == hashlib.sha256(kept).hexdigest() and evidence.size == len(kept)
    assert evidence.sent_sha256 == hashlib.sha256(original).hexdigest()


@pytest.mark.slow
def test_what_is_too_large_is_refused_while_it_comes(
    reader_client: Client, activity: Activity, evidence_folder: Path, settings: Any
) -> None:
    assert send(reader_client, activity.pk, files.pdf(size=MOST_FILE_BYTES)).status_code == 302
    response = send(reader_client, activity.pk, files.pdf(size=MOST_FILE_BYTES + 1))
    assert response.status_code == 422 and "The file has more than 25 MB." in response.text
    assert len(stored(evidence_folder)) == 1 and not coming(settings)


def test_what_nobody_sends_by_mistake_is_not_even_read(reader_client: Client, activity: Activity) -> None:
    response = reader_client.generic(
        "POST",
        f"/cpd/evidence/of/{activity.pk}/",
        b"--b\r\n",
        content_type="multipart/form-data; boundary=b",
        headers={"content-length": str(300 * files.MEGABYTE)},
    )
    assert response.status_code == 413


def test_the_same_form_twice_is_one_file(reader_client: Client, activity: Activity, evidence_folder: Path) -> None:
    once = uuid.uuid4()
    for _ in range(2):
        assert send(reader_client, activity.pk, files.pdf(), id=once).status_code == 302
    assert Evidence.objects.get().pk == once and len(stored(evidence_folder)) == 1


def test_an_id_of_somebody_elses_file_is_unknown(stranger_client: Client, stranger: User, reader: User) -> None:
    theirs = add(reader, ActivityFactory(user=reader).pk)
    mine = ActivityFactory(user=stranger)
    assert send(stranger_client, mine.pk, files.pdf(b"2"), id=theirs.pk).status_code == 404


def test_the_rules_of_the_database_hold_against_many_at_once(reader: User, activity: Activity) -> None:
    evidence = add(reader, activity.pk)
    evidence.pk = uuid.uuid4()
    with pytest.raises(DatabaseError):
        Evidence.objects.bulk_create([evidence])


# --- Nothing half-stored


class FullStorage(WholeFileStorage):
    """A disk that fills up in the middle of a file."""

    def _save(self, name: str, content: Any) -> str:
        broken: Any = SimpleNamespace()

        def pieces() -> Iterator[bytes]:
            yield next(iter(content.chunks()))
            raise OSError(errno.ENOSPC, "No space left on device")

        broken.chunks = pieces
        return super()._save(name, broken)


def use_storage(settings: Any, backend: str, folder: Path) -> None:
    settings.STORAGES = settings.STORAGES | {"evidence": {"BACKEND": backend, "OPTIONS": {"location": str(folder)}}}


def test_a_full_disk_is_said_and_leaves_nothing(
    reader_client: Client, activity: Activity, evidence_folder: Path, settings: Any
) -> None:
    use_storage(settings, "tests.cpd.test_evidence.FullStorage", evidence_folder)
    response = send(reader_client, activity.pk, files.pdf())
    assert response.status_code == 507 and "There is no room left" in response.text
    assert not Evidence.objects.exists() and not stored(evidence_folder)


def test_a_disk_that_fills_up_while_a_file_comes_is_said(
    reader_client: Client, activity: Activity, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("meducation.lib.uploads.tempfile.TemporaryFile", lambda **_: Full())
    reader_client.raise_request_exception = False
    response = send(reader_client, activity.pk, files.pdf(size=2 * files.MEGABYTE))
    assert response.status_code == 507 and "There is no room left" in response.text
    assert not Evidence.objects.exists()


def test_a_storage_that_is_away_is_said(
    reader_client: Client, activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> str:
        raise RuntimeError("EndpointConnectionError")

    monkeypatch.setattr(storages["evidence"], "save", away)
    response = send(reader_client, activity.pk, files.pdf())
    assert response.status_code == 503 and "Files cannot be stored just now" in response.text
    assert not Evidence.objects.exists()


def test_a_row_that_cannot_be_written_leaves_no_file(
    reader: User, activity: Activity, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        assert len(stored(evidence_folder)) == 1
        raise RuntimeError

    monkeypatch.setattr(Evidence, "save", fail)
    with pytest.raises(RuntimeError):
        add(reader, activity.pk)
    assert not stored(evidence_folder)


def test_a_file_whose_row_may_have_been_committed_stays_until_the_night_knows(
    reader: User, activity: Activity, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_connection(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(Evidence, "save", lose_connection)
        with pytest.raises(OperationalError):
            add(reader, activity.pk)
    [path] = stored(evidence_folder)
    now = timezone.now()
    assert remove_leftovers(now)["files"] == 0
    assert remove_leftovers(now + datetime.timedelta(hours=2))["files"] == 1
    assert not path.exists()


def test_an_activity_that_is_deleted_meanwhile_gets_no_file(
    reader: User, activity: Activity, evidence_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = storing.store

    def delete_first(file: Any) -> str:
        delete_activity(by=reader, activity_id=activity.pk)
        return store(file)

    monkeypatch.setattr(storing, "store", delete_first)
    with pytest.raises(Activity.DoesNotExist):
        add(reader, activity.pk)
    assert not stored(evidence_folder) and not Evidence.objects.exists()


# --- The same file again


def test_the_same_file_for_another_activity_is_offered_and_stored_once(
    reader_client: Client, reader: User, activity: Activity, evidence_folder: Path
) -> None:
    first = add(reader, activity.pk)
    other = ActivityFactory(user=reader)
    response = send(reader_client, other.pk, files.pdf())
    assert response.status_code == 409
    assert "You have this file already, with “Wound care day”" in response.text
    use = {"id": uuid.uuid4(), "activity": other.pk}
    assert reader_client.post(f"/cpd/evidence/{first.pk}/use/", use).status_code == 302
    assert reader_client.post(f"/cpd/evidence/{first.pk}/use/", use).status_code == 302
    second = other.evidence.get()
    assert second.stored_as == first.stored_as and len(stored(evidence_folder)) == 1
    assert reader.evidence.bytes_in_all() == first.size


def test_the_same_file_for_the_same_activity_is_said(reader_client: Client, reader: User, activity: Activity) -> None:
    add(reader, activity.pk)
    response = send(reader_client, activity.pk, files.pdf(), name="other.pdf")
    assert response.status_code == 409 and "This activity has this file already." in response.text
    assert reader.evidence.count() == 1


def test_somebody_elses_same_file_is_nobodys_business(reader: User, stranger: User, activity: Activity) -> None:
    add(stranger, ActivityFactory(user=stranger).pk)
    assert add(reader, activity.pk).user == reader


def test_a_shared_file_goes_with_its_last_row(reader: User, activity: Activity, evidence_folder: Path) -> None:
    first = add(reader, activity.pk)
    other = ActivityFactory(user=reader)
    second = Evidence.objects.create(
        **{
            field.attname: getattr(first, field.attname)
            for field in Evidence._meta.concrete_fields
            if field.name not in ("id", "activity", "meant_for")
        },
        activity=other,
        meant_for=other.pk,
    )
    later = timezone.now() + datetime.timedelta(days=32)
    for evidence, left in ((first, 1), (second, 0)):
        delete_evidence(by=reader, evidence_id=evidence.pk)
        tidy_now(later)
        remove_leftovers(later)
        assert len(stored(evidence_folder)) == left


# --- How much


def test_there_is_a_limit_for_a_person(reader: User, activity: Activity, settings: Any) -> None:
    settings.EVIDENCE_MB_A_PERSON = 1
    add(reader, activity.pk, files.pdf(b"a", size=600_000))
    with pytest.raises(Refused, match="more than 1 MB in all"):
        add(reader, activity.pk, files.pdf(b"b", size=600_000))
    with pytest.raises(Refused, match="more than 1 MB in all"):
        begin_upload(by=reader, upload_id=uuid.uuid4(), activity_id=activity.pk, name="b", size=600_000)


def test_there_is_a_limit_for_an_activity(reader_client: Client, activity: Activity, settings: Any) -> None:
    settings.EVIDENCE_FILES_AN_ACTIVITY = 2
    for number in b"12":
        assert send(reader_client, activity.pk, files.pdf(bytes([number]))).status_code == 302
    response = send(reader_client, activity.pk, files.pdf(b"3"))
    assert response.status_code == 422 and "An activity has at most 2 files." in response.text


# --- Deleted and had back; files that wait for their activity


def test_a_file_can_be_deleted_and_put_back(reader_client: Client, reader: User, activity: Activity) -> None:
    evidence = add(reader, activity.pk)
    response = reader_client.post(f"/cpd/evidence/{evidence.pk}/delete/", follow=True)
    assert "1 deleted file" in response.text and "Put back" in response.text
    reader_client.post(f"/cpd/evidence/{evidence.pk}/restore/", follow=True)
    assert reader.evidence.kept().get() == evidence
    delete_evidence(by=reader, evidence_id=evidence.pk)
    add(reader, activity.pk)
    response = reader_client.post(f"/cpd/evidence/{evidence.pk}/restore/", follow=True)
    assert "This file has been added again since" in response.text


def test_a_deleted_file_is_gone_after_30_days(
    reader_client: Client, reader: User, activity: Activity, evidence_folder: Path
) -> None:
    evidence = add(reader, activity.pk)
    now = timezone.now()
    delete_evidence(by=reader, evidence_id=evidence.pk, now=now - datetime.timedelta(days=31))
    assert reader_client.post(f"/cpd/evidence/{evidence.pk}/restore/").status_code == 404
    tidy_now(now)
    remove_leftovers(now + datetime.timedelta(hours=2))
    assert not Evidence.objects.exists() and not stored(evidence_folder)


def test_files_chosen_on_the_form_are_the_activitys_once_it_is_saved(
    reader: User, stranger: User, evidence_folder: Path
) -> None:
    activity_id = uuid.uuid4()
    waiting = add(reader, activity_id)
    strangers = add(stranger, activity_id)
    fields = {"title": "A course", "kind": "course", "done_on": datetime.date(2026, 11, 20), "minutes": 30}
    activity = add_activity(by=reader, activity_id=activity_id, fields=fields).activity
    assert [evidence.pk for evidence in activity.evidence.all()] == [waiting.pk]
    assert attach_waiting(activity) == 0
    strangers.refresh_from_db()
    assert strangers.activity is None


def test_files_nobody_saved_an_activity_for_go_after_a_week(reader: User, evidence_folder: Path) -> None:
    now = timezone.now()
    add(reader, uuid.uuid4(), now=now - datetime.timedelta(days=8))
    kept = add(reader, uuid.uuid4(), files.pdf(b"2"), now=now - datetime.timedelta(days=6))
    tidy_now(now)
    assert Evidence.objects.get() == kept


def test_the_form_shows_the_files_that_wait(reader_client: Client, reader: User) -> None:
    activity_id = uuid.uuid4()
    add(reader, activity_id, name="programme.pdf")
    page = reader_client.post("/cpd/activities/new/", {"id": activity_id, "title": ""})
    assert page.status_code == 422 and "programme.pdf" in page.text
    page = reader_client.post("/cpd/activities/new/", {"id": "nonsense"})
    assert page.status_code == 422


def test_a_list_can_count_files(reader: User, activity: Activity) -> None:
    add(reader, activity.pk)
    delete_evidence(by=reader, evidence_id=add(reader, activity.pk, files.pdf(b"2")).pk)
    ActivityFactory(user=reader, title="None")
    counted = {each.title: vars(each)["evidence_count"] for each in reader.activities.with_evidence_count()}
    assert counted == {"Wound care day": 1, "None": 0}


def test_what_the_history_knows_of_a_file_goes_with_it(reader: User, activity: Activity) -> None:
    from django.apps import apps

    add(reader, activity.pk)
    events = apps.get_model("cpd", "EvidenceEvent")._default_manager
    assert events.count() == 1
    Evidence.objects.all().delete()
    tidy_now(timezone.now())
    assert events.count() == 0


# --- In parts


def begin(client: Client, activity_id: uuid.UUID, content: bytes, upload_id: uuid.UUID, **fields: Any) -> Any:
    said = {"id": upload_id, "activity": activity_id, "name": "scan.pdf", "size": len(content)}
    return client.post("/cpd/evidence/uploads/", said | fields, headers=JSON)


def send_part(client: Client, upload_id: uuid.UUID, offset: int, piece: bytes) -> Any:
    address = f"/cpd/evidence/uploads/{upload_id}/?offset={offset}"
    return client.post(address, piece, content_type="application/octet-stream", headers=JSON)


def test_a_file_comes_in_parts_and_goes_on_where_it_broke_off(
    reader_client: Client, reader: User, activity: Activity, settings: Any
) -> None:
    content, upload_id = files.pdf(size=300_000), uuid.uuid4()
    assert begin(reader_client, activity.pk, content, upload_id).json()["offset"] == 0
    assert send_part(reader_client, upload_id, 0, content[:100_000]).json() == {"offset": 100_000}
    # The answer was lost; the part comes again, and one that leaves a gap.
    for offset in (0, 200_000):
        response = send_part(reader_client, upload_id, offset, content[offset:][:1000])
        assert (response.status_code, response.json()) == (409, {"offset": 100_000})
    assert reader_client.post(f"/cpd/evidence/uploads/{upload_id}/finish/").status_code == 409
    assert reader_client.get(f"/cpd/evidence/uploads/{upload_id}/").json() == {"offset": 100_000}
    # The page was opened anew and begins again.
    assert begin(reader_client, activity.pk, content, upload_id).json()["offset"] == 100_000
    assert send_part(reader_client, upload_id, 100_000, content[100_000:]).json() == {"offset": 300_000}
    for _ in range(2):
        assert reader_client.post(f"/cpd/evidence/uploads/{upload_id}/finish/").status_code == 204
    evidence = reader.evidence.get()
    assert (evidence.pk, evidence.name, evidence.sha256) == (
        upload_id,
        "scan.pdf",
        hashlib.sha256(content).hexdigest(),
    )
    assert begin(reader_client, activity.pk, content, upload_id).json()["done"] is True
    assert not UnfinishedUpload.objects.exists() and not coming(settings)


def test_an_upload_is_its_owners_alone(reader_client: Client, stranger_client: Client, activity: Activity) -> None:
    content, upload_id = files.pdf(), uuid.uuid4()
    assert begin(stranger_client, activity.pk, content, uuid.uuid4()).status_code == 404
    begin(reader_client, activity.pk, content, upload_id)
    assert begin(stranger_client, activity.pk, content, upload_id).status_code == 404
    assert stranger_client.get(f"/cpd/evidence/uploads/{upload_id}/").status_code == 404
    assert send_part(stranger_client, upload_id, 0, content).status_code == 404
    assert stranger_client.post(f"/cpd/evidence/uploads/{upload_id}/finish/").status_code == 404
    assert stranger_client.post(f"/cpd/evidence/uploads/{upload_id}/cancel/").status_code == 404
    assert UnfinishedUpload.objects.filter(pk=upload_id).exists()


def test_a_refused_upload_leaves_nothing(reader_client: Client, activity: Activity, settings: Any) -> None:
    content, upload_id = b"<html>not a PDF", uuid.uuid4()
    begin(reader_client, activity.pk, content, upload_id)
    send_part(reader_client, upload_id, 0, content)
    response = reader_client.post(f"/cpd/evidence/uploads/{upload_id}/finish/")
    assert response.status_code == 422 and "web page" in response.json()["error"]
    assert not UnfinishedUpload.objects.exists() and not coming(settings)


def test_a_cancelled_upload_leaves_nothing(reader_client: Client, activity: Activity, settings: Any) -> None:
    upload_id = uuid.uuid4()
    begin(reader_client, activity.pk, files.pdf(), upload_id)
    send_part(reader_client, upload_id, 0, b"%PDF")
    assert len(coming(settings)) == 1
    for status in (204, 404):
        assert reader_client.post(f"/cpd/evidence/uploads/{upload_id}/cancel/").status_code == status
    assert not coming(settings)


def test_bad_parts_are_sentences(reader_client: Client, activity: Activity) -> None:
    content, upload_id = files.pdf(size=2000), uuid.uuid4()
    begin(reader_client, activity.pk, content, upload_id)
    too_much = send_part(reader_client, upload_id, 0, bytes(3000))
    assert too_much.status_code == 422 and too_much.json()["error"]
    assert send_part(reader_client, upload_id, 0, bytes(parts.MOST_PART_BYTES + 1)).status_code == 413
    address = f"/cpd/evidence/uploads/{upload_id}/"
    for offset in ("", "-1", "x", "9" * 5000, "²"):
        response = reader_client.post(f"{address}?offset={offset}", b"x", content_type="application/octet-stream")
        assert response.status_code == 400
    breaks_off: Any = {"wsgi.input": io.BytesIO(b"abc")}
    cut = reader_client.generic("POST", f"{address}?offset=0", b"abcdefghi", "application/octet-stream", **breaks_off)
    assert cut.status_code == 400 and parts.received(upload_id) == 0


@pytest.mark.parametrize(
    "fields", [{"size": "0"}, {"size": str(25 * 1024 * 1024 + 1)}, {"size": "x"}, {"id": "x"}, {"sha256": "zz"}]
)
def test_a_bad_beginning_is_a_sentence(reader_client: Client, activity: Activity, fields: dict[str, str]) -> None:
    response = begin(reader_client, activity.pk, files.pdf(), uuid.uuid4(), **fields)
    assert response.status_code == 422 and response.json()["error"].endswith(".")


def test_a_known_file_need_not_be_sent(reader_client: Client, reader: User, activity: Activity) -> None:
    evidence = add(reader, activity.pk)
    other = ActivityFactory(user=reader)
    answer = begin(reader_client, other.pk, files.pdf(), uuid.uuid4(), sha256=evidence.sha256).json()
    assert "Wound care day" in answer["has_already"]
    form = {"id": uuid.uuid4(), "activity": other.pk}
    assert reader_client.post(answer["use"], form, headers=JSON).status_code == 204
    answer = begin(reader_client, other.pk, files.pdf(), uuid.uuid4(), sha256=evidence.sha256).json()
    assert answer == {"has_already": "This activity has this file already.", "use": ""}


def test_a_full_disk_takes_no_part_of_a_part(
    reader_client: Client, activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, upload_id = files.pdf(size=5000), uuid.uuid4()
    begin(reader_client, activity.pk, content, upload_id)
    send_part(reader_client, upload_id, 0, content[:1000])
    opened = Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, piece: bytes) -> None:
            os.write(self.file.fileno(), piece[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

        def fileno(self) -> int:
            return int(self.file.fileno())

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode: Full(opened(path, mode)))
        response = send_part(reader_client, upload_id, 1000, content[1000:])
    assert response.status_code == 507 and response.json()["error"] == refusing.NO_ROOM
    assert parts.received(upload_id) == 1000
    assert send_part(reader_client, upload_id, 1000, content[1000:]).json() == {"offset": 5000}


def test_what_broke_off_is_forgotten_after_a_day(reader: User, activity: Activity, settings: Any) -> None:
    now = timezone.now()
    long_ago = now - datetime.timedelta(days=2)
    old, new = uuid.uuid4(), uuid.uuid4()
    for upload_id, started in ((old, long_ago), (new, now)):
        begin_upload(by=reader, upload_id=upload_id, activity_id=activity.pk, name="a", size=9, now=started)
        parts.append(upload_id, 0, b"abc")
    os.utime(parts.folder() / f"{old}.part", (long_ago.timestamp(),) * 2)
    assert remove_leftovers(now)["uploads"] == 1
    assert UnfinishedUpload.objects.get().pk == new
    assert [path.name for path in coming(settings)] == [f"{new}.part"]


# --- Scanned


class Clamd(threading.Thread):
    """As much of ClamAV's daemon as speaks INSTREAM: finds what it is told to find."""

    def __init__(self, address: str, *, answer: bytes | None = None) -> None:
        super().__init__(daemon=True)
        self.answer = answer
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(address)
        self.socket.listen()

    def run(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with client, client.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(size)
                found = b"stream: Eicar-Signature FOUND\0" if files.EICAR in content else b"stream: OK\0"
                client.sendall(found if self.answer is None else self.answer)


@pytest.fixture
def clamd(tmp_path: Path, settings: Any) -> Iterator[Clamd]:
    settings.CLAMAV_ADDRESS = str(tmp_path / "clamd.sock")
    daemon = Clamd(settings.CLAMAV_ADDRESS)
    daemon.start()
    yield daemon
    daemon.socket.shutdown(socket.SHUT_RDWR)
    daemon.socket.close()
    daemon.join(5)


@pytest.mark.usefixtures("clamd")
def test_a_scanner_that_is_configured_is_asked(reader: User, activity: Activity, evidence_folder: Path) -> None:
    assert add(reader, activity.pk, files.pdf(size=200_000)).scan == Scan.CLEAN
    with pytest.raises(Refused, match="The virus scanner found something"):
        add(reader, activity.pk, files.pdf(files.EICAR))
    with pytest.raises(Refused, match="The virus scanner found something"):
        add(reader, activity.pk, files.picture() + files.EICAR)
    assert len(stored(evidence_folder)) == 1


def test_a_scanner_that_did_not_scan_lets_nothing_through(reader: User, activity: Activity, clamd: Clamd) -> None:
    for answer in (b"INSTREAM size limit exceeded. ERROR\0", b"", b"\xff\xfe"):
        clamd.answer = answer
        with pytest.raises(CannotJustNow, match="cannot be checked for viruses just now"):
            add(reader, activity.pk)
    assert not Evidence.objects.exists()


def test_without_its_scanner_nothing_is_stored(
    reader_client: Client, activity: Activity, evidence_folder: Path, settings: Any, tmp_path: Path
) -> None:
    for address in (str(tmp_path / "nobody.sock"), "127.0.0.1:1"):
        settings.CLAMAV_ADDRESS = address
        response = send(reader_client, activity.pk, files.pdf())
        assert response.status_code == 503 and "cannot be checked for viruses just now" in response.text
    assert not Evidence.objects.exists() and not stored(evidence_folder)


# --- What others see of it


def test_a_missing_file_is_no_page_and_is_logged_without_its_name(
    reader_client: Client, reader: User, activity: Activity, evidence_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    evidence = add(reader, activity.pk, name="Mrs Smith.pdf")
    for path in stored(evidence_folder):
        path.unlink()
    assert reader_client.get(evidence.get_absolute_url()).status_code == 404
    assert "A stored file is missing" in caplog.text
    assert "Smith" not in " ".join(record.getMessage() for record in caplog.records)
    assert "Smith" not in str(evidence)


def test_no_file_has_an_address_of_its_own(reader: User, activity: Activity, client: Client) -> None:
    evidence = add(reader, activity.pk)
    with pytest.raises(NotImplementedError):
        storing.storage().url(evidence.stored_as)
    for prefix in ("/media/", "/static/", "/evidence/", "/"):
        assert client.get(f"{prefix}{evidence.stored_as}").status_code in (302, 404)
