"""Nothing typed is lost when a session ends, and nobody else ever reads it."""

import pytest
import time_machine
from django.core import signing
from django.test import Client

from accounts.models import User
from meducation.lib.kept_words import KEEP_SECONDS, MOST_CHARACTERS, owner_token
from tests.accounts.journeys import PASSWORD, is_logged_in, log_in
from tests.accounts.test_profile import PROFILE, typed
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

WORDS = "Anaesthesia and, at night, everything else"
NINE = "2026-11-20 09:00Z"


@pytest.fixture
def user() -> User:
    return UserFactory(password=PASSWORD)


def form_of(user: User, **changes: str) -> dict[str, str]:
    return typed(owner=owner_token(user.pk), specialty=WORDS, **changes)


def test_typed_lost_and_found_again(client: Client, user: User) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        log_in(client, user.email)
        page = client.get(PROFILE)
        assert f'name="owner" value="{owner_token(user.pk)}"' in page.text
        clock.shift(31 * 60)
        login = client.post(PROFILE, form_of(user))
        assert login["Location"] == f"/accounts/login/?next={PROFILE}"
        assert WORDS not in client.get(login["Location"]).text
        assert log_in(client, user.email, next=PROFILE)["Location"] == PROFILE
        page = client.get(PROFILE)
        assert WORDS in page.text and "We kept what you had typed" in page.text
        assert 'value="Australia/Sydney" selected' in page.text
        assert User.objects.get(pk=user.pk).profile.specialty == ""
        # Once.
        assert WORDS not in client.get(PROFILE).text


def test_the_next_person_at_the_computer_never_sees_them(client: Client, user: User) -> None:
    client.post(PROFILE, form_of(user))
    other = UserFactory(password=PASSWORD)
    log_in(client, other.email)
    assert WORDS not in client.get(PROFILE).text
    client.post("/accounts/logout/")
    log_in(client, user.email)
    assert WORDS not in client.get(PROFILE).text


def test_they_are_kept_for_an_hour(client: Client, user: User) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        client.post(PROFILE, form_of(user))
        clock.shift(KEEP_SECONDS + 1)
        log_in(client, user.email)
        assert WORDS not in client.get(PROFILE).text


@pytest.mark.parametrize("claim", ["{pk}", "{pk}:forged", "", "\x00"])
def test_whose_words_they_are_cannot_be_claimed(client: Client, user: User, claim: str) -> None:
    client.post(PROFILE, form_of(user) | {"owner": claim.format(pk=user.pk)})
    log_in(client, user.email)
    assert WORDS not in client.get(PROFILE).text


def test_a_signature_for_something_else_is_not_enough(client: Client, user: User) -> None:
    client.post(PROFILE, form_of(user) | {"owner": signing.Signer(salt="other").sign(str(user.pk))})
    log_in(client, user.email)
    assert WORDS not in client.get(PROFILE).text


def test_too_many_words_are_refused_calmly(client: Client, user: User) -> None:
    response = client.post(PROFILE, form_of(user) | {"specialty": "x" * (MOST_CHARACTERS + 1)})
    assert response.status_code == 302
    log_in(client, user.email)
    assert client.get(PROFILE).status_code == 200


def test_passwords_are_never_kept(client: Client, user: User) -> None:
    """The pages with passwords do not ask for it: no session holds one."""
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "x" * 12})
    assert "kept_words" not in client.session


def test_a_token_from_before_the_login_gives_the_words_back(user: User) -> None:
    """Somebody logged in again in another tab: the form's token against forgery no longer fits."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    response = client.post(PROFILE, form_of(user), headers={"sec-fetch-site": "same-origin"})
    assert response.status_code == 302 and response["Location"] == PROFILE
    assert WORDS in client.get(PROFILE).text
    assert is_logged_in(client)
    assert User.objects.get(pk=user.pk).profile.specialty == ""


def test_another_sites_form_puts_nothing_into_ours(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    response = client.post(PROFILE, form_of(user), headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403 and WORDS in response.text
    assert WORDS not in client.get(PROFILE).text


def test_a_password_is_not_shown_back(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    long = "a very long password that nobody should see"
    response = client.post("/accounts/login/", {"login": user.email, "password": long})
    assert response.status_code == 403 and long not in response.text


def test_a_stale_token_never_leads_to_another_site(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    for path in ("//evil.example/", "/%5Cevil.example/", "/%2Fevil.example/"):
        response = client.post(path, form_of(user), headers={"sec-fetch-site": "same-origin"})
        location = response.headers.get("Location", "/")
        assert location.startswith("/") and not location.startswith(("//", "/\\"))
