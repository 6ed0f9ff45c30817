"""Portfolios and packs: what goes in, that it is frozen, that every file is the same each time, and whose it is."""

import csv
import datetime
import errno
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from accounts.models import User
from cpd import catalogue
from cpd.actions.activities import NotYours
from cpd.actions.certificates import withdraw_certificate
from cpd.actions.packs import ask_for_file, ask_for_pack, delete_pack, freeze_pack, make_pack
from cpd.certificates import code_of, is_issued_file
from cpd.evidence.storing import store
from cpd.models import (
    Activity,
    AuditEvent,
    Certificate,
    Enrolment,
    Evidence,
    Pack,
    PackFile,
    PackFormat,
    PackKind,
    Provenance,
)
from cpd.portfolio import making, storing, work
from cpd.portfolio.contents import Chosen, Portfolio
from cpd.portfolio.gathering import gathered
from cpd.portfolio.in_words import data_of
from cpd.portfolio.keeping import FromNewer, from_json, to_json
from cpd.portfolio.log import counted
from cpd.portfolio.shapes import SHAPES
from cpd.portfolio.storing import remove_old
from cpd.portfolio.tables import as_csv, as_xlsx
from cpd.portfolio.totals import totals_of
from cpd.progress import Progress
from cpd.views import packs
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory, AttemptFactory
from tests.factories.cpd import (
    ActivityFactory,
    ArtefactFactory,
    CertificateFactory,
    EnrolmentFactory,
    EvidenceFactory,
    GoalFactory,
    PackFactory,
    PackFileFactory,
    PlacementFactory,
    ReadActivityFactory,
    ReflectionFactory,
)
from tests.support.verapdf import broken_rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder", "papers_folder")]
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)
TODAY = datetime.date(2026, 11, 23)
CHOICE = {
    "kind": "portfolio",
    "first": "2026-01-01",
    "last": "2026-12-31",
    "reflections": "shareable",
    "plan": "on",
    "requirements": "on",
}


def chosen(**other: Any) -> Chosen:
    return replace(Chosen(kind=PackKind.PORTFOLIO, first=FIRST, last=LAST), **other)


def said(user: User, **other: Any) -> Portfolio:
    return gathered(user, chosen(**other), today=TODAY).portfolio


def made(user: User, **other: Any) -> Pack:
    return make_pack(by=user, pack_id=uuid.uuid4(), portfolio=said(user, **other))


def file_of(pack: Pack, format: PackFormat) -> bytes:
    file = ask_for_file(by=pack.user, pack_id=pack.pk, format=format)
    work.go_on(file)
    file.refresh_from_db()
    assert file.problem == ""
    with storing.storage().open(file.stored_as) as content:
        return bytes(content.read())


def whole(response: Any) -> bytes:
    """What was downloaded, to its end: there the file is closed."""
    return b"".join(response.streaming_content)


# --- What goes in ----------------------------------------------------------------------------------------------------


def test_the_period_decides_and_what_was_deleted_stays_out(reader: User) -> None:
    ActivityFactory(user=reader, title="Before", done_on=datetime.date(2025, 12, 31))
    ActivityFactory(user=reader, title="Second", done_on=datetime.date(2026, 3, 1), minutes=30)
    ActivityFactory(user=reader, title="First", done_on=FIRST, minutes=60)
    ActivityFactory(user=reader, title="Deleted", done_on=FIRST, deleted_at=timezone.now())
    ActivityFactory(title="Somebody else's", done_on=FIRST)

    portfolio = said(reader)

    assert [entry.title for entry in portfolio.entries] == ["First", "Second"]
    assert portfolio.totals.minutes == 90


def test_a_private_reflection_stays_out_unless_its_owner_says_otherwise(reader: User) -> None:
    private = ReflectionFactory(user=reader, text="Only for me.")
    shown = ReflectionFactory(user=reader, text="For my appraiser.", is_shareable=True)
    ActivityFactory(user=reader, reflection=private, done_on=FIRST)
    ActivityFactory(user=reader, reflection=shown, done_on=LAST)

    def words(how: str) -> list[str]:
        return [text for entry in said(reader, reflections=how).entries for _, text in entry.reflection]

    assert words("shareable") == ["For my appraiser."]
    assert words("none") == []
    assert words("all") == ["Only for me.", "For my appraiser."]
    assert said(reader).totals.private_reflections == 1


def test_words_that_may_identify_a_patient_stay_out_until_they_are_confirmed(reader: User) -> None:
    reflection = ReflectionFactory(user=reader, text="Seen: NHS number 943 476 5919.", is_shareable=True)
    activity = ActivityFactory(user=reader, reflection=reflection, done_on=FIRST)

    found = gathered(reader, chosen(reflections="all"), today=TODAY)

    assert "943" not in str(found.portfolio)
    assert [each.address for each in found.to_mend] == [f"/cpd/activities/{activity.pk}/edit/"]
    reflection.identifiers_confirmed_at = timezone.now()
    reflection.save()
    assert "943" in str(said(reader))


