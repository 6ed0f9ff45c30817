"""Where a person stands in each of their frameworks today, without asking the rules of ten thousand rows each time.

What the rules say of an enrolment is kept in its row of `Standing`, with a fingerprint of everything it was worked out
from. One query brings every enrolment of a person with what the fingerprint is made of; while that agrees, the kept
answer is given. Otherwise the activities are read (one query for all enrolments) and the answers are kept (one more).
"""

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from cpd import catalogue
from cpd.ledger import artefact_of, enrolled_in_cycle, enrolled_of, entries_of
from cpd.models import Artefact as ArtefactRow
from cpd.models import Enrolment, Grant, JudgedCycle, Leave, Standing
from cpd.rules import saving
from cpd.rules.engine import assess, earlier_cycles
from cpd.rules.forecasting import Forecast, forecasts
from cpd.rules.loading import parse
from cpd.rules.next_steps import Place
from cpd.rules.tables import FrameworkError
from cpd.rules.types import (
    Artefact,
    Assessment,
    Cycle,
    Enrolled,
    Entry,
    Finding,
    Framework,
    Measure,
    Outcome,
    Period,
    Verdict,
    Version,
)
from cpd.rules.types import Leave as LeaveTaken

if TYPE_CHECKING:
    from accounts.models import User

# What of the enrolment's own row an answer rests on.
COLUMNS = ("titles", "anchor_on", "joined_on", "left_on", "working_percent", "trusts_unsure")
# What reading JSON of another shape raises: a number that is none is an ArithmeticError.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
UNKNOWN_HERE = "This release of Meducation does not know these requirements, so it cannot tell where you stand."


