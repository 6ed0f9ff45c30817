"""The link by which somebody sets their first password, or a new one: allauth's, with its expiry."""

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest

from accounts.models import User


def send_link(request: HttpRequest, user: User) -> None:
    """E-mail `user` a link to set a password. Whether it reads as an invitation is the adapter's to say.

    Raises what the mail server's connection raises (OSError, SMTPException).
    """
    form = ResetPasswordForm({"email": user.email})
    if form.is_valid():
        form.save(request)
