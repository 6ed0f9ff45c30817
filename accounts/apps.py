"""The app's name and nothing more."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their profiles and their roles."""

    name = "accounts"
