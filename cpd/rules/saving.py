"""An assessment as JSON, and back: for what is kept of an open cycle for a day, and of a closed one for ever."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cpd.rules.types import (
    Assessment,
    Cycle,
    Finding,
    Framework,
    NotAsked,
    Outcome,
    Part,
    Period,
    Tally,
    Verdict,
    Version,
)


def to_json(assessment: Assessment, *, tallies: bool = False) -> dict[str, Any]:
    """All of it but, unless wanted, what became of each entry; of that, the amounts without their reasons."""
    cycle = assessment.cycle
    data: dict[str, Any] = {
        "framework": assessment.framework,
        "version": assessment.version,
        "as_of": assessment.as_of.isoformat(),
        "verdict": assessment.verdict.value,
        "cycle": None
        if cycle is None
        else {
            "whole": _period_out(cycle.whole),
            "years": [_period_out(year) for year in cycle.years],
            "number": cycle.number,
        },
        "findings": [_finding_out(finding) for finding in assessment.findings],
        "not_asked": [[each.requirement.id, each.reason] for each in assessment.not_asked],
        "recorded": str(assessment.recorded),
        "counted": str(assessment.counted),
        "caveats": list(assessment.caveats),
        "record_begins": _day_out(assessment.record_begins),
    }
    if tallies:
        data["tallies"] = {
            key: [str(tally.recorded), str(tally.counted), tally.category] for key, tally in assessment.tallies.items()
        }
    return data


def from_json(data: Mapping[str, Any], framework: Framework) -> Assessment:
    """The assessment that was kept. Raises KeyError where the framework no longer has what it speaks of."""
    version = framework.version(data["version"]) if data["version"] else None
    cycle = data["cycle"]
    return Assessment(
        framework=data["framework"],
        version=data["version"],
        cycle=None
        if cycle is None
        else Cycle(_period_in(cycle["whole"]), tuple(_period_in(year) for year in cycle["years"]), cycle["number"]),
        as_of=datetime.date.fromisoformat(data["as_of"]),
        verdict=Verdict(data["verdict"]),
        findings=tuple(_finding_in(each, version) for each in data["findings"] if version is not None),
        not_asked=tuple(
            NotAsked(version.requirement(requirement), reason)
            for requirement, reason in data["not_asked"]
            if version is not None
        ),
        tallies={
            key: Tally(key, Decimal(recorded), Decimal(counted), category, ())
            for key, (recorded, counted, category) in data.get("tallies", {}).items()
        },
        recorded=Decimal(data["recorded"]),
        counted=Decimal(data["counted"]),
        caveats=tuple(data["caveats"]),
        record_begins=_day_in(data.get("record_begins")),
    )


def _period_out(period: Period | None) -> list[str] | None:
    return None if period is None else [period.first.isoformat(), period.last.isoformat()]


def _period_in(data: list[str]) -> Period:
    return Period(datetime.date.fromisoformat(data[0]), datetime.date.fromisoformat(data[1]))


def _day_out(day: datetime.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day_in(data: str | None) -> datetime.date | None:
    return None if data is None else datetime.date.fromisoformat(data)


def _number_out(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number_in(data: str | None) -> Decimal | None:
    return None if data is None else Decimal(data)


def _finding_out(finding: Finding) -> dict[str, Any]:
    return {
        "requirement": finding.requirement.id,
        "outcome": finding.outcome.value,
        "window": _period_out(finding.window),
        "is_closed": finding.is_closed,
        "have": _number_out(finding.have),
        "need": _number_out(finding.need),
        "reached_on": _day_out(finding.reached_on),
        "parts": [
            [part.name, part.outcome.value, _number_out(part.have), _number_out(part.need), _period_out(part.period)]
            for part in finding.parts
        ],
        "caveats": list(finding.caveats),
        "counts": finding.counts,
        "due": _day_out(finding.due),
    }


def _finding_in(data: Mapping[str, Any], version: Version) -> Finding:
    return Finding(
        requirement=version.requirement(data["requirement"]),
        outcome=Outcome(data["outcome"]),
        window=None if data["window"] is None else _period_in(data["window"]),
        is_closed=data["is_closed"],
        have=_number_in(data["have"]),
        need=_number_in(data["need"]),
        reached_on=_day_in(data["reached_on"]),
        parts=tuple(
            Part(name, Outcome(outcome), _number_in(have), _number_in(need), _period_in(period) if period else None)
            for name, outcome, have, need, period in data["parts"]
        ),
        caveats=tuple(data["caveats"]),
        counts=data["counts"],
        due=_day_in(data["due"]),
    )
