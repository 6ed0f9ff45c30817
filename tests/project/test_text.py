"""Text for formats that are particular: cells of CSV."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meducation.lib.text import cell_as_typed, plain_cell, printable


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", " =1", "＝1", '"=1', "'=1", "\x0b=1", "\n-1", "\ufeff=1"]
)
def test_a_formula_is_text(text: str) -> None:
    assert plain_cell(text) == f"'{printable(text)}"


@pytest.mark.parametrize("text", ["", "Asthma = hard", "'quoted'", "1", " - "[:1], "李明"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert plain_cell(text) == text
    assert cell_as_typed(text) == text


@given(st.text(alphabet="=+-@'\" \t\r\nab＝", max_size=8))
def test_reading_gives_back_what_was_written(text: str) -> None:
    assert cell_as_typed(plain_cell(text)) == printable(text)
