"""Links to a portfolio: what was frozen is shown and nothing beside it, and without it nothing at all."""

import datetime
import io
import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from cpd.actions import NotYours, SentAlready
from cpd.actions.packs import ask_for_file, delete_pack, make_pack
from cpd.actions.sharing import Refused, choose_entries, make_link, start_link
from cpd.evidence.storing import store
from cpd.models import AuditEvent, AuditWhat, Pack, PackFile, PackFormat, PackKind, ShareComment, ShareLink
from cpd.portfolio import making, work
from cpd.portfolio.contents import Chosen
from cpd.portfolio.gathering import gathered
from cpd.sharing import open_link, token_of
from tests.cpd.test_sharing import FIELDS, address, come, posted
from tests.factories.cpd import (
    ActivityFactory,
    EvidenceFactory,
    PackFactory,
    PackFileFactory,
    ReflectionFactory,
    ShareEntryFactory,
    ShareLinkFactory,
)
from tests.support import files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder", "papers_folder")]
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test is kept waiting by another's tries."""
    cache.clear()


def made(user: User, **chosen: Any) -> Pack:
    """A portfolio of what the record says now."""
    choice = Chosen(kind=PackKind.PORTFOLIO, first=FIRST, last=LAST, **chosen)
    found = gathered(user, choice, today=datetime.date(2026, 11, 23))
    return make_pack(by=user, pack_id=uuid.uuid4(), portfolio=found.portfolio)


def shown(user: User, pack: Pack) -> ShareLink:
    """A link to it that is on."""
    link = make_link(by=user, link_id=uuid.uuid4(), fields=FIELDS, pack_id=pack.pk).link
    return start_link(by=user, link_id=link.pk)


def fetched(visitor: Client, path: str) -> tuple[int, bytes]:
    """The status of an answer and all of it, whether it is a page or a file."""
    answer: Any = visitor.get(path)
    # Read to its end, a file is closed.
    return answer.status_code, b"".join(answer)


# --- Making one ------------------------------------------------------------------------------------------------------


def test_the_form_offers_ones_portfolios_and_asks_nothing_that_they_froze(reader_client: Client, reader: User) -> None:
    assert "What do you share?" not in reader_client.get("/cpd/shares/new/").text
    pack, theirs = PackFactory(user=reader), PackFactory()
    form = reader_client.get(f"/cpd/shares/new/?pack={pack.pk}").text
    assert re.search(rf'value="{pack.pk}"\s+selected', form) and str(theirs.pk) not in form
    # Of the period nothing is asked, so what stands there may be nonsense.
    answer = reader_client.post("/cpd/shares/new/", posted(pack=pack.pk, first_on="", last_on="nonsense"))
    link = reader.share_links.get()
    assert answer.status_code == 302 and link.pack == pack and link.is_of_pack
    assert (link.first_on, link.last_on) == (pack.first_on, pack.last_on)
    assert not (link.with_plan or link.with_requirements or link.with_files or link.with_reflections)
    page = reader_client.get(link.get_absolute_url()).text
    assert f"CPD portfolio {pack.number}" in page and "Choose activities" not in page
    assert f"CPD portfolio {pack.number}" in reader_client.get("/cpd/shares/").text
    assert reader_client.get(f"{link.get_absolute_url()}entries/").status_code == 404
    assert reader_client.post(f"{link.get_absolute_url()}entries/").status_code == 404


def test_a_portfolio_page_leads_to_the_form(reader_client: Client, reader: User) -> None:
    pack = PackFactory(user=reader)
    page = reader_client.get(pack.get_absolute_url()).text
    assert "Share this with your appraiser" in page and f"/cpd/shares/new/?pack={pack.pk}" in page


@pytest.mark.parametrize("pack", [uuid.uuid4(), "no-key", "a\x00b", "9" * 10_000])
def test_what_is_none_of_ones_portfolios_makes_no_link(reader_client: Client, reader: User, pack: Any) -> None:
    # Above all not one to a whole period, which nobody asked for.
    answer = reader_client.post("/cpd/shares/new/", posted(pack=pack))
    assert answer.status_code == 422 and "Choose one of the list" in answer.text
    assert "Appraisal with Dr Khan" in answer.text
    assert reader_client.get("/cpd/shares/new/", {"pack": str(pack)[:100].replace("\x00", "")}).status_code == 200
    assert not ShareLink.objects.exists()


