"""How often one may try. The counts are kept in the database, so they are one for all worker processes."""

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.accounts.authenticator import Authenticator
from tests.accounts.journeys import PASSWORD, confirm_it_is_me, is_logged_in, log_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory(password=PASSWORD)


def test_the_counts_are_shared() -> None:
    assert isinstance(caches["default"], DatabaseCache)
    cache.set("counted", 1)
    assert DatabaseCache("meducation_cache", {}).get("counted") == 1


def test_guessing_a_password_stops_after_five(client: Client, user: User) -> None:
    for number in range(5):
        assert "not correct" in log_in(client, user.email, f"guess number {number}").text
    assert "Too many failed login attempts" in log_in(client, user.email, "guess number 5").text
    # Neither another browser nor the right password gets through for a while.
    assert "Too many failed login attempts" in log_in(Client(), user.email).text


def test_guessing_at_the_desk_counts_as_well(client: Client, user: User) -> None:
    """There is no second door: the desk's login is the site's."""
    for number in range(5):
        client.post("/admin/login/", {"username": user.email, "password": f"guess {number}"})
        log_in(client, user.email, f"guess number {number}")
    assert "Too many failed login attempts" in log_in(client, user.email).text


def test_a_victim_of_guessing_still_gets_in_with_a_passkey(client: Client, user: User) -> None:
    log_in(client, user.email)
    confirm_it_is_me(client)
    passkey = Authenticator()
    passkey.register(client)
    for number in range(6):
        log_in(Client(REMOTE_ADDR="203.0.113.9"), user.email, f"guess number {number}")
    victim = Client()
    assert "Too many failed login attempts" in log_in(victim, user.email).text
    assert passkey.log_in(victim)["Location"] == "/cpd/"
    assert is_logged_in(victim)


@pytest.mark.parametrize(
    ("path", "most"),
    [("/accounts/login/", 30), ("/accounts/signup/", 20), ("/accounts/password/reset/", 20)],
)
def test_too_many_tries_get_429_in_the_look_of_the_site(client: Client, path: str, most: int) -> None:
    def form(number: int) -> dict[str, str]:
        return {"login": "x", "password": "x", "email": f"person{number}@example.net"}

    answers = [client.post(path, form(number)) for number in range(most + 1)]
    assert 429 not in {response.status_code for response in answers[:-1]}
    last = answers[-1]
    assert last.status_code == 429
    assert "<h1>Please wait a little</h1>" in last.text and "css/site.css" in last.text
    assert "no-store" in last.headers["Cache-Control"]
    # Looking is still allowed, and so is everybody else.
    assert client.get(path).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.9").post(path, form(0)).status_code != 429


def test_mail_to_one_address_is_limited(client: Client, user: User, mailoutbox: list[object]) -> None:
    for number in range(7):
        visitor = Client(REMOTE_ADDR=f"203.0.113.{number}")
        visitor.post("/accounts/password/reset/", {"email": user.email})
    assert len(mailoutbox) == 5


def tries_until_429(settings: Settings, proxies: int, forwarded: str) -> int | None:
    """How many log-in forms pass when each brings its own X-Forwarded-For; None when all of forty do."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = Client()
    for number in range(40):
        headers = {"x-forwarded-for": forwarded.format(number=number)}
        if client.post("/accounts/login/", {"login": "x", "password": "x"}, headers=headers).status_code == 429:
            return number
    return None


def test_without_a_proxy_nobody_is_believed_about_their_address(settings: Settings) -> None:
    assert tries_until_429(settings, 0, "198.51.100.{number}") == 30


def test_behind_one_proxy_only_its_own_word_counts(settings: Settings) -> None:
    assert tries_until_429(settings, 1, "198.51.100.{number}, 203.0.113.7") == 30


def test_behind_one_proxy_visitors_are_told_apart(settings: Settings) -> None:
    assert tries_until_429(settings, 1, "198.51.100.{number}") is None
