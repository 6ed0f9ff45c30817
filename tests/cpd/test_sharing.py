"""Links to a part of a record: who sees what, by which address, for how long, and what they may say."""

import csv
import datetime
import io
import re
import uuid
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from cpd import shared_paper_work
from cpd.actions import NotYours, SentAlready
from cpd.actions import sharing as actions
from cpd.actions.sharing import (
    Refused,
    ask_for_code,
    change_link,
    choose_entries,
    make_link,
    start_link,
    stop_link,
    try_code,
    write_comment,
)
from cpd.appraiser_mail import send_code
from cpd.evidence.storing import store
from cpd.models import Appraiser, AuditEvent, AuditWhat, ShareComment, ShareLink
from cpd.shared_paper_work import make_shared_paper
from cpd.shared_record import known_by, shared_view
from cpd.sharing import address_of, code_of, digest_of, is_code_of, mailed_code_of, open_link, token_of
from cpd.tasks import tidy_now
from cpd.views import shared
from meducation.lib.typesetting import CannotBeSet
from tests.factories.accounts import UserFactory
from tests.factories.cpd import (
    ActivityFactory,
    AppraiserFactory,
    EnrolmentFactory,
    EvidenceFactory,
    GoalFactory,
    ReflectionFactory,
    ShareCommentFactory,
    ShareEntryFactory,
    ShareLinkFactory,
)
from tests.support import files

pytestmark = pytest.mark.django_db
FIELDS: dict[str, Any] = {
    "audience": "Appraisal with Dr Khan",
    "shown_name": "Dr Rea Reader",
    "first_on": datetime.date(2026, 1, 1),
    "last_on": datetime.date(2026, 12, 31),
    "with_reflections": False,
    "with_files": False,
    "with_plan": True,
    "with_requirements": True,
    "asks_code": False,
    "days": 14,
}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test is kept waiting by another's tries."""
    cache.clear()


@pytest.fixture
def link(reader: User) -> ShareLink:
    """An open link of the reader's to one activity."""
    link: ShareLink = ShareLinkFactory(user=reader, is_on=True)
    ShareEntryFactory(link=link, activity=ActivityFactory(user=reader, title="Chest pain course"))
    return link


def address(link: ShareLink, rest: str = "") -> str:
    return f"/s/{token_of(link.pk)}/{rest}"


def posted(**changed: Any) -> dict[str, Any]:
    fields = FIELDS | {"id": uuid.uuid4()} | changed
    # A box without a tick sends nothing.
    return {name: str(value) for name, value in fields.items() if value is not False}


# --- Making one ------------------------------------------------------------------------------------------------------


def test_a_link_shows_the_activities_of_its_period_and_nobody_before_it_is_on(reader: User) -> None:
    inside = ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    ActivityFactory(user=reader, done_on=datetime.date(2025, 12, 31))
    ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1), deleted_at=timezone.now())
    ActivityFactory(done_on=datetime.date(2026, 3, 1))

    link = make_link(by=reader, link_id=uuid.uuid4(), fields=FIELDS).link

    assert [entry.activity for entry in shared_view(link).entries] == [inside]
    assert open_link(token_of(link.pk)) is None
    assert Client().get(address(link)).status_code == 410
    start_link(by=reader, link_id=link.pk)
    assert inside.title in Client().get(address(link)).text


def test_what_is_recorded_later_is_not_shown_until_it_is_ticked(reader: User) -> None:
    link = make_link(by=reader, link_id=uuid.uuid4(), fields=FIELDS).link
    later = ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    assert not shared_view(link).entries
    choose_entries(by=reader, link_id=link.pk, shown=[later.pk], ticked=[later.pk])
    assert [entry.activity for entry in shared_view(link).entries] == [later]
    choose_entries(by=reader, link_id=link.pk, shown=[later.pk], ticked=[])
    assert not shared_view(link).entries


def test_nobody_can_put_a_strangers_activity_into_their_link(reader: User, link: ShareLink) -> None:
    theirs = ActivityFactory()
    choose_entries(by=reader, link_id=link.pk, shown=[theirs.pk], ticked=[theirs.pk])
    assert theirs not in [entry.activity for entry in shared_view(link).entries]
    # Nor is it shown when a row says so.
    ShareEntryFactory(link=link, activity=theirs)
    assert theirs not in [entry.activity for entry in shared_view(link).entries]


