"""Certificates: what they freeze, how they stand afterwards, and what anybody with a code is told."""

import dataclasses
import datetime
import hashlib
import io
import re
import uuid
from typing import Any

import pypdf
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, NotSupportedError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.models import Article, Revision, Significance
from articles.standing import Change
from cpd import certificates
from cpd.actions.activities import NotYours, amend_activity, delete_activity, restore_activity
from cpd.actions.certificates import (
    CannotCertify,
    give_out,
    make_certificate,
    part_with_certificates,
    restore_certificate,
    withdraw_certificate,
)
from cpd.actions.several import delete_several
from cpd.certificates import OfArticle, Status, certificate_behind, code_of, shortened, standing_now, standing_of
from cpd.certifying import certifiable
from cpd.models import Activity, AuditEvent, AuditWhat, Certificate, Provenance
from cpd.tasks import tidy_now
from meducation.lib.typesetting import CannotBeSet
from tests.conftest import logged_in
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AttemptFactory, RevisionFactory
from tests.factories.cpd import ActivityFactory, CertificateFactory, ReadActivityFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def no_rates_of_earlier_tests() -> None:
    cache.clear()


def make(activity: Activity, **kwargs: Any) -> Certificate:
    kwargs.setdefault("certificate_id", uuid.uuid4())
    return make_certificate(by=activity.user, activity_id=activity.pk, **kwargs).certificate


def again(certificate: Certificate) -> Certificate:
    return Certificate.objects.with_standing().get(pk=certificate.pk)


def status_of(certificate: Certificate) -> Status:
    return standing_now(again(certificate)).status


def new_text(article: Article, significance: Significance, note: str = "") -> Revision:
    now = timezone.now()
    revision = RevisionFactory(article=article, significance=significance, note=note, live_from=now)
    article.revision = revision
    article.save()
    return revision


# --- What is certified -----------------------------------------------------------------------------------------------


def test_it_freezes_what_was_measured_claimed_and_read(reader: User) -> None:
    article = ArticleFactory(published=True, learning_objectives="Spot it\nTreat it")
    activity = ReadActivityFactory(user=reader, article=article, minutes=8, measured_seconds=613, offline_seconds=60)

    certificate = make(activity)

    assert (certificate.holder_name, certificate.article_title) == ("Dr Rea Reader", article.revision.title)
    assert (certificate.minutes, certificate.measured_seconds, certificate.offline_seconds) == (8, 613, 60)
    assert (certificate.revision_number, certificate.revision_sha256) == (1, article.revision.sha256)
    assert certificate.objectives == ["Spot it", "Treat it"]
    assert certificate.article_address.endswith(article.get_absolute_url())
    assert certificate.article_address.startswith("http")
    assert (certificate.passed_on, certificate.gdc_outcomes) == (None, [])


def test_a_later_text_of_the_article_changes_nothing_that_is_certified(reader: User) -> None:
    activity = ReadActivityFactory(user=reader)
    assert activity.article is not None
    activity.article.learning_objectives = "Something else"
    new_text(activity.article, Significance.EDITORIAL)
    assert make(activity).objectives == ["Tell what it is about"]


def test_reading_that_was_neither_timed_nor_tested_is_not_certified(reader: User) -> None:
    activity = ReadActivityFactory(user=reader, provenance=Provenance.SELF_DECLARED, measured_seconds=None)
    with pytest.raises(CannotCertify, match="not timed"):
        make(activity)


def test_what_was_not_read_here_is_not_certified(reader: User) -> None:
    with pytest.raises(CannotCertify, match="read on Meducation"):
        make(ActivityFactory(user=reader))


def test_a_certificate_needs_a_name(reader: User) -> None:
    reader.name = " \t "
    reader.save()
    with pytest.raises(CannotCertify, match="name"):
        make(ReadActivityFactory(user=reader))


def test_a_passed_assessment_is_certified_even_of_reading_that_was_not_timed(reader: User) -> None:
    article = ArticleFactory(published=True, questions=4)
    AttemptFactory(user=reader, article=article, right=4)
    activity = ReadActivityFactory(
        user=reader, article=article, provenance=Provenance.SELF_DECLARED, measured_seconds=None
    )
    certificate = make(activity)
    assert (certificate.score, certificate.pass_mark, certificate.questions) == (100, 80, 4)
    assert certificate.passed_on is not None and certificate.timed_ms is None


