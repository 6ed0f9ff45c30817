"""allauth's passkey forms, hardened: whatever is posted in place of a browser's answer is an error of the form.

allauth hands the posted JSON to the fido2 library, which expects the shape a browser gives it and trips over others.
"""

import struct
from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.forms.fields import InvalidJSONInput
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

# What parsing a malformed answer was seen to raise, over forty thousand garbled ones.
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError, struct.error)
# An answer of a security key with a chain of certificates takes some kilobytes.
MOST_CHARACTERS = 64 * 1024


class CredentialField(forms.JSONField):
    """The answer of a passkey, as JSON that `answer` can be made of."""

    def __init__(self, *, answer: type[RegistrationResponse] | type[AuthenticationResponse]) -> None:
        super().__init__(widget=forms.HiddenInput)
        self.answer = answer
        self.error_messages["invalid"] = "That passkey's answer could not be read. Try again."

    def to_python(self, value: Any) -> Any:
        """The parsed JSON. Raises ValidationError for anything else."""
        if isinstance(value, str) and len(value) > MOST_CHARACTERS:
            raise self._invalid()
        try:
            credential = super().to_python(value)
            if credential is not None:
                self.answer.from_dict(credential)
        except MALFORMED as error:
            raise self._invalid() from error
        return credential

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Nothing to show again: an answer is good for one question only."""
        return InvalidJSONInput("")

    def _invalid(self) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages["invalid"], code="invalid")


class AddPasskeyForm(AddWebAuthnForm):
    """Set up a passkey."""

    credential = CredentialField(answer=RegistrationResponse)


class SecondStepPasskeyForm(AuthenticateWebAuthnForm):
    """A passkey after the password."""

    credential = CredentialField(answer=AuthenticationResponse)


class LoginPasskeyForm(LoginWebAuthnForm):
    """A passkey alone."""

    credential = CredentialField(answer=AuthenticationResponse)


class ReauthenticatePasskeyForm(ReauthenticateWebAuthnForm):
    """A passkey, to show that it is still the same person."""

    credential = CredentialField(answer=AuthenticationResponse)
