"""Leaving with everything and coming back: nothing is lost, and nothing is believed that was tampered with."""

import datetime
import hashlib
import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pghistory
import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from cpd.actions import add_activity, amend_activity
from cpd.actions.leaving import ask_to_close, close_due_accounts
from cpd.archive.kinds import KINDS, LEFT_OUT
from cpd.archive.manifest import NAME, readable, seal_of
from cpd.archive.reading import CheckedArchive, Refused
from cpd.archive.restoring import KNOWN_AS, Restored, restore, what_fills
from cpd.archive.writing import write_archive
from cpd.evidence.storing import storage, store
from cpd.models import Activity, Discussion, Evidence, Kind, Participant, Sitting
from cpd.progress import Progress
from cpd.provenance import edits_of
from cpd.reading import lock_reader
from tests.factories.accounts import UserFactory
from tests.factories.articles import AttemptFactory, SavedArticleFactory
from tests.factories.cpd import (
    ActivityFactory,
    ActivityTemplateFactory,
    AppraiserFactory,
    ArtefactFactory,
    AuditEventFactory,
    CertificateFactory,
    ConfirmationFactory,
    DiscussionFactory,
    DraftFactory,
    EnrolmentFactory,
    EvidenceFactory,
    GoalActivityFactory,
    GoalFactory,
    GrantFactory,
    ImpactFactory,
    ImportFactory,
    ImportMappingFactory,
    ImportRowFactory,
    InvitationFactory,
    JudgedCycleFactory,
    LeaveFactory,
    MailingFactory,
    NoticeFactory,
    PackFactory,
    PackFileFactory,
    ParticipantFactory,
    PlacementFactory,
    ReflectionFactory,
    RemindersFactory,
    ShareCommentFactory,
    ShareEntryFactory,
    ShareLinkFactory,
    SittingFactory,
)
from tests.support import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]
EMAIL = "amara.osei@example.org"
ODD_WORDS = "=HYPERLINK(1) #set text \u202eright to left\u202c 😷 – naïve\r\n\tend"


def somebody() -> User:
    """A person with something of every kind, changed since, in words that files find hard."""
    user: User = UserFactory(email=EMAIL, name="Amara Osei")
    user.profile.country, user.profile.specialty = "GB", "general practice"
    user.profile.save()
    enrolment = EnrolmentFactory(user=user)
    LeaveFactory(enrolment=enrolment)
    GrantFactory(enrolment=enrolment)
    ArtefactFactory(enrolment=enrolment, answers={"content": ODD_WORDS})
    JudgedCycleFactory(enrolment=enrolment, assessment={"rows": [1, 2]})
    brought = ImportFactory(user=user, done=True)
    ImportRowFactory(brought_by=brought)
    ImportMappingFactory(user=user)
    with pghistory.context(user=user.pk, url="/cpd/activities/new/"):
        logged = add_activity(
            by=user,
            activity_id=uuid.uuid4(),
            fields={
                "title": ODD_WORDS[:60],
                "kind": Kind.COURSE,
                "done_on": user.profile.record_starts_on,
                "minutes": 30,
                "tags": ["a", "ü"],
            },
            reflection=ODD_WORDS,
        )
    with pghistory.context(user=user.pk, url="/cpd/activities/edit/"):
        amend_activity(by=user, activity_id=logged.activity.pk, version=1, fields={"title": "Course, second try"})
    ActivityFactory(user=user, deleted_at=user.date_joined, brought_by=brought, provenance="imported")
    PlacementFactory(enrolment=EnrolmentFactory(user=user, framework="uk-gmc"), stated="1.250")
    ReflectionFactory(user=user, ai_use="none", ai_declared_on=logged.activity.done_on)
    ImpactFactory(activity=logged.activity, answer="yes", answered_at=user.date_joined, words=ODD_WORDS)
    first = GoalFactory(user=user)
    GoalActivityFactory(goal=GoalFactory(user=user, carried_from=first), activity=logged.activity)
    content = files.pdf(ODD_WORDS.encode())
    EvidenceFactory(
        user=user,
        activity=logged.activity,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_as=store(io.BytesIO(content)),
    )
    ActivityTemplateFactory(user=user, places={str(enrolment.pk): {"category": "x"}})
    DraftFactory(user=user)
    mine = DiscussionFactory(host=user, activity=logged.activity)
    ConfirmationFactory(of=ParticipantFactory(discussion=mine, minutes=45, line="Private to them"))
    theirs = ParticipantFactory(user=user, minutes=45, line="What I took", activity=logged.activity)
    ConfirmationFactory(of=theirs)
    InvitationFactory(discussion=DiscussionFactory(host=user, going_on=True))
    reader = lock_reader(user)
    reader.clock = user.date_joined
    reader.save()
    sitting = SittingFactory(reader=reader, activity=logged.activity)
    sitting.beats.create(sequence=1, received_at=sitting.started_at, claimed_ms=15_000, counted_ms=15_000, offline_ms=0)
    AttemptFactory(user=user, right=1)
    SavedArticleFactory(user=user)
    NoticeFactory(user=user, enrolment=enrolment)
    MailingFactory(user=user)
    RemindersFactory(user=user, calendar_sha256="a" * 64)
    CertificateFactory(user=user)
    link = ShareLinkFactory(user=user)
    ShareEntryFactory(link=link, activity=logged.activity)
    ShareCommentFactory(link=link, appraiser=AppraiserFactory(link=link), words=ODD_WORDS)
    PackFileFactory(pack=PackFactory(user=user))
    ShareLinkFactory(user=user, to_pack=True)
    AuditEventFactory(owner=user)
    return user