def test_a_strangers_portfolio_cannot_be_shared(reader: User, reader_client: Client) -> None:
    theirs = PackFactory()
    with pytest.raises(NotYours):
        make_link(by=reader, link_id=uuid.uuid4(), fields=FIELDS, pack_id=theirs.pk)
    assert reader_client.post("/cpd/shares/new/", posted(pack=theirs.pk)).status_code == 422
    # Nor is it shown when a row says so.
    link = ShareLinkFactory(user=reader, is_on=True, to_pack=True, pack=theirs)
    assert Client().get(address(link)).status_code == 410
    assert Client().get(address(link, "portfolio.json")).status_code == 410


def test_the_same_form_twice_is_one_link_to_it(reader: User) -> None:
    pack, key = PackFactory(user=reader), uuid.uuid4()
    assert make_link(by=reader, link_id=key, fields=FIELDS, pack_id=pack.pk).is_new
    assert not make_link(by=reader, link_id=key, fields=FIELDS, pack_id=pack.pk).is_new
    with pytest.raises(SentAlready):
        make_link(by=reader, link_id=key, fields=FIELDS, pack_id=PackFactory(user=reader).pk)
    with pytest.raises(SentAlready):
        make_link(by=reader, link_id=key, fields=FIELDS)


def test_what_it_shows_stays_when_the_link_is_edited(reader_client: Client, reader: User) -> None:
    ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    link = shown(reader, PackFactory(user=reader))
    path = f"{link.get_absolute_url()}edit/"
    assert "Activities of a period" not in reader_client.get(path).text
    answer = reader_client.post(path, posted(version=1, days=3, with_plan=True, pack="", audience="Dr Wu"))
    assert answer.status_code == 302
    link.refresh_from_db()
    assert (link.audience, link.days, link.is_of_pack, link.with_plan) == ("Dr Wu", 3, True, False)
    with pytest.raises(ShareLink.DoesNotExist):
        choose_entries(by=reader, link_id=link.pk, shown=[], ticked=[])
    assert not link.entries.exists()


# --- What it shows ---------------------------------------------------------------------------------------------------


def test_it_shows_what_was_frozen_whatever_becomes_of_the_record(reader_client: Client, reader: User) -> None:
    activity = ActivityFactory(user=reader, title="Chest pain course", done_on=datetime.date(2026, 3, 1), minutes=75)
    pack = made(reader)
    link = shown(reader, pack)
    activity.title = "Renamed"
    activity.save()
    ActivityFactory(user=reader, title="Recorded later", done_on=datetime.date(2026, 3, 2))
    page = Client().get(address(link)).text
    preview = reader_client.get(f"{link.get_absolute_url()}preview/").text
    for words in (page, preview):
        assert "Chest pain course" in words and "1 h 15 min" in words and "1 January 2026 to 31 December 2026" in words
        assert f"CPD portfolio {pack.number}" in words and f"Template {pack.template_version}" in words
        assert pack.sha256 in words and "Dr Rea Reader" in words
        assert "Renamed" not in words and "Recorded later" not in words
    assert "/s/" not in preview
    assert [line.what for line in AuditEvent.objects.owned_by(reader).filter(about=link.pk)] == [
        AuditWhat.LINK_MADE,
        AuditWhat.LINK_OPENED,
    ]


def test_what_the_portfolio_left_out_cannot_be_reached_in_any_way(reader: User) -> None:
    private = ReflectionFactory(user=reader, text="Only for me.", is_shareable=False)
    activity = ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1), reflection=private)
    left_out = ActivityFactory(user=reader, title="Left out", done_on=datetime.date(2026, 3, 2))
    file = EvidenceFactory(user=reader, activity=activity, name="letter.pdf", stored_as=store(io.BytesIO(files.pdf())))
    pack = made(reader, left_out=frozenset([left_out.pk]))
    for format in PackFormat:
        work.go_on(ask_for_file(by=reader, pack_id=pack.pk, format=format))
    link = shown(reader, pack)
    # Even if rows said more than any form lets them say.
    for each in (activity, left_out):
        ShareEntryFactory(link=link, activity=each)
    visitor = Client()
    come(visitor, link)
    assert visitor.post(address(link, f"comment/{left_out.pk}/"), {"words": "a"}).status_code == 404
    for rest in (f"files/{file.pk}/", "log.csv", "record.pdf", f"comment/{left_out.pk}/"):
        assert visitor.get(address(link, rest)).status_code == 404
    for rest in ("", "?log=2", "comment/", f"comment/{activity.pk}/", "portfolio.csv", "portfolio.json"):
        status, words = fetched(visitor, address(link, rest))
        assert status == 200
        assert b"Only for me." not in words and b"Left out" not in words
    assert "Has a reflection that is kept private" in visitor.get(address(link)).text


