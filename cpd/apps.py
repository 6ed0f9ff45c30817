"""The app's name, and the two moments it needs to hear of: somebody logging in, and readers getting a new text."""

from django.apps import AppConfig


class CpdConfig(AppConfig):
    """The CPD record: what was read, what was done, and how long it took."""

    name = "cpd"
    verbose_name = "CPD"

    def ready(self) -> None:
        """Listen for logins, to carry anonymous reading over; and for new texts, to tell who logged an earlier one."""
        from django.contrib.auth.signals import user_logged_in

        from articles.announcing import when_retired, when_text_changes
        from cpd.reading import on_login
        from cpd.tasks import queue_news, queue_news_of_retirement

        when_text_changes.append(queue_news)
        when_retired.append(queue_news_of_retirement)
        user_logged_in.connect(on_login, dispatch_uid="cpd.carry_reading_over")
