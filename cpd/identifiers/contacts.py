"""Where somebody lives and how they are reached: postcodes, phone numbers, e-mail addresses."""

import re
from collections.abc import Iterator

from cpd.identifiers.findings import Sighting
from cpd.identifiers.numbers import NOT_A_PATIENT, SAID_PHONE, digits_of
from cpd.identifiers.plain import before
from cpd.identifiers.wordlists import words_of

# The letters that a British postcode may begin with (Royal Mail's post towns, the islands included).
AREAS = words_of("postcode-areas")
BRITISH = re.compile(r"(?<![\w.])([A-Z]{1,2})\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}(?!\w)", re.I)
# Eircode: a routing key, and four of digits and letters that are not mistaken for one another.
EIRCODE = re.compile(
    r"(?<![\w.])[AC-FHKNPRTV-Y]\d[\dW] ?(?=[\dAC-FHKNPRTV-Y]{0,3}[AC-Y])[\dAC-FHKNPRTV-Y]{4}(?!\w)", re.I
)
# Not the stage of a tumour, T2N1M0.
CANADIAN = re.compile(
    r"(?<![\w.])(?!T\dN\dM\d)[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d(?!\w|[ -]?\d)", re.I
)
OUTWARD = re.compile(
    r"\b(?<!\bI )(?:lives?|lived|living|resid(?:es|ing|ent)|comes|came|moved|based) (?:\w{1,12} )?"
    r"(?:in|at|near|from|to|around) "
    r"(([A-Z]{1,2})\d[A-Z\d]?)(?![\w-]| \d[A-Z])"
)
SAID_ADDRESS = re.compile(
    r"\b(?:post ?code|eircode|postal code|zip|lives? (?:at|in)|address|home|house|flat|road|street|avenue)\b"
    r"[^\d]{0,12}$"
)
NOT_AN_ADDRESS = re.compile(
    r"\b(?:stations?|bay|bed|session|room|level|stage|item|form|code|grade|drug|chapter|lead|slice|page|table|figure"
    r"|appendix|type|class|version|model|paper|protein)s?(?: [\w ]{1,12} and)? $"
)
AWAY = "[postcode removed]"

EMAIL_HOST = re.compile(r"(?:[^\W_][\w-]{0,62}\.){1,6}[^\W\d_]{2,24}(?![\w@])")
LONGEST_LOCAL_PART = 64

PHONE = re.compile(r"(?<![\w.,/=-])(?:\+ ?)?\(?\d(?:[ ().-]{0,2}\d){7,15}(?![\w%]|[.,/:-]\d)")
GROUPED_AMERICAN = re.compile(r"\(?[2-9]\d\d[).-] ?[2-9]\d\d[ .-]\d{4}")
SPACED_AMERICAN = re.compile(r"[2-9]\d\d [2-9]\d\d \d{4}")
FREEPHONE_AU = re.compile(r"1[38]00 \d{3} \d{3}")
# Of organisations: 0300 to 0345, 0500, 0800 to 0845 in Britain.
NOBODYS = re.compile(r"0(?:3[0347]|500|8[0-4])")
# Beginnings of numbers in the national way, by how many digits they have.
NATIONAL = {
    11: re.compile(r"0[127]"),  # Britain.
    10: re.compile(r"0(?:1[2-9]|2|3|4|5|6|7|8)"),  # Older British, Irish, Australian, New Zealand, South African.
    9: re.compile(r"0[1-9]"),  # Irish landlines, New Zealand.
}


def see_postcodes(text: str) -> Iterator[Sighting]:
    """Postcodes of Britain, Ireland and Canada; the first half of a British one where somebody lives in it."""
    for match in BRITISH.finditer(text):
        if match[1].upper() in AREAS and _is_address(text, match):
            yield Sighting(match.start(), match.end(), "postcode", AWAY)
    for pattern in (EIRCODE, CANADIAN):
        for match in pattern.finditer(text):
            if _is_address(text, match):
                yield Sighting(match.start(), match.end(), "postcode", AWAY)
    for match in OUTWARD.finditer(text):
        if match[2] in AREAS:
            yield Sighting(match.start(1), match.end(1), "postcode", "this area")


def _is_address(text: str, match: re.Match[str]) -> bool:
    said = before(text, match.start())
    if NOT_AN_ADDRESS.search(said):
        return False
    return match[0].isupper() or SAID_ADDRESS.search(said) is not None


def see_emails(text: str) -> Iterator[Sighting]:
    """From each @ to both sides."""
    at = text.find("@")
    while at != -1:
        start = at
        while (
            start > 0 and at - start < LONGEST_LOCAL_PART and (text[start - 1].isalnum() or text[start - 1] in "._%+-'")
        ):
            start -= 1
        while start < at and text[start] in "'.-":
            start += 1
        host = EMAIL_HOST.match(text, at + 1)
        if start < at and host is not None and text[start - 1 : start] != "/":
            yield Sighting(start, host.end(), "email", "[e-mail address removed]")
        at = text.find("@", at + 1)


def see_phones(text: str) -> Iterator[Sighting]:
    """Numbers that are dialled, of a person as far as can be told."""
    for match in PHONE.finditer(text):
        said = before(text, match.start())
        if NOT_A_PATIENT.search(said) and not SAID_PHONE.search(said):
            continue
        if _is_dialled(match[0], has_label=SAID_PHONE.search(said) is not None):
            yield Sighting(match.start(), match.end(), "phone", "[phone number removed]")


def _is_dialled(written: str, *, has_label: bool) -> bool:
    number = digits_of(written)
    if written.count(".") == 1:
        return False  # A decimal.
    if written.startswith("+"):
        return 9 <= len(number) <= 15
    if number.startswith("00"):
        return 11 <= len(number) <= 15 and (has_label or number[2:4] in {"44", "35", "61", "64", "27", "91"})
    if NOBODYS.match(number):
        # A mobile of South Africa begins like a British line of an organisation.
        return has_label and number.startswith("08") and len(number) == 10
    pattern = NATIONAL.get(len(number))
    if pattern is not None and pattern.match(number):
        is_grouped = any(char in " -.(" for char in written)
        return has_label or (len(number) == 11) or (len(number) == 10 and is_grouped)
    if GROUPED_AMERICAN.fullmatch(written) or (has_label and SPACED_AMERICAN.fullmatch(written)):
        return True
    return FREEPHONE_AU.fullmatch(written) is not None
