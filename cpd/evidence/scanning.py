"""The hook for a scanner: ClamAV's daemon, spoken to in its own words (INSTREAM), when there is one.

The one client on the package index has had no release since 2014, and the conversation is this short.
"""

import logging
import socket
import struct
from typing import IO

from django.conf import settings

from cpd.evidence.refusing import CannotJustNow, Refused
from cpd.models.evidence import Scan

logger = logging.getLogger(__name__)

PIECE_BYTES = 64 * 1024
PATIENCE_SECONDS = 20
MOST_ANSWER_BYTES = 4096
FOUND = "The virus scanner found something in this file, so it was not stored."
UNREACHABLE = "Files cannot be checked for viruses just now, so this one was not stored. Try again in a few minutes."


def scan(file: IO[bytes]) -> Scan:
    """What the scanner says of a file; not scanned where none is configured.

    Raises Refused when it finds something, CannotJustNow when it does not answer: what should be checked and cannot
    be is not stored.
    """
    if not settings.CLAMAV_ADDRESS:
        return Scan.NOT_SCANNED
    file.seek(0)
    try:
        with _connected(settings.CLAMAV_ADDRESS) as clamd:
            answer = _ask(clamd, file)
    except OSError as error:
        logger.exception("The virus scanner cannot be reached.")
        raise CannotJustNow(UNREACHABLE) from error
    if answer.endswith(" FOUND"):
        logger.warning("A virus was found in an upload.")
        raise Refused(FOUND)
    if answer != "stream: OK":
        # Too large for its settings, out of memory, or not a scanner at all.
        logger.error("The virus scanner did not check a file.")
        raise CannotJustNow(UNREACHABLE)
    return Scan.CLEAN


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        clamd.settimeout(PATIENCE_SECONDS)
        try:
            clamd.connect(address)
        except OSError:
            clamd.close()
            raise
        return clamd
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE_SECONDS)


def _ask(clamd: socket.socket, file: IO[bytes]) -> str:
    clamd.sendall(b"zINSTREAM\0")
    while piece := file.read(PIECE_BYTES):
        clamd.sendall(struct.pack("!L", len(piece)) + piece)
    clamd.sendall(struct.pack("!L", 0))
    answer = b""
    while b"\0" not in answer and len(answer) < MOST_ANSWER_BYTES:
        part = clamd.recv(MOST_ANSWER_BYTES)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].decode("ascii", "replace").strip()