@pytest.mark.parametrize("right", [None, 0])
def test_an_assessment_under_way_or_failed_certifies_nothing(reader: User, right: int | None) -> None:
    article = ArticleFactory(published=True, questions=2)
    AttemptFactory(user=reader, article=article, right=right)
    AttemptFactory(article=article, right=2)  # Somebody else's.
    assert make(ReadActivityFactory(user=reader, article=article)).passed_on is None


def test_only_an_assessment_of_the_text_that_was_read_counts(reader: User) -> None:
    article = ArticleFactory(published=True, questions=2)
    activity = ReadActivityFactory(user=reader, article=article)
    later = new_text(article, Significance.UPDATE)
    AttemptFactory(user=reader, article=article, revision=later, right=2)
    assert make(activity).passed_on is None


# --- For the General Dental Council ----------------------------------------------------------------------------------


def dental(reader: User, *, is_passed: bool = True, **fields: Any) -> Activity:
    wanted = {"gdc_outcomes": "AC", "reviewed_by": "Dr Rhea Viewer, FRCP"} | fields
    article = ArticleFactory(published=True, questions=2, **wanted)
    if is_passed:
        AttemptFactory(user=reader, article=article, right=2)
    return ReadActivityFactory(user=reader, article=article, minutes=12, measured_seconds=600)


def test_it_has_what_the_gdc_asks_for_when_the_article_meets_all_of_it(reader: User) -> None:
    certificate = make(dental(reader))
    assert certificate.gdc_outcomes == ["A", "C"]
    assert certificate.quality_assured_by == "Dr Rhea Viewer, FRCP"
    # What we state is what we timed, though more is claimed.
    assert (certificate.gdc_minutes, certificate.minutes) == (10, 12)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"gdc_outcomes": ""}, "development outcomes"),
        ({"reviewed_by": ""}, "quality"),
        ({"learning_objectives": ""}, "learning objectives"),
        ({"is_passed": False}, "passed assessment"),
    ],
)
def test_it_has_none_of_it_when_one_thing_is_missing(reader: User, lacking: dict[str, Any], words: str) -> None:
    activity = dental(reader, **lacking)
    certificate = make(activity)
    assert (certificate.gdc_outcomes, certificate.gdc_minutes, certificate.quality_assured_by) == ([], None, "")
    assert words in " ".join(certifiable(activity, user=reader).gdc_lacks)


def test_an_article_without_outcomes_is_stored_and_hashed_as_before() -> None:
    assert "gdc_outcomes" not in ArticleFactory(published=True).revision.details
    assert ArticleFactory(published=True, gdc_outcomes="BD").revision.details["gdc_outcomes"] == "BD"


# --- Making ----------------------------------------------------------------------------------------------------------


def test_the_same_form_twice_makes_one(reader: User) -> None:
    activity, pk = ReadActivityFactory(user=reader), uuid.uuid4()
    first = make_certificate(by=reader, certificate_id=pk, activity_id=activity.pk)
    second = make_certificate(by=reader, certificate_id=pk, activity_id=activity.pk)
    assert (first.is_new, second.is_new, Certificate.objects.count()) == (True, False, 1)
    assert AuditEvent.objects.owned_by(reader).filter(what=AuditWhat.CERTIFICATE_MADE, about=pk).count() == 1


def test_another_one_is_made_only_when_it_would_say_something_else(reader: User) -> None:
    activity = ReadActivityFactory(user=reader)
    first = make(activity)
    assert make(activity) == first
    amend_activity(by=reader, activity_id=activity.pk, version=activity.version, fields={"minutes": 7})
    second = make(activity)
    assert second != first and second.minutes == 7


def test_nobody_makes_one_of_somebody_elses_reading(reader: User, stranger: User) -> None:
    activity = ReadActivityFactory(user=stranger)
    with pytest.raises(Activity.DoesNotExist):
        make_certificate(by=reader, certificate_id=uuid.uuid4(), activity_id=activity.pk)
    theirs = make(activity)
    with pytest.raises(NotYours):
        make_certificate(by=reader, certificate_id=theirs.pk, activity_id=ReadActivityFactory(user=reader).pk)


