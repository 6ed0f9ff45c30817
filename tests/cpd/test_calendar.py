"""The private calendar: dates and names of frameworks only, for whoever has the address until it is stopped."""

import datetime
import hashlib
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from cpd.calendars import calendar_of
from cpd.models import Enrolment, Reminders
from cpd.rules.due_dates import due_dates
from cpd.standing import standings
from tests.factories.cpd import ActivityFactory, ArtefactFactory, EnrolmentFactory, ReflectionFactory, RemindersFactory

pytestmark = pytest.mark.django_db
PAGE = "/cpd/reminders/"
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)


@pytest.fixture
def enrolment(reader: User) -> Enrolment:
    return EnrolmentFactory(user=reader, number="71A2998E")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"(?: value="([^"]*)")?', page)
    assert found is not None
    return found[1] or ""


def form(client: Client) -> dict[str, str]:
    page = client.get(PAGE).text
    return {"do": "make", "key": hidden(page, "key"), "seen": hidden(page, "seen")}


def address_in(page: str) -> str:
    found = re.search(r'value="(http[^"]+\.ics)"', page)
    assert found is not None
    return found[1].removeprefix("http://localhost:8000").partition("/cpd/")[1] + found[1].partition("/cpd/")[2]


def make(client: Client) -> str:
    response = client.post(PAGE, form(client))
    assert response.status_code == 200
    return address_in(response.text)


def events(data: bytes) -> list[Any]:
    return list(Calendar.from_ical(data).walk("VEVENT"))


# --- The address -----------------------------------------------------------------------------------------------------


def test_an_address_is_made_when_asked_for_and_shown_once(
    reader: User, reader_client: Client, client: Client, enrolment: Enrolment
) -> None:
    assert ".ics" not in reader_client.get(PAGE).text
    address = make(reader_client)
    assert client.get(address).status_code == 200
    page = reader_client.get(PAGE).text
    assert ".ics" not in page and "You made an address on" in page


def test_only_its_hash_is_kept(reader: User, reader_client: Client) -> None:
    token = make(reader_client).rpartition("/")[2].removesuffix(".ics")
    assert len(token) == 64
    kept = Reminders.objects.get(user=reader)
    assert kept.calendar_sha256 == hashlib.sha256(token.encode()).hexdigest()


def test_the_same_form_twice_gives_the_same_address(reader_client: Client) -> None:
    data = form(reader_client)
    first, second = (address_in(reader_client.post(PAGE, data).text) for _ in range(2))
    assert first == second


def test_a_new_address_stops_the_old_one(reader_client: Client, client: Client) -> None:
    old, new = make(reader_client), make(reader_client)
    assert old != new
    assert client.get(old).status_code == 404 and client.get(new).status_code == 200


def test_it_can_be_stopped(reader_client: Client, client: Client) -> None:
    address = make(reader_client)
    page = reader_client.post(PAGE, {"do": "revoke"}, follow=True).text
    assert "The old address shows nothing any more." in page
    assert client.get(address).status_code == 404


def test_an_old_form_does_not_bring_a_stopped_address_back(reader_client: Client, client: Client) -> None:
    data = form(reader_client)
    address = address_in(reader_client.post(PAGE, data).text)
    reader_client.post(PAGE, {"do": "revoke"})
    response = reader_client.post(PAGE, data)
    assert response.status_code == 409 and "Press the button again." in response.text
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("changes", [{"key": ""}, {"key": "x"}, {"seen": "y" * 100}])
def test_a_form_that_was_tampered_with_makes_nothing(reader_client: Client, changes: dict[str, str]) -> None:
    response = reader_client.post(PAGE, form(reader_client) | changes)
    assert response.status_code == 422 and "no address was made" in response.text


def test_two_people_with_the_same_key_have_addresses_of_their_own(
    reader_client: Client, stranger_client: Client
) -> None:
    data = {"do": "make", "key": str(uuid.uuid4()), "seen": ""}
    assert address_in(reader_client.post(PAGE, data).text) != address_in(stranger_client.post(PAGE, data).text)


@pytest.mark.parametrize("token", ["x", "0" * 64, "a" * 500])
def test_a_wrong_address_is_not_found(client: Client, token: str) -> None:
    RemindersFactory()
    assert client.get(f"/cpd/calendar/{token}.ics").status_code == 404


def test_the_address_of_somebody_who_was_locked_out_stops(reader: User, reader_client: Client, client: Client) -> None:
    address = make(reader_client)
    reader.is_active = False
    reader.save()
    assert client.get(address).status_code == 404


def test_no_copy_is_kept_on_the_way(reader_client: Client, client: Client) -> None:
    headers = client.get(make(reader_client)).headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow" and headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"


# --- What is in it ---------------------------------------------------------------------------------------------------


def test_the_end_of_a_cycle_is_an_all_day_event(reader: User, enrolment: Enrolment) -> None:
    [event] = events(calendar_of(reader, NOON))
    assert event["summary"] == "NMC: your present cycle ends"
    assert event["dtstart"].dt == datetime.date(2027, 9, 30) and event["dtend"].dt == datetime.date(2027, 10, 1)
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert reverse("cpd:enrolment-detail", args=[enrolment.pk]) in event["url"]


def test_an_event_keeps_its_id(reader: User, enrolment: Enrolment) -> None:
    [today], [later] = (events(calendar_of(reader, NOON + datetime.timedelta(days=days))) for days in (0, 30))
    assert today["uid"] == later["uid"]


def test_dates_to_act_by_are_in_it_until_they_are_done(reader: User) -> None:
    """A dentist's yearly statement of hours is due 28 days after each year of the cycle."""
    EnrolmentFactory(
        user=reader,
        framework="uk-gdc",
        titles=[{"titles": ["dentist"], "since": None}],
        anchor_on=datetime.date(2022, 1, 1),
    )
    with time_machine.travel(NOON):
        summaries = {str(event["summary"]): event["dtstart"].dt for event in events(calendar_of(reader))}
    assert any(day > NOON.date() for day in summaries.values())
    assert any(name.startswith("Due: GDC: ") and "cycle ends" not in name for name in summaries)


def test_nothing_that_a_person_wrote_is_in_it(reader: User, enrolment: Enrolment) -> None:
    ActivityFactory(
        user=reader, title="Zaphod's course", reflection=ReflectionFactory(user=reader, text="Zaphod cried.")
    )
    ArtefactFactory(enrolment=enrolment, answers={"content": "Zaphod said so."})
    data = calendar_of(reader, NOON).decode()
    assert "Zaphod" not in data and "71A2998E" not in data and reader.email not in data and reader.name not in data


def test_a_rolling_window_has_no_end(reader: User) -> None:
    EnrolmentFactory(user=reader, framework="za-hpcsa", titles=[], anchor_on=None)
    [stand] = standings(reader, today=NOON.date())
    assert not [date for date in due_dates(stand.assessment, stand.version) if date.is_cycle_end]


def test_somebody_without_frameworks_has_an_empty_calendar(reader: User) -> None:
    assert events(calendar_of(reader, NOON)) == []


def test_it_costs_the_same_for_many_frameworks(
    reader: User, enrolment: Enrolment, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(10):
        EnrolmentFactory(user=reader, left_on=datetime.date(2030, 1, 1 + number))
    with django_assert_max_num_queries(3):
        assert len(events(calendar_of(reader, NOON))) == 11
