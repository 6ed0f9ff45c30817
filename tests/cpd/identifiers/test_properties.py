"""What holds of the patient-identifier check for any text: it never fails, keeps inside the text, and stays quick."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.identifiers.checking import check, neutral
from cpd.identifiers.measuring import sentences
from cpd.identifying import for_script

SENTENCES = [sentence.text for sentence in sentences("developing")]
WORDS = sorted({word for text in SENTENCES for word in text.split()})
texts = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="0123456789 -.+()/ABMl@\u200b\u00a0\uff11\u0661\u202e", max_size=120),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=5)), max_size=30).map(" ".join),
    st.lists(st.sampled_from(SENTENCES), max_size=5).map("\n".join),
)
# Each repeated to a million characters, to make expressions try everything again at every place.
HOSTILE = {
    "digits": "9",
    "spaced digits": "9 ",
    "dashes": "- ",
    "brackets": "((((",
    "at signs": "@",
    "addresses": "a@b.",
    "titles": "Mr ",
    "names": "Mr Aa van der ",
    "initials": "Patient A. B. ",
    "ages": "a 34-year-old ",
    "short ages": "34F ",
    "dates": "born 1/1/",
    "postcodes": "A1 1A",
    "labels": "mrn ",
    "homes": "lives in ",
    "invisible": "\u200b9",
    "words": "a ",
}


@given(texts)
def test_findings_are_in_order_and_inside_the_text(text: str) -> None:
    end = 0
    for finding in check(text):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end


@given(texts)
def test_after_neutral_words_nothing_is_found(text: str) -> None:
    assert check(neutral(text)) == ()


@given(texts)
def test_places_for_a_script_are_counted_in_utf_16(text: str) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    found = for_script({"one": text})["one"]
    for each, finding in zip(found, check(text), strict=True):
        start, end = int(str(each["start"])), int(str(each["end"]))
        words = units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
        assert words == text[finding.start : finding.end]


def test_a_lone_surrogate_and_a_nul_byte_are_characters_like_others() -> None:
    assert [finding.kind for finding in check("\ud800 \x00 NHS 999 000 0018 \udfff")] == ["nhs-number"]


def _seconds(text: str) -> float:
    start = time.process_time()
    check(text)
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_text_and_nothing_else(unit: str) -> None:
    size = 60_000
    text = (unit * size)[:size]
    check(text)
    once = min(_seconds(text) for _ in range(3))
    twice = min(_seconds(text + text) for _ in range(3))
    assert twice <= 3 * once + 0.02
    # A million characters in seconds, even on a slow machine.
    assert once < 2