@dataclass(frozen=True, slots=True)
class CategorySum:
    """What a cycle's activities of one category come to."""

    category: str  # Its id; empty for activities that have no place.
    label: str
    activities: int
    minutes: int
    recorded: Decimal
    counted: Decimal

    @property
    def not_counted(self) -> Decimal:
        """What is recorded, not counted."""
        return self.recorded - self.counted


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """Something the person must know of their requirements, or of an article they logged."""

    id: uuid.UUID
    text: str
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """One enrolment, and how it stands in its present cycle."""

    enrolment: Enrolment
    framework: Framework | None  # None: unknown to this release.
    enrolled: Enrolled
    assessment: Assessment
    sums: tuple[CategorySum, ...] = ()
    without_reflection: int = 0
    notices: tuple[NoticeGiven, ...] = ()
    news: tuple[NoticeGiven, ...] = ()  # Of articles they logged: the same in all of a person's enrolments.

    @property
    def name(self) -> str:
        """What people call the framework."""
        return self.framework.name if self.framework else self.enrolment.framework

    @property
    def short(self) -> str:
        """The same where there is little room."""
        return self.framework.short if self.framework else self.enrolment.framework

    @property
    def version(self) -> Version | None:
        """The rules that judge this cycle; None where they are not known."""
        return self.framework.version(self.assessment.version) if self.framework and self.assessment.version else None

    @property
    def needs_anchor(self) -> bool:
        """Whether nothing can be said before the person tells a date."""
        return self.version is not None and self.assessment.cycle is None

    @property
    def needs_title(self) -> bool:
        """Whether the figures depend on a title that was not told."""
        titles = self.enrolled.titles_on(self.assessment.as_of)
        return self.version is not None and bool(self.version.titles) and not titles

    @property
    def unplaced(self) -> int:
        """Activities of the cycle that have no category, where the body has categories."""
        if self.version is None or not self.version.categories:
            return 0
        return sum(each.activities for each in self.sums if not each.category)

    @property
    def not_counted(self) -> Decimal:
        """Recorded in this cycle, not counted."""
        return self.assessment.recorded - self.assessment.counted

    @property
    def leave_now(self) -> LeaveTaken | None:
        """The leave somebody is on today."""
        day = self.assessment.as_of
        return next((leave for leave in self.enrolled.leave if leave.first <= day <= leave.last), None)

    @property
    def forecasts(self) -> Mapping[str, Forecast]:
        """Requirement id → when it is reached at the present pace."""
        return forecasts(self.assessment, self.enrolled)

    @property
    def place(self) -> Place:
        """What the choice of the next step looks at."""
        return Place(
            key=str(self.enrolment.pk),
            name=self.short,
            assessment=self.assessment,
            version=self.version,
            needs_anchor=self.needs_anchor,
            needs_title=self.needs_title,
            unplaced=self.unplaced,
            without_reflection=self.without_reflection,
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """An enrolment with everything that its answer rests on, but the activities."""

    enrolment: Enrolment
    framework: Framework | None
    enrolled: Enrolled
    artefacts: tuple[Artefact, ...]
    leaves: list[Leave]
    grants: list[Grant]
    fingerprint: str


def standings(user: "User", *, today: datetime.date) -> list[Stand]:
    """Where somebody stands in each framework they are in on `today`, the oldest enrolment first.

    One query; two more when something changed since the last time.
    """
    return stands_of(user, user.enrolments.current(today).with_facts(user), today=today)


def stands_of(user: "User", enrolments: Iterable[Enrolment], *, today: datetime.date) -> list[Stand]:
    """The same for these enrolments of theirs, which come from `with_facts()`."""
    cases = [_case_of(enrolment, today) for enrolment in enrolments]
    stands = {case.enrolment.pk: _kept(case, today) for case in cases}
    stale = [case for case in cases if stands[case.enrolment.pk] is None]
    if stale:
        entries = entries_of(user, [case.enrolment for case in stale])
        stands |= {case.enrolment.pk: _judged(case, entries[case.enrolment.pk], today) for case in stale}
        _keep(stale, stands)
    return [stand for stand in stands.values() if stand is not None]


# --- What an answer rests on -----------------------------------------------------------------------------------------


def _case_of(enrolment: Enrolment, today: datetime.date) -> _Case:
    """Unpack what `with_facts()` packed into one row."""
    facts: Mapping[str, Any] = enrolment.facts  # type: ignore[attr-defined]  # of with_facts()
    leaves = [
        Leave(
            first_on=datetime.date.fromisoformat(each["first_on"]), last_on=datetime.date.fromisoformat(each["last_on"])
        )
        for each in facts["leaves"]
    ]
    grants = [
        Grant(
            requirement=each["requirement"],
            cycle_first_on=datetime.date.fromisoformat(each["cycle_first_on"]),
            value=Decimal(each["value"]),
        )
        for each in facts["grants"]
    ]
    framework = catalogue.framework(enrolment.framework)
    if framework is None:
        enrolled = enrolled_of(enrolment, leaves=leaves)
    else:
        enrolled = enrolled_in_cycle(enrolment, framework, _judged_on(enrolment, today), leaves=leaves, grants=grants)
    return _Case(
        enrolment,
        framework,
        enrolled,
        tuple(artefact_of(_artefact_row(each), enrolment.framework) for each in facts["artefacts"]),
        leaves,
        grants,
        _fingerprint(enrolment, facts, today),
    )


def _judged_on(enrolment: Enrolment, today: datetime.date) -> datetime.date:
    """A day of the cycle that is shown: today's, or the last of somebody who has left."""
    return min(today, enrolment.left_on) if enrolment.left_on else today


def _artefact_row(fact: Mapping[str, Any]) -> ArtefactRow:
    until = fact["done_until"]
    return ArtefactRow(
        kind=fact["kind"],
        done_on=datetime.date.fromisoformat(fact["done_on"]),
        done_until=datetime.date.fromisoformat(until) if until else None,
        quantity=Decimal(fact["quantity"]),
        answers=fact["answers"] or {},
    )


def _fingerprint(enrolment: Enrolment, facts: Mapping[str, Any], today: datetime.date) -> str:
    digest = catalogue.digest_of(enrolment.framework) if catalogue.framework(enrolment.framework) else ""
    rests_on = {name: value for name, value in facts.items() if name not in ("notices", "news")}
    basis = [catalogue.engine_digest(), today, digest, [getattr(enrolment, column) for column in COLUMNS], rests_on]
    return hashlib.sha256(json.dumps(basis, sort_keys=True, default=str).encode()).hexdigest()


# --- Kept answers ----------------------------------------------------------------------------------------------------


def _kept(case: _Case, today: datetime.date) -> Stand | None:
    """The answer that was kept, if it still holds. What this release does not know needs no keeping."""
    if case.framework is None:
        return _stand(case, _nothing(case, today), {})
    row: Standing | None = getattr(case.enrolment, "standing", None)
    if row is None or row.fingerprint != case.fingerprint:
        return None
    try:
        return _stand(case, saving.from_json(row.assessment["assessment"], case.framework), row.assessment)
    except UNREADABLE:
        # Another release kept it in another shape.
        return None


def _nothing(case: _Case, today: datetime.date) -> Assessment:
    return Assessment(case.enrolment.framework, "", None, today, Verdict.UNKNOWN, caveats=(UNKNOWN_HERE,))


def _keep(cases: Iterable[_Case], stands: Mapping[uuid.UUID, Stand | None]) -> None:
    rows = []
    for case in cases:
        stand = stands[case.enrolment.pk]
        if stand is not None:
            rows.append(Standing(enrolment=case.enrolment, fingerprint=case.fingerprint, assessment=_to_json(stand)))
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["enrolment"], update_fields=["fingerprint", "assessment"]
    )


