"""What the patient-identifier check finds: kinds, and where in a text one was seen."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of identifier, in words for people. `certainty` decides when two claim the same words (more wins)."""

    id: str
    name: str
    reason: str
    certainty: int


KINDS = {
    kind.id: kind
    for kind in (
        Kind("nhs-number", "NHS number", "Ten digits that pass the NHS number check.", 95),
        Kind("chi", "CHI number", "Ten digits that begin with a date of birth and pass the CHI check.", 94),
        Kind("hc-number", "Health and Care number", "Ten digits in Northern Ireland's range that pass the check.", 95),
        Kind("irish-ihi", "Irish health identifier", "Digits that pass the check of Ireland's health identifier.", 93),
        Kind("irish-pps", "PPS number", "Seven digits and letters that pass the Irish PPS check.", 92),
        Kind("medicare-au", "Medicare number", "Digits that pass the Australian Medicare check.", 91),
        Kind("ihi-au", "Australian IHI", "Sixteen digits that pass the Australian health identifier check.", 96),
        Kind("nhi-nz", "NHI number", "Letters and digits that pass the New Zealand NHI check.", 92),
        Kind("ssn-us", "US Social Security number", "Nine digits in the shape of a US Social Security number.", 90),
        Kind("sa-id", "South African ID number", "Thirteen digits that pass the South African ID check.", 95),
        Kind("health-card-on", "Ontario health card number", "Ten digits that pass the Ontario health card check.", 91),
        Kind("phn-bc", "BC personal health number", "Ten digits that pass British Columbia's check.", 91),
        Kind("hospital-number", "Hospital number", "The shape of a number that a hospital gives to a patient.", 80),
        Kind("date-of-birth", "Date of birth", "A whole date that reads like somebody's date of birth.", 85),
        Kind("postcode", "Postcode", "A postcode can lead to one street or one house.", 75),
        Kind("phone", "Phone number", "A number in the shape of a phone number.", 78),
        Kind("email", "E-mail address", "An e-mail address belongs to one person.", 97),
        Kind("name", "Name", "Reads like the name of a patient or of somebody near them.", 70),
        Kind("colleague", "Colleague’s name", "Reads like a colleague’s name: they are a third party too.", 60),
        Kind("age-and-place", "Age with work or place", "An age with work or a place can point to one person.", 73),
        Kind(
            "age-over-89", "Exact age of 90 or over", "Few people are that old: US rules count it as identifying.", 65
        ),
    )
}


@dataclass(frozen=True, order=True)
class Finding:
    """Characters `start` to `end` of a text that may identify somebody, why, and neutral words for them."""

    start: int
    end: int
    kind: str
    reason: str
    suggestion: str

    @property
    def name(self) -> str:
        """Its kind, for people."""
        return KINDS[self.kind].name


@dataclass(frozen=True)
class Sighting:
    """What one rule saw in the plain text, before it is settled who claims which words."""

    start: int
    end: int
    kind: str
    suggestion: str
    reason: str = ""
