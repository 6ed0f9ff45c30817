"""What changes people. Log lines name users by number only."""

import logging
from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Profile, User
from accounts.roles import Role

logger = logging.getLogger("accounts")


@transaction.atomic
def change_profile(*, by: User, name: str, fields: Mapping[str, Any]) -> Profile:
    """Save what `by` says about themselves. `fields` are columns of the profile, already checked."""
    by.name = name
    by.save(update_fields=["name"])
    profile = by.profile
    for field, value in fields.items():
        setattr(profile, field, value)
    profile.save(update_fields=list(fields))
    return profile


@transaction.atomic
def invite(*, email: str, name: str, role: str, by: User) -> User:
    """A new person without a password, whose address is still to be proved; `by` must be an administrator.

    They get in by setting a password through a mailed link (`accounts.invitations`), which proves the address.
    Raises PermissionDenied, or ValueError for a role that does not exist.
    """
    _require_administrator(by)
    user = User.objects.create_user(email, name=name, role=Role(role))
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    logger.info("user %s invited user %s with role %s", by.pk, user.pk, user.role)
    return user


@transaction.atomic
def assign_role(*, user: User, role: str, by: User) -> User:
    """Give `user` a role; it holds from their next request. Nobody can change their own.

    Raises PermissionDenied, or ValueError for a role that does not exist.
    """
    subject = _subject(user, by)
    before, subject.role = subject.role, Role(role)
    subject.save(update_fields=["role"])
    logger.info("user %s changed the role of user %s from %s to %s", by.pk, subject.pk, before, subject.role)
    return subject


@transaction.atomic
def deactivate(*, user: User, by: User) -> User:
    """Keep `user` out from their next request on. Nobody can do this to themselves. Raises PermissionDenied."""
    return _set_active(user, by, active=False)


@transaction.atomic
def reactivate(*, user: User, by: User) -> User:
    """Let `user` in again. Raises PermissionDenied."""
    return _set_active(user, by, active=True)


def _set_active(user: User, by: User, *, active: bool) -> User:
    subject = _subject(user, by)
    subject.is_active = active
    subject.save(update_fields=["is_active"])
    logger.info("user %s %s user %s", by.pk, "reactivated" if active else "deactivated", subject.pk)
    return subject


def _subject(user: User, by: User) -> User:
    """`user` as the database has them now, locked, if `by` may decide about them."""
    _require_administrator(by)
    if user.pk == by.pk:
        raise PermissionDenied
    subject = User.objects.select_for_update().get(pk=user.pk)
    if subject.is_superuser and not by.is_superuser:
        raise PermissionDenied
    return subject


def _require_administrator(by: User) -> None:
    """Raise PermissionDenied unless `by` decides about people."""
    if not by.is_active or not (by.is_superuser or by.role == Role.ADMINISTRATOR):
        raise PermissionDenied
