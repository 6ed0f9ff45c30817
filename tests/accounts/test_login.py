"""Logging in and out: by password, by a code, and where one is led afterwards."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.journeys import PASSWORD, code_in, is_logged_in, log_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory(email="clinician@example.org", password=PASSWORD)


@pytest.mark.parametrize("typed", ["clinician@example.org", "Clinician@Example.ORG", "  clinician@example.org "])
def test_capitals_and_spaces_do_not_matter(client: Client, user: User, typed: str) -> None:
    assert log_in(client, typed)["Location"] == "/cpd/"
    assert is_logged_in(client)


@pytest.mark.parametrize(
    ("email", "password"), [("clinician@example.org", "wrong password"), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_read_alike(
    client: Client, user: User, email: str, password: str
) -> None:
    response = log_in(client, email, password)
    assert response.status_code == 200
    assert "not correct" in response.text
    assert "no-store" in response.headers["Cache-Control"]
    assert not is_logged_in(client)


def test_whoever_is_deactivated_is_told_so_only_with_the_right_password(client: Client, user: User) -> None:
    User.objects.update(is_active=False)
    assert log_in(client, user.email, "wrong password").status_code == 200
    response = log_in(client, user.email)
    assert response["Location"] == "/accounts/inactive/"
    assert client.get(response["Location"]).status_code == 200
    assert not is_logged_in(client)


def test_an_unproved_address_is_proved_first(client: Client, mailoutbox: list[EmailMessage]) -> None:
    UserFactory(email="clinician@example.org", password=PASSWORD, verified=False)
    assert log_in(client, "clinician@example.org")["Location"] == "/accounts/confirm-email/"
    assert not is_logged_in(client)
    client.post("/accounts/confirm-email/", {"code": code_in(mailoutbox[0])})
    assert is_logged_in(client)


def test_logging_in_leads_back(client: Client, user: User) -> None:
    login = client.get("/accounts/profile/")["Location"]
    assert login == "/accounts/login/?next=/accounts/profile/"
    assert '<input type="hidden" name="next" value="/accounts/profile/">' in client.get(login).text
    assert log_in(client, user.email, next="/accounts/profile/")["Location"] == "/accounts/profile/"


def test_logging_in_by_a_code(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    response = client.post("/accounts/login/code/", {"email": "Clinician@example.org"})
    assert response["Location"] == "/accounts/login/code/confirm/"
    assert not is_logged_in(client)
    assert client.post(response["Location"], {"code": "WRON-GONE"}).status_code == 200
    assert client.post(response["Location"], {"code": code_in(mailoutbox[0])})["Location"] == "/cpd/"
    assert is_logged_in(client)


def test_a_code_works_in_the_browser_that_asked_for_it_only(
    client: Client, user: User, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/accounts/login/code/", {"email": user.email})
    other = Client()
    other.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert not is_logged_in(other)


def test_a_code_for_an_unknown_address_looks_the_same(mailoutbox: list[EmailMessage]) -> None:
    UserFactory(email="known@example.org")
    answers = []
    for email in ("known@example.org", "other@example.org"):
        visitor = Client()
        response = visitor.post("/accounts/login/code/", {"email": email})
        answers.append(
            (response.status_code, response["Location"], visitor.get(response["Location"]).text.count("<form"))
        )
    assert answers[0] == answers[1]
    assert [letter.to for letter in mailoutbox] == [["known@example.org"], ["other@example.org"]]


def test_logging_out_is_asked_and_then_done(reader_client: Client) -> None:
    page = reader_client.get("/accounts/logout/")
    assert page.status_code == 200 and 'method="post" action="/accounts/logout/"' in page.text
    assert is_logged_in(reader_client)
    assert reader_client.post("/accounts/logout/")["Location"] == "/"
    assert not is_logged_in(reader_client)
    assert reader_client.cookies["reader"].value == "out"


def test_the_desk_has_no_login_of_its_own(client: Client) -> None:
    author = UserFactory(author=True, password=PASSWORD)
    first = client.get("/admin/")
    assert first["Location"] == "/admin/login/?next=/admin/"
    second = client.get(first["Location"])
    assert second["Location"].startswith("/accounts/login/?next=")
    # What Django's own form would have sent is not looked at.
    direct = client.post("/admin/login/", {"username": author.email, "password": PASSWORD})
    assert direct.status_code == 302 and direct["Location"].startswith("/accounts/login/")
    assert not is_logged_in(client)
    assert log_in(client, author.email, next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_desk_changes_passwords_where_everybody_does(author_client: Client) -> None:
    for response in (author_client.get("/admin/password_change/"), author_client.post("/admin/password_change/")):
        assert response["Location"] == "/accounts/password/change/"


def test_readers_are_refused_at_the_desk(reader_client: Client) -> None:
    response = reader_client.get("/admin/", follow=True)
    assert response.status_code == 403
