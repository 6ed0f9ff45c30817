"""Nobody is led off the site, whatever `next` says."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from tests.accounts.journeys import PASSWORD, code_in, log_in, sign_up
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "\\\\evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "\thttps://evil.example/",
    "/\t/evil.example/",
    "ftp://testserver/",
    # Another name that this server answers to, but not the one that was asked.
    "http://localhost/",
]
HOME = "/cpd/"
WELCOME = "/cpd/requirements/new/"


@pytest.mark.sweep
@pytest.mark.parametrize("payload", PAYLOADS)
class TestNext:
    def test_after_logging_in(self, client: Client, payload: str) -> None:
        user = UserFactory(password=PASSWORD)
        assert log_in(client, user.email, next=payload)["Location"] == HOME

    def test_already_logged_in(self, reader_client: Client, payload: str) -> None:
        assert reader_client.get("/accounts/login/", {"next": payload})["Location"] == HOME

    def test_after_signing_up(self, client: Client, mailoutbox: list[EmailMessage], payload: str) -> None:
        sign_up(client, "new@example.org", next=payload)
        assert client.post("/accounts/confirm-email/", {"code": code_in(mailoutbox[0])})["Location"] == WELCOME

    def test_after_logging_out(self, reader_client: Client, payload: str) -> None:
        assert reader_client.post("/accounts/logout/", {"next": payload})["Location"] == "/"

    def test_after_a_code(self, client: Client, mailoutbox: list[EmailMessage], payload: str) -> None:
        UserFactory(email="known@example.org")
        client.post("/accounts/login/code/", {"email": "known@example.org", "next": payload})
        confirm = {"code": code_in(mailoutbox[0]), "next": payload}
        assert client.post("/accounts/login/code/confirm/", confirm)["Location"] == HOME

    def test_after_showing_that_it_is_me(self, client: Client, payload: str) -> None:
        user = UserFactory(password=PASSWORD)
        log_in(client, user.email)
        response = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": payload})
        assert (
            response.status_code == 302 and response["Location"].startswith("/") and "evil" not in response["Location"]
        )

    def test_on_the_way_to_the_desk(self, author_client: Client, payload: str) -> None:
        response = author_client.get("/admin/login/", {"next": payload})
        assert response.status_code == 302 and response["Location"] == "/admin/"


@pytest.mark.parametrize("inside", ["/articles/", "/cpd/activities/new/?article=sepsis", "http://testserver/cpd/"])
def test_inside_it_is_honoured(client: Client, inside: str) -> None:
    user = UserFactory(password=PASSWORD)
    assert log_in(client, user.email, next=inside)["Location"] == inside
