"""Passkeys: set up once, then a way in of their own, and a second step for the password."""

import pytest
from allauth.mfa.models import Authenticator as Stored
from django.test import Client

from accounts.models import User
from tests.accounts.authenticator import ADD, LOGIN, Authenticator
from tests.accounts.journeys import PASSWORD, confirm_it_is_me, is_logged_in, log_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory(password=PASSWORD)


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    log_in(client, user.email)
    confirm_it_is_me(client)
    return client


@pytest.fixture
def passkey(client: Client) -> Authenticator:
    passkey = Authenticator()
    assert passkey.register(client).status_code == 302
    return passkey


def test_it_logs_in_without_a_password(passkey: Authenticator) -> None:
    visitor = Client()
    assert passkey.log_in(visitor)["Location"] == "/cpd/"
    assert is_logged_in(visitor)


def test_it_is_a_second_step_for_the_password(passkey: Authenticator, user: User) -> None:
    visitor = Client()
    assert log_in(visitor, user.email)["Location"] == "/accounts/2fa/authenticate/"
    assert visitor.get("/accounts/2fa/authenticate/").status_code == 200
    assert not is_logged_in(visitor)


def test_an_overheard_answer_is_worth_nothing(passkey: Authenticator) -> None:
    first, second = Client(), Client()
    answer = passkey.answer(first)
    second.get(LOGIN, headers={"accept": "application/json"})
    for visitor in (first, second):
        visitor.post(LOGIN, {"credential": answer})
    assert is_logged_in(first) and not is_logged_in(second)


def test_another_key_does_not_open(passkey: Authenticator) -> None:
    forged = Authenticator()
    forged.id, forged.user_handle = passkey.id, passkey.user_handle
    visitor = Client()
    forged.log_in(visitor)
    assert not is_logged_in(visitor)


@pytest.mark.sweep
@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "1", '"x"', '{"id": 1}', "[" * 20_000, "\x00"])
def test_nonsense_is_refused(client: Client, credential: str) -> None:
    visitor = Client()
    visitor.get(LOGIN, headers={"accept": "application/json"})
    assert visitor.post(LOGIN, {"credential": credential}).status_code in (200, 302, 400)
    assert not is_logged_in(visitor)
    client.get(ADD)
    assert client.post(ADD, {"name": "x", "credential": credential}).status_code in (200, 400)


def test_it_is_listed_renamed_and_removed(passkey: Authenticator, client: Client) -> None:
    page = client.get("/accounts/2fa/webauthn/")
    assert "Phone" in page.text
    key = client.get("/accounts/2fa/webauthn/").context["authenticators"][0].pk
    assert client.post(f"/accounts/2fa/webauthn/keys/{key}/edit/", {"name": "Old phone"}).status_code == 302
    assert "Old phone" in client.get("/accounts/2fa/webauthn/").text
    assert client.post(f"/accounts/2fa/webauthn/keys/{key}/remove/").status_code == 302
    visitor = Client()
    passkey.log_in(visitor)
    assert not is_logged_in(visitor)


def test_nobody_elses_passkey_can_be_touched(passkey: Authenticator, user: User) -> None:
    key = Stored.objects.get(user=user, type="webauthn").pk
    other = UserFactory(password=PASSWORD)
    stranger = Client()
    log_in(stranger, other.email)
    confirm_it_is_me(stranger)
    for verb in ("edit", "remove"):
        path = f"/accounts/2fa/webauthn/keys/{key}/{verb}/"
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, {"name": "mine"}).status_code == 404