def test_the_same_form_twice_is_one_link(reader: User, stranger: User) -> None:
    key = uuid.uuid4()
    assert make_link(by=reader, link_id=key, fields=FIELDS).is_new
    assert not make_link(by=reader, link_id=key, fields=FIELDS).is_new
    with pytest.raises(SentAlready):
        make_link(by=reader, link_id=key, fields=FIELDS | {"days": 3})
    with pytest.raises(NotYours):
        make_link(by=stranger, link_id=key, fields=FIELDS)
    assert ShareLink.objects.count() == 1


def test_another_period_ticks_anew_and_the_same_one_keeps_the_choice(reader: User) -> None:
    ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1))
    old = ActivityFactory(user=reader, done_on=datetime.date(2025, 3, 1))
    link = make_link(by=reader, link_id=uuid.uuid4(), fields=FIELDS).link
    link.entries.all().delete()
    link = change_link(by=reader, link_id=link.pk, version=1, fields=FIELDS | {"days": 3})
    assert not link.entries.exists()
    span = {"first_on": datetime.date(2025, 1, 1), "last_on": datetime.date(2025, 12, 31)}
    link = change_link(by=reader, link_id=link.pk, version=2, fields=FIELDS | span)
    assert [entry.activity for entry in shared_view(link).entries] == [old]


