"""How good the patient-identifier check is: precision and recall of each kind, on each part of its texts."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cpd.identifiers.measuring import PARTS, misses, table

BEGIN, END = "<!-- {part}: begin -->", "<!-- {part}: end -->"


class Command(BaseCommand):
    help = (
        "Print precision and recall of the patient-identifier check for each kind, on the sentences that it was made "
        "with, on those kept apart, and on whole reflections. With --write, put the tables into docs/identifiers.md."
    )
    requires_system_checks = ()  # It needs no database, so it asks for none.

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="put the tables into docs/identifiers.md")
        parser.add_argument(
            "--misses", action="store_true", help="list what went wrong on the sentences it is made with"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        document = Path(settings.BASE_DIR) / "docs" / "identifiers.md"
        for part in PARTS:
            self.stdout.write(f"\n{part}\n\n{table(part)}")
            if options["write"]:
                text = document.read_text(encoding="utf-8")
                before, _, rest = text.partition(BEGIN.format(part=part))
                _, _, after = rest.partition(END.format(part=part))
                tables = f"{BEGIN.format(part=part)}\n{table(part)}\n{END.format(part=part)}"
                document.write_text(before + tables + after, encoding="utf-8")
        if options["misses"]:
            self.stdout.write("\n" + "\n".join(misses("developing")))
