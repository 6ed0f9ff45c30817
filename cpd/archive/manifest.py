"""The list of what an archive holds, with the hash of every file, and the seal by which this Meducation knows its own.

Without a seal, anybody could write "timed" into a file. It is made with the site's secret: an archive is believed by a
Meducation that has the same SECRET_KEY, or has the old one among SECRET_KEY_FALLBACKS.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

FORMAT = "meducation-archive"
VERSION = 1
NAME = "manifest.json"
SALT = "cpd.archive.manifest"


@dataclass(frozen=True)
class Listed:
    """One file of an archive."""

    name: str
    sha256: str
    bytes: int
    rows: int | None = None  # Of a file with a row on each line.


def manifest_of(files: list[Listed], *, left_out: Mapping[str, str], missing: list[str]) -> dict[str, Any]:
    """The manifest of these files. It holds no time: the same record gives the same manifest."""
    said: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "files": [asdict(each) for each in sorted(files, key=lambda each: each.name)],
        "left_out": dict(sorted(left_out.items())),
        # Evidence whose file was lost in the storage: its row is there.
        "missing_files": sorted(missing),
    }
    return said | {"seal": seal_of(said)}


def seal_of(manifest: Mapping[str, Any], secret: str = "") -> str:
    """What only this site can say of a manifest."""
    said = {name: value for name, value in manifest.items() if name != "seal"}
    return salted_hmac(SALT, canonical(said), secret=secret or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def is_sealed_here(manifest: Mapping[str, Any]) -> bool:
    """Whether this site, or the one whose secret it took over, made the manifest."""
    seal = manifest.get("seal")
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return isinstance(seal, str) and any(constant_time_compare(seal, seal_of(manifest, each)) for each in secrets)


def canonical(value: Any) -> bytes:
    """A value as JSON, always in the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def readable(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as it is written into the archive: for machines, and for whoever opens it."""
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=2).encode() + b"\n"
