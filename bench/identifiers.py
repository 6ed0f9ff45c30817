"""The patient-identifier check: how long it takes for 1,000 words. Part of `make bench`."""

import statistics
import time
from collections.abc import Callable

WORDS = 1_000
ROUNDS = 20


def measure() -> str:
    """Milliseconds for 1,000 words as clinicians write them, beside splitting them into words."""
    from cpd.identifiers.checking import check
    from cpd.identifiers.measuring import sentences

    words = " ".join(sentence.text for sentence in sentences("developing")).split()[:WORDS]
    text = " ".join(words)
    check(text)  # Reads its lists.
    took = statistics.median(_seconds(lambda: check(text)) for _ in range(ROUNDS))
    plain = statistics.median(_seconds(text.split) for _ in range(ROUNDS))
    return (
        f"Identifier check per {WORDS:,} words: {took * 1000:.1f} ms ({len(check(text))} findings), "
        f"{took / plain:,.0f} times as long as splitting them into words"
    )


def _seconds(work: Callable[[], object]) -> float:
    # Of the processor, so that what else the machine does leaves no mark.
    start = time.process_time()
    work()
    return time.process_time() - start
