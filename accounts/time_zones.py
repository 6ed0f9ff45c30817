"""Time zones as people choose them."""

import zoneinfo
from functools import cache

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
# Names that mean something else on another machine, or nothing.
NOT_ZONES = {"localtime", "posixrules", "Factory"}

type Group = tuple[str, list[tuple[str, str]]]


@cache
def known_zones() -> frozenset[str]:
    """Every name of the IANA database, old spellings included: browsers still report those."""
    # Kept, because the standard library walks a folder of six hundred files each time it is asked.
    return frozenset(zoneinfo.available_timezones() - NOT_ZONES)


@cache
def zones_by_region() -> tuple[Group, ...]:
    """Choices for a select: places grouped by continent or ocean, and UTC for those who want none of them."""
    groups = [
        (f"{region} Ocean" if region in ("Indian", "Pacific", "Atlantic") else region, _places(region))
        for region in REGIONS
    ]
    return (*groups, ("Elsewhere", [("UTC", "UTC")]))


def _places(region: str) -> list[tuple[str, str]]:
    prefix = f"{region}/"
    return [(name, place_of(name)) for name in sorted(known_zones()) if name.startswith(prefix)]


def place_of(name: str) -> str:
    """Of "America/Argentina/Buenos_Aires": "Argentina, Buenos Aires"."""
    _, _, place = name.partition("/")
    return (place or name).replace("_", " ").replace("/", ", ")
