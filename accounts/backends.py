"""Logging in, and what a role allows."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser
from django.db import models

from accounts.models import User
from accounts.roles import PERMISSIONS


class AccountBackend(AuthenticationBackend):
    """allauth's e-mail login, with permissions from the table in `accounts.roles`."""

    def get_user(self, user_id: int | str) -> User | None:
        """The user of a session. In the same query what every private page needs: the profile, for its time zone, and
        whether the record is read-only or the account about to close.
        """
        user = User.objects.select_related("profile", "leaving").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: models.Model | None = None) -> set[str]:
        """Everything the role allows. Rights over single objects are decided where the objects are found."""
        if obj is not None or not isinstance(user_obj, User) or not user_obj.is_active:
            return set()
        return set(PERMISSIONS[user_obj.role])
