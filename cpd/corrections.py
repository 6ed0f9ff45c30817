"""What a changed framework file changes for somebody, in plain sentences."""

from collections.abc import Iterator
from decimal import Decimal

from cpd.rules.comparing import Comparison, RequirementChange
from cpd.rules.types import Binding, Finding, Framework, Period, Requirement, Verdict, Version
from cpd.wording import amount, outcome_word, unit_of
from meducation.lib.dates import day_month_year

VERDICTS = {
    Verdict.ENOUGH: "enough",
    Verdict.NOT_YET: "not yet enough",
    Verdict.NOT_MET: "not met",
    Verdict.UNKNOWN: "cannot tell",
    Verdict.NO_AMOUNT: "no set amount",
}
BINDINGS = {
    Binding.MANDATORY: "required",
    Binding.RECOMMENDED: "recommended",
    Binding.SCHEME: "for this body's certificate",
}


def sentences_of(comparison: Comparison, old: Framework, new: Framework) -> list[str]:
    """Everything that differs, a sentence each: requirements first, then what counts in all, then the verdict."""
    before = _version(old, comparison.old.version)
    after = _version(new, comparison.new.version)
    sentences = []
    if comparison.cycles is not None:
        was, now = (_days(period) for period in comparison.cycles)
        sentences.append(f"The cycle: {was} before, {now} now.")
    sentences += [_sentence(change, before, after) for change in comparison.changes]
    if comparison.totals is not None:
        counted, counts = comparison.totals
        was, now = amount(counted, before.unit if before else None), amount(counts, after.unit if after else None)
        sentences.append(f"What counts in all: {was} before, {now} now.")
    if comparison.verdicts is not None:
        judged, judges = comparison.verdicts
        sentences.append(f"All together: {VERDICTS[judged]} before, {VERDICTS[judges]} now.")
    return sentences


def _sentence(change: RequirementChange, before: Version | None, after: Version | None) -> str:
    was, now = change.old, change.new
    if was is None and now is not None:
        asked = ", ".join(_says(now, after))
        return f"{change.name}: now asked of you. {asked[:1].upper()}{asked[1:]}."
    if now is None and was is not None:
        return f"{change.name}: no longer asked of you. It was {', '.join(_says(was, before))}."
    if was is None or now is None:
        return f"{change.name}: changed."
    parts = list(_differences(was, now, before, after))
    return f"{change.name}: {'; '.join(parts)}."


def _differences(was: Finding, now: Finding, before: Version | None, after: Version | None) -> Iterator[str]:
    if was.outcome is not now.outcome:
        yield f"{_word(was)} before, {_word(now)} now"
    for verb, old, new in (("needed", was.need, now.need), ("counted", was.have, now.have)):
        if old != new:
            before_that, now_it_is = _amount(old, was.requirement, before), _amount(new, now.requirement, after)
            yield f"{verb} {before_that} before, {now_it_is} now"
    if was.counts != now.counts:
        yield "now sure enough to count" if now.counts else "now only shown, to check with your regulator"
    if was.requirement.binding is not now.requirement.binding:
        yield f"{BINDINGS[was.requirement.binding]} before, {BINDINGS[now.requirement.binding]} now"


def _says(finding: Finding, version: Version | None) -> Iterator[str]:
    if finding.need is not None:
        yield f"needed {_amount(finding.need, finding.requirement, version)}"
    yield _word(finding)


def _word(finding: Finding) -> str:
    return outcome_word(finding).lower()


def _amount(value: Decimal | None, requirement: Requirement, version: Version | None) -> str:
    if value is None:
        return "nothing that can be counted"
    return amount(value, unit_of(requirement, version))


def _days(period: Period | None) -> str:
    return f"{day_month_year(period.first)} to {day_month_year(period.last)}" if period else "not known"


def _version(framework: Framework, version_id: str) -> Version | None:
    return framework.version(version_id) if version_id else None
