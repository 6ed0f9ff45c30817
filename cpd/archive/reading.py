"""Reading an archive somebody brings: nothing of it is believed before all of it is checked."""

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from cpd.archive.manifest import FORMAT, NAME, VERSION, is_sealed_here
from cpd.archive.writing import ACCOUNT

PIECE_BYTES = 64 * 1024
MOST_ENTRIES = 20_000
MOST_MANIFEST_BYTES = 16 * 1024 * 1024
# No row is longer: a reflection has three texts of 20,000 characters.
LONGEST_LINE = 4 * 1024 * 1024
# What Python says of a file that is no ZIP, or a broken one. RecursionError, of JSON, is a RuntimeError.
DAMAGE = (zipfile.BadZipFile, ValueError, OSError, NotImplementedError)
NO_ARCHIVE = "This is not an export of Meducation. Choose the .zip file you downloaded from it."


class Refused(Exception):
    """An archive that is not taken; the words are for whoever brought it."""


class CheckedArchive:
    """An archive that was checked from end to end. Raises Refused when it is made of anything else."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except DAMAGE as error:
            raise Refused(NO_ARCHIVE) from error
        self.manifest = self._manifest()
        self._check()

    def account(self) -> dict[str, Any]:
        """Who the person was."""
        said: dict[str, Any] = json.loads(self._zip.read(ACCOUNT))
        return said

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of one file; none when the archive has no such file, as an older one may not."""
        if name not in self._names():
            return
        with self._zip.open(name) as entry:
            while line := entry.readline(LONGEST_LINE + 1):
                if len(line) > LONGEST_LINE:
                    raise Refused(f"{name} holds a line that is too long.")
                yield json.loads(line)

    def evidence(self, sha256: str) -> IO[bytes] | None:
        """One file of evidence; None when it was missing already when the archive was made."""
        name = f"evidence/{sha256}"
        return self._zip.open(name) if name in self._names() else None

    def count(self) -> int:
        """How many rows and files it holds."""
        return sum(each["rows"] or 1 for each in self.manifest["files"])

    def _names(self) -> set[str]:
        return {each["name"] for each in self.manifest["files"]}

    def _manifest(self) -> dict[str, Any]:
        try:
            if self._zip.getinfo(NAME).file_size > MOST_MANIFEST_BYTES:
                raise Refused(NO_ARCHIVE)
            manifest = json.loads(self._zip.read(NAME))
        except (*DAMAGE, KeyError, EOFError, RuntimeError, zlib.error) as error:
            raise Refused(NO_ARCHIVE) from error
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise Refused(NO_ARCHIVE)
        version = manifest.get("version")
        if isinstance(version, int) and version > VERSION:
            raise Refused(
                f"This export comes from a newer Meducation: its format is version {version}, and this one reads up to "
                f"version {VERSION}. It can be brought back here once this Meducation is brought up to date."
            )
        if not is_sealed_here(manifest):
            raise Refused(
                "manifest.json does not carry the seal of this Meducation: the export was made elsewhere, or the "
                "manifest was changed since."
            )
        return manifest

    def _check(self) -> None:
        """Every entry is listed, every listed one is there, and each is what it was."""
        infos = self._zip.infolist()
        names = [info.filename for info in infos]
        listed = {each["name"]: each for each in self.manifest["files"]}
        if len(names) > MOST_ENTRIES:
            raise Refused(NO_ARCHIVE)
        for name, times in Counter(names).items():
            if times > 1:
                raise Refused(f"{_shown(name)} is in the export twice.")
            if name != NAME and name not in listed:
                raise Refused(f"{_shown(name)} was not in the export when it was made.")
        for name, said in listed.items():
            if name not in names:
                raise Refused(f"{_shown(name)} is missing from the export.")
            if self._digest(name, said["bytes"]) != said["sha256"]:
                raise Refused(f"{_shown(name)} was changed since the export was made.")

    def _digest(self, name: str, size: int) -> str:
        """The hash of an entry of that size; empty when it has another, or cannot be read."""
        digest, seen = hashlib.sha256(), 0
        try:
            with self._zip.open(name) as entry:
                while piece := entry.read(PIECE_BYTES):
                    seen += len(piece)
                    # No further than was promised: an entry may unpack without end.
                    if seen > size:
                        return ""
                    digest.update(piece)
        except (*DAMAGE, EOFError, RuntimeError, zlib.error) as error:
            raise Refused(f"{_shown(name)} cannot be read: the export is damaged.") from error
        return digest.hexdigest()


def _shown(name: str) -> str:
    """The name of an entry for a sentence: it may be anything."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:80]
