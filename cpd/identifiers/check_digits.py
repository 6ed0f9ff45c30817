"""Check digits that python-stdnum does not have. Each takes digits or letters without spaces and says whether they fit.

Sources: NHS Data Dictionary, "Health and Care Number" (range 320 000 001 to 399 999 999) and "NHS Number"; Public
Health Scotland, "CHI number" (DDMMYY, three digits, check digit by modulus 11 as in the NHS number); HSE on the range
812 000 000 to 859 999 999 of the Irish core number (github.com/uk-fci/nhs-number, issue 9) and the 18 digits around it
(GS1 GSRN); Australian "Use of Healthcare Identifiers in Health Software Systems" 1.4 for Medicare and the 16-digit IHI
(800360, Luhn); New Zealand HISO 10046 for both shapes of the NHI number (modulus 11, and 23 since 2019).
"""

from stdnum import luhn

NHI_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
MEDICARE_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9)
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def begins_with_day(number: str) -> bool:
    """Whether the first six digits are a day as DDMMYY; the century is not known, so 29 February always is one."""
    day, month = int(number[:2]), int(number[2:4])
    return 1 <= month <= 12 and 1 <= day <= DAYS[month - 1]


def is_medicare(number: str) -> bool:
    """Ten digits of an Australian Medicare card (an eleventh says who on it): the ninth checks the first eight."""
    total = sum(int(digit) * weight for digit, weight in zip(number, MEDICARE_WEIGHTS, strict=False))
    return number[0] in "23456" and total % 10 == int(number[8])


def is_ihi_au(number: str) -> bool:
    """Sixteen digits of an Australian Individual Healthcare Identifier."""
    return number.startswith("800360") and luhn.is_valid(number)


def is_gs1(number: str) -> bool:
    """Digits whose last one is the GS1 check digit."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(number))) % 10 == 0


def is_nhi(number: str) -> bool:
    """A New Zealand NHI number, AAANNNC or AAANNAC."""
    total = sum(_nhi_value(char) * (7 - place) for place, char in enumerate(number[:6]))
    if number[5].isdigit():
        check = 11 - total % 11
        return check != 11 and number[6] == str(check % 10)
    return number[6] == NHI_LETTERS[23 - total % 23 - 1]


def _nhi_value(char: str) -> int:
    return int(char) if char.isdigit() else NHI_LETTERS.index(char) + 1
