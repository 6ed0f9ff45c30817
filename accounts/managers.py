"""Making and finding people."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import transaction

from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address, kept in small letters so that capitals never make two of one person."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this address. Raises User.DoesNotExist."""
        return self.get(email=(username or "").lower())

    @transaction.atomic
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a profile; without a password nobody can log in as them."""
        from accounts.models import Profile

        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        Profile.objects.using(self._db).create(user=user)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator whom no permission table binds: for the first person of a new site."""
        return self.create_user(email, password, is_superuser=True, role=Role.ADMINISTRATOR, **fields)
