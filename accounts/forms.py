"""Forms about people."""

from django import forms


class SignupDetailsForm(forms.Form):
    """What sign-up asks beyond e-mail and password."""

    def signup(self, request: object, user: object) -> None:
        """Nothing yet."""
