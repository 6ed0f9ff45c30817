"""Changing one's address: nothing changes until the new one is proved."""

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.journeys import PASSWORD, code_in, confirm_it_is_me, log_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

EMAIL = "/accounts/email/"
CONFIRM = "/accounts/confirm-email/"


@pytest.fixture
def user() -> User:
    return UserFactory(email="old@example.org", password=PASSWORD)


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    log_in(client, user.email)
    confirm_it_is_me(client)
    return client


def test_from_the_old_to_the_new(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    response = client.post(EMAIL, {"email": "New@Example.org", "action_add": ""}, follow=True)
    assert "new@example.org" in response.text
    user.refresh_from_db()
    assert user.email == "old@example.org"
    assert mailoutbox[0].to == ["new@example.org"]

    assert client.post(CONFIRM, {"code": "WRON-GONE"}).status_code == 200
    client.post(CONFIRM, {"code": code_in(mailoutbox[0])})
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert log_in(Client(), "new@example.org")["Location"] == "/cpd/"
    assert log_in(Client(), "old@example.org").status_code == 200
    # The old address hears of it: it may not have been its owner's doing.
    assert ["old@example.org"] in [letter.to for letter in mailoutbox[1:]]


def test_somebody_elses_address_stays_theirs(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    UserFactory(email="taken@example.org")
    page = client.post(EMAIL, {"email": "taken@example.org", "action_add": ""}, follow=True)
    assert page.status_code == 200 and "already" not in page.text
    # Its owner hears of it; even the right code, should they hand it on, changes nothing.
    assert mailoutbox[0].to == ["taken@example.org"]
    assert client.post(CONFIRM, {"code": code_in(mailoutbox[0])}).status_code == 200
    user.refresh_from_db()
    assert user.email == "old@example.org"


def test_after_a_while_the_password_is_asked_again(user: User, mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    with time_machine.travel("2026-11-20 09:00Z", tick=False) as clock:
        log_in(client, user.email)
        confirm_it_is_me(client)
        clock.shift(301)
        response = client.post(EMAIL, {"email": "new@example.org", "action_add": ""})
        assert response["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
        assert not mailoutbox
        page = client.get(response["Location"])
        assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
        assert client.post(response["Location"], {"password": "wrong password"}).status_code == 200
        assert not mailoutbox
        # What was asked for before is then done.
        client.post(response["Location"], {"password": PASSWORD, "next": "/accounts/email/"})
        assert mailoutbox[0].to == ["new@example.org"]
