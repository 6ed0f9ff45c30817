"""Where somebody stands in a framework: entries in, an assessment out. No clock, no database, nothing kept.

docs/cpd-rules.md tells all of this in words, with the worked cases.
"""

import datetime
from collections.abc import Iterable, Iterator

from cpd.rules.case import Case
from cpd.rules.counting import GRAINS, Count, amount
from cpd.rules.cycles import DAY, cycle_containing, earlier, first_cycle_starts
from cpd.rules.judging import INFORMING, cap_of, judge
from cpd.rules.types import (
    Artefact,
    Assessment,
    Binding,
    Cite,
    Cycle,
    CycleKind,
    Enrolled,
    Entry,
    Finding,
    Framework,
    NotAsked,
    Outcome,
    Requirement,
    RuleKind,
    Verdict,
    Version,
)
from cpd.rules.words import in_words

NO_RULES = "The rules of that time are not known here. Check with your regulator."
NO_ANCHOR = "Add the date that your cycle depends on."
# A record that begins this little after its cycle is as good as whole: nobody records on the first day.
WORTH_SAYING = datetime.timedelta(days=90)
# Rules that look beyond the cycle.
WIDE = frozenset(
    {
        RuleKind.SLIDING_MIN,
        RuleKind.ROLLING_BALANCE,
        RuleKind.ONCE_ONLY,
        RuleKind.EVERY_NTH_CYCLE,
    }
)


def version_for(framework: Framework, enrolled: Enrolled, day: datetime.date) -> Version | None:
    """The version that judges the cycle around `day`: the one in force on the cycle's last day.

    None where it is not known: the cycle lies before the first version, or ends after the last one that is known.
    """
    version = framework.version_on(day)
    if version is None:
        return None
    cycle = cycle_containing(version.cycle, enrolled, day)
    return version if cycle is None else framework.version_on(cycle.last)


def current_cycle(framework: Framework, enrolled: Enrolled, day: datetime.date) -> Cycle | None:
    """The cycle around `day`; None where the rules of that time, or a date that they need, are not known."""
    version = version_for(framework, enrolled, day) or framework.version_on(day)
    return None if version is None else cycle_containing(version.cycle, enrolled, day)


def earlier_cycles(
    framework: Framework, enrolled: Enrolled, *, as_of: datetime.date, back_to: datetime.date
) -> tuple[Cycle, ...]:
    """The cycles that ended before the one around `as_of`, newest first, none from before `back_to` or joining."""
    oldest = max(back_to, enrolled.joined_on) if enrolled.joined_on else back_to
    now = current_cycle(framework, enrolled, as_of)
    version = framework.version_on(as_of)
    if now is None or version is None or version.cycle.kind is CycleKind.ROLLING:
        return ()
    found: list[Cycle] = []
    day = now.first - DAY
    while day >= oldest:
        cycle = current_cycle(framework, enrolled, day)
        if cycle is None or (found and cycle.first >= found[-1].first):
            break
        found.append(cycle)
        day = cycle.first - DAY
    return tuple(found)


def assess(
    entries: Iterable[Entry],
    framework: Framework,
    enrolled: Enrolled,
    as_of: datetime.date,
    *,
    artefacts: Iterable[Artefact] = (),
    on: datetime.date | None = None,
) -> Assessment:
    """Where somebody stands on `as_of` in the cycle around `on` (the same day unless given).

    `entries` and `artefacts` may reach beyond the cycle, and must for rules that look further: give all there are.
    """
    on = on or as_of
    version = version_for(framework, enrolled, on)
    if version is None:
        return _cannot_tell(framework, as_of, current_cycle(framework, enrolled, on), NO_RULES)
    cycle = cycle_containing(version.cycle, enrolled, on)
    starts = first_cycle_starts(version.cycle, enrolled) or enrolled.joined_on
    if cycle is None and starts is not None and on < starts:
        reason = f"Your first cycle starts on {in_words(starts)}. Nothing is asked of you before."
        return _cannot_tell(framework, as_of, None, reason)
    if cycle is None:
        unknown = tuple(
            Finding(rule, Outcome.UNKNOWN, caveats=(NO_ANCHOR,), counts=rule.cite.is_sure or enrolled.trusts_unsure)
            for rule in version.requirements
            if rule.kind not in INFORMING
        )
        return Assessment(
            framework.id, version.id, None, as_of, Verdict.UNKNOWN, findings=unknown, caveats=(NO_ANCHOR,)
        )
    titles = enrolled.titles_on(min(as_of, cycle.last))
    wide = any(rule.kind in WIDE or rule.window not in ("cycle", "cycle-year") for rule in version.requirements)
    last = min(cycle.last, as_of)
    entries, artefacts = list(entries), [artefact for artefact in artefacts if artefact.done_on <= as_of]
    recorded_from = _recorded_from(enrolled, entries, artefacts)
    kept = [entry for entry in entries if entry.done_on <= last and (wide or entry.done_on >= cycle.first)]
    case = Case(
        version=version,
        enrolled=enrolled,
        cycle=cycle,
        as_of=as_of,
        titles=titles,
        # Nothing is counted yet: what the caps are must be known first.
        count=Count((), version_of=lambda day: version, window_of=_nowhere, caps_of=_none, counts=lambda cite: False),
        artefacts=artefacts,
        before=None if version.cycle.kind is CycleKind.ROLLING else earlier(version.cycle, enrolled, cycle),
        recorded_from=recorded_from,
    )
    case.count = _count(case, framework, kept)
    findings: list[Finding] = []
    not_asked: list[NotAsked] = []
    for requirement in version.requirements:
        said = judge(case, requirement)
        if isinstance(said, Finding):
            findings.append(said)
        elif isinstance(said, NotAsked):
            not_asked.append(said)
    tallies = case.count.tallies(lambda entry: entry.done_on in cycle.whole)
    inside = [share for share in case.count.shares if share.entry.done_on in cycle.whole]
    return Assessment(
        framework=framework.id,
        version=version.id,
        cycle=cycle,
        as_of=as_of,
        verdict=verdict_of(findings),
        findings=tuple(findings),
        not_asked=tuple(not_asked),
        tallies=tallies,
        recorded=amount(sum(share.recorded for share in inside)),
        counted=amount(sum(share.counted for share in inside)),
        caveats=tuple(_caveats(framework, case)),
        record_begins=_late_beginning(case),
    )


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """All of them together. Only figures that are sure decide (or those that the person trusts)."""
    binding = [
        finding
        for finding in findings
        if finding.requirement.binding is not Binding.RECOMMENDED and finding.requirement.kind not in INFORMING
    ]
    overdue = any(
        finding.requirement.kind is RuleKind.DEADLINE and finding.counts and finding.outcome is Outcome.DECLARE
        for finding in findings
    )
    outcomes = {finding.outcome for finding in binding if finding.counts}
    if Outcome.NOT_MET in outcomes:
        return Verdict.NOT_MET
    if overdue or Outcome.NOT_YET in outcomes or Outcome.DECLARE in outcomes:
        return Verdict.NOT_YET
    if Outcome.UNKNOWN in outcomes:
        return Verdict.UNKNOWN
    if outcomes:
        return Verdict.ENOUGH
    return Verdict.UNKNOWN if binding else Verdict.NO_AMOUNT


