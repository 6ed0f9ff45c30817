"""How long an answer takes tells nothing about whether an address is known.

Real hashing, real waiting. Known and unknown addresses take turns in random order, so that whatever else the machine
does falls on both, and only a difference that chance does not explain counts.
"""

import itertools
import random
import statistics
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts import timing
from accounts.timing import STEP_SECONDS
from tests.accounts.journeys import PASSWORD
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

type Send = Callable[[Client, str], object]
type Clock = Callable[[], float]

PAIRS = 12
# Nobody can tell this over a network, where the times of the journey vary by more.
FORGIVEN_SECONDS = 0.02
BY_CHANCE = 0.001

FORMS: dict[str, Send] = {
    "login": lambda client, email: client.post("/accounts/login/", {"login": email, "password": "wrong password"}),
    "signup": lambda client, email: client.post(
        "/accounts/signup/", {"name": "Dr New", "email": email, "password1": PASSWORD}
    ),
    "password-reset": lambda client, email: client.post("/accounts/password/reset/", {"email": email}),
}


@pytest.fixture
def real_hashing(quick: None, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False


def seconds(send: Send, email: str, clock: Clock) -> float:
    client = Client()
    began = clock()
    send(client, email)
    return clock() - began


def differences(send: Send, clock: Clock = time.monotonic, pairs: int = PAIRS) -> list[float]:
    """How much longer a known address took than an unknown one, pair by pair."""
    known = UserFactory(email="known@example.org", password=PASSWORD).email
    unknown = (f"unknown{number}@example.org" for number in itertools.count())
    # The first of each pays for what is loaded once.
    seconds(send, known, clock)
    seconds(send, next(unknown), clock)
    found = []
    for _ in range(pairs):
        times: dict[bool, float] = {}
        for is_known in random.sample([True, False], 2):
            times[is_known] = seconds(send, known if is_known else next(unknown), clock)
        found.append(times[True] - times[False])
    return found


def chance_of(found: list[float]) -> float:
    """The chance of so lopsided a result if known and unknown are alike: Wilcoxon's signed ranks, counted out."""
    ranks = [rank for rank, _ in enumerate(found, start=1)]
    by_size = sorted(found, key=abs)
    lopsided = abs(sum(rank if value > 0 else -rank for rank, value in zip(ranks, by_size, strict=True)))
    sums = [abs(sum(signs)) for signs in itertools.product(*((rank, -rank) for rank in ranks))]
    return sum(total >= lopsided for total in sums) / len(sums)


def tells(found: list[float]) -> bool:
    """Whether an attacker could tell known addresses by it."""
    return abs(statistics.median(found)) > FORGIVEN_SECONDS and chance_of(found) < BY_CHANCE


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_known_and_unknown_take_the_same_time(real_hashing: None, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", STEP_SECONDS)
    found = differences(FORMS[form])
    assert not tells(found), found


@pytest.mark.slow
@pytest.mark.parametrize("form", ["login", "signup"])
def test_even_without_waiting_both_pay_for_a_hash(real_hashing: None, form: str) -> None:
    """The wait hides small differences; the hash, the one great one, is not left to it."""
    one_hash = min(hash_cost() for _ in range(5))
    found = differences(FORMS[form], clock=time.process_time, pairs=7)
    assert abs(statistics.median(found)) < one_hash / 2


@pytest.mark.slow
def test_the_test_would_notice(real_hashing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the hash for a known address, and without the wait, signing up tells."""
    monkeypatch.setattr("accounts.adapters.make_password", lambda password: "")
    found = differences(FORMS["signup"], clock=time.process_time)
    assert tells(found), found


def hash_cost() -> float:
    began = time.process_time()
    make_password(PASSWORD)
    return time.process_time() - began


def test_chance_is_counted_out() -> None:
    assert chance_of([0.1] * PAIRS) == 2 / 2**PAIRS
    assert chance_of([0.1, -0.11, 0.12, -0.13, 0.14, -0.15]) > 0.5


@pytest.mark.parametrize(("elapsed", "wait"), [(0.0, 0.0), (0.1, 0.4), (0.5, 0.0), (0.7, 0.3), (1.2, 0.3)])
def test_the_wait_ends_at_a_whole_step(monkeypatch: pytest.MonkeyPatch, elapsed: float, wait: float) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.5)
    assert timing.until_next_step(elapsed) == pytest.approx(wait)


def test_the_site_itself_waits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.5)
    waits: list[float] = []
    monkeypatch.setattr("accounts.timing.time.sleep", waits.append)
    for send in FORMS.values():
        send(client, "nobody@example.org")
    client.post("/accounts/login/code/", {"email": "nobody@example.org"})
    assert len(waits) == len(FORMS) + 1 and all(0 <= wait <= 0.5 for wait in waits)


def test_looking_at_a_form_costs_no_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.timing.time.sleep", lambda seconds: pytest.fail("waited"))
    for path in ("login/", "signup/", "password/reset/"):
        assert client.get(f"/accounts/{path}").status_code == 200


def test_a_view_that_fails_takes_its_time_as_well(monkeypatch: pytest.MonkeyPatch, rf: RequestFactory) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.5)
    waits: list[float] = []
    monkeypatch.setattr("accounts.timing.time.sleep", waits.append)

    @timing.in_even_time
    def view(request: object) -> HttpResponse:
        raise LookupError

    with pytest.raises(LookupError):
        view(rf.post("/"))
    assert waits and 0.4 < waits[0] <= 0.5
