"""Read every framework file as a reviewer would: figures, sources, dates, example cases."""

import datetime
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Profession
from cpd.catalogue import FOLDER
from cpd.models import Kind
from cpd.rules.cycles import add_months
from cpd.rules.examples import faults_of
from cpd.rules.loading import parse
from cpd.rules.tables import FrameworkError
from cpd.rules.types import Framework

STALE_AFTER_MONTHS = 12


class Command(BaseCommand):
    help = (
        "Refuse a framework file with a figure that has no source, date or example case, or whose examples come out "
        "otherwise than they say. Lists what was last checked more than 12 months ago."
    )
    requires_system_checks = ()  # It needs no database, so it asks for none.

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("frameworks", nargs="*", help="ids to check; all without any")
        parser.add_argument("--folder", type=Path, default=FOLDER, help="where the files are")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, folder = options["frameworks"], options["folder"]
        paths = [folder / f"{name}.toml" for name in wanted] or sorted(folder.glob("*.toml"))
        today = timezone.localdate()
        faults, stale, figures, examples = [], [], 0, 0
        for path in paths:
            try:
                framework = parse(path.read_text(encoding="utf-8"), name=path.name)
            except (FrameworkError, OSError) as error:
                faults.append(str(error))
                continue
            faults += list(_faults(framework, path.stem))
            stale += list(_stale(framework, today))
            figures += sum(len(version.requirements) + len(version.limits) for version in framework.versions)
            examples += len(framework.examples)
        for line in stale:
            self.stdout.write(f"Not checked for more than {STALE_AFTER_MONTHS} months: {line}")
        if faults or not paths:
            raise CommandError("\n".join(faults) or "There are no framework files.")
        self.stdout.write(f"{len(paths)} frameworks, {figures} figures, {examples} example clinicians: in order.")


def _faults(framework: Framework, stem: str) -> Iterator[str]:
    if framework.id != stem:
        yield f"{stem}.toml: its id is {framework.id}, which must be the file's name"
    if strange := framework.professions - set(Profession.values):
        yield f"{stem}.toml: no such profession: {', '.join(sorted(strange))}"
    kinds = set(Kind.values)
    for version in framework.versions:
        named = {kind for guess in version.guesses for kind in guess.kinds}
        named |= {kind for requirement in version.requirements for kind in requirement.where.kinds}
        if unknown := named - kinds:
            yield f"{stem}.toml: no such kind of activity: {', '.join(sorted(unknown))}"
    for example in framework.examples:
        for fault in faults_of(example, framework):
            yield f"{stem}.toml, example “{example.name}”: {fault}"


def _stale(framework: Framework, today: datetime.date) -> Iterator[str]:
    limit = add_months(today, -STALE_AFTER_MONTHS)
    for version in framework.versions:
        cites = [(requirement.id, requirement.cite) for requirement in version.requirements]
        cites += [(each.id, each.cite) for each in version.limits]
        for rule, cite in cites:
            if cite.checked < limit:
                yield f"{framework.id}, {rule} ({cite.checked.isoformat()})"
