"""A certificate as a PDF: seconds and memory, beside typst alone on the same input. Part of `make bench`."""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

ROUNDS = 7


def measure() -> str:
    """Measured in a process of its own, whose only children are those that set the papers."""
    done = subprocess.run([sys.executable, "-m", "bench.certificates"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _measure() -> str:
    import django

    django.setup()

    from cpd.certificate_paper import paper_of, words_of

    certificate = _certificate()
    took = statistics.median(_seconds_of_children(lambda: paper_of(certificate)) for _ in range(ROUNDS))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    # Last, as typst's memory stays with the process that used it; and once, as it remembers what it has set.
    plain = _seconds(_typst_alone(words_of(certificate)))
    return (
        f"Certificate as a PDF: {took:.2f} s of the processor, {memory:.0f} MB at most in a process of its own, "
        f"{took / plain:.1f} times as long as typst alone, once, with its fonts read already ({plain * 1000:.0f} ms)"
    )


def _certificate() -> Any:
    import datetime

    from cpd.certificates import CODES
    from cpd.models import Certificate

    day = datetime.date(2026, 11, 20)
    row = Certificate(
        holder_name="Dr Amara Osei",
        provider="Meducation, https://cpd.example, hello@cpd.example",
        article_title="Recognising delirium with the 4AT, and what to do next",
        article_byline="Meducation clinical desk",
        article_subject="Delirium is common, distressing and easily overlooked when it is quiet.",
        article_address="https://cpd.example/articles/recognising-delirium-with-the-4at/",
        revision_number=3,
        revision_sha256="0" * 64,
        objectives=["Describe the core features of delirium", "Administer and interpret the 4AT"],
        done_on=day,
        minutes=12,
        measured_seconds=640,
        open_seconds=800,
        passed_on=day,
        score=90,
        pass_mark=80,
        questions=10,
        gdc_outcomes=["A", "C"],
        gdc_minutes=11,
        quality_assured_by="Dr Rhea Viewer, FRCP",
    )
    row.code_sha256 = CODES.digest(CODES.of(row.pk))
    return row


def _typst_alone(words: dict[str, object]) -> Callable[[], object]:
    import typst

    from meducation.lib.typesetting import OWN_FONTS, PAPERS

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(OWN_FONTS)])
    order = {"title": "Certificate", "made_on": "2026-11-20", "data": words}
    return lambda: typst.compile(
        str(PAPERS / "certificate.typ"),
        root=str(PAPERS),
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"order": json.dumps(order)},
        pdf_standards=["ua-1"],
    )


def _seconds(work: Callable[[], object]) -> float:
    # Of the processor, so that what else the machine does leaves no mark.
    start = time.process_time()
    work()
    return time.process_time() - start


def _seconds_of_children(work: Callable[[], object]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    print(_measure())
