"""Bringing a record from elsewhere: upload, columns, preview, all or nothing, and back again."""

import datetime
import io
import resource
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from cpd.actions import amend_activity, delete_activity, imports
from cpd.importing import storage
from cpd.importing.work import work_on_import
from cpd.models import Activity, Import, ImportMapping, ImportState, Kind, Placement, Provenance, Reason, Reflection
from tests.factories.cpd import ActivityFactory, EnrolmentFactory

pytestmark = pytest.mark.django_db
START = "/cpd/portfolio/import/"
NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)
HEAD = "Title,Date completed,Duration (mins),Type,Provider,Reflection\n"
SMALL = HEAD + (
    "Life support,13/11/2025,90,Mandatory,Trust,\n"
    "Journal club,14/11/2025,60,Journal club,Practice,I will ask earlier.\n"
    "No time,15/11/2025,,Course,,\n"
)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(autouse=True)
def own_storage(tmp_path: Path, settings: Any) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "imports": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "imports"},
        }
    }
    return tmp_path / "imports"


def upload(client: Client, content: str | bytes, name: str = "points.csv", pk: uuid.UUID | None = None) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(START, {"file": SimpleUploadedFile(name, data), "id": str(pk or uuid.uuid4())})


def columns(brought: Import, **changes: str) -> dict[str, str]:
    """What the form of the columns sends when nothing is touched but `changes`."""
    from cpd.forms.imports import ColumnsForm

    form = ColumnsForm(user=brought.user, brought=brought)
    values = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in values.items() if value is not None} | changes


def previewed(client: Client, user: User, content: str | bytes, name: str = "points.csv", **changes: str) -> Import:
    """An import that has come to its preview."""
    response = upload(client, content, name)
    assert response.status_code == 302, response.content.decode()
    brought = user.imports.latest("created_at")
    response = client.post(f"{brought.get_absolute_url()}columns/", columns(brought, **changes))
    assert response.status_code == 302, response.content.decode()
    brought.refresh_from_db()
    assert brought.state == ImportState.CHECKED
    return brought


def imported(client: Client, user: User, content: str | bytes = SMALL, **changes: str) -> Import:
    brought = previewed(client, user, content, **changes)
    client.post(f"{brought.get_absolute_url()}run/")
    brought.refresh_from_db()
    assert brought.state == ImportState.DONE
    return brought


def words(activity: Activity) -> str:
    assert activity.reflection is not None
    return activity.reflection.text


