"""The app's name, and the one moment it needs to hear of: somebody logging in."""

from django.apps import AppConfig


class CpdConfig(AppConfig):
    """The CPD record: what was read, what was done, and how long it took."""

    name = "cpd"
    verbose_name = "CPD"

    def ready(self) -> None:
        """Listen for logins, to carry anonymous reading over."""
        from django.contrib.auth.signals import user_logged_in

        from cpd.reading import on_login

        user_logged_in.connect(on_login, dispatch_uid="cpd.carry_reading_over")
