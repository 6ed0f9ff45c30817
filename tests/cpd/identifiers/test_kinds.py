"""What the patient-identifier check finds, kind by kind, and what it lets pass."""

from itertools import pairwise

import pytest

from cpd.identifiers.checking import check, neutral, replace
from cpd.identifiers.findings import KINDS

# One row each: the text with [what is found], its kind, the text with neutral words.
FOUND = [
    ("The record of [999 000 0018] was wrong.", "nhs-number", "The record of [number removed] was wrong."),
    ("NHS no. [9990000018].", "nhs-number", "NHS no. [number removed]."),
    ("NHS no. [999-000-0018]", "nhs-number", "NHS no. [number removed]"),
    ("NHS no. [999\u00a0000\u00a00018]", "nhs-number", "NHS no. [number removed]"),
    ("NHS no. [999\u200b000\u200b0018]", "nhs-number", "NHS no. [number removed]"),
    ("NHS no. [９９９００００018]", "nhs-number", "NHS no. [number removed]"),
    ("NHS no. \u202b[٩٩٩٠٠٠٠٠١٨]\u202c", "nhs-number", "NHS no. \u202b[number removed]\u202c"),
    ("NHS number [999 000 0019] has a slip in it", "nhs-number", "NHS number [number removed] has a slip in it"),
    ("CHI [0101201005] was on the form", "chi", "CHI [number removed] was on the form"),
    ("H&C [320 000 0074] seen", "hc-number", "H&C [number removed] seen"),
    ("Medicare [2123 45670 1]", "medicare-au", "Medicare [number removed]"),
    ("IHI [8003 6012 3456 7894]", "ihi-au", "IHI [number removed]"),
    ("NHI [ZAC5361]", "nhi-nz", "NHI [number removed]"),
    ("NHI [ZBN77VL]", "nhi-nz", "NHI [number removed]"),
    ("PPSN [1234567T]", "irish-pps", "PPSN [number removed]"),
    ("SSN [536-90-4399]", "ssn-us", "SSN [number removed]"),
    ("ID [7503305044089]", "sa-id", "ID [number removed]"),
    ("PHN [9698 658 215]", "phn-bc", "PHN [number removed]"),
    ("MRN [4471902]: two charts", "hospital-number", "MRN [number removed]: two charts"),
    ("Hosp no. [H123456]", "hospital-number", "Hosp no. [number removed]"),
    ("DOB [12/03/1958], atrial fibrillation", "date-of-birth", "DOB 1958, atrial fibrillation"),
    ("She was born [on 2 February 1931] at home", "date-of-birth", "She was born in 1931 at home"),
    ("She lives at [NE46 3AB] alone", "postcode", "She lives at [postcode removed] alone"),
    ("He lives in [NE46] now", "postcode", "He lives in this area now"),
    ("Eircode [D08 XY45]", "postcode", "Eircode [postcode removed]"),
    ("I rang [07700 900123] twice", "phone", "I rang [phone number removed] twice"),
    ("Call [+44 7700 900789].", "phone", "Call [phone number removed]."),
    ("Write to [jane.doe@example.org].", "email", "Write to [e-mail address removed]."),
    ("I told [Mrs Henderson] the result", "name", "I told the patient the result"),
    ("[Mr O’Brien] fell. [Mr O’Brien] fell again.", "name", "The patient fell. The patient fell again."),
    ("A patient called [Jennifer Wallace] came", "name", "A patient called [name removed] came"),
    ("I asked [Dr Patel] about it", "colleague", "I asked a colleague about it"),
    ("Our pharmacist, [Mrs Dunne], stopped it", "colleague", "Our pharmacist, a colleague, stopped it"),
    ("I met [a 34-year-old teacher from Hexham].", "age-and-place", "I met a patient in their 30s."),
    ("[An 81-year-old widow from Alnwick] came", "age-and-place", "A patient in their 80s came"),
    ("[A 94-year-old woman] came", "age-over-89", "A person aged 90 or over came"),
    ("She is [aged 92] and well", "age-over-89", "She is aged 90 or over and well"),
]
LET_PASS = [
    "Parkinson's disease, Hashimoto's thyroiditis, a Sister Mary Joseph nodule and St John's wort.",
    "PMID 38765432, doi:10.1136/bmj.9990000018, NCT01234567, ISRCTN12345678, ISBN 0198568827.",
    "https://example.org/articles/9990000018/?id=9990000018 and https://example.org/@author/post",
    "GMC 7654321, NMC PIN 98I7654E, GPhC 2012345.",
    "Methotrexate 10 mg weekly, heparin 5000 units, 0.5 ml of 1:1000, 94% on air, BP 120/80, HbA1c 48.",
    "CT of C5/C6, T2N1M0, vitamin B12, H1N1, CYP3A4, NG12, CG181.",
    "A 34-year-old man with chest pain; a patient in their 50s; people aged 90 or over.",
    "The Mr Men books, MR Angiography, DR Congo, Dr Google, the Baby Friendly Initiative.",
    "The course on 12/03/2024 and the paper published on 14 July 1999.",
    "Ring 999 or 111; the Samaritans are on 116 123.",
    "Mrs H and Patient A, as the guidance has it.",
]


@pytest.mark.parametrize(("marked", "kind", "after"), FOUND, ids=lambda value: str(value)[:40])
def test_it_finds(marked: str, kind: str, after: str) -> None:
    text = marked.replace("[", "").replace("]", "")
    wanted = [part.partition("]")[0] for part in marked.split("[")[1:]]
    findings = check(text)
    assert [(finding.kind, text[finding.start : finding.end]) for finding in findings] == [
        (kind, words) for words in wanted
    ]
    assert replace(text, findings) == after
    assert check(after) == ()


@pytest.mark.parametrize("text", LET_PASS)
def test_it_lets_pass(text: str) -> None:
    assert [(finding.kind, text[finding.start : finding.end]) for finding in check(text)] == []


def test_every_kind_has_words_for_people_and_a_row_here() -> None:
    for kind in KINDS.values():
        assert kind.name and kind.reason.endswith(".")
    assert set(KINDS) - {kind for _, kind, _ in FOUND} == {"irish-ihi", "health-card-on"}


def test_the_more_certain_reading_wins_and_nothing_overlaps() -> None:
    text = "Mrs Bell, DOB 12/03/1958, NHS 999 000 0018, 07700 900123, bell@example.org, NE46 3AB, aged 92."
    findings = check(text)
    assert [finding.kind for finding in findings] == [
        "name",
        "date-of-birth",
        "nhs-number",
        "phone",
        "email",
        "postcode",
        "age-over-89",
    ]
    assert all(one.end <= other.start for one, other in pairwise(findings))
    assert check(neutral(text)) == ()


def test_ten_digits_that_fail_the_check_are_no_nhs_number() -> None:
    assert check("We saw 999 000 0019 rows of data.") == ()


def test_a_number_that_says_what_else_it_is_passes() -> None:
    assert check("Zoom meeting ID: 999 000 0018") == ()
    assert check("ISBN 9990000018") == ()
