"""Forms that build on allauth's own (see `accounts.forms` for why they are apart)."""

from typing import Any

from allauth.account.forms import ResetPasswordKeyForm, SignupForm
from allauth.account.models import EmailAddress

PASSWORD_HINT = "At least 10 characters. A few words are easier to remember than symbols, and harder to guess."  # noqa: S105 (words about passwords)


class ShortSignupForm(SignupForm):
    """Name, e-mail address, password: allauth's form in the site's words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail address"
        # With a passkey instead, there is no password.
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HINT


class ChoosePasswordForm(ResetPasswordKeyForm):
    """A new password, by the link in an e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT

    def save(self) -> None:
        """Set the password. Following the link also showed that the address is theirs: they need not prove it twice.

        Only where there is one address, since with two the link may have gone to either.
        """
        super().save()
        addresses = list(EmailAddress.objects.filter(user=self.user))
        if len(addresses) == 1 and addresses[0].email == self.user.email and not addresses[0].verified:
            addresses[0].set_verified()
