"""Files of other projects are byte for byte what vendor.lock says, and none is committed without being named there."""

import hashlib
import json
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
VENDOR = PROJECT / "static" / "vendor"
LOCK: dict[str, dict[str, str]] = json.loads((VENDOR / "vendor.lock").read_text())


@pytest.mark.parametrize("path", sorted(LOCK))
def test_file_is_what_the_lock_says(path: str) -> None:
    content = (PROJECT / path).read_bytes()

    assert hashlib.sha256(content).hexdigest() == LOCK[path]["sha256"]


def test_lock_and_manifest_name_the_same_files() -> None:
    named: dict[str, str] = {}
    for package, wanted in tomllib.loads((VENDOR / "vendor.toml").read_text()).items():
        for source, destination in wanted["files"].items():
            named[destination] = f"{package}@{wanted['version']}/{source}"

    assert {path: entry["from"] for path, entry in LOCK.items()} == named


def test_every_vendored_file_is_in_the_lock() -> None:
    folders = [PROJECT / "static" / "fonts", PROJECT / "meducation" / "fonts", PROJECT / "tests" / "browser" / "vendor"]
    found = {str(file.relative_to(PROJECT)) for folder in folders for file in folder.iterdir()}

    assert found == set(LOCK)


def test_every_font_is_served_with_its_licence() -> None:
    families = {path.split("/")[-1].split("-")[0] for path in LOCK if path.endswith((".woff2", ".ttf"))}
    licences = {path.split("/")[-1].split("-")[0] for path in LOCK if path.endswith(".LICENSE.txt")}

    assert families
    assert families <= licences
