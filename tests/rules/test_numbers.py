"""The form of a number on a register: slips of the pen are told, and nothing more is claimed."""

import re
import time

import pytest

from cpd import catalogue
from cpd.rules.numbers import fault_of, forms_of, tidied
from cpd.rules.types import Framework, NumberForm
from tests.rules.cases import IN_2025, SURE


def framework(*numbers: NumberForm) -> Framework:
    return Framework(
        id="xx-test",
        name="Test",
        short="Test",
        body="A body",
        status="regulator",
        summary="",
        countries=frozenset({"GB"}),
        professions=frozenset({"doctor"}),
        checked=IN_2025,
        versions=(),
        examples=(),
        numbers=numbers,
    )


def shape(pattern: str) -> NumberForm:
    return NumberForm(label="Number", pattern=pattern, example="an example", cite=SURE)


def known(framework_id: str) -> Framework:
    found = catalogue.framework(framework_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("framework_id", "titles", "typed", "kept"),
    [
        ("uk-nmc", [], "71A2998E", "71A2998E"),
        ("uk-nmc", [], " 71a 2998e ", "71A2998E"),
        ("uk-nmc", [], "71A-2998E", "71A2998E"),
        ("uk-gphc", ["pharmacist"], "2012345", "2012345"),
        ("uk-gphc", ["pharmacy-technician"], "501 2345", "5012345"),
        ("uk-gphc", [], "5012345", "5012345"),  # No title is known: either form will do.
        ("uk-goc", [], "01-09491", "01-09491"),  # This body's own hyphen stays.
        ("uk-hcpc", [], "pyl123456", "PYL123456"),
        ("us-ama-pra", [], "1234567893", "1234567893"),  # Its check digit is right.
    ],
)
def test_a_number_of_the_known_form_is_kept_as_the_register_writes_it(
    framework_id: str, titles: list[str], typed: str, kept: str
) -> None:
    assert fault_of(known(framework_id), typed, titles) is None
    assert tidied(known(framework_id), typed, titles) == kept


@pytest.mark.parametrize(
    ("framework_id", "titles", "typed"),
    [
        ("uk-nmc", [], "71A2998"),
        ("uk-nmc", [], "71A29988"),
        ("uk-nmc", [], "x71A2998E"),
        ("uk-nmc", [], "７１A2998E"),  # Figures of another script are no figures of a register.
        ("uk-gphc", ["pharmacist"], "5012345"),
        ("uk-gphc", ["pharmacy-technician"], "2012345"),
        ("uk-gphc", [], "9012345"),
        ("uk-goc", [], "0109491"),
        ("us-ama-pra", [], "1234567890"),  # Ten figures, the last of them wrong.
        ("us-ama-pra", [], "not a number"),
    ],
)
def test_a_slip_is_told_and_nothing_typed_is_changed(framework_id: str, titles: list[str], typed: str) -> None:
    fault = fault_of(known(framework_id), typed, titles)
    assert fault is not None and fault.endswith(".") and "verified" not in fault
    assert tidied(known(framework_id), typed, titles) == typed


def test_the_sentence_shows_an_example() -> None:
    fault = fault_of(known("uk-nmc"), "71A2998", [])
    assert fault is not None and "that of 71A2998E" in fault


def test_the_form_goes_by_the_title() -> None:
    gphc = known("uk-gphc")
    assert [form.pattern for form in forms_of(gphc, ["pharmacist"])] == [r"2\d{6}"]
    assert [form.pattern for form in forms_of(gphc, ["pharmacy-technician"])] == [r"5\d{6}"]
    assert {form.pattern for form in forms_of(gphc, [])} == {r"2\d{6}", r"5\d{6}"}


def test_where_no_form_is_known_anything_goes() -> None:
    plain = framework()
    assert forms_of(plain, []) == []
    assert fault_of(plain, "whatever / 7", []) is None
    assert tidied(plain, " whatever / 7 ", []) == "whatever / 7"


def test_a_pattern_with_a_space_keeps_it() -> None:
    spaced = framework(shape(r"[A-Z]{2} \d{3}"))
    assert tidied(spaced, "ab 123", []) == "AB 123"
    assert fault_of(spaced, "ab123", []) is not None
    # The hyphen of a range is no hyphen of the number.
    assert tidied(spaced, "ab -123", []) == "AB 123"


@pytest.mark.sweep
@pytest.mark.parametrize("each", sorted(catalogue.frameworks()))
def test_every_example_has_its_own_form(each: str) -> None:
    for form in known(each).numbers:
        assert fault_of(known(each), form.example, form.titles) is None, form


# Letters, figures, sets of them and the like, each so many times: nothing that could be tried in many ways.
SIMPLE = re.compile(r"(?:(?:\[[^\]]+\]|\\[ds]|[A-Z0-9 /.-])(?:\{\d+(?:,\d+)?\}|\?)?)+")


@pytest.mark.sweep
@pytest.mark.parametrize("each", sorted(catalogue.frameworks()))
def test_no_pattern_of_a_file_can_be_slow(each: str) -> None:
    for form in known(each).numbers:
        assert SIMPLE.fullmatch(form.pattern), form.pattern


def test_a_pattern_is_never_tried_on_more_than_the_longest_number() -> None:
    greedy = framework(shape(r"(?:[A-Z]+[A-Z]*)+\d"))
    began = time.perf_counter()
    assert fault_of(greedy, "A" * 20_000, []) is not None
    assert time.perf_counter() - began < 1