def _cannot_tell(framework: Framework, as_of: datetime.date, cycle: Cycle | None, reason: str) -> Assessment:
    return Assessment(framework.id, "", cycle, as_of, Verdict.UNKNOWN, caveats=(reason,))


def _nowhere(requirement: Requirement, day: datetime.date) -> object:
    return None


def _none(version: Version) -> Iterator[tuple[Requirement, int]]:
    return iter(())


def _count(case: Case, framework: Framework, entries: list[Entry]) -> Count:
    versions: dict[datetime.date, Version] = {}

    def version_of(day: datetime.date) -> Version:
        # Before the first known version the judging one has to serve: `_caveats` says so.
        if day not in versions:
            versions[day] = framework.version_on(day) or case.version
        return versions[day]

    def window_of(requirement: Requirement, day: datetime.date) -> object:
        if requirement.window not in ("cycle", "cycle-year"):
            return requirement.window
        cycle = case.cycle if day in case.cycle.whole else cycle_containing(case.version.cycle, case.enrolled, day)
        if cycle is None or requirement.window == "cycle":
            return cycle.first if cycle else None
        return next((year.first for year in cycle.years if day in year), None)

    def counts(cite: Cite) -> bool:
        return case.trusts(cite)

    def caps_of(version: Version) -> Iterator[tuple[Requirement, int]]:
        for requirement in version.requirements:
            is_cap = requirement.kind in (RuleKind.MAX_CATEGORY, RuleKind.MAX_SHARE)
            if is_cap and counts(requirement.cite) and case.is_for(requirement):
                most = cap_of(case, requirement)
                if most is not None:
                    yield requirement, int(most * GRAINS)

    return Count(entries, version_of=version_of, window_of=window_of, caps_of=caps_of, counts=counts)


def _recorded_from(enrolled: Enrolled, entries: Iterable[Entry], artefacts: Iterable[Artefact]) -> datetime.date | None:
    """The first day that the record here speaks of: when it was begun, or the first thing in it, if that is earlier."""
    if enrolled.recorded_since is None:
        return None
    days = [entry.done_on for entry in entries]
    days += [artefact.done_on for artefact in artefacts]
    return min([enrolled.recorded_since, *days])


def _late_beginning(case: Case) -> datetime.date | None:
    """When the record here begins, if that is well after the cycle did (or after the person joined within it)."""
    joined = case.enrolled.joined_on
    begins = max(case.cycle.first, joined) if joined else case.cycle.first
    is_late = case.recorded_from is not None and begins + WORTH_SAYING < case.recorded_from
    return case.recorded_from if is_late else None


def _caveats(framework: Framework, case: Case) -> Iterator[str]:
    """What the person should know of how this was judged."""
    enrolled, version, cycle = case.enrolled, case.version, case.cycle
    at_start = framework.version_on(cycle.first)
    if at_start is not version and version.cycle.kind is not CycleKind.ROLLING:
        since = in_words(version.starts) if version.starts else ""
        if at_start is None:
            yield f"The rules from before {since} are not known here: older activities are counted by the later ones."
        else:
            yield f"The rules changed on {since}, within this cycle: each activity counts by the rules of its day."
    changes = [held.since for held in enrolled.titles if held.since is not None and held.since in cycle.whole]
    if changes:
        day = max(changes)
        yield f"Your title changed on {in_words(day)}, within this cycle: check with your regulator what it asks."
