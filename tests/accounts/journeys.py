"""The ways in, as a browser walks them, for tests that begin behind the door."""

import re
from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.test import Client

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

PASSWORD = "a quiet ward at night"
CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", re.MULTILINE)
LINK = re.compile(r"https?://\S+")


def code_in(letter: EmailMessage) -> str:
    """The code that a letter gives, on a line of its own."""
    found = CODE.search(str(letter.body))
    assert found, letter.body
    return found[1]


def link_in(letter: EmailMessage) -> str:
    """The path of the first link in a letter."""
    found = LINK.search(str(letter.body))
    assert found, letter.body
    return found[0].split("testserver", 1)[1]


def log_in(client: Client, email: str, password: str = PASSWORD, **fields: str) -> "Answer":
    """Send the login form."""
    return client.post("/accounts/login/", {"login": email, "password": password, **fields})


def confirm_it_is_me(client: Client, password: str = PASSWORD) -> "Answer":
    """Type the password again, as the pages that change how one logs in ask for."""
    return client.post("/accounts/reauthenticate/", {"password": password})


def sign_up(client: Client, email: str, password: str = PASSWORD, **fields: str) -> "Answer":
    """Send the sign-up form."""
    return client.post("/accounts/signup/", {"name": "Dr New Person", "email": email, "password1": password, **fields})


def is_logged_in(client: Client) -> bool:
    """Whether the private pages are open."""
    return client.get("/accounts/").status_code == 200
