"""A portfolio as JSON and back: what is kept of it in the database, hashed, and handed out as its JSON file.

The schema is its dataclasses' (cpd.portfolio.contents): names as they are there, days as "2026-11-23". `schema` says
which release of it: a newer one is refused with a sentence instead of being half understood.
"""

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from cpd.models import Pack, PackKind
from cpd.portfolio.contents import (
    CertificateLine,
    Chosen,
    Entry,
    FileLine,
    GoalLine,
    PaperLine,
    PlaceLine,
    Portfolio,
    RequirementLine,
    Section,
    StandLine,
    YearLine,
)

SCHEMA = "meducation-portfolio/1"
# Of the papers' templates and the writers of the other files. Raised when any of them gives other bytes than before.
TEMPLATE_VERSION = 1
ASKED = ("highlights_only", "reflections", "plan", "requirements", "papers")


class FromNewer(Exception):
    """It was made by a newer release of Meducation than this one."""


def to_json(portfolio: Portfolio) -> dict[str, Any]:
    """Everything in it, as JSON can hold it."""
    said: dict[str, Any] = json.loads(json.dumps(asdict(portfolio), default=_day))
    return {"schema": SCHEMA} | said


def _day(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a portfolio.")


def asks_of(chosen: Chosen) -> dict[str, Any]:
    """What was chosen, as a pack keeps it until it is put together: all that is not in its own columns."""
    return {name: getattr(chosen, name) for name in ASKED}


def chosen_again(pack: Pack) -> Chosen:
    """What was chosen, of a pack that is still to be put together."""
    return Chosen(
        kind=PackKind(pack.kind), first=pack.first_on, last=pack.last_on, only=frozenset(pack.entries), **pack.asks
    )


def written(said: Mapping[str, Any]) -> bytes:
    """The JSON file. The same contents are the same bytes, whatever order the database gives them back in."""
    return (json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8", "replace")


def digest_of(said: Mapping[str, Any]) -> str:
    """Its SHA-256."""
    return hashlib.sha256(written(said)).hexdigest()


def from_json(said: Mapping[str, Any]) -> Portfolio:
    """The portfolio that was kept. Raises FromNewer."""
    if said["schema"] != SCHEMA:
        raise FromNewer(said["schema"])
    top = {name: value for name, value in said.items() if name != "schema"} | {
        name: _from_iso(said[name]) for name in ("first", "last", "made_on")
    }
    portfolio = Portfolio(**top)
    return replace(
        portfolio,
        stands=tuple(_stand(each) for each in said["stands"]),
        goals=tuple(GoalLine(**(each | {"due": _from_iso(each["due"])})) for each in said["goals"]),
        sections=tuple(
            Section(**(each | {"papers": tuple(_paper(paper) for paper in each["papers"])}))
            for each in said["sections"]
        ),
        entries=tuple(_entry(each) for each in said["entries"]),
        certificates=tuple(_certificate(each) for each in said["certificates"]),
    )


def _from_iso(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


def _days(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: _from_iso(said[name]) for name in names}


def _stand(said: Mapping[str, Any]) -> StandLine:
    requirements = tuple(RequirementLine(**each) for each in said["requirements"])
    years = tuple(YearLine(**{**each, **_days(each, "first", "last")}) for each in said["years"])
    return StandLine(**{**said, **_days(said, "first", "last", "as_of"), "requirements": requirements, "years": years})


def _section(said: Mapping[str, Any]) -> Section:
    return Section(**{**said, "papers": tuple(_paper(each) for each in said["papers"])})


def _paper(said: Mapping[str, Any]) -> PaperLine:
    answers = tuple((label, text) for label, text in said["answers"])
    return PaperLine(**{**said, **_days(said, "first", "last"), "answers": answers})


def _certificate(said: Mapping[str, Any]) -> CertificateLine:
    outcomes = tuple(said["outcomes"])
    return CertificateLine(**{**said, **_days(said, "issued_on", "first", "last"), "outcomes": outcomes})


def _entry(said: Mapping[str, Any]) -> Entry:
    lists = {
        "tags": tuple(said["tags"]),
        "reflection": tuple((label, text) for label, text in said["reflection"]),
        "places": tuple(PlaceLine(**each) for each in said["places"]),
        "evidence": tuple(FileLine(**each) for each in said["evidence"]),
    }
    return Entry(**{**said, **_days(said, "first", "last", "recorded_on"), **lists})