def test_measured_and_claimed_stand_side_by_side(reader: User) -> None:
    ActivityFactory(
        user=reader,
        done_on=FIRST,
        minutes=15,
        provenance=Provenance.MEASURED,
        measured_seconds=14 * 60,
        offline_seconds=60,
    )
    ActivityFactory(user=reader, done_on=FIRST, minutes=60)

    portfolio = said(reader)

    assert (portfolio.totals.minutes, portfolio.totals.timed_claimed_minutes, portfolio.totals.timed_minutes) == (
        75,
        15,
        15,
    )
    assert [entry.offline_minutes for entry in portfolio.entries] == [1, 0]


def test_what_is_missing_leads_to_the_page_that_mends_it(reader: User, nmc: Enrolment) -> None:
    found = gathered(reader, chosen(kind=PackKind.NMC, papers=True), today=TODAY)

    accounts = [each for each in found.to_mend if "reflective accounts" in each.text]
    assert [each.address for each in accounts] == [f"/cpd/requirements/{nmc.pk}/reflective-account/new/"]
    assert [stand.framework for stand in found.portfolio.stands] == ["NMC revalidation"]


def test_a_pack_of_a_body_holds_its_papers_and_no_others(reader: User, nmc: Enrolment) -> None:
    gmc = EnrolmentFactory(user=reader, framework="uk-gmc")
    ArtefactFactory(enrolment=nmc, kind="reflective-account", done_on=FIRST, answers={"learned": "To ask."})
    ArtefactFactory(enrolment=gmc, kind="pdp", done_on=FIRST)
    activity = ActivityFactory(user=reader, done_on=FIRST)
    PlacementFactory(activity=activity, enrolment=nmc, category="participatory")
    PlacementFactory(activity=activity, enrolment=gmc, category="clinical")

    portfolio = said(reader, kind=PackKind.NMC, papers=True)

    assert [(each.title, len(each.papers)) for each in portfolio.sections if each.papers] == [
        ("Written reflective accounts", 1)
    ]
    assert [each.title for each in portfolio.sections][:2] == ["Practice hours", "Practice-related feedback"]
    assert {place.framework for entry in portfolio.entries for place in entry.places} <= {
        portfolio.stands[0].framework,
        "NMC",
    }
    assert len(portfolio.stands) == 1


@pytest.fixture
def nmc(reader: User) -> Enrolment:
    return EnrolmentFactory(user=reader, framework="uk-nmc", titles=["nurse"], anchor_on=datetime.date(2027, 9, 30))


# --- Frozen ----------------------------------------------------------------------------------------------------------


def full(user: User) -> Portfolio:
    """A record with a bit of everything, awkward words included."""
    reflection = ReflectionFactory(user=user, text="=1+1 and #panic(1) *b*\nline", is_shareable=True)
    activity = ActivityFactory(
        user=user, title='=HYPERLINK("http://evil") 李明 محمد', done_on=FIRST, reflection=reflection, is_highlight=True
    )
    content = b"%PDF-1.4 certificate"
    EvidenceFactory(
        user=user,
        activity=activity,
        meant_for=activity.pk,
        name="-cert.pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_as=store(io.BytesIO(content)),
    )
    ActivityFactory(user=user, title="@SUM(A1) #include <b>", done_on=LAST, minutes=45, tags=["+1"])
    GoalFactory(user=user, title="-Learn", outcome="It worked.", planned_on=FIRST)
    EnrolmentFactory(user=user, framework="uk-gmc", number="7654321")
    return said(user)


def test_json_and_back_is_the_same(reader: User) -> None:
    portfolio = full(reader)

    assert from_json(json.loads(json.dumps(to_json(portfolio)))) == portfolio


def test_one_from_a_newer_release_says_so(reader: User) -> None:
    with pytest.raises(FromNewer):
        from_json(to_json(full(reader)) | {"schema": "meducation-portfolio/2"})


@pytest.mark.slow
def test_what_was_made_stays_and_every_file_of_it_is_the_same_bytes_again(reader: User) -> None:
    full(reader)
    pack = made(reader)
    first = {format: file_of(pack, format) for format in PackFormat}
    Activity.objects.update(title="Changed since")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=40)):
        remove_old(timezone.now())
        assert not PackFile.objects.exclude(stored_as="").exists()
        again = {format: file_of(pack, format) for format in PackFormat}

    assert [format for format in PackFormat if first[format] != again[format]] == []
    rows = {row.format: row.sha256 for row in PackFile.objects.all()}
    assert rows == {format.value: hashlib.sha256(content).hexdigest() for format, content in first.items()}


def test_numbers_are_counted_for_each_person_and_the_same_form_makes_one(reader: User) -> None:
    key = uuid.uuid4()
    portfolio = said(reader)
    make_pack(by=reader, pack_id=key, portfolio=portfolio)
    make_pack(by=reader, pack_id=key, portfolio=portfolio)
    other = made(reader)

    assert [pack.number for pack in reader.packs.order_by("number")] == [1, 2]
    assert other.number == 2
    assert made(UserFactory()).number == 1
    assert AuditEvent.objects.filter(owner=reader, what="portfolio-made").count() == 2


