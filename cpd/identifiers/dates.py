"""Dates of birth: a whole date after words that say so, or right beside a person."""

import re
from collections.abc import Iterator

from cpd.identifiers.findings import Sighting
from cpd.identifiers.plain import before

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DATE = re.compile(
    rf"(?P<on>\bon (?:the )?)?(?:(?<![\w./-])(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})"
    rf"|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}})(?![\w/-]|\.\d)"
    rf"|(?<![\w./-])\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? \d{{4}}(?!\d))?"
    rf"|\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}}(?!\d))?)",
    re.I,
)
GLUED = re.compile(r"\b(?:dob|d\.o\.b\.?)[ :=]{0,2}(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d{6})(?!\d)", re.I)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SAID_BIRTH = re.compile(
    r"(?:\bd\.?o\.?b\b\.?|\b(?:date|day) of birth\b|\bbirth ?da(?:te|y)\b)[^.;\d]{0,32}$"
    r"|\bborn\b(?: in [a-z]{1,20})?[ ,]{0,2}(?:on |the )?$|\bb\. ?$|\bbaby born $"
)
PERSON = re.compile(
    r"\b(?:patient|pt|man|woman|lady|gentleman|boy|girl|baby|child|mother|mum|father|dad|son|daughter|husband|wife|brother"
    r"|sister|m(?:rs?|s|iss)\.? [a-z][\w'-]{0,30})(?: \(|, | \(?)$"
)
NO_YEAR = "[date removed]"
# People of history have a date of birth in every textbook.
OLDEST = 1905
# A date beside a person is an appointment, unless it is long ago. (No clock here: this moves with a release.)
YOUNGEST = 2016


def see_dates_of_birth(text: str) -> Iterator[Sighting]:
    """A whole date after "born", "DOB" and the like, and a date in numbers right after a person."""
    for match in GLUED.finditer(text):
        yield Sighting(match.start(1), match.end(1), "date-of-birth", _year_of(match[1]))
    for match in DATE.finditer(text):
        said = before(text, match.start(), 60)
        year = YEAR.search(match[0])
        if SAID_BIRTH.search(said):
            if year is None and not ("birthday" in said or match[0][-1:].isdigit()):
                continue
            if re.search(r"(?<!\d)(?:1[0-8]\d\d|190[0-4])(?!\d)", match[0]):
                continue
        elif not (year and OLDEST <= int(year[0]) <= YOUNGEST and match[0][0].isdigit() and PERSON.search(said)):
            continue
        words = _year_of(match[0])
        if match["on"]:
            words = f"in {words}" if words != NO_YEAR else f"on {words}"
        yield Sighting(match.start(), match.end(), "date-of-birth", words)


def _year_of(written: str) -> str:
    """Only the year, where it is written in full."""
    year = YEAR.search(written)
    if year is None and len(written) == 8 and written.isdigit():
        return written[:4]
    return year[0] if year else NO_YEAR
