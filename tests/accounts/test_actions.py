"""Who may decide about people, and what the log says of it."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from accounts.actions import assign_role, deactivate, invite, reactivate
from accounts.models import User
from accounts.roles import PERMISSIONS, Role
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_a_role_is_given(admin_user: User, reader: User) -> None:
    assert assign_role(user=reader, role=Role.AUTHOR, by=admin_user).role == "author"
    assert User.objects.get(pk=reader.pk).get_all_permissions() == PERMISSIONS[Role.AUTHOR]


@pytest.mark.parametrize("role", [Role.READER, Role.AUTHOR, Role.EDITOR])
def test_only_administrators_decide(reader: User, role: str) -> None:
    by = UserFactory(role=role)
    decisions: list[Callable[[], User]] = [
        lambda: assign_role(user=reader, role=Role.AUTHOR, by=by),
        lambda: deactivate(user=reader, by=by),
        lambda: reactivate(user=reader, by=by),
        lambda: invite(email="new@example.org", name="New", role=Role.READER, by=by),
    ]
    for decide in decisions:
        with pytest.raises(PermissionDenied):
            decide()
    assert User.objects.count() == 2


def test_nobody_decides_about_themselves(admin_user: User) -> None:
    with pytest.raises(PermissionDenied):
        assign_role(user=admin_user, role=Role.EDITOR, by=admin_user)
    with pytest.raises(PermissionDenied):
        deactivate(user=admin_user, by=admin_user)


def test_a_deactivated_administrator_decides_nothing(reader: User) -> None:
    by = UserFactory(administrator=True, is_active=False)
    with pytest.raises(PermissionDenied):
        assign_role(user=reader, role=Role.AUTHOR, by=by)


def test_a_superuser_is_out_of_an_administrators_reach(admin_user: User) -> None:
    superuser = User.objects.create_superuser("root@example.org")
    decisions: list[Callable[[], User]] = [
        lambda: assign_role(user=superuser, role=Role.READER, by=admin_user),
        lambda: deactivate(user=superuser, by=admin_user),
    ]
    for decide in decisions:
        with pytest.raises(PermissionDenied):
            decide()
    assert deactivate(user=admin_user, by=superuser).is_active is False


def test_unknown_roles_are_refused(admin_user: User, reader: User) -> None:
    with pytest.raises(ValueError, match="king"):
        assign_role(user=reader, role="king", by=admin_user)


def test_in_and_out(admin_user: User, reader: User) -> None:
    assert deactivate(user=reader, by=admin_user).is_active is False
    assert reactivate(user=reader, by=admin_user).is_active is True


def test_whoever_is_invited_has_a_profile_and_no_password(admin_user: User) -> None:
    user = invite(email="New@Example.org", name="New", role=Role.EDITOR, by=admin_user)
    assert (user.email, user.role, user.is_superuser) == ("new@example.org", "editor", False)
    assert not user.has_usable_password()
    assert user.profile.time_zone == "Europe/London"
    assert [(address.email, address.verified) for address in EmailAddress.objects.filter(user=user)] == [
        ("new@example.org", False)
    ]


def test_the_log_says_who_by_number_only(admin_user: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "accounts")
    user = invite(email="canary@example.org", name="Canary Name", role=Role.READER, by=admin_user)
    assign_role(user=user, role=Role.AUTHOR, by=admin_user)
    deactivate(user=user, by=admin_user)
    reactivate(user=user, by=admin_user)
    assert [record.getMessage() for record in caplog.records] == [
        f"user {admin_user.pk} invited user {user.pk} with role reader",
        f"user {admin_user.pk} changed the role of user {user.pk} from reader to author",
        f"user {admin_user.pk} deactivated user {user.pk}",
        f"user {admin_user.pk} reactivated user {user.pk}",
    ]
