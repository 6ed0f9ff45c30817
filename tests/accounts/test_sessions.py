"""How long a login lasts, and how it ends: by silence, by the clock, from another device, by an administrator."""

import pytest
import time_machine
from django.conf import settings as site
from django.test import Client

from accounts.models import User
from meducation.sessions import DAY, MINUTE, has_ended
from tests.accounts.journeys import PASSWORD, is_logged_in, log_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

NINE = "2026-11-20 09:00Z"
HOUR = 60 * MINUTE
SESSIONS = "/accounts/sessions/"


@pytest.fixture
def user() -> User:
    return UserFactory(password=PASSWORD)


@pytest.mark.parametrize(
    ("remember", "silence", "ends"),
    [("", 29 * MINUTE, False), ("", 31 * MINUTE, True), ("on", 13 * DAY, False), ("on", 14 * DAY + MINUTE, True)],
)
def test_silence_ends_it(client: Client, user: User, remember: str, silence: int, ends: bool) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        log_in(client, user.email, remember=remember)
        assert is_logged_in(client)
        clock.shift(silence)
        assert is_logged_in(client) is not ends


@pytest.mark.parametrize(
    ("remember", "pause", "longest"), [("", 20 * MINUTE, 12 * HOUR), ("on", 10 * DAY, 90 * DAY)], ids=["ward", "kept"]
)
def test_nobody_stays_for_ever(client: Client, user: User, remember: str, pause: int, longest: int) -> None:
    """However busy."""
    with time_machine.travel(NINE, tick=False) as clock:
        log_in(client, user.email, remember=remember)
        for _ in range(longest // pause):
            clock.shift(pause)
            assert is_logged_in(client)
        clock.shift(1)
        assert not is_logged_in(client)


def test_the_cookie_of_a_ward_computer_goes_with_the_browser(client: Client, user: User) -> None:
    log_in(client, user.email)
    assert client.cookies[site.SESSION_COOKIE_NAME]["max-age"] == ""


def test_the_cookie_of_ones_own_device_stays(client: Client, user: User) -> None:
    log_in(client, user.email, remember="on")
    assert client.cookies[site.SESSION_COOKIE_NAME]["max-age"] == 14 * DAY


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, user: User) -> None:
    log_in(client, user.email)
    cookie = client.cookies[site.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]


def test_a_session_begins_with_a_new_name(client: Client, user: User) -> None:
    """Whoever planted a session in this browser before the login has nothing of it (fixation)."""
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = client.cookies[site.SESSION_COOKIE_NAME].value
    log_in(client, user.email)
    after = client.cookies[site.SESSION_COOKIE_NAME].value
    assert is_logged_in(client) and before != after
    planted = Client()
    planted.cookies[site.SESSION_COOKIE_NAME] = before
    assert not is_logged_in(planted)


def test_logging_out_ends_it_on_the_server(client: Client, user: User) -> None:
    log_in(client, user.email)
    stolen = Client()
    stolen.cookies[site.SESSION_COOKIE_NAME] = client.cookies[site.SESSION_COOKIE_NAME].value
    assert is_logged_in(stolen)
    client.post("/accounts/logout/")
    assert not is_logged_in(stolen)


def test_ones_devices_are_listed_and_the_others_ended(user: User) -> None:
    here, there = Client(headers={"user-agent": "Firefox/130.0 (X11; Linux)"}), Client()
    log_in(there, user.email)
    log_in(here, user.email)
    assert is_logged_in(here) and is_logged_in(there)
    page = here.get(SESSIONS)
    assert page.text.count('<li class="entry">') == 2 and page.text.count("This device") == 1
    assert "no-store" in page.headers["Cache-Control"]
    assert here.post(SESSIONS).status_code == 302
    assert is_logged_in(here) and not is_logged_in(there)
    assert here.get(SESSIONS).text.count('<li class="entry">') == 1


def test_nobody_elses_devices_are_listed_or_ended(user: User, reader_client: Client) -> None:
    theirs = Client()
    log_in(theirs, user.email)
    log_in(Client(), user.email)
    assert is_logged_in(theirs)
    reader_client.get("/accounts/")
    assert reader_client.get(SESSIONS).text.count('<li class="entry">') <= 1
    reader_client.post(SESSIONS)
    assert is_logged_in(theirs)


def test_the_deactivated_are_out_at_once(client: Client, user: User) -> None:
    log_in(client, user.email)
    assert is_logged_in(client)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_logged_in(client)


def test_the_hint_agrees_with_the_truth(client: Client, user: User) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        log_in(client, user.email)
        assert client.cookies["reader"].value == "in"
        clock.shift(31 * MINUTE)
        client.get("/accounts/")
        assert client.cookies["reader"].value == "out"
        log_in(client, user.email)
        assert client.cookies["reader"].value == "in"


def test_what_is_not_a_login_does_not_end() -> None:
    assert not has_ended({}, 10.0**12)
    assert not has_ended({"_auth_user_id": "1"}, 10.0**12)
