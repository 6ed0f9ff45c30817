"""Exports made in the background, a record made read-only, and the closing of an account."""

import datetime
import errno
import hashlib
import io
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd.actions.leaving import (
    ask_for_export,
    ask_to_close,
    close_due_accounts,
    make_read_only,
    open_again,
    stay,
    tidy_archives,
)
from cpd.archive import storing, work
from cpd.archive.work import work_on_archive
from cpd.evidence.storing import store
from cpd.models import Activity, Archive, ArchiveState, AuditEvent, AuditWhat, Discussion, Leaving, Participant
from cpd.tasks import tidy
from tests.factories.accounts import UserFactory
from tests.factories.cpd import (
    ActivityFactory,
    ArchiveFactory,
    ArtefactFactory,
    AuditEventFactory,
    ConfirmationFactory,
    DiscussionFactory,
    DraftFactory,
    EnrolmentFactory,
    EvidenceFactory,
    GoalFactory,
    ParticipantFactory,
    ReflectionFactory,
)
from tests.support import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]
DAY = datetime.timedelta(days=1)


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def me(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def made(user: User) -> Archive:
    archive = ask_for_export(by=user, archive_id=uuid.uuid4())
    assert work_on_archive.call(str(archive.pk)) == ArchiveState.DONE
    archive.refresh_from_db()
    return archive


def send(me: Client, content: bytes) -> Any:
    upload = SimpleUploadedFile("export.zip", content, content_type="application/zip")
    return me.post(reverse("cpd:archive-bring"), {"id": str(uuid.uuid4()), "file": upload})


# --- Exports ---------------------------------------------------------------------------------------------------------


def test_an_export_is_made_told_by_mail_and_downloaded(user: User, me: Client) -> None:
    ActivityFactory(user=user, title="My course")
    key = str(uuid.uuid4())
    for _ in "ab":  # The same form twice is one export.
        response = me.post(reverse("cpd:archive-create"), {"id": key})
        assert response.status_code == 302
    archive = user.archives.get()
    assert "Waiting for its turn" in me.get(response.headers["Location"]).content.decode()
    assert work_on_archive.call(key) == ArchiveState.DONE
    assert [(message.to, message.subject) for message in mail.outbox] == [([user.email], "Your export is ready")]
    assert key in mail.outbox[0].body and "My course" not in mail.outbox[0].body
    archive.refresh_from_db()
    shown = me.get(archive.get_absolute_url()).content.decode()
    assert "Your export is ready" in shown and archive.sha256 in shown
    response = me.get(reverse("cpd:archive-download", args=[key]))
    content = b"".join(response)
    assert hashlib.sha256(content).hexdigest() == archive.sha256 and len(content) == archive.size
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert b"My course" in file.read("activities.jsonl")
    said = list(AuditEvent.objects.owned_by(user).order_by("pk").values_list("what", "about"))
    assert said == [(AuditWhat.RECORD_EXPORTED, archive.pk), (AuditWhat.EXPORT_DOWNLOADED, archive.pk)]
    # Once more: nothing is made twice.
    assert work_on_archive.call(key) == ArchiveState.DONE and len(mail.outbox) == 1


def test_there_is_one_at_a_time(user: User, me: Client) -> None:
    ask_for_export(by=user, archive_id=uuid.uuid4())
    response = me.post(reverse("cpd:archive-create"), {"id": str(uuid.uuid4())}, follow=True)
    assert "already" in response.content.decode() and user.archives.count() == 1


def test_a_strangers_export_does_not_exist(me: Client) -> None:
    archive = made(UserFactory())
    for name in ("archive-detail", "archive-progress", "archive-download"):
        assert me.get(reverse(f"cpd:{name}", args=[archive.pk])).status_code == 404
    for name in ("archive-delete", "archive-retry"):
        assert me.post(reverse(f"cpd:{name}", args=[archive.pk])).status_code == 404
    assert me.post(reverse("cpd:archive-create"), {"id": str(archive.pk)}).status_code == 404
    assert Archive.objects.filter(pk=archive.pk).exists()


def test_an_export_is_deleted_by_its_owner_and_after_some_days(
    user: User, me: Client, django_capture_on_commit_callbacks: Any
) -> None:
    first = made(user)
    with django_capture_on_commit_callbacks(execute=True):
        assert me.post(reverse("cpd:archive-delete", args=[first.pk])).status_code == 302
    with pytest.raises(FileNotFoundError):
        storing.open_archive(first.pk)
    second = made(user)
    now = timezone.now()
    assert tidy_archives(now + 6 * DAY)["archives"] == 0
    assert tidy_archives(now + 8 * DAY) == {"archives": 1, "archive files": 1}
    with pytest.raises(FileNotFoundError):
        storing.open_archive(second.pk)


@pytest.mark.parametrize("place", ["writing", "keeping"])
def test_a_full_disk_leaves_no_half_file(
    user: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    ActivityFactory(user=user)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if place == "writing":
        monkeypatch.setattr(zipfile.ZipFile, "open", full)
    else:
        monkeypatch.setattr("meducation.lib.files.os.fsync", full)
    archive = ask_for_export(by=user, archive_id=uuid.uuid4())
    assert work_on_archive.call(str(archive.pk)) == ArchiveState.FAILED
    archive.refresh_from_db()
    assert "no room" in archive.problem
    assert not [path for path in tmp_path.rglob("*") if path.is_file()] and not mail.outbox


def test_work_that_stopped_can_be_taken_up_again(user: User, me: Client) -> None:
    archive = ask_for_export(by=user, archive_id=uuid.uuid4())
    Archive.objects.filter(pk=archive.pk).update(state="working", started_at=timezone.now() - DAY)
    assert "Start again" in me.get(archive.get_absolute_url()).content.decode()
    me.post(reverse("cpd:archive-retry", args=[archive.pk]))
    assert work_on_archive.call(str(archive.pk)) == ArchiveState.DONE


# --- Coming back -----------------------------------------------------------------------------------------------------


def test_an_export_comes_back_by_the_page(user: User, me: Client) -> None:
    ActivityFactory(user=user, title="My course")
    with storing.open_archive(made(user).pk) as file:
        content = file.read()
    email = user.email
    user.delete()
    back = UserFactory(email=email)
    me.force_login(back)
    response = send(me, content)
    assert response.status_code == 302
    archive = back.archives.get()
    assert work_on_archive.call(str(archive.pk)) == ArchiveState.DONE
    assert "Your record is back" in me.get(response.headers["Location"]).content.decode()
    assert Activity.objects.get(user=back).title == "My course"
    assert AuditEvent.objects.owned_by(back).get().what == AuditWhat.RECORD_BROUGHT
    # What was uploaded is not kept.
    with pytest.raises(FileNotFoundError):
        storing.open_archive(archive.pk)


@pytest.mark.parametrize(
    "content", [b"no zip", b"PK\x05\x06" + b"\x00" * 18, b"\x00" * 100_000], ids=["words", "empty zip", "nul"]
)
def test_another_file_is_refused_with_a_sentence(user: User, me: Client, content: bytes) -> None:
    response = send(me, content)
    archive = user.archives.get()
    assert work_on_archive.call(str(archive.pk)) == ArchiveState.FAILED
    assert "not an export of Meducation" in me.get(response.headers["Location"]).content.decode()


def test_an_export_larger_than_another_form_takes_comes_through(user: User, me: Client) -> None:
    assert send(me, b"\x00" * (26 * 1024 * 1024)).status_code == 302
    assert user.archives.exists()


def test_a_form_without_a_file_says_so(me: Client) -> None:
    response = me.post(reverse("cpd:archive-bring"), {"id": str(uuid.uuid4())})
    assert response.status_code == 422 and "Choose the file first." in response.content.decode()


def test_uploads_need_the_forms_token(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    assert send(strict, b"PK").status_code == 403 and not user.archives.exists()


# --- Read-only -------------------------------------------------------------------------------------------------------


def test_nobody_writes_in_a_read_only_record(user: User, me: Client) -> None:
    activity = ActivityFactory(user=user, title="As it was")
    me.post(reverse("cpd:leaving-read-only"))
    edit = reverse("cpd:activity-update", args=[activity.pk])
    response = me.post(edit, {"title": "Other"})
    assert response.status_code == 403 and "read-only" in response.content.decode()
    response = me.post(edit, {"title": "Other"}, headers={"Accept": "application/json"})
    assert response.status_code == 403 and "read-only" in response.json()["error"]
    assert me.post(reverse("cpd:activity-delete", args=[activity.pk])).status_code == 403
    assert send(me, b"PK").status_code == 403
    activity.refresh_from_db()
    assert activity.title == "As it was" and activity.deleted_at is None
    # It can be read and exported.
    assert me.get(activity.get_absolute_url()).status_code == 200
    assert me.post(reverse("cpd:archive-create"), {"id": str(uuid.uuid4())}).status_code == 302
    me.post(reverse("cpd:leaving-open-again"))
    assert me.post(reverse("cpd:activity-delete", args=[activity.pk])).status_code == 302
    said = [line.what for line in AuditEvent.objects.owned_by(user).order_by("pk")]
    assert said == [AuditWhat.MADE_READ_ONLY, AuditWhat.OPENED_AGAIN]


def test_words_typed_into_a_read_only_record_are_kept(user: User, me: Client) -> None:
    form = me.get(reverse("cpd:activity-create")).content.decode()
    token = re.search(r'name="owner" value="([^"]+)"', form)
    assert token is not None
    make_read_only(by=user)
    me.post(reverse("cpd:activity-create"), {"owner": token[1], "title": "An hour of typing"})
    open_again(by=user)
    assert "An hour of typing" in me.get(reverse("cpd:activity-create")).content.decode()


def test_every_page_of_the_record_says_how_it_stands(user: User, me: Client) -> None:
    activity = ActivityFactory(user=user)
    pages = [
        activity.get_absolute_url(),
        *(reverse(f"cpd:{name}") for name in ("tracker", "activity-list", "portfolio", "share-list", "plan", "log")),
    ]
    assert not any("cpd/leaving_note.html" in names_of(me.get(page)) for page in pages)
    me.post(reverse("cpd:leaving-read-only"))
    for page in pages:
        said = me.get(page).text
        assert "Your record is read-only." in said and reverse("cpd:leaving") in said, page
    ask_to_close(by=user)
    for page in pages:
        said = me.get(page).text
        assert "Your account will be closed on" in said and "Your record is read-only." not in said, page
    # The page about it says it once.
    assert me.get(reverse("cpd:leaving")).text.count("Your account will be closed on") == 1
    # Others are told nothing of it.
    other = Client()
    other.force_login(UserFactory())
    assert "will be closed" not in other.get(reverse("cpd:tracker")).text


def names_of(response: Any) -> set[str]:
    """The templates a page was made of."""
    return {template.name for template in response.templates}


def test_another_persons_record_goes_on(user: User) -> None:
    make_read_only(by=user)
    other = UserFactory()
    client = Client()
    client.force_login(other)
    activity = ActivityFactory(user=other)
    assert client.post(reverse("cpd:activity-delete", args=[activity.pk])).status_code == 302


# --- Closing ---------------------------------------------------------------------------------------------------------


def test_there_are_thirty_days_to_stay(user: User, me: Client) -> None:
    now = timezone.now()
    leaving = ask_to_close(by=user, now=now)
    assert leaving.closes_at == now + 30 * DAY
    # Asking again moves nothing.
    assert ask_to_close(by=user, now=now + DAY).closes_at == leaving.closes_at and len(mail.outbox) == 1
    assert "will be closed on" in me.get(reverse("cpd:leaving")).content.decode()
    assert me.post(reverse("cpd:activity-create")).status_code == 403
    assert close_due_accounts(now + 29 * DAY) == 0
    me.post(reverse("cpd:leaving-stay"))
    assert close_due_accounts(now + 31 * DAY) == 0
    assert User.objects.filter(pk=user.pk).exists() and not Leaving.objects.exists()


def test_whoever_stays_has_a_read_only_record_if_they_had_one(user: User) -> None:
    make_read_only(by=user)
    ask_to_close(by=user)
    open_again(by=user)
    assert Leaving.objects.get().closes_at is not None
    stay(by=user)
    assert Leaving.objects.get().closes_at is None


def test_closing_asks_for_the_password_and_once_more() -> None:
    user, me = UserFactory(password="a long password"), Client()
    me.force_login(user)
    address = reverse("cpd:leaving-close")
    assert "reauthenticate" in me.get(address).headers["Location"]
    me.post(reverse("account_reauthenticate"), {"password": "a long password"})
    assert "What stays" in me.get(address).content.decode()
    response = me.post(address)
    assert response.status_code == 422 and "Tick the box" in response.content.decode()
    assert me.post(address, {"sure": "on"}).status_code == 302
    assert Leaving.objects.get(user=user).closes_at is not None


CANARY = "canary-7f3a"


def words_anywhere() -> list[str]:
    """Each table and column in which the canary is found: asked of the database, not of the models."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField) or "Array" in str(type(field)):
                with connection.cursor() as cursor:
                    table, column = model._meta.db_table, field.column
                    cursor.execute(
                        f'SELECT count(*) FROM "{table}" WHERE "{column}"::text LIKE %s',  # noqa: S608 (names of models)
                        [f"%{CANARY}%"],
                    )
                    if cursor.fetchone()[0]:
                        found.append(f"{table}.{column}")
    return found


def test_a_closed_account_leaves_no_words_behind(tmp_path: Path, django_capture_on_commit_callbacks: Any) -> None:
    user = UserFactory(email=f"{CANARY}@example.org", name=f"Dr {CANARY}")
    user.profile.specialty = CANARY
    user.profile.save()
    enrolment = EnrolmentFactory(user=user, number=CANARY)
    activity = ActivityFactory(user=user, title=CANARY, reflection=ReflectionFactory(user=user, text=CANARY))
    activity.title = f"{CANARY} again"
    activity.save()
    ArtefactFactory(enrolment=enrolment, answers={"content": CANARY})
    GoalFactory(user=user, title=CANARY)
    DraftFactory(user=user, title=CANARY, words={"title": [CANARY]})
    EvidenceFactory(user=user, name=f"{CANARY}.pdf", stored_as=store(io.BytesIO(files.pdf(CANARY.encode()))))
    AuditEventFactory(owner=user, seen_by=CANARY)
    alone = DiscussionFactory(host=user, title=CANARY)
    theirs = ParticipantFactory(user=user, minutes=45, line=f"{CANARY} private", name="A. Colleague")
    confirmed = ConfirmationFactory(of=theirs)
    client = Client()
    client.force_login(user)
    client.get(reverse("cpd:tracker"))
    made(user)
    other = ActivityFactory()
    now = timezone.now()
    ask_to_close(by=user, now=now - 30 * DAY)
    mail.outbox.clear()
    assert words_anywhere()
    assert close_due_accounts(now) == 1
    tidy.call()
    assert words_anywhere() == []
    assert not Discussion.objects.filter(pk=alone.pk).exists()
    # What others rely on stays, under the name that was given there, and without words.
    left = Participant.objects.get(pk=theirs.pk)
    assert (left.user, left.name, left.minutes, left.line) == (None, "A. Colleague", 45, "")
    assert left.confirmations.get() == confirmed
    assert Activity.objects.filter(pk=other.pk).exists()
    assert [message.subject for message in mail.outbox] == ["Your account is closed"]
    assert client.get(reverse("cpd:tracker")).status_code == 302
    # Files younger than an hour may be somebody's whose row is being written: they go with a later night.
    tidy_archives(now + 2 * DAY)
    from cpd.actions.evidence import remove_leftovers

    remove_leftovers(now + 2 * DAY)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_fault_with_one_account_does_not_keep_another_open(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    stuck, free = UserFactory(), UserFactory()
    for each in (stuck, free):
        ask_to_close(by=each, now=now - 31 * DAY)
    delete = User.delete

    def deleting(self: User, *args: Any, **kwargs: Any) -> Any:
        if self.pk == stuck.pk:
            raise RuntimeError("a fault")
        return delete(self, *args, **kwargs)

    monkeypatch.setattr(User, "delete", deleting)
    assert close_due_accounts(now) == 1
    assert list(User.objects.filter(pk__in=[stuck.pk, free.pk])) == [stuck]


# --- Who saw what ----------------------------------------------------------------------------------------------------


def test_the_log_tells_of_views_exports_and_changes(user: User, me: Client) -> None:
    activity = ActivityFactory(user=user, title="My course")
    activity.minutes = 50
    activity.save()
    AuditEventFactory(owner=user)
    AuditEventFactory(seen_by="Somebody else's reader")
    made(user)
    shown = me.get(reverse("cpd:log")).content.decode()
    for words in ("Link opened", "Dr A. Jones, by your link", "Everything exported", "Activity added", "My course"):
        assert words in shown
    assert "Activity changed" in shown and "Somebody else&#x27;s reader" not in shown
    only = {
        which: me.get(reverse("cpd:log"), {"which": which}).content.decode() for which in ("seen", "sent", "changed")
    }
    assert "Link opened" in only["seen"] and "Activity" not in only["seen"].partition("<h1>")[2].partition("</main>")[0]
    assert "Everything exported" in only["sent"] and "Link opened" not in only["sent"]
    assert "Activity changed" in only["changed"] and "Link opened" not in only["changed"]
    assert me.get(reverse("cpd:log"), {"which": "nonsense", "page": "-1"}).status_code == 200


def test_the_log_says_who_it_was(user: User, me: Client) -> None:
    me.post(reverse("cpd:leaving-read-only"))
    assert '<span class="break">You</span>' in me.get(reverse("cpd:log")).content.decode()


def test_an_export_in_the_making_tells_how_far_it_is(user: User, me: Client) -> None:
    archive = ArchiveFactory(user=user, state="working", started_at=timezone.now(), steps=40)
    said = me.get(reverse("cpd:archive-progress", args=[archive.pk])).json()
    assert said == {"state": "working", "at_work": True, "done": 0, "of": 40, "is_waiting": False, "has_stopped": False}
    assert work.has_stopped(archive, None) is False
