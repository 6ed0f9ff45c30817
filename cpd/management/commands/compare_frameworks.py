"""Show what a change of the framework files does to people, before it is merged."""

import subprocess
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cpd.corrections import sentences_of
from cpd.rules.comparing import FrameworkChange, compare_files
from cpd.rules.loading import parse
from cpd.rules.tables import FrameworkError
from cpd.rules.types import Framework

HERE = Path(__file__).resolve().parents[2] / "frameworks"
WHOSE = {"": "", "old": " (an example that is gone)", "new": " (a new example)"}


class Command(BaseCommand):
    help = (
        "Judge the example clinicians of the framework files, as they were and as they are, by both, and print whose "
        "outcomes, needs and totals change. It says so when nothing changes; a change is no error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--against` what, and for tests another folder of new files."""
        parser.add_argument(
            "--against", required=True, help="a git revision (main, HEAD~1, a commit), or a folder with the old files"
        )
        parser.add_argument("--folder", type=Path, default=HERE, help="the folder with the new files (cpd/frameworks)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare and print."""
        against, folder = options["against"], Path(options["folder"])
        old_texts = texts_in(Path(against)) if Path(against).is_dir() else texts_at(against, folder)
        changes = compare_files(parsed(old_texts, f"{against}: "), parsed(texts_in(folder), ""))
        if not changes:
            self.stdout.write("Nothing changes for anybody.")
            return
        for change in changes:
            for line in lines_about(change):
                self.stdout.write(line)
            self.stdout.write("")
        people = sum(len(change.examples) for change in changes)
        self.stdout.write(
            f"{len(changes)} {'framework changes' if len(changes) == 1 else 'frameworks change'}, "
            f"and {people} example {'clinician comes' if people == 1 else 'clinicians come'} out differently."
        )


def lines_about(change: FrameworkChange) -> Iterator[str]:
    """One framework: its name, then what is new, gone and different."""
    if change.old is None or change.new is None:
        present = change.new or change.old
        rules = sum(len(version.requirements) for version in present.versions) if present else 0
        state = "a new framework" if change.old is None else "the framework is gone"
        yield f"{change.id}: {state}, with {rules} {'requirement' if rules == 1 else 'requirements'}."
        return
    yield f"{change.id} ({change.new.name})"
    for sign, requirements in (("New", change.added), ("Gone", change.removed)):
        for version, requirement in requirements:
            yield f"  {sign} requirement: {requirement.id}, version {version}: {requirement.sentence}"
    for example in change.examples:
        yield f"  {example.name}{WHOSE[example.only]}"
        for sentence in sentences_of(example.comparison, change.old, change.new):
            yield f"    {sentence}"


def texts_in(folder: Path) -> dict[str, str]:
    """File name → text. Raises CommandError for a folder without framework files."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))}
    if not texts:
        raise CommandError(f"There are no framework files (*.toml) in {folder}.")
    return texts


def texts_at(revision: str, folder: Path) -> dict[str, str]:
    """The same of a git revision. Raises CommandError where git does not know it."""
    if revision.startswith("-"):
        raise CommandError("Name a git revision, like main, or a folder.")
    listed = git(folder, "ls-tree", "--name-only", f"{revision}:./")
    names = [name for name in listed.splitlines() if name.endswith(".toml")]
    return {name: git(folder, "show", f"{revision}:./{name}") for name in names}


def git(folder: Path, *arguments: str) -> str:
    """What git says in `folder`. Raises CommandError with its own last line."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603, S607 (arguments are ours; git is the developer's own)
    except OSError as error:
        raise CommandError("git is not there. Name a folder with the old files instead.") from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise CommandError(f"git cannot read it: {said}")
    return done.stdout


def parsed(texts: dict[str, str], where: str) -> dict[str, Framework]:
    """Id → framework. Raises CommandError, naming the file, the line and the figure."""
    frameworks = {}
    for name, text in texts.items():
        try:
            framework = parse(text, name=name)
        except FrameworkError as error:
            raise CommandError(f"{where}{error}") from error
        frameworks[framework.id] = framework
    return frameworks
