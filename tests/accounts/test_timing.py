"""How long an answer takes tells nothing about whether an address is known.

Real hashing, real waiting. Known and unknown addresses take turns, so that whatever else the machine does falls on both.
"""

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import timing
from tests.accounts.journeys import PASSWORD
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

type Send = Callable[[Client, str], object]

ROUNDS = 10
# What two medians of the same thing were seen to differ by at most here is a millisecond or two.
FORGIVEN_SECONDS = 0.02

FORMS: dict[str, Send] = {
    "login": lambda client, email: client.post("/accounts/login/", {"login": email, "password": "wrong password"}),
    "login-code": lambda client, email: client.post("/accounts/login/code/", {"email": email}),
    "signup": lambda client, email: client.post(
        "/accounts/signup/", {"name": "Dr New", "email": email, "password1": PASSWORD}
    ),
    "password-reset": lambda client, email: client.post("/accounts/password/reset/", {"email": email}),
}


@pytest.fixture
def real_hashing(quick: None, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False


def seconds(send: Send, email: str) -> float:
    client = Client()
    began = time.monotonic()
    send(client, email)
    return time.monotonic() - began


def pairs(send: Send, rounds: int) -> Iterator[tuple[float, float]]:
    """Times for a known and for an unknown address, in random order within each pair."""
    known = UserFactory(email="known@example.org", password=PASSWORD).email
    new = (f"unknown{number}@example.org" for number in itertools.count())
    # The first of each pays for what is loaded once.
    seconds(send, known)
    seconds(send, next(new))
    for _ in range(rounds):
        emails = [(True, known), (False, next(new))]
        random.shuffle(emails)
        times = {is_known: seconds(send, email) for is_known, email in emails}
        yield times[True], times[False]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_known_and_unknown_take_the_same_time(
    real_hashing: None, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.5)
    known, unknown = zip(*pairs(FORMS[form], ROUNDS), strict=True)
    assert statistics.median(known) >= 0.5
    assert abs(statistics.median(known) - statistics.median(unknown)) < FORGIVEN_SECONDS


@pytest.mark.parametrize("form", ["login", "signup"])
def test_even_without_waiting_both_pay_for_a_hash(real_hashing: None, form: str) -> None:
    """The wait hides small differences; the hash, the one great one, is not left to it."""
    known, unknown = zip(*pairs(FORMS[form], 5), strict=True)
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.5 < ratio < 2


def test_the_test_would_notice(real_hashing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the hash for a known address, and without the wait, signing up tells."""
    monkeypatch.setattr("accounts.adapters.make_password", lambda password: "")
    known, unknown = zip(*pairs(FORMS["signup"], 5), strict=True)
    assert statistics.median(unknown) - statistics.median(known) > FORGIVEN_SECONDS


@pytest.mark.parametrize(("elapsed", "wait"), [(0.0, 0.0), (0.1, 0.4), (0.5, 0.0), (0.7, 0.3), (1.2, 0.3)])
def test_the_wait_ends_at_a_whole_step(monkeypatch: pytest.MonkeyPatch, elapsed: float, wait: float) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.5)
    assert timing.until_next_step(elapsed) == pytest.approx(wait)


def test_looking_at_a_form_costs_no_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("waited"))
    assert client.get("/accounts/login/").status_code == 200


def test_a_view_that_fails_takes_its_time_as_well(monkeypatch: pytest.MonkeyPatch, rf: object) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.5)
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)

    @timing.in_even_time
    def view(request: object) -> None:  # type: ignore[return]
        raise ValueError

    with pytest.raises(ValueError, match=""):
        view(rf.post("/"))  # type: ignore[attr-defined]
    assert waits and 0.4 < waits[0] <= 0.5
