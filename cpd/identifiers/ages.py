"""Ages: with work or a place, which together point to one person, and those over 89.

That ages over 89 identify is how the United States have it: 45 CFR 164.514(b)(2)(i)(C), the "safe harbor" of HIPAA,
joins them in one category, "90 or older".
"""

import re
from collections.abc import Iterator

from cpd.identifiers.findings import Sighting
from cpd.identifiers.wordlists import words_of

TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
IN_WORDS = rf"(?:{'|'.join(TENS)})(?:-(?:{'|'.join(ONES)}))?"
NUMBER = rf"(?<![\w.£$-])(?:\d{{1,3}}|{IN_WORDS})"
ARTICLE = r"(?:(?P<article>\b(?:an?|the|this|my|our)) (?:aged )?)?"
OLD = rf"(?P<age>{NUMBER})(?:[ -]?(?:year|yr)s?[ -]?old\b|[ -]?y ?/ ?o\b|[ -]?y\.?o\b\.?|[FM]\b)"
# The beginning of what is looked for below may be any word: without an age in the text, none of it is looked for.
HAS_AGE = re.compile(NUMBER, re.I)
HAS_OLD = re.compile(OLD, re.I)
PERSON = (
    r"(?:man|woman|lady|gentleman|gent|male|female|boy|girl|child|person|patient|lad|mother|father|grandmother|grandfather"
    r"|widow|widower|teenager|resident|baby|infant|pensioner|bachelor|mum|dad|nun)"
)
# One or two words between an age and what somebody does.
DESCRIBED = r"(?:(?!from\b|with\b|who\b|and\b|or\b)[^\W\d_][\w-]{1,20} ){0,2}"
WORK = rf"(?:{'|'.join(sorted(words_of('work'), key=lambda word: (-len(word), word)))})"
PLACE = (
    r"(?:,? (?:from|living in|(?:who|that) (?:lives|lived|works|comes) (?:in|from|at)|resident in|of) "
    r"(?!(?-i:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|[A-Z]{2,}\b|[A-Z]\w{0,20}'s\b|[A-Z]\w{0,20} (?:disease|syndrome)|Africa|Asia|Europe|America))"
    r"(?-i:[A-Z])[\w'-]{2,30}(?:[ -](?-i:[A-Z])[\w'-]{1,30}){0,2})"
)
AGE_AND_WORK = re.compile(rf"{ARTICLE}{OLD} {DESCRIBED}{WORK}\b(?!s\b|'s (?:surgery|office)){PLACE}?", re.I)
AGE_AND_PLACE = re.compile(rf"{ARTICLE}{OLD} {DESCRIBED}{PERSON}{PLACE}", re.I)
# An age after the person: first the age is found, then who stands before it. (Looking for the person first takes thirty
# times as long, because most words may describe one.)
AGED_FROM = re.compile(rf",? (?:aged|of) (?P<age>{NUMBER})(?: years)?{PLACE}", re.I)
AGED = re.compile(rf",? aged (?P<age>{NUMBER})\b|,? \((?:aged )?(?P<shut>{NUMBER})\)|, (?P<said>{NUMBER}),", re.I)
SOMEBODY = re.compile(rf"{ARTICLE}{DESCRIBED}\b(?:{PERSON}|{WORK})$", re.I)
AT_WORK = re.compile(rf"{ARTICLE}{DESCRIBED}\b{WORK}(?: (?:in|of) (?:his|her|the|a) [a-z]{{1,20}})?$", re.I)
LONGEST_DESCRIPTION = 80

