"""Under which titles somebody is enrolled: what is asked, what is likely, and how the changes are kept."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cpd.rules.types import Framework, Title, TitleHeld, Version

type Rows = list[dict[str, Any]]


def version_asked(framework: Framework, day: datetime.date) -> Version:
    """The version whose questions a form asks: that of the day, or the last one known."""
    return framework.version_on(day) or framework.versions[-1]


def likely(version: Version, profession: str) -> tuple[Title, ...]:
    """The titles that go with a profession; the only one there is goes with any."""
    if len(version.titles) == 1:
        return version.titles
    return tuple(title for title in version.titles if profession and profession in title.professions)


def certain(version: Version, profession: str) -> frozenset[str]:
    """The id of the title that a profession leaves no doubt about, if there is one."""
    titles = likely(version, profession)
    return frozenset({titles[0].id}) if len(titles) == 1 else frozenset()


def history_of(rows: Iterable[Mapping[str, Any]]) -> tuple[TitleHeld, ...]:
    """What `Enrolment.titles` keeps, as values. Of rows in any other shape nothing is known: no titles."""
    try:
        return tuple(
            TitleHeld(
                titles=_titles_in(row["titles"]),
                since=datetime.date.fromisoformat(row["since"]) if row["since"] else None,
            )
            for row in rows
        )
    except (KeyError, TypeError, ValueError):
        return ()


def _titles_in(titles: Any) -> frozenset[str]:
    """The ids in a list. Raises TypeError for anything else."""
    if not isinstance(titles, list) or not all(isinstance(title, str) for title in titles):
        raise TypeError("Titles are a list of ids.")
    return frozenset(titles)


def rows_of(history: Iterable[TitleHeld]) -> Rows:
    """The same as it is kept."""
    return [
        {"titles": sorted(held.titles), "since": held.since.isoformat() if held.since else None} for held in history
    ]


def ever_held(history: Iterable[TitleHeld]) -> frozenset[str]:
    """Every title somebody has or had."""
    return frozenset(title for held in history for title in held.titles)


def holding(history: tuple[TitleHeld, ...], titles: Collection[str]) -> tuple[TitleHeld, ...]:
    """The history with other titles in its last part: a correction, not a change."""
    if not history:
        return (TitleHeld(frozenset(titles)),) if titles else ()
    return (*history[:-1], replace(history[-1], titles=frozenset(titles)))
