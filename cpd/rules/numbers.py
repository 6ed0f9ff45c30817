"""The form of a number on a register. It tells slips of the pen, and never whose number it is."""

import re
from collections.abc import Collection

from cpd.rules.types import Framework, NumberForm

# As long as the longest we keep. A pattern from a file is never tried on more, so that none can be slow.
LONGEST = 30
IN_BRACKETS = re.compile(r"\[[^\]]*\]")


def forms_of(framework: Framework, titles: Collection[str]) -> list[NumberForm]:
    """The forms for these titles; for somebody who has not said which, all of them."""
    return [form for form in framework.numbers if not form.titles or not titles or form.titles & set(titles)]


def fault_of(framework: Framework, number: str, titles: Collection[str]) -> str | None:
    """What is unusual about `number`, in a sentence; None where nothing is, or no form is known."""
    forms = forms_of(framework, titles)
    if not forms:
        return None
    faults = [_fault(form, number) for form in forms]
    return None if None in faults else faults[0]


def tidied(framework: Framework, number: str, titles: Collection[str]) -> str:
    """`number` as its register writes it, where it has the known form; otherwise as it was typed."""
    for form in forms_of(framework, titles):
        if _fault(form, number) is None:
            return _plain(form, number)
    return number.strip()


def _fault(form: NumberForm, number: str) -> str | None:
    plain = _plain(form, number)
    if len(plain) > LONGEST or not re.fullmatch(form.pattern, plain, re.ASCII):
        return f"The usual form is that of {form.example}. Compare yours with your card or letter."
    if form.luhn_prefix and not _passes_luhn(form.luhn_prefix + plain):
        return "The figures do not fit together. Compare them with your card or letter."
    return None


def _plain(form: NumberForm, number: str) -> str:
    """In capital letters, without the spaces and hyphens that the form does not have."""
    plain = number.strip().upper()
    outside = IN_BRACKETS.sub("", form.pattern)
    if " " not in form.pattern and r"\s" not in form.pattern:
        plain = "".join(plain.split())
    if "-" not in outside:
        plain = plain.replace("-", "")
    return plain


def _passes_luhn(digits: str) -> bool:
    if not digits.isdecimal():
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
