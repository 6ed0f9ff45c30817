"""Portfolios beside typst alone on the same input: part of `make bench`.

Seconds, and the peak memory of the process that sets the paper. Every file is made as the site makes it; the yardstick
is typst's own compiler, called once in a fresh process with the very data and template, without the site around it.
"""

import datetime
import hashlib
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from typing import Any

from bench import memory

# (entries, years): about 20 pages, and ten years of a busy record.
SIZES = ((200, 1), (2_000, 10))
EVIDENCE_EACH = 10  # Every so many entries have a file.
EVIDENCE_BYTES = 200_000
BARE = """
import json, re, sys, time, typst
order = sys.stdin.read()
fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=sys.argv[2:])
begun = time.perf_counter()
pdf = typst.compile(sys.argv[1], root=sys.argv[1].rpartition("/")[0], font_paths=fonts, sys_inputs={"order": order},
                    pdf_standards=["ua-1"])
took = time.perf_counter() - begun
# Not ru_maxrss: that begins with the memory of the process that started this one.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([took, peak, len(pdf)]))
"""


def measure(email: str) -> str:
    """The lines of a table, for somebody with that address."""
    from accounts.models import User

    user = User.objects.get(email=email)
    lines = ["| portfolio | seconds | peak MB | times typst alone |", "|---|--:|--:|--:|"]
    for entries, years in SIZES:
        user.activities.all().delete()
        fill(user, entries, years)
        lines += _lines(user, entries, years)
    return "\n".join(lines)


def fill(user: Any, entries: int, years: int) -> None:
    """Activities, every other with a reflection that may be shown, and some with a file."""
    from cpd.evidence.storing import store
    from cpd.models import Activity, Evidence, Reflection

    last = user.profile.local_date()
    words = "I will check lactate earlier and escalate at once, and I told the team why. " * 6
    reflections = [Reflection(user=user, text=words, is_shareable=True) for _ in range(entries // 2)]
    Reflection.objects.bulk_create(reflections)
    activities = [
        Activity(
            user=user,
            title=f"Recognising sepsis early, part {number}",
            done_on=last - datetime.timedelta(days=number * 365 * years // entries),
            minutes=30,
            provider="Trust",
            reflection=reflections[number // 2] if number % 2 else None,
        )
        for number in range(entries)
    ]
    Activity.objects.bulk_create(activities)
    for number, activity in enumerate(activities[::EVIDENCE_EACH]):
        content = number.to_bytes(4) * (EVIDENCE_BYTES // 4)
        sha256 = hashlib.sha256(content).hexdigest()
        Evidence.objects.create(
            user=user,
            activity=activity,
            meant_for=activity.pk,
            name="certificate.pdf",
            kind="pdf",
            size=len(content),
            sha256=sha256,
            sent_sha256=sha256,
            stored_as=store(io.BytesIO(content)),
        )


def _lines(user: Any, entries: int, years: int) -> list[str]:
    from cpd.models import Pack, PackFormat, PackKind
    from cpd.portfolio.contents import Chosen
    from cpd.portfolio.gathering import gathered
    from cpd.portfolio.in_words import data_of
    from cpd.portfolio.keeping import TEMPLATE_VERSION, digest_of, to_json
    from cpd.portfolio.making import made
    from cpd.progress import Progress

    last = user.profile.local_date()
    first = last - datetime.timedelta(days=365 * years + 3)
    chosen = Chosen(PackKind.PORTFOLIO, first, last)
    previewed_in = memory.of(lambda: _preview(user, chosen, last))
    begun = time.perf_counter()
    portfolio = gathered(user, chosen, today=last).portfolio
    took = time.perf_counter() - begun
    assert len(portfolio.entries) == entries
    said = to_json(portfolio)
    pack = Pack(
        user=user,
        kind="portfolio",
        number=1,
        first_on=first,
        last_on=last,
        template_version=TEMPLATE_VERSION,
        entries=[entry.id for entry in portfolio.entries],
        contents=said,
        sha256=digest_of(said),
    )
    alone, alone_mb, _ = bare("portfolio", data_of(portfolio), last)
    what = f"{entries:,} entries, {years} year{'' if years == 1 else 's'}"
    lines = [
        f"| {what}: first page of the preview, without its HTML | {previewed_in.seconds:.2f} |"
        f" {previewed_in.megabytes:.0f} | |",
        f"| {what}: all read from the record | {took:.2f} | | |",
    ]
    for format in PackFormat:
        begun = time.perf_counter()
        with made(pack, format, Progress()) as file:
            took, size = time.perf_counter() - begun, file.seek(0, io.SEEK_END)
        # Of all processes so far that ended: those that set papers are by far the largest.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        of_paper = format in (PackFormat.PDF, PackFormat.ZIP)
        lines.append(
            f"| {what}: {format.label}, {size / 1e6:.1f} MB | {took:.2f} | {f'{peak:.0f}' if of_paper else ''} | "
            f"{f'{took / alone:.1f}' if of_paper else ''} |"
        )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        *lines,
        f"| {what}: typst alone | {alone:.2f} | {alone_mb:.0f} | 1.0 |",
        f"| … this process | | {own:.0f} | |",
    ]


def _preview(user: Any, chosen: Any, today: datetime.date) -> None:
    from cpd.portfolio.gathering import previewed
    from cpd.portfolio.in_words import data_of
    from cpd.portfolio.log import counted
    from cpd.standing import standings
    from cpd.views.packs import MOST_SHOWN

    log = counted(user, chosen)
    ids = [line.id for line in log[:MOST_SHOWN]]
    found = previewed(user, chosen, today=today, stands=standings(user, today=today), log=log, ids=ids)
    data_of(found.portfolio, totals=found.totals, log=found.page)


def bare(template: str, data: dict[str, Any], day: datetime.date) -> tuple[float, float, int]:
    """Typst alone on a template and its data: seconds, peak megabytes, bytes of the PDF."""
    from meducation.lib import typesetting

    order = json.dumps({"template": template, "title": "Bench", "made_on": day.isoformat(), "data": data})
    folders = {str(file.parent) for file in typesetting.font_files()}
    source = str(typesetting.PAPERS / f"{template}.typ")
    command = [sys.executable, "-c", BARE, source, *sorted(folders)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, input=order, capture_output=True, text=True, check=True, cwd=folder)
    seconds, peak, size = json.loads(done.stdout)
    return seconds, peak, size