VERY_OLD = r"(?:9\d|1[01]\d|ninety(?:-(?:one|two|three|four|five|six|seven|eight|nine))?)"
# Not a group ("aged 90 or over", "90+", "90-99") and not a measure.
ALONE = r"(?!\w|\.\d| ?\+| ?[-–] ?\d| (?:or|and) (?:over|older|above|more|\d)| to \d| ?%| ?kg| ?mm| ?beats| degrees)"
HAS_VERY_OLD = re.compile(VERY_OLD, re.I)
THINGS = (
    r"(?!,? (?:hospital|building|charity|history|study|data|institution|tradition|house|survival|guideline|theory|trial"
    r"|problem|follow|anniversary|law|act|journal|college|drug|machine|paper|wing|ward|records?)\b)"
)
OLD_PERSON = rf"(?: (?:[a-z]{{2,15}} )?{PERSON}\b)?"
OVER_89 = (
    re.compile(
        rf"{ARTICLE}(?<![\w.£$-])(?P<age>{VERY_OLD})(?:[ -]?(?:year|yr)s?[ -]?old\b(?: age)?|[ -]?y ?/ ?o\b"
        rf"|[ -]?y\.?o\b\.?| years of age\b){THINGS}{OLD_PERSON}",
        re.I,
    ),
    re.compile(r"(?<![\w.])(?P<age>9\d|1[01]\d)[FM](?=[,. )]|$)"),
    re.compile(rf"\b(?:at the age of|aged|age:?|(?<=\w )of) (?P<age>{VERY_OLD}){ALONE}(?: years\b(?: old)?)?", re.I),
    re.compile(
        rf"\b(?:she|he|they)(?: is| was| are| were| turned|'s) (?P<age>{VERY_OLD})"
        rf"(?= and\b|[,.;)](?!\d)|$| in (?:the|our|a|bed)\b)",
        re.I,
    ),
    re.compile(rf"\b(?:at) (?P<age>{VERY_OLD}),? (?=(?:she|he|they|the patient)\b)", re.I),
    re.compile(
        rf"\b(?:husband|wife|mother|father|mum|dad|sister|brother|oldest|aunt|uncle|patient|{PERSON}),? \(?"
        rf"(?P<age>{VERY_OLD})(?=[,)](?!\d))",
        re.I,
    ),
)
# "of 94" only after a person: "a rate of 94" is none.
OF_PERSON = re.compile(rf"\b(?:{PERSON}|inpatient|in-patient) $", re.I)
GROUPED = "aged 90 or over"


def see_ages(text: str) -> Iterator[Sighting]:
    """Ages with work or a place, and exact ages of 90 and over."""
    if not HAS_AGE.search(text):
        return
    for pattern in (AGE_AND_WORK, AGE_AND_PLACE) if HAS_OLD.search(text) else ():
        for match in pattern.finditer(text):
            yield from _sight(match.start(), match.end(), match["article"], match["age"])
    for pattern, who in ((AGED_FROM, SOMEBODY), (AGED, AT_WORK)):
        for match in pattern.finditer(text):
            first = max(0, match.start() - LONGEST_DESCRIPTION)
            person = who.search(text[first : match.start()])
            if person is not None:
                written = next(value for value in match.groupdict().values() if value)
                yield from _sight(first + person.start(), match.end(), person["article"], written)
    for pattern in OVER_89 if HAS_VERY_OLD.search(text) else ():
        for match in pattern.finditer(text):
            is_person = not match[0].lower().startswith("of ") or OF_PERSON.search(
                text[max(0, match.start() - 20) : match.start()]
            )
            if is_person:
                yield _very_old(match)


def _sight(start: int, end: int, article: str | None, written: str) -> Iterator[Sighting]:
    words = _in_their(_years(written))
    if words:
        yield Sighting(start, end, "age-and-place", f"{_article(article)} patient {words}")


def _very_old(match: re.Match[str]) -> Sighting:
    article = match.groupdict().get("article")
    if article:
        return Sighting(match.start(), match.end(), "age-over-89", f"{_article(article)} person {GROUPED}")
    begins_with_age = match[0].lower().startswith(("at ", "age", "of ")) or match[0][0].isdigit()
    start = match.start() if begins_with_age else match.start("age")
    return Sighting(start, match.end(), "age-over-89", GROUPED)


def _article(written: str | None) -> str:
    article = (written or "a").lower()
    return "a" if article == "an" else article


def _years(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, _, ones = written.lower().partition("-")
    return (TENS.index(tens) + 2) * 10 + (ONES.index(ones) + 1 if ones else 0)


def _in_their(years: int) -> str:
    """Ten years instead of one; "" for what is no age."""
    if years > 119:
        return ""
    if years >= 90:
        return GROUPED
    if years < 10:
        return "in early childhood"
    return "in their teens" if years < 20 else f"in their {years // 10 * 10}s"
