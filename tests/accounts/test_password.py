"""Forgotten and changed passwords."""

import datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.journeys import PASSWORD, is_logged_in, link_in, log_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

NEW = "another quiet night"
RESET = "/accounts/password/reset/"
CHANGE = "/accounts/password/change/"


@pytest.fixture
def user() -> User:
    return UserFactory(email="clinician@example.org", password=PASSWORD)


def choose(client: Client, link: str, password: str = NEW) -> str:
    """Follow the link, type a new password; where that leads."""
    form = client.get(link)
    if form.status_code != 302:
        return "no form"
    assert "no-store" in client.get(form["Location"]).headers["Cache-Control"]
    return client.post(form["Location"], {"password1": password, "password2": password})["Location"]


def test_forgotten_and_chosen_again(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    response = client.post(RESET, {"email": "Clinician@example.org"})
    assert response["Location"] == "/accounts/password/reset/done/"
    assert mailoutbox[0].to == ["clinician@example.org"]
    assert choose(client, link_in(mailoutbox[0])) == "/accounts/password/reset/key/done/"
    assert not is_logged_in(client)
    assert log_in(client, user.email, PASSWORD).status_code == 200
    assert log_in(client, user.email, NEW)["Location"] == "/cpd/"


def test_a_link_works_once(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    client.post(RESET, {"email": user.email})
    link = link_in(mailoutbox[0])
    choose(client, link)
    assert "stopped working" in Client().get(link).text
    assert choose(Client(), link) == "no form"


def test_a_link_grows_old(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    with time_machine.travel("2026-11-20 09:00Z", tick=False) as clock:
        client.post(RESET, {"email": user.email})
        clock.shift(datetime.timedelta(days=3, seconds=1))
        assert choose(client, link_in(mailoutbox[0])) == "no form"


def test_the_link_leads_to_this_site_and_no_further(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    assert client.post(RESET, {"email": user.email}, headers={"host": "evil.example"}).status_code == 400
    client.post(RESET, {"email": user.email}, headers={"x-forwarded-host": "evil.example"})
    assert "evil.example" not in str(mailoutbox[0].body)


def test_an_unknown_address_reads_the_same(client: Client, mailoutbox: list[EmailMessage]) -> None:
    response = client.post(RESET, {"email": "nobody@example.org"})
    assert response["Location"] == "/accounts/password/reset/done/"
    assert mailoutbox[0].to == ["nobody@example.org"]
    assert "/accounts/signup/" in str(mailoutbox[0].body)


def test_the_deactivated_get_no_link(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.update(is_active=False)
    client.post(RESET, {"email": user.email})
    assert "password/reset/key" not in str(mailoutbox[0].body)


def test_following_the_link_proves_the_address(client: Client, mailoutbox: list[EmailMessage]) -> None:
    user = UserFactory(password=PASSWORD, verified=False)
    client.post(RESET, {"email": user.email})
    choose(client, link_in(mailoutbox[0]))
    assert EmailAddress.objects.get(user=user).verified


def test_a_second_address_that_waits_is_not_proved_by_it(client: Client, mailoutbox: list[EmailMessage]) -> None:
    user = UserFactory(password=PASSWORD)
    EmailAddress.objects.create(user=user, email="waiting@example.org", verified=False)
    client.post(RESET, {"email": user.email})
    choose(client, link_in(mailoutbox[0]))
    assert not EmailAddress.objects.get(email="waiting@example.org").verified


def test_changing_it_needs_the_old_one(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    log_in(client, user.email)
    wrong = client.post(CHANGE, {"oldpassword": "not this one", "password1": NEW, "password2": NEW})
    assert wrong.status_code == 200 and "current password" in wrong.text
    assert client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}).status_code == 302
    assert is_logged_in(client)
    assert mailoutbox[-1].to == [user.email]
    assert log_in(Client(), user.email, NEW)["Location"] == "/cpd/"


def test_changing_it_logs_other_devices_out(user: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        log_in(client, user.email)
    here.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert is_logged_in(here) and not is_logged_in(there)


def test_a_reset_logs_every_device_out(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    log_in(client, user.email)
    elsewhere = Client()
    elsewhere.post(RESET, {"email": user.email})
    choose(elsewhere, link_in(mailoutbox[-1]))
    assert not is_logged_in(client)
