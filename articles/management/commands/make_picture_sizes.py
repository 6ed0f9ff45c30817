"""Make the smaller copies of pictures that came into the library before there were any."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.actions import add_smaller_copies
from articles.models import Image


class Command(BaseCommand):
    """Safe to run again, and while the site is in use. Texts show the copies from their next publication on."""

    help = "Make the smaller copies of pictures in the library that have none. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, one picture at a time."""
        made = sum(add_smaller_copies(image=image) for image in Image.objects.filter(smaller_widths=[]).iterator())
        self.stdout.write(f"Made smaller copies of {made} {'picture' if made == 1 else 'pictures'}.")