@pytest.mark.parametrize("change", [{"minutes": 500}, {"article_title": "Another"}, {"code_sha256": "0" * 64}])
def test_the_database_refuses_a_change_of_what_is_certified(change: dict[str, Any]) -> None:
    certificate = CertificateFactory()
    with pytest.raises((InternalError, NotSupportedError), match="Cannot update"), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**change)


# --- How it stands ---------------------------------------------------------------------------------------------------


def test_it_is_valid_while_nothing_happens(reader: User) -> None:
    assert status_of(CertificateFactory(user=reader)) == Status.VALID


def test_a_change_of_the_record_corrects_it_and_changing_back_makes_it_valid(reader: User) -> None:
    activity = ReadActivityFactory(user=reader)
    certificate = make(activity)
    changed = amend_activity(by=reader, activity_id=activity.pk, version=1, fields={"minutes": 4})
    standing = standing_now(again(certificate))
    assert standing.status == Status.CORRECTED
    assert "4 min" in standing.because[0] and again(certificate).minutes == 10
    amend_activity(by=reader, activity_id=activity.pk, version=changed.version, fields={"minutes": 10})
    assert status_of(certificate) == Status.VALID


def test_taking_the_reading_out_of_the_record_withdraws_it_until_it_is_back(reader: User) -> None:
    article = ArticleFactory(published=True, questions=2)
    AttemptFactory(user=reader, article=article, right=2)
    activity = ReadActivityFactory(
        user=reader, article=article, provenance=Provenance.SELF_DECLARED, measured_seconds=None
    )
    certificate = make(activity)
    delete_activity(by=reader, activity_id=activity.pk)
    assert status_of(certificate) == Status.WITHDRAWN
    restore_activity(by=reader, activity_id=activity.pk)
    assert status_of(certificate) == Status.VALID
    delete_several(by=reader, chosen=[activity.pk])
    assert status_of(certificate) == Status.WITHDRAWN


def test_it_stays_withdrawn_when_the_activity_is_gone_for_good(reader: User) -> None:
    activity = ReadActivityFactory(user=reader)
    certificate = make(activity)
    delete_activity(by=reader, activity_id=activity.pk, now=timezone.now() - 40 * DAY)
    tidy_now(timezone.now())
    assert again(certificate).activity is None
    assert status_of(certificate) == Status.WITHDRAWN


def test_its_holder_withdraws_it_and_has_it_back(reader: User) -> None:
    certificate = CertificateFactory(user=reader)
    withdraw_certificate(by=reader, certificate_id=certificate.pk)
    assert status_of(certificate) == Status.WITHDRAWN
    restore_certificate(by=reader, certificate_id=certificate.pk)
    assert status_of(certificate) == Status.VALID


@pytest.mark.parametrize(
    ("significance", "status"),
    [
        (Significance.EDITORIAL, Status.VALID),
        (Significance.UPDATE, Status.VALID),
        (Significance.PRACTICE_CHANGING, Status.VALID),
        (Significance.CORRECTION, Status.CORRECTED),
        (Significance.WITHDRAWAL, Status.WITHDRAWN),
    ],
)
def test_it_follows_the_later_texts_of_the_article(reader: User, significance: Significance, status: Status) -> None:
    activity = ReadActivityFactory(user=reader)
    assert activity.article is not None
    certificate = make(activity)
    new_text(activity.article, significance, note="Table 2 was wrong.")
    standing = standing_now(again(certificate))
    assert standing.status == status
    told = " ".join((*standing.because, *standing.besides))
    assert ("Table 2 was wrong." in told) == (significance != Significance.EDITORIAL)


def test_a_correction_before_the_reading_is_no_matter(reader: User) -> None:
    article = ArticleFactory(published=True)
    new_text(article, Significance.CORRECTION)
    assert status_of(make(ReadActivityFactory(user=reader, article=article))) == Status.VALID


def test_a_new_text_ends_the_withdrawal_of_an_article() -> None:
    on = datetime.date(2026, 11, 1)
    withdrawal, update = Change(2, "withdrawal", on), Change(3, "update", on + DAY)
    plain = Certificate(**dataclasses.asdict(Plain()))
    assert standing_of(plain, OfArticle([withdrawal])).status == Status.WITHDRAWN
    assert standing_of(plain, OfArticle([withdrawal, update])).status == Status.VALID


