"""The shape of each pack: which papers come in which order, and what its body asks for that is not kept here.

From what bodies ask of an appraisal or an audit. The section list of the Medical Appraisal Template 2022 is taken from
its public description, which is a list of prompts for makers of toolkits; a toolkit may word its headings differently.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cpd.models import PackKind
from cpd.portfolio.contents import PaperLine, Section

IN_TOOLKIT = "Not kept in Meducation. Write it in your appraisal toolkit."
IN_LOG = "In the log below."


@dataclass(frozen=True)
class Asked:
    """One section: the kinds of artefact that belong in it, or a note where none does."""

    title: str
    kinds: tuple[str, ...] = ()
    note: str = ""


SHAPES: Mapping[PackKind, tuple[Asked, ...]] = {
    PackKind.GMC: (
        Asked("Scope of work", ("whole-scope",)),
        Asked("Achievements, challenges and aspirations", note=IN_TOOLKIT),
        Asked("Supporting information: continuing professional development", ("reflect",), IN_LOG),
        Asked("Supporting information: quality improvement activity", note=IN_LOG),
        Asked("Supporting information: significant events", ("significant-events",)),
        Asked("Supporting information: feedback from patients", ("patient-feedback",)),
        Asked("Supporting information: feedback from colleagues", ("colleague-feedback",)),
        Asked("Supporting information: compliments and complaints", ("compliments-and-complaints",)),
        Asked("Personal development plan", ("pdp",)),
        Asked("Health", ("health-statement",)),
        Asked("Probity", ("probity-statement",)),
        Asked("Annual appraisal", ("annual-appraisal",)),
    ),
    PackKind.NMC: (
        Asked("Practice hours", ("practice-hours",)),
        Asked("Practice-related feedback", ("feedback",)),
        Asked("Written reflective accounts", ("reflective-account",)),
        Asked("Reflective discussion form", ("reflective-discussion",)),
        Asked("Health and character", ("health-and-character",)),
        Asked("Professional indemnity arrangement", ("indemnity",)),
        Asked("Confirmation form", ("confirmation",)),
    ),
    PackKind.GDC: (Asked("Personal development plan", ("pdp",)),),
}


def sections_of(kind: PackKind, papers: Iterable[tuple[str, str, PaperLine]]) -> tuple[Section, ...]:
    """Papers, each with the id and the plural of its kind, as the shape orders them; then what it does not name."""
    by_kind: defaultdict[tuple[str, str, str], list[PaperLine]] = defaultdict(list)
    for kind_id, plural, paper in papers:
        by_kind[paper.framework, kind_id, plural].append(paper)
    shape = SHAPES.get(kind, ())
    sections = [
        Section(
            asked.title,
            tuple(paper for (_, each, _), found in by_kind.items() if each in asked.kinds for paper in found),
            asked.note,
        )
        for asked in shape
    ]
    named = {each for asked in shape for each in asked.kinds}
    rest = [(f"{plural} ({of})", tuple(found)) for (of, each, plural), found in by_kind.items() if each not in named]
    return (*sections, *(Section(title, found) for title, found in sorted(rest, key=lambda each: each[0])))
