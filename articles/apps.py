"""The app's name and nothing more."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    """Articles, who wrote them, and every text of theirs that was ever published."""

    name = "articles"
