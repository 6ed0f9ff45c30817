"""Signing up: from the form to a confirmed address, and what a stranger may learn from it."""

import re

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.accounts.journeys import PASSWORD, code_in, is_logged_in, log_in, sign_up
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

CONFIRM = "/accounts/confirm-email/"


def test_the_form_is_short(client: Client) -> None:
    response = client.get("/accounts/signup/")
    assert list(response.context["form"].fields) == ["name", "email", "password1", "time_zone"]
    assert response.headers["Cache-Control"].startswith("max-age=0") and "no-store" in response.headers["Cache-Control"]
    assert 'name="time_zone" data-detect=""' in response.text
    assert "E-mail address</label>" in response.text and "At least 10 characters." in response.text


def test_from_the_form_to_a_confirmed_address(client: Client, mailoutbox: list[EmailMessage]) -> None:
    response = sign_up(client, "New.Person@Example.org", time_zone="Australia/Sydney")
    assert response["Location"] == CONFIRM
    assert not is_logged_in(client)
    assert client.post(CONFIRM, {"code": code_in(mailoutbox[0])})["Location"] == "/cpd/requirements/new/"
    assert is_logged_in(client)
    user = User.objects.get()
    assert (user.email, user.name, user.role) == ("new.person@example.org", "Dr New Person", "reader")
    assert user.profile.time_zone == "Australia/Sydney"
    assert mailoutbox[0].to == ["new.person@example.org"]
    assert log_in(Client(), "new.person@example.org")["Location"] == "/cpd/"


def test_the_way_leads_back_to_where_it_began(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client, "new@example.org", next="/articles/?topic=sepsis")
    assert client.post(CONFIRM, {"code": code_in(mailoutbox[0])})["Location"] == "/articles/?topic=sepsis"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "localtime", "../../etc/passwd", "\x00", "x" * 100_000])
def test_a_time_zone_that_makes_no_sense_is_ignored(client: Client, zone: str) -> None:
    assert sign_up(client, "new@example.org", time_zone=zone)["Location"] == CONFIRM
    assert User.objects.get().profile.time_zone == "Europe/London"


def test_a_wrong_code_opens_nothing_and_three_end_it(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client, "new@example.org")
    right = code_in(mailoutbox[0])
    for _ in range(2):
        response = client.post(CONFIRM, {"code": "WRONGCODE"})
        assert response.status_code == 200 and "Incorrect code" in response.text
        assert "no-store" in response.headers["Cache-Control"]
    assert client.post(CONFIRM, {"code": "WRONGCODE"}).status_code == 302
    client.post(CONFIRM, {"code": right})
    assert not is_logged_in(client)


def test_a_new_code_replaces_the_old_one(client: Client, mailoutbox: list[EmailMessage], settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # Ten seconds have passed.
    sign_up(client, "new@example.org")
    assert client.post(CONFIRM, {"action": "resend"}).status_code == 302
    old, new = (code_in(letter) for letter in mailoutbox)
    assert old != new
    assert client.post(CONFIRM, {"code": old}).status_code == 200
    assert client.post(CONFIRM, {"code": new}).status_code == 302
    assert is_logged_in(client)


def test_codes_cannot_be_asked_for_in_a_hurry(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client, "new@example.org")
    client.post(CONFIRM, {"action": "resend"})
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("limited", [True, False], ids=["in-a-hurry", "patient"])
def test_a_known_address_gets_another_mail_and_its_guest_the_same_pages(
    mailoutbox: list[EmailMessage], settings: Settings, limited: bool
) -> None:
    if not limited:
        settings.ACCOUNT_RATE_LIMITS = False
    UserFactory(email="known@example.org", password=PASSWORD)
    pages = []
    for email in ("known@example.org", "new01@example.org"):
        visitor = Client()
        response = sign_up(visitor, email)
        page = visitor.get(response["Location"])
        wrong = visitor.post(response["Location"], {"code": "WRONGCODE"})
        again = visitor.post(response["Location"], {"action": "resend"})
        afterwards = visitor.get(response["Location"])
        pages.append(
            [
                (answer.status_code, answer.headers.get("Location"), anonymous(answer.text, email))
                for answer in (response, page, wrong, again, afterwards)
            ]
        )
    assert pages[0] == pages[1]
    known, new = mailoutbox[:2]
    assert known.to == ["known@example.org"] and new.to == ["new01@example.org"]
    assert known.subject != new.subject
    assert "/accounts/password/reset/" in str(known.body)
    assert User.objects.count() == 2


def anonymous(page: str, email: str) -> str:
    """The page without what must differ: the address typed, and the token against forgery."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.replace(email, "ADDRESS"))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter your name."),
        ("name", "x" * 151, "longer than 150 characters"),
        ("email", "nobody", "valid email"),
        ("email", "", "required"),
        ("password1", "short", "at least 10 characters"),
        ("password1", "password123", "too common"),
        ("password1", "new.person@example.org", "too similar"),
    ],
)
def test_what_is_wrong_is_said(client: Client, field: str, value: str, words: str) -> None:
    form = {"name": "Dr New", "email": "new.person@example.org", "password1": PASSWORD, field: value}
    response = client.post("/accounts/signup/", form)
    assert words in response.text and f'id="id_{field}_error"' in response.text
    assert PASSWORD not in response.text
    assert not User.objects.exists()


def test_whoever_is_logged_in_has_no_business_here(reader_client: Client) -> None:
    assert reader_client.get("/accounts/signup/")["Location"] == "/cpd/"


def test_a_role_cannot_be_smuggled_in(client: Client) -> None:
    sign_up(client, "new@example.org", role="administrator", is_superuser="on", is_staff="on")
    user = User.objects.get()
    assert (user.role, user.is_superuser) == ("reader", False)