# --- Files -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_pdf_is_tagged_has_bookmarks_and_says_what_is_in_it(reader: User) -> None:
    full(reader)
    pdf = file_of(made(reader), PackFormat.PDF)
    document = pypdf.PdfReader(io.BytesIO(pdf))
    text = "\n".join(page.extract_text() for page in document.pages)

    assert '=HYPERLINK("http://evil") 李明' in text
    assert "#include <b>" in text
    assert "=1+1 and #panic(1) *b*" in text
    assert "GMC" in text
    assert "It worked." in text
    names = [each.title for each in document.outline if not isinstance(each, list)]
    assert names == ["CPD portfolio"]
    assert [each.title for each in document.outline[1] if not isinstance(each, list)] == [
        "Totals",
        "Requirements",
        "Highlights",
        "Plan",
        "Log",
    ]
    assert broken_rules({"it": pdf}) == {"it": []}


def test_tables_hold_numbers_and_no_formula(reader: User) -> None:
    portfolio = full(reader)
    lines = list(csv.DictReader(io.StringIO(as_csv(portfolio).decode("utf-8-sig"))))

    assert [line["Title"] for line in lines] == ['\'=HYPERLINK("http://evil") 李明 محمد', "'@SUM(A1) #include <b>"]
    assert (lines[1]["Minutes claimed"], lines[1]["Hours claimed"]) == ("45", "0.75")
    assert lines[1]["Tags"] == "'+1"
    log = load_workbook(io.BytesIO(as_xlsx(portfolio)))["Log"]
    assert [cell.data_type for cell in log["D"][1:]] == ["s", "s"]
    assert log["D2"].value == '=HYPERLINK("http://evil") 李明 محمد'
    assert [cell.value for cell in log["G"][1:]] == [portfolio.entries[0].minutes, 45]


WORKBOOK = """
import sys
if sys.argv[1] == "without":
    sys.modules["lxml"] = None  # As if it were not installed.
import datetime, hashlib, django
django.setup()
from cpd.portfolio.contents import Portfolio
from cpd.portfolio.tables import as_xlsx
day = datetime.date(2026, 11, 1)
portfolio = Portfolio(kind="portfolio", name="Dr Zoë 李明", first=day, last=day, made_on=day)
print(hashlib.sha256(as_xlsx(portfolio)).hexdigest())
"""


@pytest.mark.slow
def test_a_workbook_has_the_same_bytes_with_lxml_and_without() -> None:
    # A variable that is set by somebody else is no matter either.
    environment = os.environ | {"OPENPYXL_LXML": "True", "DJANGO_SETTINGS_MODULE": "meducation.settings"}

    def digest(how: str) -> str:
        command = [sys.executable, "-c", WORKBOOK, how]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout

    assert digest("with") == digest("without") != ""