@dataclasses.dataclass(frozen=True)
class Plain:
    """The fields that standing depends on."""

    minutes: int = 5
    record_minutes: int = 5
    done_on: datetime.date = datetime.date(2026, 10, 1)
    record_done_on: datetime.date = datetime.date(2026, 10, 1)


def test_a_retired_article_is_said_and_changes_nothing(reader: User) -> None:
    activity = ReadActivityFactory(user=reader)
    certificate = make(activity)
    Article.objects.filter(pk=activity.article_id).update(status="retired", retired_at=timezone.now())
    standing = standing_now(again(certificate))
    assert standing.status == Status.VALID and "retired" in standing.besides[0]


def erase(article: Article) -> None:
    """What nobody can do from the site: published texts are guarded by a trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE articles_revision DISABLE TRIGGER USER")
        Article.objects.filter(pk=article.pk).update(status="draft", revision=None)
        Revision.objects.filter(article=article).delete()
        article.delete()
        cursor.execute("ALTER TABLE articles_revision ENABLE TRIGGER USER")


def test_it_outlives_the_account_and_the_article(reader: User) -> None:
    activity = ReadActivityFactory(user=reader)
    certificate = make(activity)
    code, article = code_of(certificate), activity.article
    assert article is not None
    reader.delete()
    erase(article)

    page = Client().get(f"/verify/{code}/")

    assert page.status_code == 200
    assert "Valid" in page.text and "no longer on Meducation" in page.text
    assert certificate.article_title in page.text and certificate.revision_sha256 in page.text
    assert "Dr Rea R." in page.text and "Reader" not in page.text


def test_parting_keeps_only_what_the_public_page_shows(reader: User) -> None:
    certificate = CertificateFactory(user=reader)
    assert part_with_certificates(by=reader) == 1
    kept = again(certificate)
    assert (kept.user, kept.activity, kept.holder_name) == (None, None, "Dr Rea R.")
    assert status_of(certificate) == Status.VALID


# --- Codes and names -------------------------------------------------------------------------------------------------


def test_a_code_leads_to_its_certificate_as_people_type_it() -> None:
    certificate = CertificateFactory()
    code = code_of(certificate)
    assert re.fullmatch(r"([34679ACDEFGHJKMNPQRTUWXY]{4}-){2}[34679ACDEFGHJKMNPQRTUWXY]{4}", code)
    assert certificate_behind(f" {code.lower().replace('-', ' ')} ") == certificate
    assert certificate_behind("3333-3333-3333") is None


def test_the_database_holds_no_code() -> None:
    certificate = CertificateFactory()
    code = code_of(certificate)
    row = Certificate.objects.filter(pk=certificate.pk).values().get()
    assert code not in str(row) and code.replace("-", "") not in str(row)


def test_a_code_on_paper_outlives_a_change_of_the_sites_secret(settings: Any) -> None:
    certificate = CertificateFactory()
    code = code_of(certificate)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret, chosen after the first was lost in a train"
    assert certificate_behind(code) == certificate and code_of(certificate) == code
    settings.SECRET_KEY_FALLBACKS = []
    assert certificate_behind(code) is None and code_of(certificate) == ""
    assert logged_in(certificate.user).get(certificate.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Amara Osei", "Amara O."),
        ("Dr Amara Osei", "Dr Amara O."),
        ("Prof. Sir Wei Ling Tan", "Prof. Sir Wei L. T."),
        ("Dr Osei", "Dr O."),
        ("李明", "李…"),
        ("Ngozi", "N…"),
        ("  Amara   Osei  ", "Amara O."),
    ],
)
def test_a_name_is_shortened(name: str, short: str) -> None:
    assert shortened(name) == short


# --- The public page -------------------------------------------------------------------------------------------------


def test_anybody_sees_every_field_with_the_name_shortened(client: Client, reader: User) -> None:
    certificate = make(dental(reader))
    page = client.get(f"/verify/{code_of(certificate)}/")
    assert page.status_code == 200
    for said in (
        certificate.article_title,
        certificate.article_byline,
        certificate.revision_sha256,
        "Tell what it is about",
        "12 min",
        "10 min",
        "100%",
        "A, C",
        "Dr Rhea Viewer, FRCP",
        "full and accurate",
        "no accreditation",
    ):
        assert said in page.text, said
    assert "Dr Rea R." in page.text and "Dr Rea Reader" not in page.text
    assert reader.email not in page.text


def test_the_page_is_kept_from_search_engines_caches_and_other_sites(client: Client) -> None:
    for path in ("/verify/", f"/verify/{code_of(CertificateFactory())}/", "/verify/3333-3333-3333/"):
        headers = client.get(path).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert "no-store" in headers["Cache-Control"]
        assert headers["Referrer-Policy"] == "same-origin"


def test_entering_a_code_leads_to_its_address(client: Client) -> None:
    code = code_of(CertificateFactory())
    answer = client.get("/verify/", {"code": f" {code.lower()} "})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/verify/{code}/")


WRONG = ["", "x", "3333", "3333-3333-333O", "🙂" * 12, "\u202eABCD", "A" * 100_000, "<script>alert(1)</script>"]


@pytest.mark.parametrize("code", WRONG, ids=range(len(WRONG)))
def test_what_is_no_code_is_told_so(client: Client, code: str) -> None:
    answer = client.get("/verify/", {"code": code})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["/verify/?code=%ED%A0%80", "/verify/%ED%A0%80/", "/verify/%F0%9F%99%82/"])
def test_bytes_that_are_no_text_are_no_code(client: Client, path: str) -> None:
    assert client.get(path).status_code in (404, 422)


def test_an_unknown_code_and_one_that_cannot_be_are_the_same_answer(client: Client) -> None:
    unknown, impossible = client.get("/verify/3333-3333-3333/"), client.get("/verify/nonsense/")
    assert unknown.status_code == impossible.status_code == 404
    plain = [re.sub(r'value="[^"]*"', "", answer.text).replace("nonsense", "") for answer in (unknown, impossible)]
    assert plain[0] == plain[1]


def test_guessing_is_slowed_also_for_whoever_guesses_right(client: Client) -> None:
    code = code_of(CertificateFactory())
    answers = [client.get(f"/verify/{number:04}/").status_code for number in range(100)]
    assert answers[:60] == [404] * 60 and set(answers[60:]) == {429}
    assert client.get(f"/verify/{code}/").status_code == 429


def test_its_holder_learns_that_it_was_checked_and_not_by_whom(client: Client, reader: User) -> None:
    certificate = CertificateFactory(user=reader)
    address = f"/verify/{code_of(certificate)}/"
    logged_in(reader).get(address)
    checks = AuditEvent.objects.owned_by(reader).filter(what=AuditWhat.CERTIFICATE_CHECKED)
    assert not checks.exists()
    client.get(address)
    logged_in(UserFactory()).get(address)
    assert [(check.by_id, check.about) for check in checks] == [(None, certificate.pk)] * 2


# --- The file --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def module_words() -> dict[str, str]:
    """What is planted into texts: markup of typst, formulas, letters of many scripts."""
    return {"title": '#panic("x") *b* $x$ =1+1', "name": "Dr 李明 \u05d0 #eval"}


def text_in(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_file_is_the_same_bytes_and_says_the_same(reader: User, module_words: dict[str, str]) -> None:
    reader.name = module_words["name"]
    reader.save()
    article = ArticleFactory(published=True, title=module_words["title"])
    certificate = make(ReadActivityFactory(user=reader, article=article))
    response = logged_in(reader).get(f"/cpd/certificates/{certificate.pk}/certificate.pdf")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="certificate-{code_of(certificate)}.pdf"'
    pdf = response.content
    assert give_out(certificate=certificate) == pdf
    kept = again(certificate)
    assert kept.pdf_sha256s == [hashlib.sha256(pdf).hexdigest()]
    text = text_in(pdf)
    for said in ("panic", "*b*", "李明", code_of(certificate), "10 min", "None: this is for time read"):
        assert said in text, said


def test_a_paper_that_cannot_be_set_is_said_and_the_certificate_stands(
    reader: User, reader_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> bytes:
        raise CannotBeSet

    certificate = CertificateFactory(user=reader)
    monkeypatch.setattr("cpd.certificate_paper.typeset", refuse)
    page = reader_client.get(f"{certificate.get_absolute_url()}certificate.pdf", follow=True)
    assert "could not be made just now" in page.text and "Valid" in page.text
    assert again(certificate).pdf_sha256s == []


@pytest.fixture
def issued(reader: User) -> tuple[str, bytes]:
    """The address at which a certificate is checked, and the bytes of its file."""
    certificate = CertificateFactory(user=reader)
    certificate.pdf_sha256s = [hashlib.sha256(PDF).hexdigest()]
    certificate.save(update_fields=["pdf_sha256s"])
    return f"/verify/{code_of(certificate)}/", PDF


PDF = b"%PDF-1.7 what was issued"


def sent(client: Client, address: str, content: bytes) -> str:
    answer = client.post(address, {"file": SimpleUploadedFile("certificate.pdf", content)})
    assert answer.status_code == 200
    return answer.text


def test_the_file_issued_is_told_so_and_any_other_is_not(client: Client, issued: tuple[str, bytes]) -> None:
    address, pdf = issued
    assert "This is the file issued." in sent(client, address, pdf)
    for other in (pdf + b" ", pdf[:-1], b"", b"\0" * 2_000_000):
        assert "This is not the file issued." in sent(client, address, other)


def test_no_file_is_told_beside_the_field(client: Client, issued: tuple[str, bytes]) -> None:
    answer = client.post(issued[0], {"file": "no file"})
    assert answer.status_code == 422
    assert "Choose the PDF first." in answer.text


def test_sending_a_file_needs_the_forms_token(issued: tuple[str, bytes]) -> None:
    guarded = Client(enforce_csrf_checks=True)
    assert guarded.post(issued[0], {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 403


# --- The holder's pages ----------------------------------------------------------------------------------------------


def test_making_one_from_the_activity(reader: User, reader_client: Client) -> None:
    activity = ReadActivityFactory(user=reader)
    assert f"/cpd/activities/{activity.pk}/certificate/" in reader_client.get(activity.get_absolute_url()).text
    page = reader_client.get(f"/cpd/activities/{activity.pk}/certificate/")
    assert page.status_code == 200 and "Dr Rea Reader" in page.text
    answer = reader_client.post(f"/cpd/activities/{activity.pk}/certificate/", {"id": uuid.uuid4()}, follow=True)
    certificate = Certificate.objects.get()
    assert answer.redirect_chain == [(certificate.get_absolute_url(), 302)]
    assert code_of(certificate) in answer.text
    assert certificate.article_title in reader_client.get("/cpd/certificates/").text


def test_an_activity_with_nothing_to_certify_says_why(reader: User, reader_client: Client) -> None:
    activity = ActivityFactory(user=reader)
    address = f"/cpd/activities/{activity.pk}/certificate/"
    assert address not in reader_client.get(activity.get_absolute_url()).text
    assert "read on Meducation" in reader_client.get(address).text
    assert reader_client.post(address, {"id": uuid.uuid4()}).status_code == 422
    assert reader_client.post(address, {"id": "nonsense"}).status_code == 422
    assert not Certificate.objects.exists()


def test_withdrawing_and_having_it_back(reader: User, reader_client: Client) -> None:
    certificate = CertificateFactory(user=reader)
    page = reader_client.post(f"{certificate.get_absolute_url()}withdraw/", follow=True)
    assert "Withdrawn" in page.text
    page = reader_client.post(f"{certificate.get_absolute_url()}restore/", follow=True)
    assert "Valid" in page.text


def test_a_strangers_certificate_does_not_exist(stranger_client: Client) -> None:
    address = CertificateFactory().get_absolute_url()
    assert stranger_client.get(address).status_code == 404
    assert stranger_client.get(f"{address}certificate.pdf").status_code == 404
    assert stranger_client.post(f"{address}withdraw/").status_code == 404
    assert stranger_client.post(f"{address}restore/").status_code == 404


def test_a_certificate_is_told_apart_by_no_words_of_a_person(reader: User) -> None:
    assert "Rea" not in str(CertificateFactory(user=reader))
    assert certificates.CODES.length * 4.58 > 50