def test_a_link_shows_so_many_at_most(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_ENTRIES", 1)
    one, two = (ActivityFactory(user=reader, done_on=datetime.date(2026, 3, 1)) for _ in "ab")
    with pytest.raises(Refused, match="at most"):
        make_link(by=reader, link_id=uuid.uuid4(), fields=FIELDS)
    link = ShareLinkFactory(user=reader)
    with pytest.raises(Refused, match="at most"):
        choose_entries(by=reader, link_id=link.pk, shown=[one.pk, two.pk], ticked=[one.pk, two.pk])
    assert not link.entries.exists()


def test_the_form_makes_a_link_and_keeps_what_was_typed_when_something_is_wrong(
    reader_client: Client, reader: User
) -> None:
    wrong = posted(last_on="2025-01-01", days="99999999999999999999", audience="Dr Khan\x00")
    answer = reader_client.post("/cpd/shares/new/", wrong)
    assert answer.status_code == 422
    assert "The last day cannot be before the first." in answer.text and "from 1 to 90" in answer.text
    answer = reader_client.post("/cpd/shares/new/", posted(audience="🩺 د. خان"))
    assert answer.status_code == 302
    assert reader.share_links.get().audience == "🩺 د. خان"
    assert reader_client.get(answer.headers["Location"]).status_code == 200


def test_two_tabs_do_not_overwrite_each_other(reader_client: Client, reader: User, link: ShareLink) -> None:
    path = f"{link.get_absolute_url()}edit/"
    assert reader_client.post(path, posted(version=1, days=3)).status_code == 302
    answer = reader_client.post(path, posted(version=1, days=7))
    assert answer.status_code == 409 and "another tab" in answer.text
    assert reader.share_links.get().days == 3
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again and reader_client.post(path, posted(version=again[1], days=7)).status_code == 302
    assert reader.share_links.get().days == 7


# --- Its address -----------------------------------------------------------------------------------------------------


def test_the_address_is_long_and_only_its_hash_is_kept(link: ShareLink) -> None:
    token = token_of(link.pk)
    assert re.fullmatch("[a-z2-7]{32}", token)  # 160 bits.
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(link)::text FROM cpd_sharelink AS link")
        [(row,)] = cursor.fetchall()
    assert token not in row and digest_of(token) in row


def test_turned_on_again_it_opens_also_after_the_secret_was_changed(
    reader: User, link: ShareLink, settings: Any
) -> None:
    before = token_of(link.pk)
    settings.SECRET_KEY = "another-secret"
    assert Client().get(address(link)).status_code == 410
    stop_link(by=reader, link_id=link.pk)
    start_link(by=reader, link_id=link.pk)
    assert Client().get(address(link)).status_code == 200
    assert Client().get(f"/s/{before}/").status_code == 410


def test_unknown_stopped_over_and_never_on_look_alike(reader: User, link: ShareLink) -> None:
    stopped = ShareLinkFactory(user=reader, is_on=True)
    stop_link(by=reader, link_id=stopped.pk)
    now = timezone.now()
    over = ShareLinkFactory(user=reader, started_at=now - datetime.timedelta(days=2), expires_at=now)
    closed = ShareLinkFactory(is_on=True, user__is_active=False)
    paths = [address(each) for each in (stopped, over, closed, ShareLinkFactory(user=reader))]
    paths += [f"/s/{'a' * 32}/", "/s/..;/", "/s/%F0%9F%A9%BA/", "/s/%ff/", f"/s/{'a' * 3000}/"]
    answers, queries = [], set()
    for path in paths:
        with CaptureQueriesContext(connection) as captured:
            answers.append(Client().get(path))
        queries.add(len([query for query in captured if "cpd_sharelink" in query["sql"]]))
    assert {answer.status_code for answer in answers} == {410}
    assert len({answer.content for answer in answers}) == 1
    # One look at the table, found or not: the time says nothing either.
    assert queries == {1}
    for rest in ("code/", "log.csv", f"files/{uuid.uuid4()}/", "who/", f"who/{uuid.uuid4()}/", "comment/"):
        cache.clear()
        assert Client().get(address(stopped, rest)).status_code == 410
        assert Client().post(address(stopped, rest)).status_code in (410, 405)


def test_stopping_holds_from_the_next_request_and_can_be_taken_back(reader_client: Client, link: ShareLink) -> None:
    visitor = Client()
    assert visitor.get(address(link)).status_code == 200
    reader_client.post(f"{link.get_absolute_url()}stop/")
    assert visitor.get(address(link)).status_code == 410
    reader_client.post(f"{link.get_absolute_url()}start/")
    assert visitor.get(address(link)).status_code == 200


def test_who_guesses_addresses_is_made_to_wait(link: ShareLink) -> None:
    guesser = Client()
    answers = [guesser.get(f"/s/{number:032}/").status_code for number in range(40)]
    assert answers == [410] * 30 + [429] * 10
    assert guesser.post(f"/s/{'b' * 32}/who/", {"name": "A", "email": "a@example.org"}).status_code == 429
    # A proxy's word that comes from the visitor changes nothing.
    assert guesser.get(f"/s/{'b' * 32}/", headers={"x-forwarded-for": "10.9.8.7"}).status_code == 429
    # Whoever has an address reads on, from there too.
    assert guesser.get(address(link)).status_code == 200


def test_the_page_is_kept_by_nobody_and_sets_no_cookie(link: ShareLink) -> None:
    answer = Client().get(address(link))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    gone = Client().get(f"/s/{'a' * 32}/")
    assert (gone.headers["Cache-Control"], gone.headers["Referrer-Policy"]) == ("private, no-store", "no-referrer")


def test_every_opening_is_in_the_owners_log(reader_client: Client, reader: User, link: ShareLink) -> None:
    visitor = Client()
    visitor.get(address(link))
    visitor.head(address(link))
    visitor.get(address(link, "log.csv"))
    log = AuditEvent.objects.owned_by(reader).filter(about=link.pk)
    assert [line.what for line in log.order_by("pk")] == [AuditWhat.LINK_OPENED, AuditWhat.LINK_DOWNLOADED]
    page = reader_client.get(link.get_absolute_url()).text
    assert "Link opened" in page and "Somebody with your link for Appraisal with Dr Khan" in page


# --- The code of a link ----------------------------------------------------------------------------------------------


def test_with_a_code_the_address_alone_opens_nothing(link: ShareLink) -> None:
    ShareLink.objects.update(asks_code=True)
    visitor = Client()
    for rest in ("", "log.csv", "who/", "comment/"):
        assert visitor.get(address(link, rest)).headers["Location"] == address(link, "code/")
    assert "Chest pain" not in visitor.get(address(link, "code/")).text
    assert visitor.post(address(link, "code/"), {"code": "AAA-AAA"}).status_code == 422
    typed = f" {code_of(link)[:3].lower()}-{code_of(link)[3:]}"
    answer = visitor.post(address(link, "code/"), {"code": typed})
    cookie = answer.cookies["link"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (address(link), True, "Lax")
    assert "Chest pain" in visitor.get(address(link)).text
    # It opens no other link.
    other = ShareLinkFactory(is_on=True, asks_code=True)
    visitor.cookies["link"] = cookie.value
    assert visitor.get(address(other)).status_code == 302


def test_a_changed_secret_leaves_address_and_code_as_they_were_told(link: ShareLink, settings: Any) -> None:
    address, code, old = address_of(link), code_of(link), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret " * 4, [old]
    assert address_of(link) == address
    assert is_code_of(link, code) and is_code_of(link, code_of(link))
    # Where the old one is known no more, the owner is shown the address that comes with turning it on again.
    settings.SECRET_KEY_FALLBACKS = []
    assert address_of(link) != address and not is_code_of(link, code)
    stop_link(by=link.user, link_id=link.pk)
    link = start_link(by=link.user, link_id=link.pk)
    assert digest_of(address_of(link).rstrip("/").rsplit("/", 1)[-1]) == link.token_sha256


def test_guessing_the_code_is_slowed_for_everybody_at_once(link: ShareLink) -> None:
    ShareLink.objects.update(asks_code=True)
    for number in range(10):
        guesser = Client(REMOTE_ADDR=f"192.0.2.{number}")
        assert guesser.post(address(link, "code/"), {"code": "AAA-AAA"}).status_code == 422
    answer = Client(REMOTE_ADDR="192.0.2.99").post(address(link, "code/"), {"code": code_of(link)})
    assert answer.status_code == 429 and not answer.cookies


# --- What it shows ---------------------------------------------------------------------------------------------------


def test_reflections_are_shown_only_if_asked_for_shareable_and_identifying_nobody(reader: User) -> None:
    link = ShareLinkFactory(user=reader, is_on=True, with_reflections=True)
    shown = ReflectionFactory(user=reader, text="I will ask earlier.", is_shareable=True)
    private = ReflectionFactory(user=reader, text="Between me and me.")
    found = ReflectionFactory(user=reader, text="NHS number 943 476 5919 was late.", is_shareable=True)
    for reflection in (shown, private, found):
        ShareEntryFactory(link=link, activity=ActivityFactory(user=reader, reflection=reflection))
    page = Client().get(address(link)).text
    assert "I will ask earlier." in page and "Between me" not in page and "943 476" not in page
    assert "943 476" not in Client().get(address(link, "log.csv")).text
    found.identifiers_confirmed_at = timezone.now()
    found.save()
    assert "943 476" in Client().get(address(link)).text
    ShareLink.objects.update(with_reflections=False)
    assert "I will ask earlier." not in Client().get(address(link)).text


def test_the_preview_is_what_the_appraiser_sees_and_says_what_is_kept_back(reader_client: Client, reader: User) -> None:
    link = ShareLinkFactory(user=reader, is_on=True, with_reflections=True)
    for text, is_shareable in (("Private words", False), ("NHS number 943 476 5919 was late.", True)):
        reflection = ReflectionFactory(user=reader, text=text, is_shareable=is_shareable)
        ShareEntryFactory(link=link, activity=ActivityFactory(user=reader, reflection=reflection))
    preview = reader_client.get(f"{link.get_absolute_url()}preview/").text
    assert "1 reflection private to you" in preview and "may identify a patient" in preview
    assert "Private words" not in preview and "943 476" not in preview

    def seen(page: str) -> str:
        """The page without what only one of the two has: what can be pressed, and the note above."""
        page = re.sub(r'<section class="note.*?</section>', "", page, flags=re.DOTALL)
        page = re.sub(r'<p class="[^"]*no-print">.*?</p>|<p class="hint mt2">You need no account.*?</p>', "", page)
        page = page.replace("<title>Preview: ", "<title>").replace('<div class="entry__more stack">', "")
        return re.sub(r"\s+|</div>", " ", page).replace("  ", " ")

    assert re.sub(" +", " ", seen(preview)) == re.sub(" +", " ", seen(Client().get(address(link)).text))


def test_the_preview_points_at_titles_that_may_identify_somebody(reader_client: Client, link: ShareLink) -> None:
    path = f"{link.get_absolute_url()}preview/"
    assert "These titles are shown" not in reader_client.get(path).text
    link.activities.update(title="Mr Smith, NHS number 943 476 5919")
    assert "These titles are shown" in reader_client.get(path).text
    assert "These titles are shown" not in Client().get(address(link)).text


def test_it_shows_plans_progress_and_highlights_only_of_its_owner(reader: User) -> None:
    EnrolmentFactory(user=reader)
    link = ShareLinkFactory(user=reader, is_on=True)
    GoalFactory(user=reader, title="Read ECGs", planned_on=datetime.date(2025, 6, 1), outcome="I teach it now.")
    GoalFactory(user=reader, title="Too old", planned_on=datetime.date(2024, 6, 1))
    GoalFactory(title="A stranger's goal", planned_on=datetime.date(2026, 6, 1))
    ShareEntryFactory(link=link, activity=ActivityFactory(user=reader, title="The best of it", is_highlight=True))
    page = Client().get(address(link)).text
    assert "Read ECGs" in page and "I teach it now." in page
    assert "Too old" not in page and "stranger" not in page
    assert "Highlights" in page and page.count("The best of it") > 1
    assert "NMC revalidation" in page and "Still open" in page
    # It speaks of somebody else, and leads into nobody's account.
    assert "You have" not in page and "/cpd/" not in page and "/accounts/" not in page
    ShareLink.objects.update(with_plan=False, with_requirements=False)
    page = Client().get(address(link)).text
    assert "Read ECGs" not in page and "Still open" not in page


def test_deleted_activities_leave_it(link: ShareLink) -> None:
    activity = link.activities.get()
    activity.deleted_at = timezone.now()
    activity.save()
    assert activity.title not in Client().get(address(link)).text


def test_timed_minutes_are_told_to_somebody_else() -> None:
    timed = {"provenance": "measured", "measured_seconds": 600, "kind": "reading"}
    assert known_by(ActivityFactory(minutes=10, **timed)) == "Timed"
    assert known_by(ActivityFactory(minutes=20, **timed)) == "Timed 10 min, 20 min claimed"
    assert known_by(ActivityFactory()) == "Added by hand"


def test_files_come_by_the_link_only_while_it_shows_them(reader: User, link: ShareLink, evidence_folder: Path) -> None:
    kept = store(io.BytesIO(files.pdf()))
    file = EvidenceFactory(user=reader, activity=link.activities.get(), stored_as=kept)
    elsewhere = EvidenceFactory(user=reader, stored_as=kept)
    path = address(link, f"files/{file.pk}/")
    assert Client().get(path).status_code == 404
    ShareLink.objects.update(with_files=True)
    assert file.name in Client().get(address(link)).text
    answer = Client().get(path)
    assert b"".join(answer.streaming_content) == files.pdf()  # type: ignore[attr-defined]  # of FileResponse
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert AuditEvent.objects.owned_by(reader).filter(about=file.pk, what=AuditWhat.EVIDENCE_DOWNLOADED).count() == 1
    assert Client().get(address(link, f"files/{elsewhere.pk}/")).status_code == 404


def test_the_table_runs_no_formula_and_has_numbers(reader: User) -> None:
    link = ShareLinkFactory(user=reader, is_on=True)
    hostile = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\t=1", " =1", "＝1", '"=1', "\x0b=1"]
    for title in hostile:
        ShareEntryFactory(link=link, activity=ActivityFactory(user=reader, title=title))
    answer = Client().get(address(link, "log.csv"))
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["Minutes"] for row in rows} == {"60"}
    assert len(rows) == len(hostile) and all(row["What"].startswith("'") for row in rows)


@pytest.mark.slow
def test_the_paper_says_what_the_page_says_and_text_is_text(reader: User) -> None:
    EnrolmentFactory(user=reader)
    link = ShareLinkFactory(user=reader, is_on=True, with_reflections=True, shown_name="Dr Zoë Åström 山田")
    shown = ReflectionFactory(user=reader, text="#panic() $x$ *not bold* \u202e", is_shareable=True)
    private = ReflectionFactory(user=reader, text="Between me and me.")
    for title, reflection in (("#import: sepsis", shown), ("A hard week", private)):
        activity = ActivityFactory(user=reader, title=title, reflection=reflection, is_highlight=True)
        ShareEntryFactory(link=link, activity=activity)
    ShareCommentFactory(appraiser__link=link, words="A full year.")
    GoalFactory(user=reader, title="Read ECGs", planned_on=datetime.date(2025, 6, 1), outcome="I teach it now.")

    answer: Any = Client().get(address(link, "record.pdf"))

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.getvalue())).pages)
    for words in ("#panic() $x$ *not bold*", "#import: sepsis", "Zoë Åström 山田", "A full year.", "I teach it now."):
        assert words in text, words
    assert "NMC revalidation" in text and "Between me" not in text


