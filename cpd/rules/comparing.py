"""What a changed file changes: one person judged by two texts, and all example clinicians by two sets of files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cpd.rules.engine import assess
from cpd.rules.types import Assessment, Example, Finding, Framework, Period, Requirement, Verdict


@dataclass(frozen=True, slots=True)
class RequirementChange:
    """One requirement that comes out differently. None: it is not there, or does not apply to that person."""

    id: str
    name: str
    old: Finding | None
    new: Finding | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One person's cycle by the old text and by the new one."""

    old: Assessment
    new: Assessment
    changes: tuple[RequirementChange, ...]

    @property
    def cycles(self) -> tuple[Period | None, Period | None] | None:
        """The cycle before and after, if it is another."""
        old, new = _whole(self.old), _whole(self.new)
        return (old, new) if old != new else None

    @property
    def totals(self) -> tuple[Decimal, Decimal] | None:
        """What counts in all, before and after, if it differs."""
        return (self.old.counted, self.new.counted) if self.old.counted != self.new.counted else None

    @property
    def verdicts(self) -> tuple[Verdict, Verdict] | None:
        """The verdict before and after, if it is another."""
        return (self.old.verdict, self.new.verdict) if self.old.verdict is not self.new.verdict else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing that a person would notice has changed."""
        return not (self.changes or self.cycles or self.totals or self.verdicts)


def compare(old: Assessment, new: Assessment) -> Comparison:
    """What differs between two judgements of the same person: outcomes, needs and amounts, not words or sources."""
    before = {finding.requirement.id: finding for finding in old.findings}
    after = {finding.requirement.id: finding for finding in new.findings}
    changes = []
    for requirement_id in [*before, *(each for each in after if each not in before)]:
        was, now = before.get(requirement_id), after.get(requirement_id)
        if _gist(was) != _gist(now):
            finding = now or was
            name = finding.requirement.name if finding else requirement_id
            changes.append(RequirementChange(requirement_id, name, was, now))
    return Comparison(old, new, tuple(changes))


def _gist(finding: Finding | None) -> object:
    if finding is None:
        return None
    return finding.outcome, finding.have, finding.need, finding.counts, finding.requirement.binding


def _whole(assessment: Assessment) -> Period | None:
    return assessment.cycle.whole if assessment.cycle else None


# --- Files -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExampleChange:
    """An example clinician who comes out differently. `only` says whose example it is, if not both files'."""

    name: str
    comparison: Comparison
    only: str = ""  # "old", "new"


@dataclass(frozen=True, slots=True)
class FrameworkChange:
    """What a change does to one framework. None: there is, or was, no such file."""

    id: str
    old: Framework | None
    new: Framework | None
    added: tuple[tuple[str, Requirement], ...] = ()  # Version and requirement.
    removed: tuple[tuple[str, Requirement], ...] = ()
    examples: tuple[ExampleChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing for anybody."""
        both = self.old is not None and self.new is not None
        return both and not (self.added or self.removed or self.examples)


def compare_files(old: Mapping[str, Framework], new: Mapping[str, Framework]) -> tuple[FrameworkChange, ...]:
    """All that changes from one set of files to another, in order of the frameworks' ids."""
    changes = [compare_frameworks(each, old.get(each), new.get(each)) for each in sorted({*old, *new})]
    return tuple(change for change in changes if not change.is_empty)


def compare_frameworks(framework_id: str, old: Framework | None, new: Framework | None) -> FrameworkChange:
    """One framework before and after: its requirements, and the example clinicians of both files judged by both."""
    if old is None or new is None:
        return FrameworkChange(framework_id, old, new)
    before, after = _requirements(old), _requirements(new)
    return FrameworkChange(
        framework_id,
        old,
        new,
        added=tuple((version, rule) for (version, key), rule in after.items() if (version, key) not in before),
        removed=tuple((version, rule) for (version, key), rule in before.items() if (version, key) not in after),
        examples=tuple(_example_changes(old, new)),
    )


def _requirements(framework: Framework) -> dict[tuple[str, str], Requirement]:
    return {(version.id, rule.id): rule for version in framework.versions for rule in version.requirements}


def _example_changes(old: Framework, new: Framework) -> Iterator[ExampleChange]:
    in_new = [_life(example) for example in new.examples]
    in_old = [_life(example) for example in old.examples]
    for only, examples, others in (("new", new.examples, in_old), ("old", old.examples, in_new)):
        for example in examples:
            shared = _life(example) in others
            if shared and only == "old":
                continue  # Judged among the new ones.
            comparison = compare(_judged(example, old), _judged(example, new))
            if not comparison.is_empty:
                yield ExampleChange(example.name, comparison, "" if shared else only)


def _life(example: Example) -> object:
    """What somebody did, whatever is expected of it."""
    return example.enrolled, example.as_of, example.entries, example.artefacts


def _judged(example: Example, framework: Framework) -> Assessment:
    return assess(example.entries, framework, example.enrolled, example.as_of, artefacts=example.artefacts)
