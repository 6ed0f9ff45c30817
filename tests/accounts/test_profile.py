"""A person's own pages: the overview and the profile."""

import datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import Profile, User
from accounts.time_zones import known_zones, zones_by_region

pytestmark = pytest.mark.django_db

PROFILE = "/accounts/profile/"


def typed(**changes: str) -> dict[str, str]:
    plain = {
        "name": "Dr Rea Reader",
        "profession": "doctor",
        "country": "AU",
        "specialty": "General practice",
        "time_zone": "Australia/Sydney",
        "year_starts_in": "4",
        "record_starts_on": "2020-04-01",
    }
    return plain | changes


def test_the_overview_leads_everywhere(reader_client: Client) -> None:
    page = reader_client.get("/accounts/")
    for path in ("profile/", "email/", "password/change/", "2fa/", "sessions/", "logout/"):
        assert f'href="/accounts/{path}"' in page.text
        assert reader_client.get(f"/accounts/{path}", follow=True).status_code == 200
    assert "reader@example.org" in page.text
    assert "/admin/" not in page.text


def test_the_desk_is_offered_to_those_it_is_open_to(
    author_client: Client, editor_client: Client, admin_client: Client
) -> None:
    assert "Write articles, and review those of others." in author_client.get("/accounts/").text
    assert "Write and publish articles." in editor_client.get("/accounts/").text
    assert "look after people" in admin_client.get("/accounts/").text


def test_a_reviewer_is_offered_their_desk(reader: User, reader_client: Client) -> None:
    User.objects.filter(pk=reader.pk).update(role="reviewer")
    assert "Review articles." in reader_client.get("/accounts/").text


def test_the_form_shows_what_is_known(reader: User, reader_client: Client) -> None:
    Profile.objects.filter(user=reader).update(profession="nurse", time_zone="Asia/Kolkata", year_starts_in=4)
    page = reader_client.get(PROFILE)
    assert "no-store" in page.headers["Cache-Control"]
    for option in ('value="nurse" selected', 'value="Asia/Kolkata" selected', 'value="4" selected'):
        assert option in page.text
    assert '<optgroup label="Europe">' in page.text


def test_it_is_saved(reader: User, reader_client: Client) -> None:
    response = reader_client.post(PROFILE, typed(name="  Dr R. Reader "), follow=True)
    assert "Saved your profile." in response.text
    user = User.objects.select_related("profile").get(pk=reader.pk)
    profile = user.profile
    assert user.name == "Dr R. Reader"
    assert (profile.profession, profile.country.code, profile.specialty) == ("doctor", "AU", "General practice")
    assert (profile.time_zone, profile.year_starts_in) == ("Australia/Sydney", 4)
    assert profile.record_starts_on == datetime.date(2020, 4, 1)


@pytest.mark.parametrize("day", ["2020-04-01", "1/4/2020", "1 April 2020"])
def test_a_day_is_read_as_people_write_it(reader: User, reader_client: Client, day: str) -> None:
    reader_client.post(PROFILE, typed(record_starts_on=day))
    assert Profile.objects.get(user=reader).record_starts_on == datetime.date(2020, 4, 1)


def test_most_of_it_may_stay_empty(reader: User, reader_client: Client) -> None:
    assert reader_client.post(PROFILE, typed(profession="", country="", specialty="")).status_code == 302


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter your name."),
        ("name", "x" * 151, "longer than 150"),
        ("profession", "wizard", "not one of the available choices"),
        ("country", "XX", "not one of the available choices"),
        ("specialty", "x" * 101, "longer than 100"),
        ("time_zone", "", "Choose your time zone."),
        ("time_zone", "Mars/Olympus", "Choose a time zone from the list."),
        ("year_starts_in", "13", "Choose a month from the list."),
        ("year_starts_in", "", "Choose a month."),
        ("record_starts_on", "", "Enter the first day of your record."),
        ("record_starts_on", "30 February 2020", "Enter a date that exists"),
        ("record_starts_on", "1066-10-14", "Check the year"),
        ("record_starts_on", "2999-01-01", "in the future"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_above(
    reader: User, reader_client: Client, field: str, value: str, words: str
) -> None:
    response = reader_client.post(
        PROFILE, typed(**{field: value, "name": "Changed"} if field != "name" else {field: value})
    )
    assert response.status_code == 422
    assert words in response.text
    assert f'<a href="#id_{field}">' in response.text
    assert "<title>Error: Profile" in response.text
    assert User.objects.get(pk=reader.pk).name == "Dr Rea Reader"


def test_today_is_the_persons_own(reader: User, reader_client: Client) -> None:
    """At noon in London it is already tomorrow in Auckland."""
    Profile.objects.filter(user=reader).update(time_zone="Pacific/Auckland")
    with time_machine.travel("2026-06-30 12:30Z", tick=False):
        tomorrow = typed(record_starts_on="2026-07-01", time_zone="Pacific/Auckland")
        assert reader_client.post(PROFILE, tomorrow).status_code == 302


def test_an_old_spelling_of_a_zone_is_kept(reader: User, reader_client: Client) -> None:
    Profile.objects.filter(user=reader).update(time_zone="Eire")
    assert 'value="Eire" selected' in reader_client.get(PROFILE).text
    assert reader_client.post(PROFILE, typed(time_zone="Eire")).status_code == 302


def test_nothing_else_can_be_changed_through_it(reader: User, reader_client: Client) -> None:
    smuggled = {"role": "administrator", "is_superuser": "on", "email": "other@example.org", "user": "1"}
    reader_client.post(PROFILE, typed(**smuggled))
    user = User.objects.get(pk=reader.pk)
    assert (user.role, user.is_superuser, user.email) == ("reader", False, "reader@example.org")


def test_every_zone_on_offer_exists_once() -> None:
    names = [name for _, places in zones_by_region() for name, _ in places]
    assert len(names) == len(set(names)) > 400
    assert set(names) <= known_zones()
    assert "localtime" not in known_zones()
    labels = {label: dict(places) for label, places in zones_by_region()}
    assert labels["America"]["America/Argentina/Buenos_Aires"] == "Argentina, Buenos Aires"