def test_papers_of_a_link_are_not_made_too_often(link: ShareLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "as_pdf", lambda record, made_on: b"%PDF")
    answers = [Client().get(address(link, "record.pdf")).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


@pytest.mark.usefixtures("papers_folder")
def test_a_long_paper_is_made_by_the_queue_and_anew_when_something_changes(
    link: ShareLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def get() -> Any:
        return Client().get(address(link, "record.pdf"))

    def words() -> str:
        pages = pypdf.PdfReader(io.BytesIO(b"".join(get()))).pages
        return " ".join("".join(page.extract_text() for page in pages).split())

    monkeypatch.setattr(shared_paper_work, "ENTRIES_AT_ONCE", 0)
    answer = get()
    assert answer.status_code == 202 and "Come back in a minute" in answer.text
    task = DBTaskResult.objects.get(task_path=make_shared_paper.module_path)
    assert make_shared_paper.func(*task.args_kwargs["args"])
    assert not make_shared_paper.func(str(link.pk))  # It is there.
    assert "Chest pain course" in words()
    lines = AuditEvent.objects.filter(what=AuditWhat.LINK_DOWNLOADED)
    assert lines.count() == 1
    # What is not shown any more is in no file that somebody still gets.
    activity = link.activities.get()
    activity.title = "Renamed since"
    activity.save()
    assert get().status_code == 202
    make_shared_paper.func(str(link.pk))
    assert "Renamed since" in words()
    link.entries.all().delete()
    ShareEntryFactory(link=link, activity=activity)
    assert get().status_code == 202


@pytest.mark.usefixtures("papers_folder")
def test_a_long_paper_that_cannot_be_set_says_so_and_a_stopped_link_has_none(
    reader: User, link: ShareLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> bytes:
        raise CannotBeSet

    monkeypatch.setattr(shared_paper_work, "ENTRIES_AT_ONCE", 0)
    monkeypatch.setattr(shared_paper_work, "as_pdf", fail)
    assert not make_shared_paper.func(str(link.pk))
    assert Client().get(address(link, "record.pdf")).status_code == 503
    stop_link(by=reader, link_id=link.pk)
    assert not make_shared_paper.func(str(link.pk))


def test_a_paper_that_cannot_be_set_says_so(link: ShareLink, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(record: object, made_on: object) -> bytes:
        raise CannotBeSet

    monkeypatch.setattr(shared, "as_pdf", refuse)
    answer = Client().get(address(link, "record.pdf"))
    assert answer.status_code == 503 and "print the page instead" in answer.text
    assert not AuditEvent.objects.filter(what=AuditWhat.LINK_DOWNLOADED).exists()


def test_the_page_costs_the_same_for_one_row_and_for_many(reader: User) -> None:
    link = ShareLinkFactory(user=reader, is_on=True, with_reflections=True, with_files=True)
    EnrolmentFactory(user=reader)

    def add() -> None:
        reflection = ReflectionFactory(user=reader, is_shareable=True)
        activity = ActivityFactory(user=reader, reflection=reflection)
        ShareEntryFactory(link=link, activity=activity)
        EvidenceFactory(user=reader, activity=activity)
        ShareCommentFactory(appraiser__link=link, activity=activity)
        GoalFactory(user=reader, planned_on=datetime.date(2026, 2, 1))

    def count() -> int:
        Client().get(address(link))  # Where its owner stands is kept.
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(address(link)).status_code == 200
        return len([query for query in queries if "SAVEPOINT" not in query["sql"]])

    add()
    for_one = count()
    for _ in range(5):
        add()
    assert count() == for_one <= 12


# --- What is said ----------------------------------------------------------------------------------------------------


def come(visitor: Client, link: ShareLink, email: str = "khan@example.org") -> Any:
    """Say who one is, and enter the code of the mail."""
    answer = visitor.post(address(link, "who/"), {"name": "Dr Ada Khan", "email": email})
    assert answer.status_code == 302
    appraiser = Appraiser.objects.get(link=link, email=email)
    send_code(appraiser.pk)
    code = re.search(r"code is (\d{6})", str(mail.outbox[-1].body))
    assert code
    return visitor.post(answer.headers["Location"], {"code": code[1]})


def test_an_appraiser_confirms_an_address_and_comments(reader_client: Client, reader: User, link: ShareLink) -> None:
    visitor, activity = Client(), link.activities.get()
    assert visitor.get(address(link, "comment/")).headers["Location"] == address(link, "who/")
    answer = come(visitor, link)
    assert answer.headers["Location"] == address(link, "comment/")
    assert answer.cookies["appraiser"]["path"] == address(link)
    assert mail.outbox[-1].to == ["khan@example.org"]
    form = {"id": str(uuid.uuid4()), "words": "Well <b>told</b>. 🩺", "is_discussed": "on"}
    for _ in "ab":  # Pressed twice.
        assert visitor.post(address(link, f"comment/{activity.pk}/"), form).status_code == 302
    visitor.post(address(link, "comment/"), {"id": str(uuid.uuid4()), "words": "A full year."})
    assert ShareComment.objects.count() == 2
    page = visitor.get(address(link)).text
    assert "Well &lt;b&gt;told&lt;/b&gt;. 🩺" in page and "A full year." in page and "Discussed" in page
    assert "khan@example.org" not in page
    for path in (link.get_absolute_url(), activity.get_absolute_url()):
        assert "Well &lt;b&gt;told&lt;/b&gt;. 🩺" in reader_client.get(path).text
    assert "khan@example.org" in reader_client.get(link.get_absolute_url()).text
    log = AuditEvent.objects.owned_by(reader).filter(what=AuditWhat.COMMENT_WRITTEN)
    assert [line.seen_by for line in log] == ["Dr Ada Khan, by your link"] * 2


def test_nobody_comments_without_the_code_nor_on_what_is_not_shared(reader: User, link: ShareLink) -> None:
    form = {"id": str(uuid.uuid4()), "words": "Hello"}
    visitor = Client()
    assert visitor.post(address(link, "comment/"), form).headers["Location"] == address(link, "who/")
    come(visitor, link)
    other = ActivityFactory(user=reader)
    assert visitor.post(address(link, f"comment/{other.pk}/"), form).status_code == 404
    # Somebody known by one link is nobody by another.
    second = ShareLinkFactory(user=reader, is_on=True)
    visitor.cookies["appraiser"]["path"] = "/"
    assert visitor.post(address(second, "comment/"), form).headers["Location"] == address(second, "who/")
    unconfirmed = AppraiserFactory(link=link, confirmed_at=None)
    with pytest.raises(Refused):
        write_comment(link=link, appraiser=unconfirmed, comment_id=uuid.uuid4(), words="Hello", is_discussed=False)
    assert not ShareComment.objects.exists()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"words": ""}, "Write a comment, or tick"),
        ({"words": "x" * 1_000_000}, "Shorten it"),
        ({"words": "a\x00b"}, "Null characters"),
        ({"words": "a", "id": "no-key"}, "There is a problem"),
    ],
)
def test_what_cannot_be_kept_is_told_and_not_lost(link: ShareLink, form: dict[str, str], sentence: str) -> None:
    visitor = Client()
    come(visitor, link)
    answer = visitor.post(address(link, "comment/"), {"id": str(uuid.uuid4())} | form)
    assert answer.status_code == 422 and sentence in answer.text
    assert form["words"].replace("\x00", "")[:1000] in answer.text.replace("\x00", "")


