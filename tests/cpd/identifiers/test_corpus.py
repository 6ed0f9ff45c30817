"""The texts by which the check is measured, and the figures that are published."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from stdnum.gb import nhs

from cpd.identifiers.findings import KINDS
from cpd.identifiers.measuring import PARTS, measure, sentences, table, total

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "identifiers.md"
MAIN_KINDS = (
    "nhs-number",
    "chi",
    "hospital-number",
    "date-of-birth",
    "postcode",
    "phone",
    "email",
    "name",
    "colleague",
    "age-and-place",
    "age-over-89",
)


@pytest.mark.parametrize("part", PARTS)
def test_the_document_has_the_figures_that_are_computed(part: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    written = text.partition(f"<!-- {part}: begin -->")[2].partition(f"<!-- {part}: end -->")[0].strip()
    assert written == table(part)


def test_the_command_prints_all_parts() -> None:
    out = StringIO()
    call_command("measure_identifiers", stdout=out)
    for part in PARTS:
        assert table(part) in out.getvalue()


def test_each_main_kind_has_forty_of_either() -> None:
    for kind in MAIN_KINDS:
        scores = [measure(part)[kind] for part in ("developing", "held-out")]
        assert sum(score.there for score in scores) >= 40, kind
        assert sum(score.tempting for score in scores) >= 40, kind


@pytest.mark.parametrize("kind", MAIN_KINDS)
def test_no_kind_falls_below_its_floor_on_sentences_kept_apart(kind: str) -> None:
    score = measure("held-out")[kind]
    assert score.precision is not None and score.precision >= 0.9
    assert score.recall is not None and score.recall >= (0.8 if kind == "name" else 0.9)


def test_whole_reflections_do_not_fall_below_their_floor() -> None:
    score = total("reflections")
    assert score.precision is not None and score.precision >= 0.9
    assert score.recall is not None and score.recall >= 0.75


def test_marks_name_kinds_that_exist() -> None:
    for part in PARTS:
        for sentence in sentences(part):
            assert {kind for _, _, kind in sentence.marks} <= set(KINDS), sentence.text
            assert "[[" not in sentence.text


def test_nhs_numbers_are_of_the_range_for_tests() -> None:
    seen = 0
    for part in PARTS:
        for sentence in sentences(part):
            for start, end, kind in sentence.marks:
                if kind == "nhs-number":
                    number = "".join(str(int(char)) for char in sentence.text[start:end] if char.isdigit())
                    assert number.startswith("999") and nhs.is_valid(number)
                    seen += 1
    assert seen > 40
