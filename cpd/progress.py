"""How far a long piece of work has come, for a page that asks. Told beside the work's own transaction."""

import datetime
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

EVERY_SECONDS = 1.0
KEPT_SECONDS = 24 * 60 * 60
PATIENCE_SECONDS = 5.0
# Work of which nothing was heard for so long has stopped: its process was killed.
SILENCE = datetime.timedelta(seconds=45)


@dataclass
class Progress:
    """A counter of rows. What it says is passed on by whoever watches it, if anybody does."""

    of: int = 0  # 0: not known.
    done: int = 0

    def moved(self, rows: int = 1) -> None:
        """So many rows more are done."""
        self.done += rows


@dataclass(frozen=True)
class Heard:
    """What was last heard of a piece of work."""

    done: int
    of: int
    at: datetime.datetime

    def is_silent(self, now: datetime.datetime) -> bool:
        """Whether that is so long ago that it must have stopped."""
        return now - self.at > SILENCE

    @classmethod
    def about(cls, pk: uuid.UUID, *, since: datetime.datetime | None) -> Self | None:
        """What was heard of the work on something that was taken up at `since`; None when nothing was yet.

        What was heard before is of other work, and never deleted: it lies there until new words take its place.
        """
        kept: dict[str, Any] | None = cache.get(_key(pk)) if since is not None else None
        if not kept or since is None or (at := datetime.datetime.fromisoformat(kept["at"])) < since:
            return None
        return cls(kept["done"], kept["of"], at)


@contextmanager
def told(pk: uuid.UUID, *, of: int) -> Iterator[Progress]:
    """Work whose progress is written down every second by a thread of its own.

    The cache is in the database: written by the work's own connection, it would show only when all is over.
    """
    progress = Progress(of=of)
    over = threading.Event()
    teller = threading.Thread(target=_tell, args=(pk, progress, over), daemon=True)
    teller.start()
    try:
        yield progress
    finally:
        over.set()
        # Whatever holds up the telling must not hold up the work.
        teller.join(PATIENCE_SECONDS)


def _tell(pk: uuid.UUID, progress: Progress, over: threading.Event) -> None:
    try:
        while True:
            _write(pk, progress)
            if over.wait(EVERY_SECONDS):
                break
    finally:
        connection.close()


def _write(pk: uuid.UUID, progress: Progress) -> None:
    heard = {"done": progress.done, "of": progress.of, "at": timezone.now().isoformat()}
    cache.set(_key(pk), heard, KEPT_SECONDS)


def _key(pk: uuid.UUID) -> str:
    return f"progress:{pk}"