def exported(user: User) -> tuple[dict[str, Any], io.BytesIO]:
    file = io.BytesIO()
    return write_archive(user, file, Progress()), file


def brought_back(file: io.BytesIO, by: User) -> Restored:
    return restore(by=by, archive=CheckedArchive(file), about=uuid.uuid4(), progress=Progress())


def wipe(user: User) -> None:
    """Everything of theirs is gone, but for what the database still knows of its history until the night."""
    Discussion.objects.all().delete()
    user.delete()


def changed(file: io.BytesIO, name: str, content: bytes | None) -> io.BytesIO:
    """A copy of an archive with one entry replaced, or without it."""
    copy = io.BytesIO()
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(copy, "w") as after:
        for info in before.infolist():
            if info.filename != name:
                after.writestr(info, before.read(info))
        if content is not None:
            after.writestr(name, content)
    return copy


def manifest_in(file: io.BytesIO) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        manifest: dict[str, Any] = json.loads(archive.read(NAME))
        return manifest


def test_export_wipe_import_and_export_again_give_the_same_manifest() -> None:
    user = somebody()
    before, file = exported(user)
    rows = {each["name"]: each["rows"] for each in before["files"]}
    for kind in KINDS:
        assert rows[f"{kind.name}.jsonl"], f"nobody has {kind.name} in this test"
    assert rows["history/activities.jsonl"] >= 3
    wipe(user)
    back = UserFactory(email=EMAIL)
    done = brought_back(file, back)
    assert done.without_article == 0
    after, again = exported(User.objects.get(pk=back.pk))
    assert after == before
    # Not the manifest alone: the whole file, byte by byte.
    assert again.getvalue() == file.getvalue()


def test_what_comes_back_is_the_persons_own() -> None:
    user = somebody()
    _, file = exported(user)
    wipe(user)
    back = UserFactory(email=EMAIL)
    brought_back(file, back)
    activity = Activity.objects.get(title="Course, second try")
    assert activity.user == back and activity.reflection is not None and activity.reflection.text == ODD_WORDS
    edits = edits_of(activity, user=back)
    # All of it in one transaction here, so it is told as one change.
    assert [(edit.what, edit.who) for edit in edits] == [("Changed", "You")]
    assert Sitting.objects.get().reader == back.reader and Sitting.objects.get().beats.count() == 1
    evidence = Evidence.objects.get()
    with storage().open(evidence.stored_as) as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == evidence.sha256
    back.profile.refresh_from_db()
    assert back.profile.specialty == "general practice" and str(back.profile.country) == "GB"
    # Others are there under their names, with their minutes, and without their words.
    other = Participant.objects.exclude(user=back).filter(minutes=45).get()
    assert other.user is None and other.line == ""