@pytest.mark.slow
def test_the_zip_holds_everything_and_its_page_leads_to_each_file(reader: User) -> None:
    full(reader)
    bundle = zipfile.ZipFile(io.BytesIO(file_of(made(reader), PackFormat.ZIP)))
    names = bundle.namelist()
    page = bundle.read("index.html").decode()

    assert bundle.testzip() is None
    assert {"index.html", "style.css", "portfolio.pdf", "portfolio.xlsx", "portfolio.csv", "portfolio.json"} < set(
        names
    )
    assert bundle.read("evidence/1--cert.pdf") == b"%PDF-1.4 certificate"
    assert 'href="evidence/1--cert.pdf"' in page
    assert "http://" not in page.replace("http://evil", "")
    assert "<script" not in page
    sums = dict(line.split("  ")[::-1] for line in bundle.read("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(bundle.read(name)).hexdigest() for name in names if name != "SHA256SUMS"}


@pytest.mark.slow
def test_evidence_deleted_since_is_told_and_nothing_half_is_left(reader: User, papers_folder: Path) -> None:
    full(reader)
    pack = made(reader)
    Evidence.objects.update(deleted_at=timezone.now())
    file = ask_for_file(by=reader, pack_id=pack.pk, format=PackFormat.ZIP)

    work.go_on(file)

    file.refresh_from_db()
    assert (file.problem, file.stored_as) == (work.GONE, "")
    assert not [path for path in papers_folder.rglob("*") if path.is_file()]


def test_a_full_disk_leaves_no_half_file(reader: User, papers_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    file = ask_for_file(by=reader, pack_id=made(reader).pk, format=PackFormat.CSV)

    work.go_on(file)

    file.refresh_from_db()
    assert file.problem == work.NO_ROOM
    assert not [path for path in papers_folder.rglob("*") if path.is_file()]


@pytest.mark.slow
def test_a_large_one_is_made_by_the_queue_and_its_owner_gets_a_mail(reader: User) -> None:
    ActivityFactory.create_batch(151, user=reader, done_on=FIRST)
    file = ask_for_file(by=reader, pack_id=made(reader).pk, format=PackFormat.PDF)

    work.go_on(file)

    assert DBTaskResult.objects.filter(task_path=work.make_pack_file.module_path).count() == 1
    file.refresh_from_db()
    assert file.is_at_work
    assert work.make_pack_file.func(str(file.pk))
    assert not work.make_pack_file.func(str(file.pk)), "the second has nothing left to do"
    assert [message.to for message in mail.outbox] == [[reader.email]]
    assert f"/cpd/portfolio/{file.pack_id}/" in mail.outbox[0].body


# --- Certificates ----------------------------------------------------------------------------------------------------


def certificate_of(user: User, title: str, *, is_dental: bool = False, **activity: Any) -> Certificate:
    wanted = {"gdc_outcomes": "AC", "reviewed_by": "Dr Rhea Viewer"} if is_dental else {}
    article = ArticleFactory(published=True, title=title, questions=2, **wanted)
    if is_dental:
        AttemptFactory(user=user, article=article, right=2)
    # No row can be given another day: the day of the reading is what the certificate has.
    day = {"done_on": TODAY} | activity
    certificate: Certificate = CertificateFactory(
        user=user, activity=ReadActivityFactory(user=user, article=article, **day)
    )
    return certificate


@time_machine.travel("2026-11-23 12:00:00+00:00", tick=False)
def test_a_gdc_pack_lists_the_certificates_of_its_period_and_whether_they_are_verifiable(reader: User) -> None:
    EnrolmentFactory(user=reader, framework="uk-gdc")
    verifiable = certificate_of(reader, "Caries", is_dental=True)
    plain = certificate_of(reader, "Delirium")
    withdraw_certificate(by=reader, certificate_id=certificate_of(reader, "Withdrawn").pk)
    left_out = certificate_of(reader, "Left out")
    earlier = certificate_of(reader, "Read before", done_on=datetime.date(2025, 12, 30))
    certificate_of(UserFactory(), "Somebody else's")
    assert left_out.activity is not None

    portfolio = said(reader, kind=PackKind.GDC, left_out=frozenset({left_out.activity.pk}))

    lines = {line.id: line for line in portfolio.certificates}
    assert set(lines) == {str(each.pk) for each in (verifiable, plain, earlier)}
    words = {each["title"]: each for each in data_of(portfolio)["certificates"]}
    assert words["Caries"]["verifiable"] == "10 min, outcomes A, C"
    assert words["Caries"]["code"] == code_of(verifiable)
    assert words["Delirium"]["verifiable"] == "Not all that the GDC asks of verifiable CPD is on it"
    assert not said(reader, kind=PackKind.GMC).certificates
    before = said(reader, kind=PackKind.GDC, first=datetime.date(2025, 1, 1), last=datetime.date(2025, 12, 31))
    assert [line.id for line in before.certificates] == [str(earlier.pk)]
    assert from_json(json.loads(json.dumps(to_json(portfolio)))) == portfolio
    sheet = load_workbook(io.BytesIO(as_xlsx(portfolio)))["Certificates"]
    assert {cell.value for cell in sheet["B"][1:]} == {"Caries", "Delirium", "Read before"}


@pytest.mark.slow
def test_the_zip_of_a_gdc_pack_holds_the_certificates_as_they_are_given_out(reader: User, tmp_path: Path) -> None:
    EnrolmentFactory(user=reader, framework="uk-gdc")
    certificate = certificate_of(reader, "Caries", is_dental=True)
    pack = made(reader, kind=PackKind.GDC, last=datetime.date(2100, 1, 1))
    file = ask_for_file(by=reader, pack_id=pack.pk, format=PackFormat.ZIP)

    work.go_on(file)

    assert DBTaskResult.objects.count() == 1, "Papers are set by the queue."
    assert work.make_pack_file.func(str(file.pk))
    file.refresh_from_db()
    with storing.storage().open(file.stored_as) as content, zipfile.ZipFile(io.BytesIO(content.read())) as bundle:
        name = f"certificates/1-{code_of(certificate)}.pdf"
        paper = bundle.read(name)
        assert f'href="{name}"' in bundle.read("index.html").decode()
        assert hashlib.sha256(paper).hexdigest() in bundle.read("SHA256SUMS").decode()
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bundle.read("portfolio.pdf"))).pages)
    assert code_of(certificate) in text
    assert "10 min, outcomes A, C" in text
    certificate.refresh_from_db()
    assert is_issued_file(certificate, hashlib.sha256(paper).hexdigest())


def test_a_cycle_of_several_years_has_its_years(reader: User) -> None:
    EnrolmentFactory(user=reader, framework="uk-gdc", titles=["dentist"], anchor_on=datetime.date(2025, 1, 1))
    for day in (datetime.date(2025, 6, 1), FIRST, LAST):
        ActivityFactory(user=reader, minutes=90, done_on=day)

    [stand] = said(reader, kind=PackKind.GDC, first=datetime.date(2025, 3, 1)).stands

    assert [(year.first.isoformat(), year.last.isoformat(), year.activities, year.minutes) for year in stand.years] == [
        ("2025-03-01", "2025-12-31", 1, 90),
        ("2026-01-01", "2026-12-31", 2, 180),
    ]


# --- Long records ----------------------------------------------------------------------------------------------------


