"""How good the check is: precision and recall for each kind, on texts of ours in three parts.

`developing.toml` was looked at while the check was made; `held-out.toml` was dealt from the same sentences, and its
results were not used to change it; `reflections.toml` are whole reflections written after the check, and not used to
change it either. All were written by us, and nobody in them exists.
"""

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cpd.identifiers.checking import check
from cpd.identifiers.findings import KINDS, Finding

CORPUS = Path(__file__).parent / "corpus"
PARTS = ("reflections", "held-out", "developing")
MARK = re.compile(r"\[\[(?:([a-z0-9-]+):(?! ))?(.*?)\]\]")


@dataclass(frozen=True)
class Sentence:
    """One text of the corpus, without its marks, and where they were."""

    table: str
    text: str
    marks: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Score:
    """Of one kind: how many are there, how many of them were found, and how many findings were wrong."""

    there: int
    found: int
    wrong: int
    tempting: int

    @property
    def precision(self) -> float | None:
        """The share of findings that are right; None without a finding."""
        return (self.found / (self.found + self.wrong)) if self.found + self.wrong else None

    @property
    def recall(self) -> float | None:
        """The share of what is there that was found; None where nothing is there."""
        return self.found / self.there if self.there else None

    @property
    def precision_percent(self) -> str:
        """For a table."""
        return _percent(self.precision)

    @property
    def recall_percent(self) -> str:
        """The same."""
        return _percent(self.recall)


def sentences(part: str) -> list[Sentence]:
    """One part of the corpus."""
    tables = tomllib.loads((CORPUS / f"{part}.toml").read_text(encoding="utf-8"))
    return [_read(table, text) for table, lists in tables.items() for key in ("with", "without") for text in lists[key]]


def _read(table: str, marked: str) -> Sentence:
    text, marks, end = "", [], 0
    for match in MARK.finditer(marked):
        kind = match[1] if match[1] in KINDS else None
        words = match[2] if kind or match[1] is None else f"{match[1]}:{match[2]}"
        text += marked[end : match.start()]
        marks.append((len(text), len(text) + len(words), kind or table))
        text += words
        end = match.end()
    return Sentence(table, text + marked[end:], tuple(marks))


def measure(part: str) -> dict[str, Score]:
    """The score of each kind on one part. A finding is right where it meets a mark of its kind."""
    there: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    tempting: Counter[str] = Counter()
    for sentence in sentences(part):
        findings = check(sentence.text)
        there.update(kind for _, _, kind in sentence.marks)
        found.update(mark[2] for mark in sentence.marks if any(_meets(finding, mark) for finding in findings))
        wrong.update(finding.kind for finding in findings if not any(_meets(finding, mark) for mark in sentence.marks))
        if not sentence.marks:
            tempting[sentence.table] += 1
    others = tempting["other-numbers"]
    return {kind: Score(there[kind], found[kind], wrong[kind], tempting.get(kind, others)) for kind in KINDS}


def total(part: str) -> Score:
    """All kinds together."""
    scores = measure(part).values()
    return Score(*(sum(getattr(score, name) for score in scores) for name in ("there", "found", "wrong", "tempting")))


def misses(part: str) -> list[str]:
    """What was missed and what was found wrongly: for whoever makes the check better, on the developing part."""
    lines = []
    for sentence in sentences(part):
        findings = check(sentence.text)
        for mark in sentence.marks:
            if not any(_meets(finding, mark) for finding in findings):
                lines.append(f"missed {mark[2]}: {sentence.text}")
        for finding in findings:
            if not any(_meets(finding, mark) for mark in sentence.marks):
                lines.append(f"wrong {finding.kind} ({sentence.text[finding.start : finding.end]}): {sentence.text}")
    return lines


def _meets(finding: Finding, mark: tuple[int, int, str]) -> bool:
    start, end, kind = mark
    return finding.kind == kind and finding.start < end and start < finding.end


def table(part: str) -> str:
    """The figures of one part, in Markdown."""
    lines = ["| Kind | There | Look-alikes | Precision | Recall |", "|---|--:|--:|--:|--:|"]
    for kind, score in measure(part).items():
        if not score.there and not score.wrong:
            continue
        lines.append(
            f"| {KINDS[kind].name} | {score.there} | {score.tempting} | {score.precision_percent} "
            f"| {score.recall_percent} |"
        )
    whole = total(part)
    lines.append(f"| **All** | {whole.there} | | {whole.precision_percent} | {whole.recall_percent} |")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"
