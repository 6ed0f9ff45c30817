"""The framework files of this release, read once a process."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cpd.rules.loading import parse
from cpd.rules.types import Framework

FOLDER = Path(__file__).resolve().parent / "frameworks"
# In lists: whom one must answer to first, then whom one may, then what is only a currency.
ORDER = ("regulator", "professional-body", "credit-system")


@cache
def frameworks() -> Mapping[str, Framework]:
    """All frameworks by id. Raises FrameworkError for a file that is not in order."""
    return MappingProxyType({framework.id: framework for framework in read(FOLDER).values()})


def read(folder: Path) -> dict[str, Framework]:
    """The frameworks in `folder`, by the name of their file without ".toml". Raises FrameworkError."""
    return {
        path.stem: parse(path.read_text(encoding="utf-8"), name=path.name) for path in sorted(folder.glob("*.toml"))
    }


def framework(framework_id: str) -> Framework | None:
    """The framework of that id; None where this release does not know it, so that nothing can be told."""
    return frameworks().get(framework_id)


@cache
def text_of(framework_id: str) -> str:
    """The file as it stands. Raises KeyError for a framework that is not known."""
    if framework_id not in frameworks():
        raise KeyError(framework_id)
    return (FOLDER / f"{framework_id}.toml").read_text(encoding="utf-8")


@cache
def digest_of(framework_id: str) -> str:
    """The SHA-256 of the file. Raises KeyError for a framework that is not known."""
    return hashlib.sha256(text_of(framework_id).encode()).hexdigest()


@cache
def engine_digest() -> str:
    """The SHA-256 of the rules' own code: what the engine said holds only as long as the engine is the same."""
    code = hashlib.sha256()
    for path in sorted((Path(__file__).resolve().parent / "rules").rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()


def likely(profession: str, country: str) -> list[Framework]:
    """Frameworks for somebody of that profession who works in that country (or a part of it), regulators first.

    Either may be empty: then nothing is likely.
    """
    found = [
        each
        for each in frameworks().values()
        if profession in each.professions
        and any(place == country or place.startswith(f"{country}-") for place in each.countries if country)
    ]
    return sorted(found, key=lambda each: (ORDER.index(each.status), each.name))
