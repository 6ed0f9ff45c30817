"""Numbers that health services and states give to people, and those of one hospital."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn
from stdnum.ca import bc_phn
from stdnum.gb import nhs
from stdnum.ie import pps
from stdnum.us import ssn
from stdnum.za import idnr

from cpd.identifiers.check_digits import begins_with_day, is_gs1, is_ihi_au, is_medicare, is_nhi
from cpd.identifiers.findings import Sighting
from cpd.identifiers.plain import before

REMOVED: Final = "[number removed]"

# Every expression here repeats a bounded number of times, and none is nested in another: time grows with the text only.
TEN = re.compile(
    r"(?<![\w.,/+=-])(?:\d{3}[ -]?\d{3}[ -]?\d{4}|\d{6}[ -]\d{4}|\d{4}[ -]\d{3}[ -]\d{3}(?:[ -][A-Z]{2}\b)?)"
    r"(?!\w|[ -]?\d|[.,/]\d)"
)
MEDICARE = re.compile(r"(?<![\w.,/+=-])[2-6]\d{3}([ -]?)\d{5}\1\d(?:[ -/]\d)?(?!\w|[.,/-]\d)")
SIXTEEN = re.compile(r"(?<![\w.,/+=-])8003[ -]?60\d\d[ -]?\d{4}[ -]?\d{4}(?!\w|[.,/-]\d)")
EIGHTEEN = re.compile(r"(?<![\w.,/+=-])(?:\d ?){17}\d(?!\w|[.,/-]\d)")
THIRTEEN = re.compile(r"(?<![\w.,/+=-])\d{6} ?\d{4} ?\d{3}(?!\w|[.,/-]\d)")
PPS = re.compile(r"(?<![\w.,/+=-])\d{7}[A-W][A-IW]?(?!\w)")
NHI = re.compile(r"(?<![\w.,/+=-])[A-HJ-NP-Z]{3}(?:\d{4}|\d{2}[A-HJ-NP-Z]{2})(?!\w|-\d)")
SSN = re.compile(r"(?<![\w.,/+=-])\d{3}-\d{2}-\d{4}(?!\w|[.,/-]\d)")

# What stands right before a number that is no patient's.
NOT_A_PATIENT = re.compile(
    r"\b(?:isbn(?:-?1[03])?|issn|pmid|pmcid|doi|snomed(?: ct)?|loinc|order|invoice|batch|lot|barcode|certificate"
    r"|policy|grant|ticket|serial|sn|delivery note|asset tag|job|locum booking|booking|contract|zoom|teams|webex"
    r"|meeting|webinar|passcode|flight|room|course code|module(?: code)?|part|abn|acn|orcid|gmc|nmc|nmbi|gphc"
    r"|hcpc|imc|npi|gstin|charity|registration|reference|ref|payroll|account|sort code|iban|credit card"
    r"|debit card|trial|protocol|eudract|irs|file|version)"
    r"(?: ?(?:id|no\.?|number|num|nr|#|ref(?:erence)?))?(?: is| was)?[ :.#()=–-]{0,3}$"
)
SAID_NHS = re.compile(r"\bnhs(?: ?(?:no\.?|number|num|#))?(?: is| was)?[ :.#()=-]{0,3}$")
SAID_NHS_NUMBER = re.compile(r"\bnhs ?(?:no\.?|number|num|#)(?: is| was)?[ :.#()=-]{0,3}$")
SAID_CHI = re.compile(r"\bchi(?: ?(?:no\.?|number|#))?(?: is| was|,)?[ :.#()=-]{0,3}$|community health index number $")
SAID_ONTARIO = re.compile(r"\b(?:ohip|health ?card|hcn)\b[^.\d]{0,25}$")
SAID_BC = re.compile(r"\b(?:phn|personal health number|pharmanet|carecard|careconnect)\b[^.\d]{0,25}$")
SAID_MEDICARE = re.compile(r"\b(?:medicare|mbs|bulk ?bill(?:ed|ing)?)\b[^.\d]{0,25}$")
SAID_IHI = re.compile(r"\b(?:ihi|health identifier|healthlink|hse)\b[^.\d]{0,30}$")
SAID_PHONE = re.compile(
    r"\b(?:tel|telephone|phone|ph|mob|mobile|cell|landline|fax|text(?:ed)?|whatsapp|call(?:ed)?|rang|ring|rung|dial"
    r"|reached|contact)\b\.?(?: (?:no|number|call|is|was|on|at|him|her|them|back|of)\b\.?){0,3}[ :.,(=-]{0,3}$"
)

# A label that only stands before a number of a patient, and one that may stand before others too.
LABEL = (
    r"(?:(?:mrn|m\.r\.n\.|urn?|pid)(?: ?(?:no\b\.?|number\b|#))?|(?:hospital|hosp\.?|patient|pt|chart|case|board"
    r"|medical record|x-?ray|lab(?:oratory)?|accession|sample|specimen|episode|admission|trust|emis"
    r"|ip|op|unit|k|rxk|reg) ?(?:no\b\.?|num\b\.?|number\b|id\b|#)|record no\.?)"
)
HOSPITAL = re.compile(rf"(?<![\w-]){LABEL}(?: is| was)?[ :.#=-]{{0,3}}([a-z]{{0,4}}[-./]?\d[\da-z./-]{{2,14}})", re.I)
GLUED = re.compile(r"(?<![\w-])MRN(\d{5,10})(?!\w)")
LONE = re.compile(r"(?<![\w.,/+=-])[A-Z]{1,2}\d{6,8}(?!\w|[.,/-]\d)")
IN_A_BED = re.compile(r"\b(?:patients?|pts?|bed \d{1,2}|notes of|case of|seen)[ ,:(]{1,3}$")
FEWEST_DIGITS = 5


def digits_of(text: str) -> str:
    """Only the digits."""
    return "".join(char for char in text if char.isdigit())


def _is_tail(text: str, start: int) -> bool:
    """Whether a longer row of digits, written in groups, leads up to `start`."""
    return start >= 2 and text[start - 1] in " -" and text[start - 2].isdigit()


def see_numbers(text: str) -> Iterator[Sighting]:
    """Every number of a person that carries a check digit or a shape of its own."""
    yield from _see_ten(text)
    for match in MEDICARE.finditer(text):
        said = before(text, match.start())
        if is_medicare(digits_of(match[0])) and (match[1] or SAID_MEDICARE.search(said)):
            yield _sight(match, "medicare-au")
    for match in SIXTEEN.finditer(text):
        if is_ihi_au(digits_of(match[0])):
            yield _sight(match, "ihi-au")
    for match in EIGHTEEN.finditer(text):
        number = digits_of(match[0])
        if is_gs1(number) and (number.startswith("539") or SAID_IHI.search(before(text, match.start(), 60))):
            yield _sight(match, "irish-ihi")
    for pattern, check, kind in (
        (THIRTEEN, idnr.is_valid, "sa-id"),
        (PPS, pps.is_valid, "irish-pps"),
        (NHI, is_nhi, "nhi-nz"),
        (SSN, ssn.is_valid, "ssn-us"),
    ):
        for match in pattern.finditer(text):
            if check(match[0].replace(" ", "")) and not NOT_A_PATIENT.search(before(text, match.start())):
                yield _sight(match, kind)


def _see_ten(text: str) -> Iterator[Sighting]:
    for match in TEN.finditer(text):
        said = before(text, match.start())
        is_grouped = not match[0].isdigit()
        if NOT_A_PATIENT.search(said) or (is_grouped and _is_tail(text, match.start())):
            continue
        kind, reason = _kind_of_ten(match[0], said)
        if kind:
            yield _sight(match, kind, reason)


def _kind_of_ten(written: str, said: str) -> tuple[str, str]:
    """Whose ten digits these are, and a reason of their own; "" for nobody's."""
    number = digits_of(written)
    groups = tuple(len(group) for group in re.split("[ -]", written))
    if nhs.is_valid(number) and "3200000010" <= number <= "3999999999":
        return "hc-number", ""
    if SAID_ONTARIO.search(said) or groups[:3] == (4, 3, 3):
        if luhn.is_valid(number) and (SAID_ONTARIO.search(said) or len(groups) == 4):
            return "health-card-on", ""
        if bc_phn.is_valid(number):
            return "phn-bc", ""
    if SAID_BC.search(said) and bc_phn.is_valid(number):
        return "phn-bc", ""
    if not nhs.is_valid(number):
        if SAID_NHS_NUMBER.search(said):
            return "nhs-number", "Ten digits after “NHS number”, though their check digit does not fit."
        if SAID_CHI.search(said) and begins_with_day(number):
            return "chi", "Ten digits after “CHI”, though their check digit does not fit."
        return "", ""
    if SAID_PHONE.search(said) and groups == (3, 3, 4):
        return "", ""
    if begins_with_day(number) and (groups in {(10,), (6, 4)} or SAID_CHI.search(said)):
        return "chi", ""
    if "8120000000" <= number <= "8599999999":
        return "irish-ihi", ""
    if number[0] in "34679" or SAID_NHS.search(said):
        return "nhs-number", ""
    return "", ""


def see_hospital_numbers(text: str) -> Iterator[Sighting]:
    """What a hospital's own label stands before, and a letter with six digits beside a patient."""
    for match in HOSPITAL.finditer(text):
        number = match[1].rstrip("./-")
        if sum(char.isdigit() for char in number) >= FEWEST_DIGITS:
            yield Sighting(match.start(1), match.start(1) + len(number), "hospital-number", REMOVED)
    for match in GLUED.finditer(text):
        yield _sight(match, "hospital-number")
    for match in LONE.finditer(text):
        if IN_A_BED.search(before(text, match.start())):
            yield _sight(match, "hospital-number")


def _sight(match: re.Match[str], kind: str, reason: str = "") -> Sighting:
    return Sighting(match.start(), match.end(), kind, REMOVED, reason)
