"""The patient-identifier check (cpd.identifiers) on the words of the record.

What is found is worked out from words that are on the page anyway, shown there, and forgotten: no finding is kept,
logged, or put into an address. Kept is only that, and when, somebody said that nobody can be identified.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cpd.identifiers.checking import check
from cpd.identifiers.findings import Finding
from cpd.models import Activity, Reflection

PARTS_OF_REFLECTION = (
    ("text", "What happened?"),
    ("important", "What is important?"),
    ("next_step", "What next?"),
)


@dataclass(frozen=True)
class Piece:
    """A stretch of a text as it is, or one that was found."""

    text: str
    is_found: bool = False


@dataclass(frozen=True)
class Found:
    """A stretch of a text in which something was found."""

    text: str
    finding: Finding


@dataclass(frozen=True)
class Checked:
    """One text, called `label` where it was written, and what may identify somebody in it."""

    label: str
    text: str
    findings: tuple[Finding, ...]

    def pieces(self) -> Iterator[Piece]:
        """The whole text in order, what was found apart."""
        end = 0
        for finding in self.findings:
            if finding.start > end:
                yield Piece(self.text[end : finding.start])
            yield Piece(self.text[finding.start : finding.end], is_found=True)
            end = finding.end
        if end < len(self.text):
            yield Piece(self.text[end:])

    def found(self) -> list[Found]:
        """Only what was found."""
        return [Found(self.text[each.start : each.end], each) for each in self.findings]


def checked(labelled: Iterable[tuple[str, str]]) -> list[Checked]:
    """Those of some texts in which something was found."""
    seen = (Checked(label, text, check(text)) for label, text in labelled if text)
    return [each for each in seen if each.findings]


def identifiers_in_activity(activity: Activity) -> list[Checked]:
    """In an activity's title and its reflection, both loaded."""
    reflection = activity.reflection
    parts = [(label, getattr(reflection, name)) for name, label in PARTS_OF_REFLECTION] if reflection else []
    return checked([("What you did", activity.title), *parts])


def identifiers_in_reflection(reflection: Reflection) -> list[Checked]:
    """In all that was written in a reflection."""
    return checked((label, getattr(reflection, name)) for name, label in PARTS_OF_REFLECTION)


def needs_confirming(reflection: Reflection) -> bool:
    """Whether it must not be shown to others yet: something was found, and nobody said that it identifies nobody."""
    return reflection.identifiers_confirmed_at is None and bool(identifiers_in_reflection(reflection))


def for_script(texts: Mapping[str, str]) -> dict[str, list[dict[str, object]]]:
    """What was found in each text, counted as scripts count: in UTF-16. The words found are not repeated."""
    return {name: [*_for_script(text, check(text))] for name, text in texts.items()}


def _for_script(text: str, findings: Iterable[Finding]) -> Iterator[dict[str, object]]:
    read = place = 0
    for finding in findings:
        place += _utf16_length(text[read : finding.start])
        length = _utf16_length(text[finding.start : finding.end])
        yield {
            "start": place,
            "end": place + length,
            "kind": finding.kind,
            "name": finding.name,
            "reason": finding.reason,
            "suggestion": finding.suggestion,
        }
        read, place = finding.end, place + length


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
