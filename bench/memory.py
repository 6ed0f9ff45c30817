"""How much memory a piece of work took in this process, at its highest."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROCESS = Path("/proc/self")


class Peak:
    """Read after the work: seconds, and the megabytes that the whole process held at its highest."""

    seconds: float = 0
    megabytes: float = 0


@contextmanager
def measured() -> Iterator[Peak]:
    """Watch the work of this block. Linux only."""
    peak = Peak()
    # The highest mark begins anew from here.
    (PROCESS / "clear_refs").write_text("5")
    begun = time.perf_counter()
    yield peak
    peak.seconds = time.perf_counter() - begun
    peak.megabytes = _held("VmHWM")


def of(work: Callable[[], object]) -> Peak:
    """The same of a call."""
    with measured() as peak:
        work()
    return peak


def _held(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", (PROCESS / "status").read_text())
    return int(found[1]) / 1024 if found else 0.0
