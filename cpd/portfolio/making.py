"""How each format is made from what a pack keeps. The same pack gives the same bytes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO

from cpd.actions.certificates import give_out
from cpd.evidence.parts import folder
from cpd.models import Pack, PackFormat
from cpd.portfolio.bundle import EvidenceGone, write_bundle
from cpd.portfolio.contents import Portfolio
from cpd.portfolio.keeping import from_json, written
from cpd.portfolio.paper import as_pdf
from cpd.portfolio.tables import as_csv, as_xlsx
from cpd.progress import Progress

# What is made while somebody waits for the page; more is made by the queue.
ENTRIES_AT_ONCE = 150
BYTES_AT_ONCE = 10 * 1024 * 1024


def is_quick(pack: Pack, format: PackFormat) -> bool:
    """Whether the file is made within a second: of what is put together already, and is not long."""
    if not pack.is_frozen:
        return False
    if format in (PackFormat.CSV, PackFormat.JSON):
        return len(pack.entries) <= ENTRIES_AT_ONCE * 10
    if len(pack.entries) > ENTRIES_AT_ONCE:
        return False
    if format is not PackFormat.ZIP:
        return True
    # What a newer release made has perhaps other names: whoever makes the file says so. Each certificate is a paper.
    entries = pack.contents.get("entries", ())
    size: int = sum(file["size"] for entry in entries for file in entry.get("evidence", ()))
    return size <= BYTES_AT_ONCE and not pack.contents.get("certificates")


@contextmanager
def made(pack: Pack, format: PackFormat, progress: Progress) -> Iterator[IO[bytes]]:
    """The file, open for reading, and gone afterwards. Raises EvidenceGone, CannotBeSet, FromNewer."""
    portfolio = from_json(pack.contents)
    # Where uploads are, not /tmp: in a container that is memory, and a ZIP is as large as the evidence in it.
    with tempfile.TemporaryFile(dir=folder()) as file:
        if format is PackFormat.ZIP:
            _bundle(pack, portfolio, file, progress)
        else:
            file.write(_whole(pack, portfolio, format))
        file.seek(0)
        yield file


def _whole(pack: Pack, portfolio: Portfolio, format: PackFormat) -> bytes:
    match format:
        case PackFormat.PDF:
            return as_pdf(portfolio, sha256=pack.sha256)
        case PackFormat.XLSX:
            return as_xlsx(portfolio)
        case PackFormat.CSV:
            return as_csv(portfolio)
        case _:
            return written(pack.contents)


def _bundle(pack: Pack, portfolio: Portfolio, file: IO[bytes], progress: Progress) -> None:
    progress.of = len(PackFormat) * 2 + len(portfolio.evidence) + len(portfolio.certificates)
    papers = {}
    for format in PackFormat:
        if format is not PackFormat.ZIP:
            papers[f"portfolio.{format.value}"] = _whole(pack, portfolio, format)
            progress.moved()
    rows = pack.user.evidence.kept().filter(pk__in=[each.id for each in portfolio.evidence])
    write_bundle(
        file,
        portfolio,
        sha256=pack.sha256,
        papers=papers,
        evidence={str(row.pk): row for row in rows},
        certificate=partial(_certificate, pack),
        moved=progress.moved,
    )


def _certificate(pack: Pack, id: str) -> bytes:
    certificate = pack.user.certificates.filter(pk=id).first()
    if certificate is None:
        raise EvidenceGone
    return give_out(certificate=certificate)
