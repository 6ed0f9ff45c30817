"""Papers come out as they should whatever is in them: as text, in every script, tagged, the same each time."""

import datetime
import io
import logging
from typing import Any

import pypdf
import pytest

from meducation.lib import typesetting
from meducation.lib.typesetting import CannotBeSet, typeset
from tests.support.verapdf import broken_rules

pytestmark = pytest.mark.slow

DAY = datetime.date(2026, 11, 23)
IN_MANY_SCRIPTS = {
    "Latin": "Zoë Adébáyọ-Łukasik",
    "Vietnamese": "Nguyễn Thị Ủ",
    "Greek": "Γιώργος",
    "Cyrillic": "Мария Іванова",
    "Chinese": "李明",
    "Rare Han": "𠮷野",
    "Japanese": "やまだ タロウ",
    "Korean": "김철수",
    "Georgian": "გიორგი",
    "Armenian": "Արամ",
    "Thai": "สมชาย",
}
SHAPED = {"Arabic": "محمد", "Hebrew": "שרה", "Devanagari": "राम", "Bengali": "রহিম", "Tamil": "தமிழ்"}


def names(*texts: str) -> bytes:
    return typeset("names", {"names": [{"what": "It", "name": text} for text in texts]}, title="Names", made_on=DAY)


def words_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_names_in_any_script_are_in_the_paper_and_in_its_text() -> None:
    text = words_of(names(*IN_MANY_SCRIPTS.values(), *SHAPED.values()))

    assert [name for name in IN_MANY_SCRIPTS.values() if name not in text] == []
    assert "[U+" not in text
    fonts = fonts_of(names(*SHAPED.values()))
    assert [script for script in SHAPED if not any(f"NotoSans{script}" in font for font in fonts)] == []


def fonts_of(pdf: bytes) -> set[str]:
    found: set[str] = set()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        found |= {font.get_object()["/BaseFont"] for font in resources["/Font"].values()}
    return found


def test_what_no_font_has_is_spelled_out_and_only_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        text = words_of(names("Rune ᚠ and private \ue000"))

    assert "Rune [U+16A0] and private [U+E000]" in text
    assert "2 kinds" in caplog.text
    assert "Rune" not in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x") *b* _i_ $x^2$ `raw` <label> @ref // not a comment \\ #include "/etc/passwd"',
        "= not a heading",
        '#image("/etc/passwd")',
    ],
)
def test_markup_comes_out_as_text(text: str) -> None:
    assert text in words_of(names(text)).replace("\n", " ")


def test_control_characters_and_halves_of_pairs_are_left_out() -> None:
    text = words_of(names("be\x00fore\x07 \ud800after\u202e end"))

    assert "before after end" in text


def test_the_same_twice_is_the_same_bytes() -> None:
    assert names("Zoë", "李明") == names("Zoë", "李明")


def test_a_paper_is_tagged_titled_and_passes_a_checker_that_is_not_ours() -> None:
    pdf = names("Zoë", "محمد")
    reader = pypdf.PdfReader(io.BytesIO(pdf))

    assert reader.metadata is not None
    assert reader.metadata.title == "Names"
    assert broken_rules({"it": pdf}) == {"it": []}


def test_who_asks_is_not_told_what_was_in_a_paper_that_cannot_be_set() -> None:
    with pytest.raises(CannotBeSet) as refused:
        typeset("names", {"nothing": "secret words"}, title="Names", made_on=DAY)

    assert "secret" not in str(refused.value)


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "MOST_SECONDS", 0.01)

    with pytest.raises(CannotBeSet, match="longer"):
        names("Zoë")
