"""Forms that build on allauth's own (see `accounts.forms` for why they are apart)."""

from allauth.account.forms import ResetPasswordKeyForm
from allauth.account.models import EmailAddress


class ChoosePasswordForm(ResetPasswordKeyForm):
    """A new password, by the link in an e-mail."""

    def save(self) -> None:
        """Set the password. Following the link also showed that the address is theirs: they need not prove it twice.

        Only where there is one address, since with two the link may have gone to either.
        """
        super().save()
        addresses = list(EmailAddress.objects.filter(user=self.user))
        if len(addresses) == 1 and addresses[0].email == self.user.email and not addresses[0].verified:
            addresses[0].set_verified()
