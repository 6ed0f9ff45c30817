"""Put the recurring work into the queue, and take up framework files that are new with this release."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cpd.actions.corrections import take_up_corrections
from cpd.tasks import queue_mail, schedule_tidying


class Command(BaseCommand):
    """Run after each deployment; it does nothing when the work is waiting already and no file has changed."""

    help = (
        "Queue the nightly work, unless it is queued: the worker (db_worker) does it, then queues the next. Judge open "
        "cycles anew where a framework file has changed, and tell those for whom something changes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue it; take up what is new."""
        schedule_tidying()
        now = timezone.now()
        if told := take_up_corrections(now):
            self.stdout.write(f"Corrected rules change something for {told} {'person' if told == 1 else 'people'}.")
            queue_mail(now)
