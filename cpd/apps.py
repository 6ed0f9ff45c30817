"""The app's name, its checks, and the moments it needs to hear of: a login, and readers getting a new text."""

from django.apps import AppConfig


class CpdConfig(AppConfig):
    """The CPD record: what was read, what was done, and how long it took."""

    name = "cpd"
    verbose_name = "CPD"

    def ready(self) -> None:
        """Listen for logins, to carry anonymous reading over; and for new texts, to tell who logged an earlier one."""
        from django.contrib.auth.signals import user_logged_in
        from django.core.checks import register

        from articles.announcing import when_retired, when_text_changes
        from cpd.checks import TAG, storages_can_be_written
        from cpd.reading import on_login
        from cpd.tasks import queue_news, queue_news_of_retirement

        when_text_changes.append(queue_news)
        when_retired.append(queue_news_of_retirement)
        # Only when asked for: it writes, perhaps over the network.
        register(storages_can_be_written, TAG, deploy=True)
        user_logged_in.connect(on_login, dispatch_uid="cpd.carry_reading_over")
