"""The person behind a request, for views that only signed-in people reach."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in user. Raises PermissionDenied for anybody else: such a view should have asked for a login first."""
    if isinstance(request.user, AnonymousUser) or not request.user.is_authenticated:
        raise PermissionDenied
    return request.user