def workbook(rows: list[list[Any]], *more: tuple[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, others in more:
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_from_a_file_to_activities(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader)
    brought = imported(reader_client, reader)

    assert (brought.rows, brought.imported, brought.refused, brought.duplicates) == (3, 2, 1, 0)
    club, support = reader.activities.order_by("-done_on")
    assert (support.title, support.minutes, support.kind) == ("Life support", 90, Kind.MANDATORY)
    assert (support.done_on, support.provider) == (datetime.date(2025, 11, 13), "Trust")
    assert (club.kind, words(club)) == (Kind.JOURNAL_CLUB, "I will ask earlier.")
    assert {club.provenance, support.provenance} == {Provenance.IMPORTED}
    assert club.brought_by == brought
    assert brought.origin == "Imported from points.csv on 23 November 2026"
    assert brought.origin in reader_client.get(club.get_absolute_url()).text
    assert Placement.objects.filter(enrolment=enrolment).count() == 2
    [row] = brought.not_taken.all()
    assert (row.line, row.reason, row.title) == (4, Reason.NO_TIME, "No time")
    page = reader_client.get(brought.get_absolute_url()).content.decode()
    assert "2 activities are in your record" in page and "There is nothing in the column of the time." in page


def test_nothing_is_kept_of_the_file_once_it_is_imported(
    reader: User, reader_client: Client, own_storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    brought = previewed(reader_client, reader, SMALL)
    assert len(list(own_storage.iterdir())) == 2
    with django_capture_on_commit_callbacks(execute=True):
        reader_client.post(f"{brought.get_absolute_url()}run/")
    assert list(own_storage.iterdir()) == []


def test_windows_1252_with_semicolons_and_decimal_commas(reader: User, reader_client: Client) -> None:
    text = "Titel;Datum;Stunden\nCafé – naïve “quotes”;25.03.2025;1,5\nŒdème;26.03.2025;0,75\n"
    imported(reader_client, reader, text.encode("cp1252"))
    assert list(reader.activities.order_by("done_on").values_list("title", "minutes")) == [
        ("Café – naïve “quotes”", 90),
        ("Œdème", 45),
    ]


@pytest.mark.sweep
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_encoding_and_delimiter(reader: User, reader_client: Client, encoding: str, delimiter: str) -> None:
    rows = [["Title", "Date", "Minutes"], ["Ædelweiß 🌱 قلب", "2025-03-04", "30"], ["Second", "2025-03-05", "45"]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    imported(reader_client, reader, content)
    assert set(reader.activities.values_list("title", "minutes")) == {("Ædelweiß 🌱 قلب", 30), ("Second", 45)}


def test_quotes_line_ends_and_what_excel_says_first(reader: User, reader_client: Client) -> None:
    text = 'sep=;\r\nTitle;Date;Minutes;Reflection\r\n"A; ""quoted"" one";2025-03-04;30;"Two\r\nlines"\r\n'
    imported(reader_client, reader, text)
    activity = reader.activities.get()
    assert activity.title == 'A; "quoted" one'
    assert words(activity) == "Two\r\nlines"


def test_formulas_are_only_words(reader: User, reader_client: Client) -> None:
    text = HEAD + '"=HYPERLINK(""http://x"")",2025-03-04,30,,\'+44 line,\'=1+1\n'
    imported(reader_client, reader, text)
    activity = reader.activities.get()
    assert (activity.title, activity.provider) == ('=HYPERLINK("http://x")', "+44 line")
    assert words(activity) == "=1+1"


def test_a_workbook_with_dates_numbers_and_formulas(reader: User, reader_client: Client) -> None:
    rows: list[list[Any]] = [
        ["Activity title", "Date", "Hours"],
        ["Typed", datetime.datetime.fromisoformat("2025-03-04T09:00"), 1.5],
        ["By the clock", datetime.date(2025, 3, 5), datetime.time(1, 30)],
        ["A length", datetime.date(2025, 3, 6), datetime.timedelta(hours=25)],
        ["Never calculated", datetime.date(2025, 3, 7), "=1+1"],
    ]
    brought = imported(reader_client, reader, workbook(rows))
    assert list(reader.activities.order_by("done_on").values_list("minutes", flat=True)) == [90, 90]
    assert list(brought.not_taken.values_list("line", "reason")) == [(4, Reason.TOO_MUCH), (5, Reason.NO_TIME)]


def test_another_sheet_of_a_workbook(reader: User, reader_client: Client) -> None:
    years: list[list[Any]] = [["Title", "Date", "Minutes"], ["In one year", "2025-03-04", 30]]
    other: list[list[Any]] = [["Title", "Date", "Minutes"], ["In another", "2024-03-04", 30]]
    upload(reader_client, workbook([["My CPD"]], ("2025", years), ("2024", other)), "book.xlsx")
    brought = reader.imports.get()
    page = reader_client.get(f"{brought.get_absolute_url()}columns/").content.decode()
    # The first sheet is a cover.
    assert '<option value="2025" selected>' in page
    reader_client.post(f"{brought.get_absolute_url()}sheet/", {"sheet": "2024"})
    brought.refresh_from_db()
    assert brought.survey["columns"][0]["examples"] == ["In another"]
    reader_client.post(f"{brought.get_absolute_url()}sheet/", {"sheet": "Sheet"})
    brought.refresh_from_db()
    assert (brought.state, bool(brought.problem)) == (ImportState.READ, True)


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
BEGIN:VEVENT
UID:one@x
SUMMARY:Grand round\\, in the lecture
  hall
DTSTART;TZID=America/New_York:20251103T230000
DTEND;TZID=America/New_York:20251104T003000
LOCATION:Hall 2
CATEGORIES:Conference
END:VEVENT
BEGIN:VEVENT
UID:two@x
SUMMARY:Study days
DTSTART;VALUE=DATE:20251105
DTEND;VALUE=DATE:20251107
END:VEVENT
BEGIN:VEVENT
UID:three@x
SUMMARY:Every week
DTSTART:20251105T120000Z
DURATION:PT1H
RRULE:FREQ=WEEKLY
END:VEVENT
BEGIN:VEVENT
UID:four@x
SUMMARY:Not yet
DTSTART:20281105T120000Z
DURATION:PT1H
END:VEVENT
BEGIN:VEVENT
UID:five@x
SUMMARY:Broken
DTSTART:not-a-date
END:VEVENT
BEGIN:VEVENT
UID:six@x
SUMMARY:Called off
STATUS:CANCELLED
DTSTART:20251105T120000Z
DURATION:PT1H
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def test_a_calendar(reader: User, reader_client: Client) -> None:
    brought = imported(reader_client, reader, CALENDAR, minutes_a_day="360")
    round_, days = reader.activities.order_by("done_on")
    # In London it was the next morning.
    assert (round_.title, round_.done_on, round_.minutes) == (
        "Grand round, in the lecture hall",
        datetime.date(2025, 11, 4),
        90,
    )
    assert (round_.provider, round_.kind) == ("Hall 2", Kind.CONFERENCE)
    assert (days.done_on, days.done_until, days.minutes) == (
        datetime.date(2025, 11, 5),
        datetime.date(2025, 11, 6),
        720,
    )
    assert list(brought.not_taken.values_list("title", "reason")) == [
        ("Every week", Reason.REPEATS),
        ("Not yet", Reason.FUTURE),
        ("Broken", Reason.NO_DATE),
        ("Called off", Reason.CANCELLED),
    ]


def test_an_event_moved_and_renamed_here_is_known_by_its_name_there(reader: User, reader_client: Client) -> None:
    imported(reader_client, reader, CALENDAR)
    reader.activities.update(title="Renamed", minutes=5)
    again = previewed(reader_client, reader, CALENDAR + " ")
    assert (again.imported, again.duplicates) == (0, 1)


def test_an_all_day_event_asks_for_its_minutes(reader: User, reader_client: Client) -> None:
    brought = previewed(reader_client, reader, CALENDAR)
    assert brought.not_taken.get(title="Study days").reason == Reason.NO_TIME


def test_days_that_could_be_two_are_asked_about(reader: User, reader_client: Client) -> None:
    text = "Title,Date,Minutes\nOne,01/02/2025,30\nTwo,03/04/2025,30\n"
    upload(reader_client, text)
    brought = reader.imports.get()
    response = reader_client.post(f"{brought.get_absolute_url()}columns/", columns(brought))
    assert response.status_code == 422 and "Say which comes first" in response.content.decode()
    for order, months in (("dmy", {2, 4}), ("mdy", {1, 3})):
        reader_client.post(f"{brought.get_absolute_url()}columns/", columns(brought, order=order))
        brought.refresh_from_db()
        assert {datetime.date.fromisoformat(row["done_on"]).month for row in brought.preview} == months


@pytest.mark.parametrize(("telling", "month"), [("25/12/2024", 2), ("12/25/2024", 1)])
def test_one_day_tells_for_the_whole_column(reader: User, reader_client: Client, telling: str, month: int) -> None:
    imported(reader_client, reader, f"Title,Date,Minutes\nOne,01/02/2025,30\nTwo,{telling},30\n")
    assert reader.activities.get(title="One").done_on.month == month


def test_days_that_contradict_each_other_are_asked_about(reader: User, reader_client: Client) -> None:
    upload(reader_client, "Title,Date,Minutes\nOne,25/12/2024,30\nTwo,12/25/2024,30\n")
    brought = reader.imports.get()
    assert reader_client.post(f"{brought.get_absolute_url()}columns/", columns(brought)).status_code == 422


def test_plain_numbers_and_points_are_asked_about(reader: User, reader_client: Client) -> None:
    upload(reader_client, "Title,Date,Amount\nOne,2025-02-01,2\n")
    brought = reader.imports.get()
    address = f"{brought.get_absolute_url()}columns/"
    assert reader_client.post(address, columns(brought)).status_code == 422
    response = reader_client.post(address, columns(brought, time="2"))
    assert "Say what they are" in response.content.decode()
    response = reader_client.post(address, columns(brought, time="2", measure="points"))
    assert "how many minutes one credit" in response.content.decode()
    reader_client.post(address, columns(brought, time="2", measure="points", minutes_a_point="45"))
    brought.refresh_from_db()
    assert [row["minutes"] for row in brought.preview] == [90]


def test_one_column_is_one_thing(reader: User, reader_client: Client) -> None:
    upload(reader_client, SMALL)
    brought = reader.imports.get()
    response = reader_client.post(f"{brought.get_absolute_url()}columns/", columns(brought, provider="0"))
    assert response.status_code == 422 and "already. Choose another." in response.content.decode()


@pytest.mark.parametrize("wrong", ["99", "-1", "abc", "1e9", "²"])
def test_a_column_that_is_none_is_a_sentence(reader: User, reader_client: Client, wrong: str) -> None:
    upload(reader_client, SMALL)
    brought = reader.imports.get()
    changed = columns(brought, kind=wrong, title=wrong)
    assert reader_client.post(f"{brought.get_absolute_url()}columns/", changed).status_code == 422


def test_a_word_of_ones_own_for_a_kind(reader: User, reader_client: Client) -> None:
    text = "Title,Date,Minutes,Type\nOne,2025-02-01,30,Balint group\nTwo,2025-02-02,30,Zzz\n"
    upload(reader_client, text)
    brought = reader.imports.get()
    page = reader_client.get(f"{brought.get_absolute_url()}columns/").content.decode()
    assert "“balint group” is" in page
    from cpd.forms.imports import ColumnsForm

    words = ColumnsForm(user=reader, brought=brought).words
    [field] = [name for name, word in words.items() if word == "balint group"]
    changes = {field: Kind.SUPERVISION, "kind_of_others": Kind.COURSE}
    reader_client.post(f"{brought.get_absolute_url()}columns/", columns(brought, **changes))
    brought.refresh_from_db()
    assert [row["kind"] for row in brought.preview] == [Kind.SUPERVISION, Kind.COURSE]


# --- What is remembered ----------------------------------------------------------------------------------------------


def test_the_mapping_is_remembered_for_such_files(reader: User, reader_client: Client, stranger_client: Client) -> None:
    text = "Was,Wann,Wert\nEins,2025-02-01,2\n"
    imported(reader_client, reader, text, title="0", done_on="1", time="2", measure="hours")
    assert ImportMapping.objects.get().user == reader
    upload(reader_client, "Was,Wann,Wert\nZwei,2025-02-02,3\n")
    again = reader.imports.get(state=ImportState.READ)
    page = reader_client.get(f"{again.get_absolute_url()}columns/").content.decode()
    assert "We used the mapping from 23 November 2026" in page
    assert again.mapping["measure"] == "hours"
    upload(stranger_client, text)
    theirs = Import.objects.exclude(user=reader).get()
    assert theirs.remembered_on is None and theirs.mapping["columns"] == {"done_on": 1}


def test_the_same_file_again_is_said(reader: User, reader_client: Client) -> None:
    first = imported(reader_client, reader)
    again = previewed(reader_client, reader, SMALL)
    page = reader_client.get(again.get_absolute_url()).content.decode()
    assert "You imported this very file on 23 November 2026" in page
    assert f'href="{first.get_absolute_url()}"' in page


def test_the_same_form_twice_is_one_import(reader: User, reader_client: Client, stranger_client: Client) -> None:
    pk = uuid.uuid4()
    for _ in range(2):
        assert upload(reader_client, SMALL, pk=pk).url == f"{START}{pk}/"
    assert reader.imports.count() == 1
    assert upload(stranger_client, SMALL, pk=pk).status_code == 404


# --- Duplicates ------------------------------------------------------------------------------------------------------


def test_duplicates_are_left_out_unless_wanted(reader: User, reader_client: Client) -> None:
    ActivityFactory(user=reader, title="life  SUPPORT!", done_on=datetime.date(2025, 11, 13), minutes=90)
    text = HEAD + "Life support,13/11/2025,90,,,\nTwice,14/11/2025,60,,,\nTwice,14/11/2025,60,,,\n"
    brought = previewed(reader_client, reader, text)
    assert (brought.imported, brought.duplicates) == (1, 2)
    assert list(brought.not_taken.values_list("line", "reason")) == [(2, Reason.IN_RECORD), (4, Reason.TWICE)]
    reader_client.post(f"{brought.get_absolute_url()}run/", {"duplicates": "on"})
    brought.refresh_from_db()
    assert (brought.imported, reader.activities.count()) == (3, 4)
    assert "Rows that stayed out" not in reader_client.get(brought.get_absolute_url()).content.decode()


def test_a_deleted_activity_is_no_duplicate(reader: User, reader_client: Client) -> None:
    ActivityFactory(user=reader, title="Life support", done_on=datetime.date(2025, 11, 13), minutes=90, deleted_at=NOW)
    assert previewed(reader_client, reader, SMALL).duplicates == 0


def test_what_was_added_since_the_preview_is_a_duplicate_too(reader: User, reader_client: Client) -> None:
    brought = previewed(reader_client, reader, SMALL)
    ActivityFactory(user=reader, title="Life support", done_on=datetime.date(2025, 11, 13), minutes=90)
    reader_client.post(f"{brought.get_absolute_url()}run/")
    brought.refresh_from_db()
    assert (brought.imported, brought.duplicates) == (1, 1)


# --- All or nothing --------------------------------------------------------------------------------------------------


def test_a_fault_in_the_middle_stores_nothing(
    reader: User, reader_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    brought = previewed(reader_client, reader, SMALL)

    def fail(**kwargs: object) -> None:
        raise RuntimeError("Life support")

    EnrolmentFactory(user=reader)
    with monkeypatch.context() as patch:
        patch.setattr(imports, "place_all", fail)
        reader_client.post(f"{brought.get_absolute_url()}run/")
    brought.refresh_from_db()
    assert (reader.activities.count(), Reflection.objects.count()) == (0, 0)
    assert brought.state == ImportState.CHECKED
    page = reader_client.get(brought.get_absolute_url()).content.decode()
    assert "The last try did not come to its end, and nothing was stored" in page
    # What somebody brought never reaches a log.
    assert "RuntimeError" in caplog.text and "Life support" not in caplog.text
    reader_client.post(f"{brought.get_absolute_url()}run/")
    assert reader.activities.count() == 2


def test_more_rows_are_imported_in_the_background(reader: User, reader_client: Client) -> None:
    rows = "".join(f"Row {number},2025-02-01,30,,,\n" for number in range(600))
    brought = previewed(reader_client, reader, HEAD + rows)
    reader_client.post(f"{brought.get_absolute_url()}run/")
    brought.refresh_from_db()
    assert (brought.state, reader.activities.count()) == (ImportState.RUNNING, 0)
    page = reader_client.get(brought.get_absolute_url()).content.decode()
    assert "Waiting for its turn" in page and "<progress" in page
    # Only while it waits; pressing again does not put it there twice.
    reader_client.post(f"{brought.get_absolute_url()}run/")
    assert DBTaskResult.objects.filter(task_path=work_on_import.module_path).count() == 1
    assert work_on_import.call(str(brought.pk)) == ImportState.DONE
    assert reader.activities.count() == 600
    assert work_on_import.call(str(brought.pk)) == ImportState.DONE
    assert reader.activities.count() == 600
    assert reader_client.get(f"{brought.get_absolute_url()}progress/").json()["at_work"] is False


def test_a_worker_that_was_killed_can_be_replaced(reader: User, reader_client: Client) -> None:
    brought = previewed(reader_client, reader, SMALL)
    Import.objects.update(state=ImportState.RUNNING, started_at=timezone.now() - datetime.timedelta(minutes=5))
    assert reader_client.get(f"{brought.get_absolute_url()}progress/").json()["has_stopped"] is True
    assert "nothing of it was stored" in reader_client.get(brought.get_absolute_url()).content.decode()
    reader_client.post(f"{brought.get_absolute_url()}run/")
    brought.refresh_from_db()
    assert (brought.state, reader.activities.count()) == (ImportState.DONE, 2)


def test_a_file_that_is_gone_is_said(reader: User, reader_client: Client) -> None:
    brought = previewed(reader_client, reader, SMALL)
    storage.drop(brought.pk)
    reader_client.post(f"{brought.get_absolute_url()}run/")
    page = reader_client.get(brought.get_absolute_url()).content.decode()
    assert "The file is no longer kept here" in page and "Upload another file" in page


# --- Undo ------------------------------------------------------------------------------------------------------------


def test_undo_and_back(reader: User, reader_client: Client) -> None:
    other = ActivityFactory(user=reader)
    brought = imported(reader_client, reader)
    page = reader_client.get(f"{brought.get_absolute_url()}undo/").content.decode()
    assert "2 activities go out of your record" in page
    reader_client.post(f"{brought.get_absolute_url()}undo/")
    assert list(reader.activities.kept()) == [other]
    assert "Bring them back" in reader_client.get(brought.get_absolute_url()).content.decode()
    reader_client.post(f"{brought.get_absolute_url()}restore/")
    assert reader.activities.kept().count() == 3
    # Coming back is no change of one's own.
    reader_client.post(f"{brought.get_absolute_url()}undo/")
    assert list(reader.activities.kept()) == [other]


@pytest.mark.parametrize(("choice", "left"), [("keep", 1), ("remove", 0)])
def test_undo_asks_about_what_was_changed_since(reader: User, reader_client: Client, choice: str, left: int) -> None:
    brought = imported(reader_client, reader)
    changed = reader.activities.get(title="Life support")
    with time_machine.travel(NOW + datetime.timedelta(minutes=10), tick=True):
        amend_activity(by=reader, activity_id=changed.pk, version=1, fields={"title": "Advanced life support"})
        response = reader_client.post(f"{brought.get_absolute_url()}undo/")
        assert response.status_code == 200 and "Advanced life support" in response.content.decode()
        assert reader.activities.kept().count() == 2
        assert reader_client.post(f"{brought.get_absolute_url()}undo/", {"changed": "x"}).status_code == 422
        reader_client.post(f"{brought.get_absolute_url()}undo/", {"changed": choice})
        assert reader.activities.kept().count() == left
        reader_client.post(f"{brought.get_absolute_url()}restore/")
        assert reader.activities.kept().count() == 2


def test_what_was_deleted_by_hand_stays_deleted(reader: User, reader_client: Client) -> None:
    brought = imported(reader_client, reader)
    deleted = reader.activities.get(title="Life support")
    with time_machine.travel(NOW + datetime.timedelta(minutes=10), tick=True):
        delete_activity(by=reader, activity_id=deleted.pk)
    with time_machine.travel(NOW + datetime.timedelta(minutes=20), tick=True):
        reader_client.post(f"{brought.get_absolute_url()}undo/")
        reader_client.post(f"{brought.get_absolute_url()}restore/")
        assert [activity.title for activity in reader.activities.kept()] == ["Journal club"]


def test_after_thirty_days_nothing_is_undone(reader: User, reader_client: Client) -> None:
    brought = imported(reader_client, reader)
    Import.objects.update(finished_at=NOW - datetime.timedelta(days=31))
    reader_client.post(f"{brought.get_absolute_url()}undo/")
    assert reader.activities.kept().count() == 2
    assert "Undo this import" not in reader_client.get(brought.get_absolute_url()).content.decode()


def test_the_night_forgets_what_was_never_imported(reader: User, reader_client: Client, own_storage: Path) -> None:
    done = imported(reader_client, reader)
    previewed(reader_client, reader, SMALL)
    Import.objects.update(created_at=NOW - datetime.timedelta(hours=25))
    imports.tidy_imports(NOW)
    assert [brought.pk for brought in reader.imports.all()] == [done.pk]
    assert not [path for path in own_storage.iterdir() if done.pk.hex not in path.name.replace("-", "")]
    assert done.not_taken.count() == 1
    imports.tidy_imports(NOW + datetime.timedelta(days=31))
    assert done.not_taken.count() == 0


def test_discarding_forgets_the_file(
    reader: User, reader_client: Client, own_storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    brought = previewed(reader_client, reader, SMALL)
    with django_capture_on_commit_callbacks(execute=True):
        reader_client.post(f"{brought.get_absolute_url()}discard/")
    assert not reader.imports.exists() and list(own_storage.iterdir()) == []
    done = imported(reader_client, reader)
    reader_client.post(f"{done.get_absolute_url()}discard/")
    assert reader.imports.exists() and reader.activities.exists()


# --- Bad files -------------------------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return file.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.csv": (lambda: b"", "empty"),
    "blank.csv": (lambda: b"\n\n  \n", "nothing in this file"),
    "head.csv": (lambda: b"Title,Date,Minutes\n", "nothing below the names"),
    "page.csv": (lambda: b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
    "one.csv": (lambda: b"Title\nOne\nTwo\n", "one column only"),
    "paper.csv": (lambda: b"%PDF-1.7 ...", "PDF"),
    "old.xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel file"),
    "noise.csv": (lambda: bytes(range(32)) * 40, "no table"),
    "open.csv": (lambda: b'Title,Date,Minutes\n"never closed,' + b"x" * 1_100_000, "quotation mark"),
    "cut.xlsx": (lambda: workbook([["Title", "Date"], ["a", "b"]])[:-300], "damaged"),
    "letter.xlsx": (lambda: zipped({"word/document.xml": b"<w/>"}), "no Excel workbook"),
    "bomb.xlsx": (
        lambda: zipped({"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": bytes(60 * 1024 * 1024)}),
        "far larger than any record",
    ),
    "parts.xlsx": (
        lambda: zipped({"xl/workbook.xml": b"<workbook/>"} | {f"xl/{number}.xml": b"" for number in range(1500)}),
        "far larger than any record",
    ),
    "hollow.xlsx": (lambda: zipped({"xl/workbook.xml": b"<workbook/>"}), "damaged"),
    "entities.xlsx": (
        lambda: zipped(
            {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'}
        ),
        "damaged",
    ),
    "cut.ics": (lambda: b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n", "cut off"),
    "none.ics": (lambda: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "nothing in this file"),
}


@pytest.mark.sweep
@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_a_sentence_and_leaves_nothing(
    reader: User, reader_client: Client, own_storage: Path, name: str, django_capture_on_commit_callbacks: Any
) -> None:
    make, words = BAD[name]
    with django_capture_on_commit_callbacks(execute=True):
        response = upload(reader_client, make(), name)
    brought = reader.imports.first()
    if response.status_code == 302 and brought is not None:
        # Larger than what is read at once.
        with django_capture_on_commit_callbacks(execute=True):
            assert work_on_import.call(str(brought.pk)) == ImportState.FAILED
        assert words in reader_client.get(brought.get_absolute_url()).content.decode()
    else:
        assert response.status_code == 422
        assert words in response.content.decode()
        assert brought is None
    assert not own_storage.exists() or list(own_storage.iterdir()) == []


def test_a_sheet_with_a_row_at_its_very_end_is_read_quickly(reader: User, reader_client: Client) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Title", "Date", "Minutes"])
    book.active.append(["One", "2025-02-01", 30])
    book.active.cell(1_048_576, 16_384, "x")
    file = io.BytesIO()
    book.save(file)
    assert previewed(reader_client, reader, file.getvalue(), "wide.xlsx").rows == 1


def test_hostile_cells_are_rows_with_reasons_or_plain_words(reader: User, reader_client: Client) -> None:
    rows = [
        ("nul\x00byte", "2025-02-01", "30", ""),
        ("<script>alert(1)</script>", "2025-02-02", "30", ""),
        ("x" * 201, "2025-02-03", "30", ""),
        ("too long", "2025-02-04", "30", "y" * 20_001),
        ("huge", "2025-02-05", "9" * 400, ""),
        ("a day", "2025-02-06", "1441", ""),
        ("nothing", "2025-02-07", "0", ""),
        ("tomorrow", "2026-11-24", "30", ""),
        ("long ago", "1066-10-14", "30", ""),
        ("no day", "31/02/2025", "30", ""),
        ("", "2025-02-08", "30", ""),
    ]
    text = HEAD + "".join(f"{title},{day},{minutes},,,{words}\n" for title, day, minutes, words in rows)
    brought = imported(reader_client, reader, text)
    titles = set(reader.activities.values_list("title", flat=True))
    assert titles == {"nulbyte", "<script>alert(1)</script>"}
    assert list(brought.not_taken.values_list("reason", flat=True)) == [
        Reason.LONG_TITLE,
        Reason.LONG_TEXT,
        Reason.ODD_TIME,
        Reason.TOO_MUCH,
        Reason.TOO_LITTLE,
        Reason.FUTURE,
        Reason.BEFORE_RECORD,
        Reason.ODD_DATE,
        Reason.NO_TITLE,
    ]
    assert "<script>alert" not in reader_client.get(brought.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b.csv", "😀" * 150 + ".csv", "C:\\me\\my.csv", "‮vsc.csv"])
def test_any_name_of_a_file(reader: User, reader_client: Client, name: str) -> None:
    upload(reader_client, SMALL, name)
    kept = reader.imports.get().file_name
    assert 0 < len(kept) <= 120 and "/" not in kept and "\\" not in kept and "\x00" not in kept


# --- Others ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "progress/", "columns/", "undo/"])
def test_a_strangers_import_does_not_exist(
    reader: User, reader_client: Client, stranger_client: Client, part: str
) -> None:
    brought = imported(reader_client, reader)
    assert stranger_client.get(f"{brought.get_absolute_url()}{part}").status_code == 404


@pytest.mark.sweep
@pytest.mark.parametrize("part", ["columns/", "sheet/", "run/", "discard/", "undo/", "restore/"])
def test_a_stranger_changes_nothing(reader: User, reader_client: Client, stranger_client: Client, part: str) -> None:
    brought = imported(reader_client, reader)
    assert stranger_client.post(f"{brought.get_absolute_url()}{part}", {"changed": "remove"}).status_code == 404
    assert reader.activities.kept().count() == 2


def test_the_sample_can_be_imported(reader: User, reader_client: Client) -> None:
    sample = reader_client.get(f"{START}sample.csv")
    assert "attachment" in sample["Content-Disposition"]
    brought = imported(reader_client, reader, sample.content)
    assert (brought.imported, brought.refused) == (2, 0)
    assert set(reader.activities.values_list("kind", flat=True)) == {Kind.MANDATORY, Kind.JOURNAL_CLUB}


def test_importing_costs_queries_by_the_thousand_and_not_by_the_row(reader: User, reader_client: Client) -> None:
    def queries(rows: int, day: str) -> int:
        text = HEAD + "".join(f"Row {number},{day},30,,,words\n" for number in range(rows))
        brought = previewed(reader_client, reader, text)
        with CaptureQueriesContext(connection) as captured:
            reader_client.post(f"{brought.get_absolute_url()}run/")
        return len(captured)

    EnrolmentFactory(user=reader)
    queries(2, "2025-01-01")
    assert queries(2, "2025-02-01") == queries(400, "2025-02-02")
    assert Activity.objects.count() == 404


# --- A hundred thousand rows -----------------------------------------------------------------------------------------

MOST_MEMORY = 200 * 1024 * 1024


def big(rows: int) -> bytes:
    lines = (f"Kurs {number};{number % 28 + 1:02}.{number % 12 + 1:02}.2025;1,5;Café" for number in range(rows))
    return ("Titel;Datum;Stunden;Provider\n" + "\n".join(lines)).encode("cp1252")


def highest_memory() -> int:
    """The most bytes this process has held so far (Linux counts them in KB, macOS in bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.slow
def test_a_hundred_thousand_rows_in_little_memory(reader: User, reader_client: Client) -> None:
    begun = time.perf_counter()
    upload(reader_client, big(100_000))
    assert time.perf_counter() - begun < 5  # The upload only puts the reading into the queue.
    brought = reader.imports.get()
    assert brought.state == ImportState.UPLOADED
    before = highest_memory()
    assert work_on_import.call(str(brought.pk)) == ImportState.READ
    brought.refresh_from_db()
    reader_client.post(f"{brought.get_absolute_url()}columns/", columns(brought))
    assert work_on_import.call(str(brought.pk)) == ImportState.CHECKED
    assert highest_memory() - before < MOST_MEMORY
    brought.refresh_from_db()
    assert (brought.rows, brought.imported, brought.refused) == (100_000, 100_000, 0)
    assert reader_client.get(brought.get_absolute_url()).status_code == 200


@pytest.mark.slow
def test_one_row_more_is_a_sentence(reader: User, reader_client: Client) -> None:
    upload(reader_client, big(100_001))
    brought = reader.imports.get()
    assert work_on_import.call(str(brought.pk)) == ImportState.FAILED
    assert "more than 100,000 rows" in reader_client.get(brought.get_absolute_url()).content.decode()


@pytest.mark.slow
def test_of_many_rows_not_taken_some_thousands_are_kept(reader: User, reader_client: Client) -> None:
    upload(reader_client, big(8_000).replace(b"2025", b"2099"))
    brought = reader.imports.get()
    brought.refresh_from_db()
    reader_client.post(f"{brought.get_absolute_url()}columns/", columns(brought))
    assert work_on_import.call(str(brought.pk)) == ImportState.CHECKED
    brought.refresh_from_db()
    assert (brought.refused, brought.not_taken.count()) == (8_000, 5_000)
    last = reader_client.get(f"{brought.get_absolute_url()}?page=100").content.decode()
    assert "And 3000 more, which are not listed." in last


@pytest.mark.slow
def test_a_file_of_26_megabytes_is_a_sentence(reader: User, reader_client: Client) -> None:
    response = upload(reader_client, b"a,b\n" * (26 * 1024 * 256))
    assert response.status_code == 422 and "larger than 25 MB" in response.content.decode()
    assert not reader.imports.exists()
