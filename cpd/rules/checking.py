"""What only makes sense together in a framework file: a misspelt category would quietly count nothing."""

import re
from itertools import pairwise

from cpd.rules.tables import FrameworkError, Table
from cpd.rules.types import Framework, Limit, Measure, Requirement, RuleKind, Version

WINDOWS = ("cycle", "cycle-year", "any-2-years", "lifetime")
NEEDS_VALUE = (
    RuleKind.MIN_TOTAL,
    RuleKind.MIN_CATEGORY,
    RuleKind.MAX_CATEGORY,
    RuleKind.COMBINED_MIN,
    RuleKind.MIN_SHARE,
    RuleKind.MAX_SHARE,
    RuleKind.YEARLY_MIN,
    RuleKind.SLIDING_MIN,
    RuleKind.ROLLING_BALANCE,
    RuleKind.MIN_COUNT,
    RuleKind.ONCE_ONLY,
    RuleKind.EVERY_NTH_CYCLE,
    RuleKind.FIRST_CYCLE_ONLY,
)
NEEDS_WHERE = (RuleKind.MAX_CATEGORY, RuleKind.MIN_SHARE, RuleKind.MAX_SHARE, RuleKind.ELIGIBILITY)


def check_requirement(requirement: Requirement, table: Table) -> None:
    """What the kind of rule needs: docs/frameworks.md has the table."""
    kind = requirement.kind
    if kind in NEEDS_VALUE and requirement.value is None and not requirement.values:
        raise table.wrong("value (or values by title) is missing")
    if requirement.value is not None and requirement.values:
        raise table.wrong("give value or values, not both")
    if kind in NEEDS_WHERE and requirement.where.is_everything:
        raise table.wrong("where is missing")
    if kind in (RuleKind.MIN_SHARE, RuleKind.MAX_SHARE):
        if requirement.share_of not in ("required", "achieved"):
            raise table.wrong("share_of must be required or achieved")
        if any(share > 1 for share in [requirement.value or 0, *requirement.values.values()]):
            raise table.wrong("a share is between 0 and 1")
    if kind in (RuleKind.ARTEFACT, RuleKind.ATTEST) and not requirement.artefact:
        raise table.wrong("artefact is missing")
    if requirement.measure is Measure.ARTEFACTS and not requirement.artefact and kind is not RuleKind.COVERAGE:
        raise table.wrong("artefact is missing")
    if kind is RuleKind.COVERAGE and (not requirement.dimension or not (requirement.members or requirement.at_least)):
        raise table.wrong("a coverage needs a dimension, and members or at_least")
    if kind is RuleKind.ROLLING_BALANCE and not requirement.months:
        raise table.wrong("months is missing: how long an entry lives")
    if kind is RuleKind.MAX_GAP and not requirement.months:
        raise table.wrong("months is missing")
    if kind is RuleKind.EVERY_NTH_CYCLE and requirement.every < 2:
        raise table.wrong("every must be at least 2")
    if kind is RuleKind.DEADLINE and requirement.due_days is None and requirement.due_on is None:
        raise table.wrong("due_days or due_on is missing")
    if requirement.window not in WINDOWS and not re.fullmatch(r"P[1-9]\d?Y", requirement.window):
        raise table.wrong(f"window must be one of {', '.join(WINDOWS)}, or like P5Y")


