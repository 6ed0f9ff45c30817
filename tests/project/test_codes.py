"""Short codes: what they are made of, and how they are recognised as people write them."""

import re

import pytest

from cpd.discussions import CODES as OF_DISCUSSIONS
from cpd.reading_codes import CODES as OF_READING
from meducation.lib.codes import ALPHABET, Codes, drawn

CODES = Codes("tests", length=10, group=5)


def test_a_code_has_no_look_alikes() -> None:
    assert not set("0O1IL2Z5S8BV") & set(ALPHABET)
    assert all(set(CODES.of(number)) <= set(ALPHABET) for number in range(200))


def test_guessing_takes_long() -> None:
    # Tries are counted (10 in 5 minutes, 30 in an hour); a code of reading is good for a week, the other for 8 hours.
    assert len(ALPHABET) ** OF_READING.length >= 2**40
    assert len(ALPHABET) ** OF_DISCUSSIONS.length >= 2**36


def test_a_code_belongs_to_one_thing_of_one_kind() -> None:
    assert CODES.of("this") == CODES.of("this") != CODES.of("that")
    assert len({CODES.of("this"), Codes("others", length=10, group=5).of("this")}) == 2
    assert CODES.digest("A") != Codes("others", length=10, group=5).digest("A") != "A"


@pytest.mark.parametrize("typed", ["7K3MQ4XWA9", "7k3mq-4xwa9", " 7K3MQ 4XWA9 ", "7K3MQ–4XWa9", "7-K-3-M-Q-4-X-W-A-9"])
def test_a_code_is_recognised_as_people_write_it(typed: str) -> None:
    assert CODES.typed(typed) == "7K3MQ4XWA9"


@pytest.mark.parametrize("typed", ["", "7K3MQ", "7K3MQ4XWA9X", "7K3MQ4XWA!", "٧K3MQ4XWA9", "🙂" * 10, "\0" * 10])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert CODES.typed(typed) == ""


def test_a_code_is_read_in_groups() -> None:
    assert CODES.grouped("7K3MQ4XWA9") == "7K3MQ-4XWA9"


def test_an_address_is_drawn_with_white_around() -> None:
    drawing = drawn("https://cpd.example/verify/7K3MQ-4XWA9/")
    places = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawing.path)]
    assert min(min(place) for place in places) == 4 and max(max(place) for place in places) == drawing.size - 5