def test_nothing_of_others_goes_out() -> None:
    user = somebody()
    stranger = ActivityFactory(title="A stranger's")
    ReflectionFactory(user=stranger.user, text="A stranger's words")
    _, file = exported(user)
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert ODD_WORDS[-3:].encode() in everything
    assert b"stranger" not in everything and b"Private to them" not in everything


def test_no_secret_goes_out() -> None:
    user = somebody()
    user.set_password("meducation-is-secret")
    user.save()
    _, file = exported(user)
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert user.password.encode() not in everything and b"argon2" not in everything


def models_with_a_path_to_a_person() -> set[str]:
    found: set[type[Model]] = set()
    ahead: list[type[Model]] = [get_user_model()]
    while ahead:
        for relation in ahead.pop()._meta.related_objects:
            if (model := relation.related_model) not in found:
                found.add(model)
                ahead.append(model)
    return {model._meta.label for model in found}


def test_every_model_with_a_path_to_a_person_goes_out_or_says_why_not() -> None:
    exported_models = {kind.model._meta.label for kind in KINDS}
    exported_models |= {kind.history._meta.label for kind in KINDS if kind.history is not None}
    known = exported_models | set(LEFT_OUT)
    assert not models_with_a_path_to_a_person() - known
    assert not exported_models & set(LEFT_OUT)
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())
    for label in LEFT_OUT:
        apps.get_model(label)


@pytest.mark.parametrize("name", ["activities.jsonl", "history/reflections.jsonl", "account.json", "READ-ME.txt"])
def test_an_entry_that_was_changed_is_named(name: str) -> None:
    _, file = exported(somebody())
    with pytest.raises(Refused, match=name.replace("/", ".")):
        CheckedArchive(changed(file, name, b'{"title": "More"}\n'))
    with pytest.raises(Refused, match=f"{name.replace('/', '.')} is missing"):
        CheckedArchive(changed(file, name, None))


def test_changed_evidence_is_named() -> None:
    user = somebody()
    manifest, file = exported(user)
    name = next(each["name"] for each in manifest["files"] if each["name"].startswith("evidence/"))
    with pytest.raises(Refused, match=name):
        CheckedArchive(changed(file, name, b"%PDF-1.7 another"))


def test_an_entry_that_was_added_is_named() -> None:
    _, file = exported(somebody())
    with pytest.raises(Refused, match=r"more\.jsonl was not in the export"):
        CheckedArchive(changed(file, "more.jsonl", b"{}"))


def test_a_manifest_made_by_somebody_else_is_refused() -> None:
    _, file = exported(somebody())
    manifest = manifest_in(file)
    manifest["missing_files"] = ["0"]
    with pytest.raises(Refused, match=r"manifest\.json"):
        CheckedArchive(changed(file, NAME, readable(manifest)))
    manifest["seal"] = seal_of(manifest, "another site's secret")
    with pytest.raises(Refused, match=r"manifest\.json"):
        CheckedArchive(changed(file, NAME, readable(manifest)))


def test_a_site_that_changed_its_secret_knows_its_archives(settings: Any) -> None:
    _, file = exported(somebody())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of the same site, which is long enough"
    assert CheckedArchive(file).account()["email"] == EMAIL


def test_an_archive_of_a_newer_version_says_so() -> None:
    _, file = exported(somebody())
    manifest = manifest_in(file) | {"version": 2}
    with pytest.raises(Refused, match=r"newer Meducation.*version 2"):
        CheckedArchive(changed(file, NAME, readable(manifest)))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no", b"[]" * 1000, b"\x00" * 5000], ids=["empty", "half", "json", "nul"]
)
def test_a_file_that_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="not an export"):
        CheckedArchive(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"", b"[]", b"nul", b"[" * 100_000, b'{"format": "other"}', b"\xff\xfe"])