def check_version(version: Version, table: Table) -> None:
    """Whatever is named must be there: a misspelt category would quietly count nothing."""
    titles = {title.id for title in version.titles}
    categories = {category.id for category in version.categories}
    artefacts = {kind.id for kind in version.artefacts}
    questions = {question.id: question for question in version.questions}
    marks = {question.id for question in version.questions if not question.choices}
    marks |= {f"{question.id}/{choice.id}" for question in version.questions for choice in question.choices}
    artefact_marks = {
        f"{field.id}/{choice.id}" for kind in version.artefacts for field in kind.fields for choice in field.choices
    }

    def known(what: str, named: frozenset[str] | set[str], there: set[str], figure: str) -> None:
        if missing := set(named) - there:
            raise table.wrong(f"{figure} names {what} that the version has not: {', '.join(sorted(missing))}")

    seen: set[str] = set()
    for requirement in version.requirements:
        figure = f"requirement {requirement.id}"
        if requirement.id in seen:
            raise table.wrong(f"{figure} is there twice")
        seen.add(requirement.id)
        known("titles", requirement.only | set(requirement.values), titles, figure)
        known("categories", requirement.where.categories, categories, figure)
        wanted = requirement.where.marks | requirement.where.any_marks
        known("marks", wanted, artefact_marks if requirement.measure is Measure.ARTEFACTS else marks, figure)
        known("an artefact", {requirement.artefact} - {""}, artefacts, figure)
        if requirement.kind is RuleKind.COVERAGE and requirement.dimension not in (
            {"category", "kind", "artefact"} | set(questions)
        ):
            raise table.wrong(f"{figure}: dimension must be category, kind, artefact or a question's id")
        uses_unit = requirement.measure in (Measure.CREDITS, Measure.PARTICIPATORY) and (
            requirement.kind in NEEDS_VALUE and not requirement.artefact
        )
        if uses_unit and version.unit is None:
            raise table.wrong(f"{figure} counts credits, and the version has no unit")
    for limit in version.limits:
        figure = f"limit {limit.id}"
        if limit.id in seen:
            raise table.wrong(f"{figure} is there twice")
        seen.add(limit.id)
        known("categories", limit.where.categories, categories, figure)
        known("marks", limit.where.marks | limit.where.any_marks, marks, figure)
    for guess in version.guesses:
        known("a category", {guess.category} - {""}, categories, "a guess")
        known("marks", guess.marks, marks, "a guess")
    if version.reading is not None:
        known("a category", {version.reading.category} - {""}, categories, "reading")
        known(
            "marks or categories",
            version.reading.never,
            marks | categories | {"participatory", "everything"},
            "reading",
        )
    if version.unit is not None:
        for rate in version.unit.rates:
            known("categories", rate.where.categories, categories, "a rate")
            known("marks", rate.where.marks | rate.where.any_marks, marks, "a rate")
    known("titles", set(version.cycle.years_by_title) | set(version.cycle.starts_by_title), titles, "the cycle")
    if version.several_titles not in ("", "highest"):
        raise table.wrong("several_titles can only be highest")
    if version.starts and version.ends and version.ends < version.starts:
        raise table.wrong("until is before from")


def check_whole(framework: Framework, root: Table) -> None:
    """What only the whole file can tell: versions in order, and an example for each figure."""
    if not framework.versions:
        raise root.wrong("there is no version")
    for earlier, later in pairwise(framework.versions):
        if earlier.ends is None or later.starts is None or later.starts <= earlier.ends:
            raise root.wrong(f"version {earlier.id} must end before version {later.id} begins")
    if len({version.id for version in framework.versions}) != len(framework.versions):
        raise root.wrong("two versions have the same id")
    known = {rule.id for version in framework.versions for rule in version.requirements}
    known |= {limit.id for version in framework.versions for limit in version.limits}
    shown: set[str] = set()
    for example in framework.examples:
        shown |= set(example.expect)
        for key in (*example.expect, *example.needs, *example.have):
            if key not in known:
                line = root.file.lines.of(-1, "examples", example.name)
                raise FrameworkError(
                    root.file.name, line, f"example {example.name}", f"there is no requirement “{key}”"
                )
    for index, version in enumerate(framework.versions):
        rules: list[Requirement | Limit] = [*version.requirements, *version.limits]
        for rule in rules:
            if rule.id not in shown:
                header = "versions.requirements" if isinstance(rule, Requirement) else "versions.limits"
                line = root.file.lines.of(index, header, rule.id)
                what = "requirement" if isinstance(rule, Requirement) else "limit"
                raise FrameworkError(root.file.name, line, f"{what} {rule.id}", "no example case shows what it does")
