"""Where allauth asks us."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Profile, User

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up, redirects and mail."""

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Save a new person, whole: with their name and a profile in the time zone of their browser."""
        user.name = form.cleaned_data.get("name") or user.name
        super().save_user(request, user, form, commit=commit)
        if commit:
            ensure_profile(user, time_zone=form.cleaned_data.get("time_zone", ""))
        return user

    def is_safe_url(self, url: str) -> bool:
        """Whether a redirect may go there: this very site only, not every host that may serve it."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """The link to set a password; to somebody whom an administrator added, as an invitation."""
        if user.has_usable_password() or user.last_login is not None:
            super().send_password_reset_mail(user, email, context)
        else:
            self.send_mail("emails/invitation", email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of a known address that somebody signed up with it.

        A new account costs the hash of a password; so must this, or the time of the answer tells the two apart.
        """
        make_password(get_random_string(20))
        super().send_account_already_exists_mail(email)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Signing up through an organisation's own login."""

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: "SocialLogin", form: Form | None = None) -> User:
        """Save a new person, whole. Without a form there was nothing to ask: the organisation told us enough."""
        user: User = super().save_user(request, sociallogin, form)
        ensure_profile(user)
        return user

    def populate_user(self, request: HttpRequest, sociallogin: "SocialLogin", data: dict[str, Any]) -> User:
        """Take over the name in one piece, as we keep it."""
        user: User = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        name = data.get("name") or " ".join(part for part in parts if part)
        user.name = name[: User._meta.get_field("name").max_length]
        return user


def ensure_profile(user: User, *, time_zone: str = "") -> Profile:
    """The person's profile, made if there is none: allauth saves people without the manager that would."""
    defaults = {"time_zone": time_zone} if time_zone else {}
    profile, _ = Profile.objects.get_or_create(user=user, defaults=defaults)
    return profile