def test_a_zip_without_a_manifest_is_refused(content: bytes) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(NAME, content)
    with pytest.raises(Refused, match="not an export"):
        CheckedArchive(file)


def test_a_broken_zip_is_refused_and_never_an_error() -> None:
    _, file = exported(somebody())
    whole = file.getvalue()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            CheckedArchive(io.BytesIO(broken))
        except Refused:
            continue


def test_an_account_that_holds_something_is_not_overwritten() -> None:
    user = somebody()
    _, file = exported(user)
    wipe(user)
    back = UserFactory(email=EMAIL)
    ActivityFactory(user=back)
    with pytest.raises(Refused, match=r"not empty: activities \(1\)"):
        brought_back(file, back)


def test_what_fills_an_account_is_called_as_people_call_it() -> None:
    assert set(KNOWN_AS) <= {kind.name for kind in KINDS if kind.fills}
    assert "regulators and colleges (" in what_fills(somebody())
    assert what_fills(UserFactory()) == ""


def test_another_person_cannot_bring_it_back() -> None:
    user = somebody()
    _, file = exported(user)
    wipe(user)
    with pytest.raises(Refused, match="another account"):
        brought_back(file, UserFactory(email="somebody.else@example.org"))
    assert not Activity.objects.exists()


def test_what_is_here_already_is_not_made_twice(evidence_folder: Path) -> None:
    user = somebody()
    _, file = exported(user)
    User.objects.filter(pk=user.pk).update(email="new@example.org")
    EmailAddress.objects.filter(user=user).delete()
    before = sorted(path for path in evidence_folder.rglob("*") if path.is_file())
    with pytest.raises(Refused, match="already"):
        brought_back(file, UserFactory(email=EMAIL))
    assert sorted(path for path in evidence_folder.rglob("*") if path.is_file()) == before


def test_evidence_whose_file_is_lost_stops_nobody_from_leaving() -> None:
    user = UserFactory(email=EMAIL)
    lost = EvidenceFactory(user=user)
    manifest, file = exported(user)
    assert manifest["missing_files"] == [lost.sha256]
    wipe(user)
    back = UserFactory(email=EMAIL)
    brought_back(file, back)
    assert Activity.objects.filter(user=back).exists() and not Evidence.objects.exists()


def test_files_stored_by_name_alone_are_whole() -> None:
    """The hash in the manifest is of what was stored, not of what a row says."""
    user = UserFactory(email=EMAIL)
    stored_as = storage().save("00/other", ContentFile(b"other"))
    EvidenceFactory(user=user, sha256="0" * 64, stored_as=stored_as)
    manifest, _ = exported(user)
    entry = next(each for each in manifest["files"] if each["name"] == f"evidence/{'0' * 64}")
    assert entry["sha256"] == hashlib.sha256(b"other").hexdigest()


def test_whoever_closed_their_account_comes_back_into_their_discussions() -> None:
    user = somebody()
    manifest, file = exported(user)
    others = set(Participant.objects.filter(line="Private to them").values_list("pk", flat=True))
    now = timezone.now()
    ask_to_close(by=user, now=now - datetime.timedelta(days=31))
    assert close_due_accounts(now) == 1
    assert Discussion.objects.filter(host=None).exists()
    back = UserFactory(email=EMAIL)
    brought_back(file, back)
    # What others said there meanwhile is as they left it.
    assert set(Participant.objects.filter(line="Private to them").values_list("pk", flat=True)) == others
    again, _ = exported(User.objects.get(pk=back.pk))
    # The history of what others kept stayed here, and names the account that was closed by its number.
    shared = {f"history/{name}.jsonl" for name in ("discussions", "participants", "confirmations")}
    before, after = ([each for each in said["files"] if each["name"] not in shared] for said in (manifest, again))
    assert after == before
