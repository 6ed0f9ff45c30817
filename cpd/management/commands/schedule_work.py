"""Put the recurring work into the queue."""

from typing import Any

from django.core.management.base import BaseCommand

from cpd.tasks import schedule_tidying


class Command(BaseCommand):
    """Run after each deployment; it does nothing when the work is waiting already."""

    help = "Queue the nightly tidying, unless it is queued. The worker (db_worker) does it, then queues the next."

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue it."""
        schedule_tidying()
