"""People at the desk: invite, give a role, keep out; and no way up from there."""

import smtplib
from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from django.core.mail import EmailMessage
from django.test import Client

from accounts.adapters import AccountAdapter
from accounts.models import Profile, User
from tests.accounts.journeys import PASSWORD, is_logged_in, link_in, log_in
from tests.conftest import logged_in
from tests.factories.accounts import UserFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
ADD = f"{USERS}add/"


def page_of(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def add(client: Client, **changes: str) -> "Answer":
    return client.post(ADD, {"email": "new@example.org", "name": "New Author", "role": "author"} | changes)


def change(client: Client, user: User, **changes: str) -> int:
    plain = {"role": user.role, "is_active": "on"}
    form = {name: value for name, value in (plain | changes).items() if value}
    return client.post(page_of(user), form).status_code


@pytest.mark.django_db(transaction=True)  # The mail goes when the person is committed.
def test_from_the_invitation_to_the_desk(mailoutbox: list[EmailMessage]) -> None:
    client = logged_in(UserFactory(administrator=True))
    assert add(client).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert (user.role, user.name, user.has_usable_password()) == ("author", "New Author", False)
    assert "Sent an e-mail with a link to set a password." in client.get(USERS).text

    letter = mailoutbox[0]
    assert letter.to == ["new@example.org"] and letter.subject == "Your Meducation account"
    visitor = Client()
    form = visitor.get(link_in(letter))["Location"]
    visitor.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert log_in(visitor, "new@example.org", next="/admin/")["Location"] == "/admin/"
    assert visitor.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_mail_that_cannot_be_sent_loses_nobody(monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]) -> None:
    def refuse(*args: object) -> None:
        raise smtplib.SMTPServerDisconnected

    client = logged_in(UserFactory(administrator=True))
    with monkeypatch.context() as patch:
        patch.setattr(AccountAdapter, "send_mail", refuse)
        assert add(client).status_code == 302
    assert "could not be sent" in client.get(USERS).text
    user = User.objects.get(email="new@example.org")
    client.post(USERS, {"action": "email_link", "_selected_action": [user.pk]})
    assert mailoutbox[0].to == ["new@example.org"]


def test_no_password_is_asked_for_or_shown(admin_client: Client, reader: User) -> None:
    for path in (ADD, page_of(reader), USERS):
        page = admin_client.get(path)
        assert page.status_code == 200
        assert 'name="password' not in page.text and "md5$" not in page.text and "argon2" not in page.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "Reader@Example.org"}, "already"),
        ({"email": ""}, "required"),
        ({"email": "nobody"}, "valid email"),
        ({"role": "king"}, "valid choice"),
        ({"name": "\x00"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said(admin_client: Client, reader: User, changes: dict[str, str], words: str) -> None:
    response = add(admin_client, **changes)
    assert response.status_code == 200 and words in response.text
    assert User.objects.count() == 2


def test_a_role_holds_from_the_next_request(admin_client: Client, reader: User, reader_client: Client) -> None:
    assert reader_client.get("/admin/", follow=True).status_code == 403
    assert change(admin_client, reader, role="editor") == 302
    assert reader_client.get("/admin/").status_code == 200
    assert change(admin_client, User.objects.get(pk=reader.pk), role="reader") == 302
    assert reader_client.get("/admin/", follow=True).status_code == 403


def test_whoever_is_deactivated_is_out_at_once(admin_client: Client, reader: User, reader_client: Client) -> None:
    assert is_logged_in(reader_client)
    assert change(admin_client, reader, is_active="") == 302
    assert not is_logged_in(reader_client)
    assert change(admin_client, reader) == 302
    assert User.objects.get(pk=reader.pk).is_active


def test_nobody_changes_their_own_role(admin_client: Client, admin_user: User) -> None:
    assert change(admin_client, admin_user, role="editor") in (302, 403)
    assert change(admin_client, admin_user, is_active="") in (302, 403)
    user = User.objects.get(pk=admin_user.pk)
    assert (user.role, user.is_active) == ("administrator", True)


def test_there_is_no_way_up(admin_client: Client, admin_user: User, reader: User) -> None:
    smuggled = {
        "is_superuser": "on",
        "is_staff": "on",
        "user_permissions": "1",
        "groups": "1",
        "email": "x@example.org",
    }
    change(admin_client, reader, role="administrator", **smuggled)
    change(admin_client, admin_user, **smuggled)
    add(admin_client, **smuggled)
    assert not User.objects.filter(is_superuser=True).exists()
    assert User.objects.get(pk=reader.pk).email == "reader@example.org"


def test_superusers_are_out_of_reach(admin_client: Client) -> None:
    superuser = User.objects.create_superuser("root@example.org", PASSWORD)
    assert change(admin_client, superuser, role="reader", is_active="") == 403
    superuser.refresh_from_db()
    assert superuser.is_active and superuser.role == "administrator"


def test_nobody_is_deleted(admin_client: Client, reader: User) -> None:
    assert admin_client.post(f"{USERS}{reader.pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(USERS, {"action": "delete_selected", "_selected_action": [reader.pk], "post": "yes"})
    assert User.objects.filter(pk=reader.pk).exists()


@pytest.mark.parametrize("role", ["author", "editor", "reader"])
def test_others_see_nothing_of_people(role: str, reader: User) -> None:
    client = logged_in(UserFactory(role=role))
    for path in (USERS, ADD, page_of(reader), f"{USERS}{reader.pk}/history/", f"{USERS}?q=reader"):
        response = client.get(path, follow=True)
        assert response.status_code == 403 and "reader@example.org" not in response.text, path
    page = client.get("/admin/autocomplete/?app_label=accounts&model_name=user&field_name=email&term=r", follow=True)
    assert page.status_code == 403
    assert "/admin/accounts/" not in client.get("/admin/", follow=True).text


@pytest.mark.parametrize(
    "lookup",
    [
        "password__startswith=md5",
        "authenticator__data__contains=a",
        "usersession__ip=1",
        "is_superuser=1",
        "profile__country=GB",
    ],
)
def test_hidden_columns_cannot_be_guessed_at(admin_client: Client, lookup: str) -> None:
    response = admin_client.get(f"{USERS}?{lookup}")
    assert response.status_code in (302, 400)


def test_the_list_is_filtered_and_searched(admin_client: Client, reader: User, author: User) -> None:
    page = admin_client.get(f"{USERS}?role__exact=author")
    assert author.email in page.text and reader.email not in page.text
    page = admin_client.get(f"{USERS}?q=reader@")
    assert reader.email in page.text and author.email not in page.text


def test_what_holds_secrets_is_not_at_the_desk() -> None:
    labels = {model._meta.label for model in admin.site._registry}
    assert labels and not [
        label
        for label in labels
        if label.split(".")[0]
        in ("account", "mfa", "socialaccount", "usersessions", "sessions", "auth", "django_tasks_db")
    ]
    assert [label for label in labels if label.startswith("accounts.")] == ["accounts.User"]


def test_there_is_always_a_profile(admin_client: Client) -> None:
    add(admin_client)
    assert Profile.objects.filter(user__email="new@example.org").exists()
