"""Signing up through an organisation's own login (OpenID Connect): the same kind of person comes of it."""

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from accounts.models import User

pytestmark = pytest.mark.django_db


def signed_up(rf: RequestFactory, **data: str) -> User:
    request = rf.get("/")
    request.session = SessionStore()
    with context.request_context(request):
        adapter = get_adapter()
        login = SocialLogin(
            user=User(),
            account=SocialAccount(provider="trust", uid="42"),
            email_addresses=[EmailAddress(email=data["email"], verified=True, primary=True)],
        )
        adapter.populate_user(request, login, data)
        adapter.save_user(request, login)
    return User.objects.get()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"name": "Dr Ama Osei"}, "Dr Ama Osei"),
        ({"first_name": "Ama", "last_name": "Osei"}, "Ama Osei"),
        ({}, ""),
        ({"name": "x" * 400}, "x" * 150),
    ],
)
def test_they_have_a_name_a_profile_and_no_password(rf: RequestFactory, data: dict[str, str], name: str) -> None:
    user = signed_up(rf, email="Ama.Osei@Example.org", **data)
    assert (user.email, user.name, user.role) == ("ama.osei@example.org", name, "reader")
    assert user.profile.time_zone == "Europe/London"
    assert not user.has_usable_password()