def preview_of(client: Client, **posted: Any) -> Any:
    if posted:
        return client.post("/cpd/portfolio/preview/", posted, query_params=CHOICE)
    return client.get("/cpd/portfolio/preview/", CHOICE)


def posted_by(page: Any, **other: Any) -> dict[str, Any]:
    """What a browser sends of the preview: its hidden fields, and what is ticked."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    ticked = re.findall(r'name="leave_out" value="([^"]+)" id="\S+" checked', page.content.decode())
    return dict(hidden) | {"leave_out": ticked} | other


def test_what_is_only_counted_comes_to_the_same_as_what_is_read(reader: User) -> None:
    full(reader)
    timed = {"provenance": Provenance.MEASURED, "measured_seconds": 600, "offline_seconds": 31}
    ActivityFactory(user=reader, done_on=FIRST, participatory_minutes=2, **timed)
    for is_shareable in (True, False):
        words = ReflectionFactory(user=reader, is_shareable=is_shareable, text="Ask earlier.")
        ActivityFactory(user=reader, done_on=FIRST, reflection=words)
    for reflections in ("none", "shareable", "all"):
        choice = chosen(reflections=reflections)
        assert totals_of(counted(reader, choice)) == gathered(reader, choice, today=TODAY).portfolio.totals


def test_a_preview_reads_a_page_and_counts_the_rest(
    reader: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(reader)
    monkeypatch.setattr(packs, "MOST_SHOWN", 2)
    for number in range(5):
        words = ReflectionFactory(user=reader, text=f"Ask Mr John Smith, {number}.", is_shareable=True)
        day = FIRST + datetime.timedelta(days=number)
        ActivityFactory(user=reader, title=f"Activity {number}", minutes=60, done_on=day, reflection=words)

    first = preview_of(client)
    second = preview_of(client, **posted_by(first, show="2"))

    assert [page.status_code for page in (first, second)] == [200, 200]
    for page, titles in ((first, "01"), (second, "23")):
        said = page.content.decode()
        assert "<dt>Activities</dt><dd>5</dd>" in said
        assert "5 h" in said
        assert [number for number in "01234" if f'Leave it out<span class="vh">: Activity {number}' in said] == [
            *titles
        ]
        assert len([each for each in page.context["to_mend"] if "may identify a patient" in each.text]) == 2
    assert not Pack.objects.exists()


def test_ticks_stay_while_pages_are_turned(reader: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(reader)
    monkeypatch.setattr(packs, "MOST_SHOWN", 2)
    made_of = [ActivityFactory(user=reader, done_on=FIRST + datetime.timedelta(days=number)) for number in range(6)]
    ids = [str(activity.pk) for activity in made_of]

    first = preview_of(client)
    second = preview_of(client, **posted_by(first, leave_out=[ids[0]], show="2"))
    third = preview_of(client, **posted_by(second, leave_out=[ids[3]], show="3"))
    again = preview_of(client, **posted_by(third, show="1"))
    assert posted_by(again)["leave_out"] == [ids[0]]
    assert posted_by(again)["elsewhere"] == ids[3]
    preview_of(client, **posted_by(again, leave_out=[]))

    assert Pack.objects.get().entries == [made_of[number].pk for number in (0, 1, 2, 4, 5)]


def test_ticks_come_back_after_a_sign_in(reader: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(reader)
    monkeypatch.setattr(packs, "MOST_SHOWN", 2)
    made_of = [ActivityFactory(user=reader, done_on=FIRST + datetime.timedelta(days=number)) for number in range(4)]
    ids = [str(activity.pk) for activity in made_of]
    sent = posted_by(preview_of(client), elsewhere=ids[0], leave_out=[ids[2]], shown="2")
    client.logout()
    assert preview_of(client, **sent).status_code == 302
    assert not Pack.objects.exists()
    client.force_login(reader)

    back = preview_of(client)

    assert "We kept what you had typed" in back.content.decode()
    assert posted_by(back) | {"csrfmiddlewaretoken": "", "owner": ""} == sent | {"csrfmiddlewaretoken": "", "owner": ""}
    preview_of(client, **posted_by(back))
    assert Pack.objects.get().entries == [made_of[1].pk, made_of[3].pk]


@pytest.mark.parametrize("wrong", [{"show": "x"}, {"show": "9" * 5000}, {"shown": "-1"}, {"elsewhere": "a\x00b"}])
def test_a_page_that_is_none_makes_nothing(reader: User, client: Client, wrong: dict[str, str]) -> None:
    client.force_login(reader)
    ActivityFactory(user=reader, done_on=FIRST)

    page = preview_of(client, id=str(uuid.uuid4()), **wrong)

    assert page.status_code in (200, 422)
    assert not Pack.objects.exists()


def test_a_long_one_is_put_together_by_the_queue(reader: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(reader)
    monkeypatch.setattr(work, "ENTRIES_AT_ONCE", 2)
    monkeypatch.setattr(making, "ENTRIES_AT_ONCE", 2)
    words = ReflectionFactory(user=reader, text="Ask Mr John Smith.", is_shareable=True)
    kept = [ActivityFactory(user=reader, title=f"Kept {number}", done_on=FIRST) for number in range(2)]
    kept.append(ActivityFactory(user=reader, title="With a name", done_on=LAST, reflection=words))
    out = ActivityFactory(user=reader, title="Left out", done_on=LAST)
    gone = ActivityFactory(user=reader, title="Deleted", done_on=LAST)

    answer = preview_of(client, **posted_by(preview_of(client), leave_out=[str(out.pk)]))

    pack = Pack.objects.get()
    assert answer["Location"] == f"{pack.get_absolute_url()}#files"
    assert not pack.is_frozen
    page = client.get(pack.get_absolute_url())
    assert "It has 4 activities." in page.content.decode()
    assert "Waiting for its turn." in page.content.decode()
    assert "Excel" not in page.content.decode()
    file = pack.files.get()
    assert client.get(f"/cpd/portfolio/{pack.pk}/pdf/progress/").json()["is_waiting"]
    # What is added now is not in it; what is deleted now is out; what is changed now is as it was changed.
    ActivityFactory(user=reader, title="Added since", done_on=FIRST)
    Activity.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    Activity.objects.filter(pk=kept[0].pk).update(title="Changed meanwhile")

    assert work.make_pack_file.func(str(file.pk))

    pack.refresh_from_db()
    said = from_json(pack.contents)
    assert {entry.title for entry in said.entries} == {"Changed meanwhile", "Kept 1", "With a name"}
    assert set(pack.entries) == {activity.pk for activity in kept}
    assert said.totals.private_reflections == 1
    assert (said.number, pack.asks) == (1, {})
    assert [message.to for message in mail.outbox] == [[reader.email]]
    Activity.objects.update(title="Changed since")
    page = client.get(pack.get_absolute_url())
    assert "Changed meanwhile" in page.content.decode()
    assert "Changed since" not in page.content.decode()
    assert AuditEvent.objects.filter(owner=reader, what="portfolio-made").count() == 1


def test_one_deleted_before_its_turn_is_no_matter(reader: User) -> None:
    ActivityFactory(user=reader, done_on=FIRST)
    pack = ask_for_pack(by=reader, pack_id=uuid.uuid4(), chosen=chosen(), activities=[])
    file = ask_for_file(by=reader, pack_id=pack.pk, format=PackFormat.CSV)
    again = ask_for_pack(by=reader, pack_id=pack.pk, chosen=chosen(), activities=[])
    assert again == pack
    with pytest.raises(NotYours):
        ask_for_pack(by=UserFactory(), pack_id=pack.pk, chosen=chosen(), activities=[])
    stale = PackFile.objects.select_related("pack__user__profile").get(pk=file.pk)
    delete_pack(by=reader, pack_id=pack.pk)

    with pytest.raises(Pack.DoesNotExist):
        freeze_pack(pack_id=pack.pk, portfolio=said(reader))
    assert not work._make(stale, Progress())
    assert not work.make_pack_file.func(str(file.pk))


def test_what_waits_is_in_no_archive(reader: User) -> None:
    ask_for_pack(by=reader, pack_id=uuid.uuid4(), chosen=chosen(), activities=[])
    assert not reader.packs.frozen().exists()
    made(reader)
    assert reader.packs.frozen().get().number == 2


def test_a_page_of_a_long_one_says_what_all_of_it_comes_to(
    reader: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(reader)
    monkeypatch.setattr(packs, "MOST_SHOWN", 2)
    ActivityFactory.create_batch(3, user=reader, done_on=FIRST, is_highlight=True)
    address = made(reader).get_absolute_url()

    page = client.get(address, {"page": 2})

    assert "<dt>Activities</dt><dd>3</dd>" in page.content.decode()
    assert "Page 2 of 2" in page.content.decode()
    assert len(page.context["shown"]["highlights"]) == 3
    assert [len(month["entries"]) for month in page.context["shown"]["months"]] == [1]


# --- Pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_ones_own_bodies_are_offered_before_others(reader: User, nmc: Enrolment, client: Client) -> None:
    client.force_login(reader)
    for address in ("/cpd/portfolio/", "/cpd/portfolio/preview/?kind=nonsense"):
        offered = re.findall(r'type="radio" name="kind" value="([^"]+)"', re.sub(r"\s+", " ", client.get(address).text))
        assert offered[:2] == ["portfolio", "uk-nmc"] and sorted(offered) == sorted(PackKind.values), address


def test_from_the_choice_to_the_file(reader: User, client: Client) -> None:
    client.force_login(reader)
    kept = ActivityFactory(user=reader, title="Kept in", done_on=FIRST)
    out = ActivityFactory(user=reader, title="Left out", done_on=FIRST)
    assert client.get("/cpd/portfolio/").status_code == 200

    page = client.get("/cpd/portfolio/preview/", CHOICE)

    assert "Kept in" in page.content.decode()
    key = page.context["make"]["id"].value()
    answer = client.post(
        "/cpd/portfolio/preview/", {"id": key, "leave_out": str(out.pk)}, query_params=CHOICE, follow=True
    )
    assert answer.redirect_chain == [(f"/cpd/portfolio/{key}/#files", 302)]
    assert "Left out" not in answer.content.decode().replace("Leave", "")
    pack = Pack.objects.get()
    assert pack.entries == [kept.pk]
    pdf = client.get(f"/cpd/portfolio/{key}.pdf")
    assert whole(pdf).startswith(b"%PDF")
    assert pdf["Content-Disposition"] == 'attachment; filename="portfolio-1.pdf"'
    assert pdf["Cache-Control"] == "no-store, private"
    client.post(f"/cpd/portfolio/{key}/csv/make/")
    table = client.get(f"/cpd/portfolio/{key}.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert b"Kept in" in whole(table)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": "2026-13-01"},
        {"first": "2027-01-01"},
        {"first": "0001-01-01"},
        {"kind": "uk-xyz"},
        {"reflections": "\ud800"},
        {"last": "9" * 100_000},
        {"first": ""},
    ],
)
def test_a_choice_that_makes_no_sense_is_a_sentence(reader: User, client: Client, wrong: dict[str, str]) -> None:
    client.force_login(reader)
    query = CHOICE | {name: value.encode("utf-8", "surrogatepass").decode("latin-1") for name, value in wrong.items()}

    page = client.get("/cpd/portfolio/preview/", query)

    assert page.status_code == 422
    assert "There is a problem" in page.content.decode()


@pytest.mark.parametrize("posted", [{}, {"id": "x"}, {"id": str(uuid.uuid4()), "leave_out": str(uuid.uuid4())}])
def test_a_form_that_is_not_ours_makes_nothing(reader: User, client: Client, posted: dict[str, str]) -> None:
    client.force_login(reader)

    page = client.post("/cpd/portfolio/preview/", posted, query_params=CHOICE)

    assert page.status_code == 422
    assert not Pack.objects.exists()


def test_a_strangers_does_not_exist(reader: User, client: Client) -> None:
    client.force_login(reader)
    pack = PackFactory()
    PackFileFactory(pack=pack)

    for address in ("/", "/delete/", "/pdf/progress/", ".pdf", ".exe"):
        assert client.get(f"/cpd/portfolio/{pack.pk}{address}").status_code == 404
    assert client.post(f"/cpd/portfolio/{pack.pk}/pdf/make/").status_code == 404
    assert client.post("/cpd/portfolio/preview/", {"id": pack.pk}, query_params=CHOICE).status_code == 404


def test_deleting_asks_once_and_takes_the_files(
    reader: User, client: Client, papers_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(reader)
    pack = made(reader)
    file_of(pack, PackFormat.CSV)
    assert "cannot be had back" in client.get(f"/cpd/portfolio/{pack.pk}/delete/").content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/cpd/portfolio/{pack.pk}/delete/")

    assert not Pack.objects.exists()
    assert not [path for path in papers_folder.rglob("*") if path.is_file()]


def test_files_that_no_row_names_go_at_night(papers_folder: Path) -> None:
    stored = storing.store(io.BytesIO(b"left over"))

    assert remove_old(timezone.now()) == {"papers": 0}, "its row may be on its way"
    assert remove_old(timezone.now() + datetime.timedelta(hours=2)) == {"papers": 1}
    assert not (papers_folder / stored.name).exists()


@time_machine.travel("2026-11-23 12:00:00+00:00", tick=False)
@pytest.mark.parametrize(
    ("kind", "period", "first"),
    [
        ("uk-nmc", "usual", "2024-04-01"),
        ("uk-gdc", "usual", "2024-08-01"),
        ("uk-gdc", "year", "2026-08-01"),
        ("uk-hcpc", "usual", "2026-01-01"),  # Not chosen: the person's own year.
        ("portfolio", "usual", "2026-01-01"),
        ("soar", "year", "2026-01-01"),
        ("ca-rcpsc-moc", "usual", "2026-01-01"),  # One of five.
        ("uk-nmc", "other", "2026-02-03"),
        ("uk-nmc", "", "2026-02-03"),
    ],
)
def test_a_pack_is_about_what_its_body_asks_for_unless_days_are_named(
    reader: User, client: Client, kind: str, period: str, first: str
) -> None:
    EnrolmentFactory(user=reader, framework="uk-nmc", anchor_on=datetime.date(2027, 3, 31))
    EnrolmentFactory(
        user=reader, framework="uk-gdc", titles=["dental-nurse"], anchor_on=datetime.date(2024, 8, 1), number="1"
    )
    EnrolmentFactory(user=reader, framework="ca-rcpsc-moc", anchor_on=datetime.date(2025, 1, 1), number="2")
    client.force_login(reader)
    named = {"first": "2026-02-03", "last": "2026-11-23"} if period in ("other", "") else {"first": "", "last": "x"}

    page = client.get("/cpd/portfolio/preview/", {"kind": kind, "reflections": "none", "period": period, **named})

    portfolio = page.context["portfolio"]
    assert (portfolio.first.isoformat(), portfolio.last.isoformat()) == (first, "2026-11-23")


@time_machine.travel("2026-11-23 12:00:00+00:00", tick=False)
def test_the_form_says_from_when_each_period_is(reader: User, client: Client) -> None:
    EnrolmentFactory(user=reader, framework="uk-gdc", titles=["dentist"], anchor_on=datetime.date(2024, 1, 1))
    client.force_login(reader)

    page = client.get("/cpd/portfolio/")

    assert "GDC: from 1 January 2024, its present year from 1 January 2026." in page.content.decode()
    assert "Your own CPD year: from 1 January 2026." in page.content.decode()


def test_a_preview_asks_the_same_number_of_queries_for_many(reader: User, client: Client) -> None:
    client.force_login(reader)
    EnrolmentFactory(user=reader, framework="uk-gmc")

    def queries() -> int:
        client.get("/cpd/portfolio/preview/", CHOICE)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/cpd/portfolio/preview/", CHOICE).status_code == 200
        return len(captured)

    ActivityFactory(user=reader, done_on=FIRST)
    few = queries()
    for _ in range(30):
        activity = ActivityFactory(user=reader, done_on=FIRST, reflection=ReflectionFactory(user=reader))
        EvidenceFactory(user=reader, activity=activity, meant_for=activity.pk)
        GoalFactory(user=reader, planned_on=FIRST)
    assert queries() == few <= 12


def test_every_pack_names_only_papers_its_body_has() -> None:
    for kind, shape in SHAPES.items():
        framework = catalogue.framework(kind.framework)
        versions = framework.versions if framework is not None else ()
        known = {each.id for version in versions for each in version.artefacts}
        assert {each for asked in shape for each in asked.kinds} <= known


def test_every_pack_of_a_body_is_of_a_framework_we_have() -> None:
    of_bodies = [kind.framework for kind in PackKind if kind.framework]
    assert len(of_bodies) == 9
    assert all(catalogue.framework(framework) is not None for framework in of_bodies)


# --- Logs for other programs, and the HCPC's list ---------------------------------------------------------------------


def lines_of(portfolio: Portfolio) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(portfolio).decode("utf-8-sig"))))


def test_soar_gets_bare_numbers() -> None:
    user = UserFactory()
    words = ReflectionFactory(user=user, text="Ask first.", is_shareable=True)
    ActivityFactory(
        user=user, title="=Ward round", kind="teaching", provider="Trust", minutes=90, done_on=TODAY, reflection=words
    )
    portfolio = said(user, kind=PackKind.SOAR, papers=True)
    assert lines_of(portfolio) == [
        ["Title", "Description", "Learning and reflections", "Credits"],
        ["'=Ward round", "Teaching or training others, Trust, 23/11/2026", "What happened? Ask first.", "1.50"],
    ]
    assert [section.title for section in portfolio.sections] == ["Collective reflection"]


def test_the_royal_college_gets_a_line_for_each_article_and_nothing_else() -> None:
    user = UserFactory()
    ActivityFactory(user=user, title="Delirium", kind="reading", done_on=TODAY)
    ActivityFactory(user=user, title="A course", kind="course", done_on=TODAY)
    portfolio = said(user, kind=PackKind.RCPSC)
    assert lines_of(portfolio) == [["Title", "Date", "Learning outcome"], ["Delirium", "2026-11-23", ""]]


def test_the_royal_college_takes_a_calendar_year_at_a_time() -> None:
    user = UserFactory()
    sentence = "The Royal College takes one file for each calendar year."
    both = gathered(user, chosen(kind=PackKind.RCPSC, first=datetime.date(2025, 7, 1)), today=TODAY)
    assert sentence in [each.text for each in both.to_mend]
    one = gathered(user, chosen(kind=PackKind.RCPSC), today=TODAY)
    assert sentence not in [each.text for each in one.to_mend]


def test_fourteenfish_gets_one_entry_with_all_hours() -> None:
    user = UserFactory()
    ActivityFactory.create_batch(2, user=user, minutes=50, done_on=TODAY)
    [section] = said(user, kind=PackKind.FOURTEENFISH, papers=True).sections
    assert section.note == "Add one CPD entry of 1.67 hours there, and attach this document to it."


def test_gaps_in_the_hcpcs_list_are_named() -> None:
    user = UserFactory()
    EnrolmentFactory(user=user, framework="uk-hcpc")
    for month in (1, 2, 8, 11):
        ActivityFactory(user=user, done_on=datetime.date(2026, month, 10))
    portfolio = said(user, kind=PackKind.HCPC, papers=True, last=TODAY)
    notes = {section.title: section.note for section in portfolio.sections}
    gaps = "10 February 2026 to 10 August 2026, 10 August 2026 to 10 November 2026"
    assert notes["Gaps of three months or more"] == f"Nothing is recorded for {gaps}."


def test_long_answers_say_how_many_words_they_have() -> None:
    user = UserFactory()
    enrolment = EnrolmentFactory(user=user, framework="uk-hcpc")
    ArtefactFactory(
        enrolment=enrolment, kind="cpd-profile", done_on=TODAY, answers={"summary": "Six words of my own practice."}
    )
    portfolio = said(user, kind=PackKind.HCPC, papers=True)
    [paper] = portfolio.sections[0].papers
    assert ("Summary of your practice (6 words)", "Six words of my own practice.") in paper.answers
