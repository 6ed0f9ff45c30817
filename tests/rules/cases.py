"""Small frameworks and entries for tables of tests: only what the test is about is said."""

import dataclasses
import datetime
from decimal import Decimal
from typing import Any

from cpd.rules.engine import assess
from cpd.rules.types import (
    Artefact,
    Assessment,
    Binding,
    Cite,
    Confidence,
    CycleKind,
    CycleRule,
    Enrolled,
    Entry,
    Framework,
    Measure,
    Outcome,
    Requirement,
    RuleKind,
    Source,
    TitleHeld,
    Unit,
    Version,
    Where,
)

PAGE = Source("page", "https://regulator.example/cpd")
SURE = Cite((PAGE,), Confidence.A, datetime.date(2026, 11, 22))
UNSURE = Cite((PAGE,), Confidence.B, datetime.date(2026, 11, 22))
HOUR = Unit("hour", "hours", SURE, per_hour=Decimal(1), is_time=True)
# Three years from 1 April 2024 to 31 March 2027.
THREE_YEARS = CycleRule(CycleKind.INDIVIDUAL, SURE, years=3, anchor="end", asks="When does it end?")
ENDS = datetime.date(2027, 3, 31)
BEFORE, AFTER = datetime.date(2026, 11, 23), datetime.date(2027, 4, 1)
IN_2025 = datetime.date(2025, 6, 1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def rule(kind: RuleKind | str, **fields: Any) -> Requirement:
    plain: dict[str, Any] = {
        "id": "rule",
        "name": "Rule",
        "sentence": "The rule.",
        "binding": Binding.MANDATORY,
        "cite": SURE,
    }
    if "value" in fields:
        fields["value"] = Decimal(fields["value"])
    if "measure" in fields:
        fields["measure"] = Measure(fields["measure"])
    if "values" in fields:
        fields["values"] = {title: Decimal(value) for title, value in fields["values"].items()}
    return Requirement(kind=RuleKind(kind), **(plain | fields))


def framework(*rules: Requirement, **fields: Any) -> Framework:
    plain: dict[str, Any] = {"id": "1", "cycle": THREE_YEARS, "unit": HOUR, "requirements": rules}
    return of_versions(Version(**(plain | fields)))


def of_versions(*versions: Version) -> Framework:
    return Framework(
        id="test",
        name="Test",
        short="Test",
        body="Test body",
        status="regulator",
        summary="A test.",
        countries=frozenset({"GB"}),
        professions=frozenset({"doctor"}),
        checked=datetime.date(2026, 11, 22),
        versions=versions,
        examples=(),
    )


def entry(on: datetime.date | str = IN_2025, hours: float = 0, **fields: Any) -> Entry:
    fields.setdefault("minutes", round(hours * 60))
    fields.setdefault("key", str(len(_keys)))
    _keys.append(fields["key"])
    if "marks" in fields:
        fields["marks"] = frozenset(fields["marks"])
    return Entry(done_on=day(on) if isinstance(on, str) else on, **fields)


_keys: list[str] = []


def artefact(kind: str, on: datetime.date | str = IN_2025, **fields: Any) -> Artefact:
    if "quantity" in fields:
        fields["quantity"] = Decimal(fields["quantity"])
    return Artefact(kind, day(on) if isinstance(on, str) else on, **fields)


def enrolled(*titles: str, **fields: Any) -> Enrolled:
    plain: dict[str, Any] = {"framework": "test", "anchor": ENDS, "titles": (TitleHeld(frozenset(titles)),)}
    return Enrolled(**(plain | fields))


def judged(
    body: Framework,
    *entries: Entry,
    as_of: datetime.date = BEFORE,
    who: Enrolled | None = None,
    artefacts: tuple[Artefact, ...] = (),
    on: datetime.date | None = None,
) -> Assessment:
    """Judged on `as_of` in the cycle from April 2024 to March 2027, unless `on` says another."""
    return assess(entries, body, who or enrolled(), as_of, artefacts=artefacts, on=on or min(as_of, ENDS))


def outcome(body: Framework, *entries: Entry, **how: Any) -> Outcome:
    """What is said of the one rule."""
    return judged(body, *entries, **how).finding("rule").outcome


def with_version(body: Framework, **fields: Any) -> Framework:
    """The same framework, its version changed."""
    return dataclasses.replace(body, versions=(dataclasses.replace(body.versions[0], **fields),))


EVERYTHING = Where()