def _to_json(stand: Stand) -> dict[str, Any]:
    return {
        "assessment": saving.to_json(stand.assessment),
        "sums": [
            [each.category, each.label, each.activities, each.minutes, str(each.recorded), str(each.counted)]
            for each in stand.sums
        ],
        "without_reflection": stand.without_reflection,
    }


def _stand(case: _Case, assessment: Assessment, kept: Mapping[str, Any]) -> Stand:
    return Stand(
        enrolment=case.enrolment,
        framework=case.framework,
        enrolled=case.enrolled,
        assessment=assessment,
        sums=tuple(
            CategorySum(category, label, int(activities), int(minutes), Decimal(recorded), Decimal(counted))
            for category, label, activities, minutes, recorded, counted in kept.get("sums", ())
        ),
        without_reflection=int(kept.get("without_reflection", 0)),
        notices=_notices(case.enrolment),
        news=_news(case.enrolment),
    )


def _notices(enrolment: Enrolment) -> tuple[NoticeGiven, ...]:
    facts: Mapping[str, Any] = enrolment.facts  # type: ignore[attr-defined]  # of with_facts()
    return tuple(NoticeGiven(uuid.UUID(each["id"]), each["text"]) for each in facts["notices"])


def _news(enrolment: Enrolment) -> tuple[NoticeGiven, ...]:
    facts: Mapping[str, Any] = enrolment.facts  # type: ignore[attr-defined]  # of with_facts()
    return tuple(NoticeGiven(uuid.UUID(each["id"]), each["text"], each["article_id"]) for each in facts["news"])


# --- Earlier cycles --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EarlierCycle:
    """A cycle that is over, and how it stands: for good, once it was closed."""

    stand: Stand
    judged_at: datetime.datetime | None  # None: not closed for good yet, so judged just now.
    can_be_read: bool = True  # False: of what was said, this release can read the verdict only.


class CycleOver(NamedTuple):
    """A cycle that can be looked at again."""

    first: datetime.date
    last: datetime.date
    is_closed: bool  # For good.


def cycles_before(user: "User", stand: Stand, *, today: datetime.date) -> list[CycleOver]:
    """The cycles before the one that the enrolment's own page shows, the newest first. Two queries.

    What was closed stays, wherever a corrected date would put the cycles today; of these, the ones that share a day
    with a closed one are left out.
    """
    judged = list(stand.enrolment.judged_cycles.defer("assessment"))
    computed = [
        CycleOver(cycle.first, cycle.last, is_closed=False)
        for cycle in _computed_before(user, stand, today)
        if not any(one.overlaps(cycle.first, cycle.last) for one in judged)
    ]
    closed = [CycleOver(one.first_on, one.last_on, is_closed=True) for one in judged]
    return sorted([*computed, *closed], reverse=True)


def _computed_before(user: "User", stand: Stand, today: datetime.date) -> tuple[Cycle, ...]:
    """As today's dates put them.

    Of the time before somebody came we know only what they recorded: without a record, nothing is said of it.
    """
    if stand.framework is None:
        return ()
    came_on = user.profile.local_date(stand.enrolment.created_at)
    first_done_on = user.activities.kept().first_day()
    known_from = min(came_on, first_done_on) if first_done_on else came_on
    return earlier_cycles(
        stand.framework,
        stand.enrolled,
        as_of=_judged_on(stand.enrolment, today),
        back_to=max(user.profile.record_starts_on, known_from),
    )


