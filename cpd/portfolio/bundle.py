"""The ZIP: every other format, the evidence files, a page that opens without a connection, and the hash of each."""

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.template.loader import render_to_string

from cpd.evidence.storing import storage
from cpd.models import Evidence
from cpd.portfolio.contents import FileLine, Portfolio
from cpd.portfolio.in_words import data_of, name_of

PIECE_BYTES = 64 * 1024
# Zip files date their parts; ours would differ each time.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
STYLE = settings.BASE_DIR / "static" / "css" / "portfolio.css"


class EvidenceGone(Exception):
    """A file that belongs in it was deleted since, or is not what it was."""


def write_bundle(
    target: IO[bytes],
    portfolio: Portfolio,
    *,
    sha256: str,
    papers: Mapping[str, bytes],
    evidence: Mapping[str, Evidence],
    certificate: Callable[[str], bytes],
    moved: Callable[[], None],
) -> None:
    """Write the ZIP. `papers` are whole files by name, `evidence` the rows by id; `moved` hears of each file.

    `certificate` gives the PDF of the one with an id.

    Evidence goes through a piece at a time: memory does not grow with it. Raises EvidenceGone.
    """
    places = places_of(portfolio)
    page = render_to_string(
        "cpd/portfolio_offline.html",
        {"title": name_of(portfolio), "shown": data_of(portfolio, sha256=sha256), "places": places, "papers": papers},
    )
    whole = {"index.html": page.encode("utf-8", "replace"), "style.css": STYLE.read_bytes(), **papers}
    sums: dict[str, str] = {}
    with zipfile.ZipFile(target, "w") as made:
        for name, content in whole.items():
            made.writestr(_part(name, zipfile.ZIP_DEFLATED), content)
            sums[name] = hashlib.sha256(content).hexdigest()
            moved()
        for file in portfolio.evidence:
            name = places[file.id]
            _copy(made, name, file, evidence.get(file.id))
            sums[name] = file.sha256
            moved()
        for line in portfolio.certificates:
            name, content = places[line.id], certificate(line.id)
            made.writestr(_part(name, zipfile.ZIP_STORED), content)
            sums[name] = hashlib.sha256(content).hexdigest()
            moved()
        lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
        made.writestr(_part("SHA256SUMS", zipfile.ZIP_DEFLATED), lines)


def places_of(portfolio: Portfolio) -> dict[str, str]:
    """Id of an evidence file → its name in the ZIP: numbered in the order of the log, with the name its owner knows.

    Of a certificate too: numbered, with its code.
    """
    width = len(str(len(portfolio.evidence)))
    evidence = {
        file.id: f"evidence/{number:0{width}d}-{PurePosixPath(file.name).name}"
        for number, file in enumerate(portfolio.evidence, start=1)
    }
    width = len(str(len(portfolio.certificates)))
    certificates = {
        line.id: f"certificates/{number:0{width}d}{f'-{line.code}' if line.code else ''}.pdf"
        for number, line in enumerate(portfolio.certificates, start=1)
    }
    return evidence | certificates


def _part(name: str, how: int) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, LONG_AGO)
    part.compress_type = how
    part.external_attr = 0o600 << 16
    return part


def _copy(made: zipfile.ZipFile, name: str, file: FileLine, row: Evidence | None) -> None:
    if row is None:
        raise EvidenceGone
    part = _part(name, zipfile.ZIP_STORED)
    part.file_size = file.size
    sha256 = hashlib.sha256()
    try:
        with storage().open(row.stored_as) as source, made.open(part, "w") as target:
            while piece := source.read(PIECE_BYTES):
                sha256.update(piece)
                target.write(piece)
    except FileNotFoundError as error:
        raise EvidenceGone from error
    if sha256.hexdigest() != file.sha256:
        raise EvidenceGone
