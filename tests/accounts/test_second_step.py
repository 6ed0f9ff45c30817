"""An app's codes after the password, and recovery codes for the day it is lost."""

import datetime
import re
import time

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.accounts.journeys import PASSWORD, code_in, confirm_it_is_me, is_logged_in, link_in, log_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

ACTIVATE = "/accounts/2fa/totp/activate/"
DEACTIVATE = "/accounts/2fa/totp/deactivate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"
CODES = "/accounts/2fa/recovery-codes/"


@pytest.fixture
def user() -> User:
    return UserFactory(email="clinician@example.org", password=PASSWORD)


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    log_in(client, user.email)
    confirm_it_is_me(client)
    return client


def code_now(secret: str) -> str:
    """What the app shows."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def set_up_app(client: Client) -> str:
    """Scan the square; the key in it."""
    secret = str(client.get(ACTIVATE).context["form"].secret)
    # A code is good for the thirty seconds it is shown, which on a busy machine may end before it is looked at.
    with time_machine.travel(time.time(), tick=False):
        response = client.post(ACTIVATE, {"code": code_now(secret)})
    assert response.status_code == 302, response.text
    return secret


def recovery_codes(page: str) -> list[str]:
    return re.findall(r"<li>([0-9a-f]{8})</li>", page)


@pytest.mark.django_db(transaction=True)  # The mail goes when the change is committed.
def test_from_setting_it_up_to_giving_it_up(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    with time_machine.travel("2026-11-20 09:00Z", tick=False) as clock:
        confirm_it_is_me(client)
        assert client.post(ACTIVATE, {"code": "000000"}).status_code == 200
        secret = set_up_app(client)
        assert mailoutbox[-1].to == [user.email]

        clock.shift(60)
        visitor = Client()
        assert log_in(visitor, user.email)["Location"] == AUTHENTICATE
        assert not is_logged_in(visitor)
        page = visitor.get(AUTHENTICATE)
        assert page.status_code == 200 and "no-store" in page.headers["Cache-Control"]
        assert visitor.post(AUTHENTICATE, {"code": "000000"}).status_code == 200
        assert visitor.post(AUTHENTICATE, {"code": code_now(secret)})["Location"] == "/cpd/"
        assert is_logged_in(visitor)

        assert client.get(DEACTIVATE).status_code == 200
        assert client.post(DEACTIVATE).status_code == 302
        assert log_in(Client(), user.email)["Location"] == "/cpd/"


def test_an_overheard_code_is_worth_nothing(client: Client, user: User) -> None:
    with time_machine.travel("2026-11-20 09:00Z", tick=False) as clock:
        confirm_it_is_me(client)
        secret = set_up_app(client)
        clock.shift(60)
        code = code_now(secret)
        first, second = Client(), Client()
        for visitor in (first, second):
            log_in(visitor, user.email)
            visitor.post(AUTHENTICATE, {"code": code})
        assert is_logged_in(first) and not is_logged_in(second)


def test_a_reset_password_is_not_a_way_round(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    set_up_app(client)
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": user.email})
    form = visitor.get(link_in(mailoutbox[-1]))["Location"]
    visitor.post(form, {"password1": "another quiet night", "password2": "another quiet night"})
    assert not is_logged_in(visitor)
    assert log_in(visitor, user.email, "another quiet night")["Location"] == AUTHENTICATE


def test_a_code_by_mail_is_not_a_way_round(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    set_up_app(client)
    visitor = Client()
    visitor.post("/accounts/login/code/", {"email": user.email})
    visitor.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[-1])})
    assert not is_logged_in(visitor)


def test_recovery_codes_are_shown_once_and_work_once(client: Client, user: User) -> None:
    set_up_app(client)
    codes = recovery_codes(client.get(CODES).text)
    assert len(codes) == 10
    assert recovery_codes(client.get(CODES).text) == []
    assert client.get(f"{CODES}download/").status_code != 200 or not recovery_codes(
        client.get(f"{CODES}download/").text
    )
    first, second = Client(), Client()
    for visitor in (first, second):
        log_in(visitor, user.email)
        visitor.post(AUTHENTICATE, {"code": codes[0]})
    assert is_logged_in(first) and not is_logged_in(second)


def test_new_recovery_codes_end_the_old(client: Client, user: User) -> None:
    set_up_app(client)
    old = recovery_codes(client.get(CODES).text)
    assert client.post(f"{CODES}generate/").status_code == 302
    new = recovery_codes(client.get(CODES).text)
    assert len(new) == 10 and not set(new) & set(old)
    visitor = Client()
    log_in(visitor, user.email)
    visitor.post(AUTHENTICATE, {"code": old[0]})
    assert not is_logged_in(visitor)


@pytest.mark.parametrize("address", [ACTIVATE, "/accounts/2fa/webauthn/add/"])
def test_after_a_while_the_password_is_asked_again(user: User, address: str) -> None:
    client = Client()
    with time_machine.travel("2026-11-20 09:00Z", tick=False) as clock:
        log_in(client, user.email)
        confirm_it_is_me(client)
        assert client.get(address).status_code == 200
        clock.shift(datetime.timedelta(seconds=301))
        assert client.get(address)["Location"].startswith("/accounts/reauthenticate/?next=")


def test_guessing_codes_is_slow(client: Client, user: User) -> None:
    set_up_app(client)
    visitor = Client()
    log_in(visitor, user.email)
    answers = [visitor.post(AUTHENTICATE, {"code": f"{number:06}"}) for number in range(12)]
    assert "too many" in answers[-1].text.lower() or answers[-1].status_code == 429


@pytest.mark.parametrize("role", ["author", "editor", "administrator"])
def test_the_desk_asks_its_people_for_a_second_step(settings: Settings, role: str) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    person = UserFactory(role=role, password=PASSWORD)
    client = Client()
    log_in(client, person.email)
    for path in ("/admin/", "/admin/articles/article/", "/admin/accounts/user/"):
        led = client.get(path, follow=True)
        assert led.redirect_chain[-1][0] == "/accounts/2fa/", path
        assert "needs a second step" in led.text
    confirm_it_is_me(client)
    set_up_app(client)
    assert client.get("/admin/").status_code == 200


def test_a_passkeys_pages_open(client: Client) -> None:
    for path in ("/accounts/2fa/", "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/"):
        response = client.get(path)
        assert response.status_code == 200 and "no-store" in response.headers["Cache-Control"], path
