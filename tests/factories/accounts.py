"""People."""

from typing import Any

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.roles import Role


class UserFactory(DjangoModelFactory[User]):
    """A reader with a profile and a proved address. Without a password, which costs time: give one where it matters."""

    class Meta:
        model = User

    class Params:
        reviewer = factory.Trait(role=Role.REVIEWER)
        author = factory.Trait(role=Role.AUTHOR)
        editor = factory.Trait(role=Role.EDITOR)
        administrator = factory.Trait(role=Role.ADMINISTRATOR)

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, verified: bool = True, **kwargs: Any) -> User:
        user = model_class.objects.create_user(*args, **kwargs)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
        return user