def test_the_preview_says_how_many_reflections_it_shows_and_names_titles_to_check(
    reader_client: Client, reader: User
) -> None:
    reflection = ReflectionFactory(user=reader, text="Told to all.", is_shareable=False)
    ActivityFactory(
        user=reader, title="Mrs Edna Brown, NHS 943 476 5919", done_on=datetime.date(2026, 3, 1), reflection=reflection
    )
    link = shown(reader, made(reader, reflections="all"))
    preview = reader_client.get(f"{link.get_absolute_url()}preview/").text
    assert "It shows 1 reflection, as you chose" in preview and "may identify a patient" in preview
    page = Client().get(address(link)).text
    assert "Told to all." in page and "may identify a patient" not in page


def test_a_long_log_comes_in_pages_and_its_totals_are_of_all(reader: User) -> None:
    for number in range(101):
        ActivityFactory(user=reader, title=f"Course {number}.", done_on=datetime.date(2026, 3, 1))
    link = shown(reader, made(reader))
    first, second = Client().get(address(link)).text, Client().get(address(link, "?log=2")).text
    assert first.count('<h4 class="break">Course ') == 100 and second.count('<h4 class="break">Course ') == 1
    assert "?log=2#log-heading" in first and '<details class="card mt4" id="log" open>' in second
    for page in (first, second):
        assert "101 activities" in page and "<dt>Activities</dt><dd>101</dd>" in re.sub(r">\s+<", "><", page)
    for nonsense in ("?log=99999999999999999999999", "?log=-1", "?log=x"):
        assert Client().get(address(link, nonsense)).status_code == 200


def test_the_page_costs_the_same_for_one_entry_and_for_many(reader: User) -> None:
    def count() -> int:
        link = shown(reader, made(reader))
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(address(link)).status_code == 200
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    for_one = count()
    for _ in range(5):
        ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    assert count() == for_one <= 8


def test_one_that_a_newer_release_made_says_so(reader: User) -> None:
    pack = PackFactory(user=reader, contents={"schema": "meducation-portfolio/99"})
    answer = Client().get(address(shown(reader, pack)))
    assert answer.status_code == 200 and "A newer release of Meducation made this" in answer.text


# --- Without it ------------------------------------------------------------------------------------------------------


def test_a_link_whose_portfolio_is_deleted_is_gone_like_any_other(reader_client: Client, reader: User) -> None:
    ActivityFactory(user=reader, title="Chest pain course", done_on=datetime.date(2026, 3, 1))
    pack = made(reader)
    link = shown(reader, pack)
    visitor = Client()
    come(visitor, link)
    visitor.post(address(link, "comment/"), {"id": str(uuid.uuid4()), "words": "A full year."})
    assert "1 link shows it" in reader_client.get(f"{pack.get_absolute_url()}delete/").text
    delete_pack(by=reader, pack_id=pack.pk)
    unknown = Client().get("/s/" + "a" * 32 + "/")
    for rest in ("", "comment/", "portfolio.pdf", "log.csv"):
        answer = visitor.get(address(link, rest))
        assert answer.status_code == 410 and answer.content == unknown.content
    page = reader_client.get(link.get_absolute_url()).text
    assert "It shows nothing any more" in page and "A full year." in page and "Chest pain course" not in page
    assert reader_client.post(f"{link.get_absolute_url()}start/").status_code == 302
    with pytest.raises(Refused, match="was deleted"):
        start_link(by=reader, link_id=link.pk)
    assert reader_client.get(f"{link.get_absolute_url()}preview/").status_code == 302
    assert reader_client.get(f"{link.get_absolute_url()}edit/").status_code == 200
    assert open_link(token_of(link.pk)) is None
    log = AuditEvent.objects.owned_by(reader).filter(what__in=[AuditWhat.LINK_STOPPED, AuditWhat.PACK_DELETED])
    assert {line.about for line in log} == {link.pk, pack.pk}


def test_even_one_that_nobody_stopped_shows_nothing_without_its_portfolio(reader: User) -> None:
    ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    link = shown(reader, made(reader))
    Pack.objects.all().delete()
    link.refresh_from_db()
    assert link.stopped_at is None and not link.is_open()
    assert Client().get(address(link)).status_code == 410


def test_closing_an_account_takes_a_link_to_a_portfolio_along(reader: User) -> None:
    shown(reader, PackFactory(user=reader))
    reader.delete()
    assert not ShareLink.objects.exists() and not Pack.objects.exists()


# --- Its files -------------------------------------------------------------------------------------------------------


