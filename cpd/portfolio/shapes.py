"""The shape of each pack: which papers come in which order, and what its body asks for that is not kept here.

From what bodies ask of an appraisal or an audit. The section list of the Medical Appraisal Template 2022 is taken from
its public description, which is a list of prompts for makers of toolkits; a toolkit may word its headings differently.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cpd.models import PackKind
from cpd.portfolio.contents import Chosen, PaperLine, Section
from cpd.portfolio.totals import Counted
from cpd.rules.dates import silences
from cpd.rules.types import Period
from meducation.lib.dates import day_month_year

IN_TOOLKIT = "Not kept in Meducation. Write it in your appraisal toolkit."
IN_LOG = "In the log below."
GAPS = "Gaps of three months or more"
ONE_ENTRY = "How to bring this to FourteenFish"
GAP_MONTHS = 3  # What the HCPC wants explained (cpd/frameworks/uk-hcpc.toml).


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
    PackKind.HCPC: (
        Asked("CPD profile", ("cpd-profile",)),
        Asked(GAPS, ("gap-explanation",)),
        Asked("Declarations", ("quality", "benefit")),
    ),
    PackKind.GPHC: (
        Asked("CPD records", ("cpd-record",)),
        Asked("Peer discussion", ("peer-discussion",)),
        Asked("Reflective account", ("reflective-account",)),
    ),
    PackKind.MBA: (
        Asked("Professional development plan", ("development-plan",)),
        Asked("Self-evaluation", ("self-evaluation",)),
        Asked("CPD home", ("cpd-home",)),
    ),
    PackKind.NMBA: (
        Asked("Learning plan", ("learning-plan",)),
        Asked("Reflection", ("reflection",)),
        Asked("Scheduled medicines endorsement", ("medicines-endorsement",)),
    ),
    PackKind.PHARMBA: (Asked("CPD plan", ("cpd-plan",)), Asked("Effect of each activity", ("impact",))),
    PackKind.SOAR: (Asked("Collective reflection", note="Not kept in Meducation. Write it in SOAR."),),
    PackKind.FOURTEENFISH: (Asked(ONE_ENTRY),),
}


# The GDC wants a certificate of each verifiable activity.
WITH_CERTIFICATES = frozenset({PackKind.GDC})


def notes_of(chosen: Chosen, log: Sequence[Counted]) -> Mapping[str, str]:
    """What sections say that depends on the log, by their titles."""
    if chosen.kind is PackKind.FOURTEENFISH:
        hours = sum(line.minutes for line in log) / 60
        return {ONE_ENTRY: f"Add one CPD entry of {hours:.2f} hours there, and attach this document to it."}
    if chosen.kind is PackKind.HCPC:
        gaps = silences(((line.first, line.last) for line in log), Period(chosen.first, chosen.last), GAP_MONTHS)
        said = [f"{day_month_year(gap.first)} to {day_month_year(gap.last)}" for gap in gaps]
        return {GAPS: f"Nothing is recorded for {', '.join(said)}." if said else "There is none."}
    return {}


def sections_of(
    kind: PackKind, papers: Iterable[tuple[str, str, PaperLine]], notes: Mapping[str, str]
) -> tuple[Section, ...]:
    """Papers, each with the id and the plural of its kind, as the shape orders them; then what it does not name."""
    by_kind: defaultdict[tuple[str, str, str], list[PaperLine]] = defaultdict(list)
    for kind_id, plural, paper in papers:
        by_kind[paper.framework, kind_id, plural].append(paper)
    shape = SHAPES.get(kind, ())
    sections = [
        Section(
            asked.title,
            tuple(paper for (_, each, _), found in by_kind.items() if each in asked.kinds for paper in found),
            notes.get(asked.title, asked.note),
        )
        for asked in shape
    ]
    named = {each for asked in shape for each in asked.kinds}
    rest = [(f"{plural} ({of})", tuple(found)) for (of, each, plural), found in by_kind.items() if each not in named]
    return (*sections, *(Section(title, found) for title, found in sorted(rest, key=lambda each: each[0])))
