"""The patient-identifier check: `check` a text, and put neutral words where it may identify somebody.

Pure: the same text gives the same findings, nothing is kept, and nothing is written down. A text that passes is not
anonymous: a bare first name, a rare disease, a story in the newspaper are seen by people only.
"""

import re
from collections.abc import Iterable, Sequence

from cpd.identifiers.ages import see_ages
from cpd.identifiers.contacts import see_emails, see_phones, see_postcodes
from cpd.identifiers.dates import see_dates_of_birth
from cpd.identifiers.findings import KINDS, Finding, Sighting
from cpd.identifiers.names import see_names
from cpd.identifiers.numbers import see_hospital_numbers, see_numbers
from cpd.identifiers.plain import plain

RULES = (
    see_numbers,
    see_emails,
    see_dates_of_birth,
    see_hospital_numbers,
    see_phones,
    see_postcodes,
    see_ages,
    see_names,
)
# Most that is written has no digit in it, and these see nothing where there is none.
DIGIT = re.compile(r"\d")
OF_DIGITS = frozenset({see_numbers, see_dates_of_birth, see_hospital_numbers, see_phones, see_postcodes})
WITHOUT_DIGITS = tuple(rule for rule in RULES if rule not in OF_DIGITS)
ENDS_SENTENCE = frozenset(".!?\n")
# Neutral words beside others may read as something new, as digits do once what stood between them is gone.
MOST_ROUNDS = 8


def check(text: str) -> tuple[Finding, ...]:
    """Everything in `text` that may identify somebody, in order, none overlapping another."""
    read = plain(text)
    rules = RULES if DIGIT.search(read.text) else WITHOUT_DIGITS
    sightings = _settle((sighting for rule in rules for sighting in rule(read.text)), len(read.text))
    findings = []
    for sighting in sightings:
        start, end = read.place(sighting.start, sighting.end)
        reason = sighting.reason or KINDS[sighting.kind].reason
        findings.append(Finding(start, end, sighting.kind, reason, _suited(sighting.suggestion, text, start)))
    return tuple(findings)


def replace(text: str, findings: Iterable[Finding]) -> str:
    """The text with the neutral words of these findings in place of what they found."""
    parts: list[str] = []
    end = 0
    for finding in sorted(findings):
        parts += [text[end : finding.start], finding.suggestion]
        end = finding.end
    return "".join([*parts, text[end:]])


def neutral(text: str) -> str:
    """The text with neutral words for all that is found in it."""
    for _ in range(MOST_ROUNDS):
        findings = check(text)
        if not findings:
            break
        text = replace(text, findings)
    return text


def _settle(sightings: Iterable[Sighting], length: int) -> Sequence[Sighting]:
    """Of those that claim the same words, the most certain; among equals the longest, then the first."""
    ranked = sorted(
        sightings, key=lambda each: (-KINDS[each.kind].certainty, each.start - each.end, each.start, each.suggestion)
    )
    taken = bytearray(length)
    settled = []
    for sighting in ranked:
        if taken.find(1, sighting.start, sighting.end) == -1:
            taken[sighting.start : sighting.end] = b"\x01" * (sighting.end - sighting.start)
            settled.append(sighting)
    return sorted(settled, key=lambda each: each.start)


def _suited(suggestion: str, text: str, start: int) -> str:
    """With a capital where a sentence begins."""
    ahead = text[max(0, start - 10) : start].rstrip(" \t\r\"'“‘(")
    if not ahead or ahead[-1] in ENDS_SENTENCE:
        return suggestion[:1].upper() + suggestion[1:]
    return suggestion