def test_its_pdf_is_made_when_somebody_wants_it_and_others_only_if_its_owner_made_them(reader: User) -> None:
    ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    pack = made(reader)
    link = shown(reader, pack)
    assert Client().get(address(link, "portfolio.csv")).status_code == 404
    assert Client().get(address(link, "portfolio.exe")).status_code == 404
    assert not pack.files.exists()
    answer: Any = Client().get(address(link, "portfolio.pdf"))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
    assert b"".join(answer).startswith(b"%PDF")
    work.go_on(ask_for_file(by=reader, pack_id=pack.pk, format=PackFormat.CSV))
    assert "Download the CSV" in Client().get(address(link)).text
    assert fetched(Client(), address(link, "portfolio.csv"))[0] == 200
    log = AuditEvent.objects.owned_by(reader).filter(what=AuditWhat.LINK_DOWNLOADED)
    assert [line.seen_by for line in log] == ["Somebody with your link for Appraisal with Dr Khan"] * 2


def test_a_long_pdf_is_made_by_the_queue(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "ENTRIES_AT_ONCE", 0)
    ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    link = shown(reader, made(reader))
    answer = Client().get(address(link, "portfolio.pdf"))
    assert answer.status_code == 202 and "Come back in a minute" in answer.text
    task = DBTaskResult.objects.get(task_path=work.make_pack_file.module_path)
    assert work.make_pack_file.func(*task.args_kwargs["args"])
    assert fetched(Client(), address(link, "portfolio.pdf"))[0] == 200


def test_a_pdf_that_cannot_be_made_says_so_and_asking_is_slowed(reader: User) -> None:
    pack = PackFactory(user=reader, contents={"schema": "meducation-portfolio/99"})
    PackFileFactory(pack=pack, problem="It went wrong.")
    link = shown(reader, pack)
    making_fails = Client().get(address(link, "portfolio.pdf"))
    assert making_fails.status_code == 503 and "could not be made" in making_fails.text
    answers = [Client().get(address(link, "portfolio.pdf")).status_code for _ in range(10)]
    assert answers[-1] == 429
    assert not AuditEvent.objects.filter(what=AuditWhat.LINK_DOWNLOADED).exists()


def test_a_file_the_night_took_is_made_again(reader: User) -> None:
    link = shown(reader, made(reader))
    assert fetched(Client(), address(link, "portfolio.pdf"))[0] == 200
    PackFile.objects.update(stored_as="", made_at=None, started_at=None)
    assert fetched(Client(), address(link, "portfolio.pdf"))[0] == 200


# --- What is said ----------------------------------------------------------------------------------------------------


def test_an_appraiser_comments_on_what_was_frozen_as_far_as_it_is_still_there(
    reader_client: Client, reader: User
) -> None:
    activity = ActivityFactory(user=reader, title="Chest pain course", done_on=datetime.date(2026, 3, 1))
    gone = ActivityFactory(user=reader, title="Gone since", done_on=datetime.date(2026, 3, 2))
    link = shown(reader, made(reader))
    activity.title = "Renamed"
    activity.save()
    gone.deleted_at = timezone.now()
    gone.save()
    visitor = Client()
    come(visitor, link)
    page = visitor.get(address(link, f"comment/{activity.pk}/")).text
    assert "Chest pain course" in page and "Renamed" not in page
    form = {"id": str(uuid.uuid4()), "words": "Well told.", "is_discussed": "on"}
    answer = visitor.post(address(link, f"comment/{activity.pk}/"), form)
    assert answer.headers["Location"] == f"{address(link)}?log=1#entry-{activity.pk}"
    assert visitor.post(address(link, f"comment/{gone.pk}/"), form).status_code == 404
    visitor.post(address(link, "comment/"), {"id": str(uuid.uuid4()), "words": "", "is_discussed": "on"})
    assert ShareComment.objects.count() == 2
    page = visitor.get(address(link)).text
    assert "Well told." in page and f"comment/{activity.pk}/" in page and f"comment/{gone.pk}/" not in page
    assert "Well told." in reader_client.get(activity.get_absolute_url()).text


def test_with_a_code_its_files_ask_for_it_too(reader: User) -> None:
    pack = PackFactory(user=reader)
    link = make_link(by=reader, link_id=uuid.uuid4(), fields=FIELDS | {"asks_code": True}, pack_id=pack.pk).link
    start_link(by=reader, link_id=link.pk)
    for rest in ("", "portfolio.pdf", "portfolio.csv"):
        assert Client().get(address(link, rest)).headers["Location"] == address(link, "code/")