def earlier_cycle(
    user: "User", enrolment: Enrolment, first_on: datetime.date, *, today: datetime.date
) -> EarlierCycle | None:
    """The cycle that began on `first_on`, `enrolment` being one from `with_facts()`; None where there was none.

    What was closed is told by the rules it was closed by, whatever they say today.
    """
    case = _case_of(enrolment, today)
    judged = enrolment.judged_cycles.select_related("rules").filter(first_on=first_on).first()
    if judged is not None:
        return _closed(case, judged)
    present = Stand(enrolment, case.framework, case.enrolled, _nothing(case, today))
    cycle = next((each for each in cycles_before(user, present, today=today) if each.first == first_on), None)
    if cycle is None or case.framework is None:
        return None
    enrolled = enrolled_in_cycle(enrolment, case.framework, cycle.last, leaves=case.leaves, grants=case.grants)
    entries = entries_of(user, [enrolment])[enrolment.pk]
    assessment = assess(entries, case.framework, enrolled, today, artefacts=case.artefacts, on=cycle.last)
    version = case.framework.version(assessment.version) if assessment.version else None
    sums = tuple(sums_of(assessment, entries, version))
    return EarlierCycle(Stand(enrolment, case.framework, enrolled, assessment, sums), None)


def _closed(case: _Case, judged: JudgedCycle) -> EarlierCycle:
    """What was said when it was closed; no more than the verdict where this release cannot read those rules."""
    try:
        framework = parse(judged.rules.text, name=f"{judged.rules.framework}.toml")
        assessment = saving.from_json(judged.assessment, framework)
        return EarlierCycle(Stand(case.enrolment, framework, case.enrolled, assessment), judged.judged_at)
    except (FrameworkError, *UNREADABLE):
        whole = Period(judged.first_on, judged.last_on)
        kept = judged.assessment.get("verdict") if isinstance(judged.assessment, dict) else None
        assessment = Assessment(
            case.enrolment.framework,
            "",
            Cycle(whole, (whole,), 1),
            judged.judged_at.date(),
            Verdict(kept) if kept in list(Verdict) else Verdict.UNKNOWN,
        )
        stand = Stand(case.enrolment, case.framework, case.enrolled, assessment)
        return EarlierCycle(stand, judged.judged_at, can_be_read=False)


# --- New answers -----------------------------------------------------------------------------------------------------


def _judged(case: _Case, entries: list[Entry], today: datetime.date) -> Stand:
    if case.framework is None:
        raise ValueError("An unknown framework cannot be judged by.")
    on = _judged_on(case.enrolment, today)
    assessment = assess(entries, case.framework, case.enrolled, today, artefacts=case.artefacts, on=on)
    version = case.framework.version(assessment.version) if assessment.version else None
    return Stand(
        enrolment=case.enrolment,
        framework=case.framework,
        enrolled=case.enrolled,
        assessment=assessment,
        sums=tuple(sums_of(assessment, entries, version)),
        without_reflection=_without_reflection(assessment, entries, version),
        notices=_notices(case.enrolment),
        news=_news(case.enrolment),
    )


def sums_of(assessment: Assessment, entries: Iterable[Entry], version: Version | None) -> list[CategorySum]:
    """The cycle's activities by category, in the framework's own order; those without a place last."""
    if version is None:
        return []
    minutes = {entry.key: entry.minutes for entry in entries}
    found: dict[str, list[Any]] = {}
    for tally in assessment.tallies.values():
        whole = (tally.category, minutes.get(tally.entry, 0), tally.recorded, tally.counted)
        for category, done, recorded, counted in tally.shares or (whole,):
            sums = found.setdefault(category, [0, 0, Decimal(0), Decimal(0)])
            sums[0] += 1
            sums[1] += done
            sums[2] += recorded
            sums[3] += counted
    order = {category.id: number for number, category in enumerate(version.categories)}
    labels = {category.id: category.label for category in version.categories}
    return [
        CategorySum(category, labels.get(category, category), *found[category])
        for category in sorted(found, key=lambda each: (not each, order.get(each, len(order)), each))
    ]


def asks_reflection(version: Version) -> bool:
    """Whether the body counts reflections, or limits what one reflection covers."""
    return any(rule.measure is Measure.REFLECTIONS for rule in version.requirements) or any(
        limit.per == "note" for limit in version.limits
    )


def _without_reflection(assessment: Assessment, entries: Iterable[Entry], version: Version | None) -> int:
    """Activities of the cycle without a reflection, where the body still asks for some."""
    if version is None or not asks_reflection(version) or _reflected_enough(assessment.findings):
        return 0
    return sum(not entry.note for entry in entries if entry.key in assessment.tallies)


def _reflected_enough(findings: Iterable[Finding]) -> bool:
    counted = [finding for finding in findings if finding.requirement.measure is Measure.REFLECTIONS]
    return bool(counted) and all(finding.outcome is Outcome.MET for finding in counted)