def test_a_mailed_code_is_good_once_for_a_while_and_for_five_tries(link: ShareLink) -> None:
    appraiser = ask_for_code(link=link, name="Dr Khan", email="khan@example.org")
    code = mailed_code_of(appraiser)
    for _ in range(5):
        assert not try_code(link=link, appraiser_id=appraiser.pk, code="wrong!")
    assert not try_code(link=link, appraiser_id=appraiser.pk, code=code)
    appraiser = ask_for_code(link=link, name="Dr Khan", email="khan@example.org")
    assert mailed_code_of(appraiser) != code
    later = timezone.now() + datetime.timedelta(minutes=16)
    assert not try_code(link=link, appraiser_id=appraiser.pk, code=mailed_code_of(appraiser), now=later)
    assert try_code(link=link, appraiser_id=appraiser.pk, code=mailed_code_of(appraiser))
    assert not try_code(link=link, appraiser_id=appraiser.pk, code=mailed_code_of(appraiser))
    # Who asks again under another name does not become the one who is known.
    ask_for_code(link=link, name="Somebody Else", email="khan@example.org")
    assert Appraiser.objects.get().name == "Dr Khan"


def test_nobodys_mailbox_is_filled_and_a_mail_holds_nothing_that_was_typed(link: ShareLink) -> None:
    form = {"name": "Buy Now", "email": "Victim@Example.org"}
    answers = [Client(REMOTE_ADDR=f"192.0.2.{n}").post(address(link, "who/"), form) for n in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    appraiser = Appraiser.objects.get(email="victim@example.org")
    assert send_code(appraiser.pk) and not send_code(appraiser.pk)
    [message] = mail.outbox
    assert "Buy Now" not in f"{message.subject}{message.message()}"
    assert token_of(link.pk) not in str(message.body)


def test_a_stopped_link_sends_no_code(reader: User, link: ShareLink) -> None:
    appraiser = ask_for_code(link=link, name="Dr Khan", email="khan@example.org")
    stop_link(by=reader, link_id=link.pk)
    assert not send_code(appraiser.pk) and not mail.outbox


def test_who_never_confirmed_is_forgotten_and_who_did_stays() -> None:
    long_ago = timezone.now() - datetime.timedelta(days=2)
    gone = AppraiserFactory(confirmed_at=None, code_expires_at=long_ago)
    stays = AppraiserFactory(code_expires_at=long_ago)
    tidy_now(timezone.now())
    assert list(Appraiser.objects.filter(pk__in=[gone.pk, stays.pk])) == [stays]


# --- Whose it is -----------------------------------------------------------------------------------------------------


def test_a_strangers_link_does_not_exist(stranger_client: Client, link: ShareLink) -> None:
    for rest in ("", "edit/", "entries/", "preview/"):
        assert stranger_client.get(f"{link.get_absolute_url()}{rest}").status_code == 404
    for rest in ("edit/", "entries/", "start/", "stop/"):
        assert stranger_client.post(f"{link.get_absolute_url()}{rest}", posted(version=1)).status_code == 404
    assert link.is_open()


def test_nothing_of_a_person_is_in_what_logs_would_show() -> None:
    comment = ShareCommentFactory(words="Secret words")
    shown = f"{comment} {comment.link} {comment.appraiser} {ShareEntryFactory()}"
    assert not re.search("Secret|Khan|Reader|example", shown)


def test_an_account_that_is_closed_takes_its_links_along(link: ShareLink) -> None:
    ShareCommentFactory(appraiser__link=link)
    UserFactory()
    link.user.delete()
    assert not ShareLink.objects.exists() and not ShareComment.objects.exists()
