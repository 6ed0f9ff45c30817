"""Whatever is posted into the forms about people, the answer is a sentence or a refusal and never a crash."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.journeys import PASSWORD, confirm_it_is_me, log_in
from tests.accounts.test_profile import typed
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

NASTY = {
    "nul": b"a%00b",
    "lone-surrogate": b"a%ED%A0%80b",
    "not-utf-8": b"a%FF%FEb",
    "far-too-long": b"x" * 100_000,
    "far-too-long-address": b"x" * 100_000 + b"%40example.org",
    "right-to-left": "\u202edrowssap\u202c".encode(),
    "line-breaks": b"a%0D%0ABcc:%20b%40example.org",
    "markup": b"%3Cscript%3Ealert(1)%3C/script%3E",
    "template": b"{{7*7}}{%25 debug %25}",
    "empty": b"",
}
FORMS = {
    "/accounts/login/": ["login", "password", "remember", "next"],
    "/accounts/login/code/": ["email", "next"],
    "/accounts/login/code/confirm/": ["code", "action"],
    "/accounts/signup/": ["name", "email", "password1", "time_zone", "next"],
    "/accounts/confirm-email/": ["code", "action", "email"],
    "/accounts/password/reset/": ["email"],
    "/accounts/password/change/": ["oldpassword", "password1", "password2"],
    "/accounts/email/": ["email", "action_add", "action_send", "action_remove", "action_primary"],
    "/accounts/reauthenticate/": ["password", "next"],
    "/accounts/profile/": [*typed(), "owner"],
    "/accounts/2fa/totp/activate/": ["code"],
    "/accounts/2fa/authenticate/": ["code"],
    "/accounts/logout/": ["next"],
    "/accounts/sessions/": ["next"],
    "/admin/accounts/user/add/": ["email", "name", "role"],
}
PLAIN = {
    "login": "person@example.org",
    "password": PASSWORD,
    "email": "new@example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "oldpassword": PASSWORD,
    "code": "ABCD-EFGH",
    "role": "reader",
    **typed(),
}


def body(fields: list[str], nasty_field: str, nasty: bytes) -> bytes:
    """A form that is right but for one field; the bytes are sent as they are."""
    parts = [
        name.encode() + b"=" + (nasty if name == nasty_field else PLAIN[name].replace("@", "%40").encode())
        for name in fields
        if name in PLAIN or name == nasty_field
    ]
    return b"&".join(parts)


def visitor() -> Client:
    """Somebody on their way in: codes have been sent to them, so that the pages for codes are open."""
    client = Client()
    client.post("/accounts/login/code/", {"email": "person@example.org"})
    return client


def new_visitor() -> Client:
    client = Client()
    client.post("/accounts/signup/", {"name": "New", "email": "somebody@example.org", "password1": PASSWORD})
    return client


def administrator() -> Client:
    client = Client()
    user = UserFactory(administrator=True, email="person@example.org", password=PASSWORD)
    log_in(client, user.email)
    confirm_it_is_me(client)
    return client


WHO: dict[str, Callable[[], Client]] = {
    "/accounts/login/": Client,
    "/accounts/login/code/": Client,
    "/accounts/login/code/confirm/": visitor,
    "/accounts/signup/": Client,
    "/accounts/confirm-email/": new_visitor,
    "/accounts/password/reset/": Client,
}


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("path", FORMS)
def test_every_field_of_every_form(path: str, nasty: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    who = WHO.get(path, administrator)
    for field in FORMS[path]:
        User.objects.all().delete()
        client = who()
        sent = body(FORMS[path], field, NASTY[nasty])
        response = client.post(path, sent, content_type="application/x-www-form-urlencoded")
        assert response.status_code in (200, 302, 400, 409, 422), f"{field}: {response.status_code}"
        assert b"<script>alert(1)" not in response.content, field
        if response.status_code == 302:
            assert "\n" not in response.headers["Location"] and "\x00" not in response.headers["Location"]


@pytest.mark.parametrize(
    "query", ["next=%ED%A0%80", "next=" + "x" * 5000, "email=a%FFb", "email=" + "x" * 5000, "email[]=1"]
)
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_addresses_with_odd_questions(client: Client, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize(
    "key", ["1-abc", "0-x", "zzzzzzzzzzzzzz-abc", "1-" + "x" * 2000, "1-%ED%A0%80", "9223372036854775808-set-password"]
)
def test_links_that_nobody_was_sent(client: Client, key: str) -> None:
    response = client.get(f"/accounts/password/reset/key/{key}/")
    assert response.status_code in (200, 404)


def test_a_form_of_many_megabytes_is_refused(client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "x" * 4_000_000, "password": "x"})
    assert response.status_code in (400, 413)
